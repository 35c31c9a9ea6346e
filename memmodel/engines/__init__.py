"""Event graph and model to result: the searches."""
