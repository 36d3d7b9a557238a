"""The user: what is said as sound, the device that it comes from, and a recogniser that is told the words."""
