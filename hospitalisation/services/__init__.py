"""What people do with claims of the hospital insurance: one function per use case, each in one transaction."""
