"""Pages: load, clean, one use case, a message, a redirect."""
