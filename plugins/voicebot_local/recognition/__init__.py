"""The recogniser `whisper`, and the store of its models."""
