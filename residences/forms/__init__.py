"""Forms of the rest homes."""
