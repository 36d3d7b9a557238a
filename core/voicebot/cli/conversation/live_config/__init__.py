"""The config of `voicebot run` while its bot talks: saved files and typed commands change it."""
