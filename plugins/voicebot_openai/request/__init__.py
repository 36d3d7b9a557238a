"""What a request to a chat server contains: its fields, messages and tools."""
