"""The bot's own voice in the microphone: cancelled, recognised by its sound, recognised by its words."""
