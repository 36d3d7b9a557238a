"""All that the command line prints: text made printable, wrapped, in colour, as tables, errors or logs."""
