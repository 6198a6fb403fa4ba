"""Files received, checked and cleaned; PDFs issued and written once."""
