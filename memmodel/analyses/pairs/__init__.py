"""Two functions in, which of their accesses are seen in order out, each proved by the model: the pairing table."""
