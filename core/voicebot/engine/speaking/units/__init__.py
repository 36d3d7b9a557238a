"""The units of a reply: what is written, what is spoken, and what of it was heard."""
