"""Text to syntax trees: litmus tests and cat models."""
