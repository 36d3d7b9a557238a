"""The synthesizer `espeak`, and the library that it speaks with."""
