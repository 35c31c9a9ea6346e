"""memmodel inside other programs: pytest."""
