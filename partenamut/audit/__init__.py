"""What was done, and who looked at whose file: written once."""
