"""Architectures: tables, translation, models, and that they promise no less than the kernel does."""
