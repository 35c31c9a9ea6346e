"""Programs to event graphs: bounded unrolling, symbolic values, dependencies."""
