"""Azure Speech to text, as the emulator speaks its websocket protocol."""
