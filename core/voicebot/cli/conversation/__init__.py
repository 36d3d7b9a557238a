"""The parts of `voicebot run`: its device, typed lines, the view and the metrics."""
