"""Pages of the rest homes."""
