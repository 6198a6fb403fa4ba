"""Members, insurers and residences: the facts that all businesses share."""
