"""From the microphone to words: voice activity, a recognition that is kept up, and the echo of the bot."""
