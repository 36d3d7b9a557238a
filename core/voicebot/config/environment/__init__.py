"""Variables from the environment and from `.env` files."""
