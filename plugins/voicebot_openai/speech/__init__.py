"""What `openai-tts` and `openai-stt` share: the server, its connection, and what can go wrong with it."""
