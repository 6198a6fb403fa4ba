"""What is typed: checked, with sentences that name the field."""
