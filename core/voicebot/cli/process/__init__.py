"""The process itself: its standard streams, the files it writes, and the signals that end it."""
