"""A request to the emulator: whether it is let in, what refuses it, and what a service needs to answer it."""
