"""Azure OpenAI: chat completions, as the emulator answers them."""
