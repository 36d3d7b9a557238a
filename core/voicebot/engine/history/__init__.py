"""What was said in a conversation, and which of it is sent to the chat model."""
