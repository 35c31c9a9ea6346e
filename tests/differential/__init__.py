"""Random programs, small and legal, on which the two engines must agree."""
