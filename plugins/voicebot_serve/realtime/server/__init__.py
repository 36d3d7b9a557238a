"""The events that a client is sent: what the user says, what the bot answers, and what else happens."""
