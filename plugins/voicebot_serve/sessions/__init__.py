"""Conversations with clients: their sound, their lifetime, how many there may be."""
