"""The engine: it runs conversations over the interfaces, and knows no provider by name."""
