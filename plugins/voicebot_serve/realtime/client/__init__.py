"""The events of a client: read, checked, answered, and turned into commands for the conversation."""
