"""Lines that the user types during a conversation: turns for the bot, and commands for the program."""
