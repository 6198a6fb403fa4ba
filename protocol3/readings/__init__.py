"""What pages show, gathered; nothing here writes."""
