"""The bot's own voice in the microphone: cancelled, known by its sound, known by its words."""
