"""Questions put to an engine: results in, findings with their reasons out."""
