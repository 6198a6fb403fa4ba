"""The use cases of the rest homes."""
