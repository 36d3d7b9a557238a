"""Speech to text: the recogniser `openai-stt`, in real time or by uploads."""
