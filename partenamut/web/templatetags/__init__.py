"""Template tags: `portal` for the components, `formats` for dates, amounts and numbers."""
