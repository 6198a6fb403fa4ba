"""What a page shows, gathered; nothing is written."""
