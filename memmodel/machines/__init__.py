"""A kernel program in, the same program in the instructions of an architecture out: one table for each architecture."""
