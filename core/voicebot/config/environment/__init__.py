"""The variables that a config may use, from the environment and from `.env` files."""
