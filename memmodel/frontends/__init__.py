"""Other texts than litmus tests in, programs out."""
