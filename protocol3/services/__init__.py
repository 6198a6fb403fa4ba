"""The use cases: each writes in one transaction, with who and when."""
