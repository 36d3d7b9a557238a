"""Azure text to speech, as the emulator speaks its websocket protocol."""
