"""Generated programs of any size, and measurements of how long their verdicts take."""
