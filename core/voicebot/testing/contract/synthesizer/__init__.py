"""The contract of a synthesizer."""
