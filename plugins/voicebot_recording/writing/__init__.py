"""Writing one recording: its event log, its sound, and what it is a recording of."""
