"""From the microphone to words: voice activity, recognition that survives outages, and the bot's own echo."""
