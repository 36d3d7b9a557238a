"""Everything that the command line prints: text, tables, progress, errors and logs."""
