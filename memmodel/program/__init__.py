"""Syntax trees to programs: the intermediate representation and the table of primitives."""
