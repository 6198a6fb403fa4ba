"""One base and three thin settings: dev, test, production."""
