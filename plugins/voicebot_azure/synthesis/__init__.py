"""Text to speech: the synthesizer `azure-tts`."""
