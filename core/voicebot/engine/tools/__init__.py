"""What the chat model may have run."""
