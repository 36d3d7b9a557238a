"""The JSON Schema of configs, for editors."""
