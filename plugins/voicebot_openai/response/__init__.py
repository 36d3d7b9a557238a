"""From the bytes of a chat server's response to the chunks of one reply."""
