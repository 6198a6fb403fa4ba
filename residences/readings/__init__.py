"""What the pages of the rest homes show."""
