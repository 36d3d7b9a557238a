"""The process itself: its standard streams, and the signals that end it."""
