"""Filters for letters."""
