"""What `voicebot new-plugin` writes."""
