"""How messages reach a server: through the standard streams of a program, or by HTTP."""
