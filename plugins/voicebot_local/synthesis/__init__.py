"""The synthesizer `piper`: neural voices that run on this machine."""
