"""What can go wrong with a chat server, how it is recognised, and what to do about it."""
