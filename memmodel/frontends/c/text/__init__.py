"""A harness and what it includes in, one expanded text out."""
