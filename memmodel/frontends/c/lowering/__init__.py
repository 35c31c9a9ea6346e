"""Syntax trees of C in, the program that they mean out."""
