"""The JSON Schema of configs, by which an editor completes and checks them."""
