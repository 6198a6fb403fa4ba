"""Rest homes: the convention with a resident, its price, its account and its end."""
