"""OpenAI's audio API: speech, transcriptions, and transcription in real time."""
