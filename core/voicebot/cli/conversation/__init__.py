"""The parts of `voicebot run`: its device, the lines that are typed, the view and the metrics."""
