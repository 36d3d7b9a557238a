"""Lines that the user types during a conversation: turns for the bot, or commands for the program."""
