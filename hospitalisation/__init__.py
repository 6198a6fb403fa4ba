"""What a stay in hospital costs and who pays it: estimate, check of a bill, claim, deposit."""
