"""What developers of memmodel run and users do not: the writers of generated files."""
