"""Text to speech: the voice `openai-tts`."""
