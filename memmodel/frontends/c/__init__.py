"""C functions and a harness in, a program out."""
