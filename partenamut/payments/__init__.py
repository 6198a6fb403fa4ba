"""What is owed to whom, from approval to the account of the person."""
