"""The generators and tables of bench/."""
