"""What the papers of the rest homes say, as frozen values."""
