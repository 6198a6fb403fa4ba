"""The pages: load, clean, one call, a message."""
