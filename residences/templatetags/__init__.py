"""Template help of the rest homes."""
