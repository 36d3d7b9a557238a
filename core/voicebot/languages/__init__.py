"""The languages whose words voicebot knows: one TOML file each in `data`, checked against one schema.

`language.py` is the schema, `language_file.py` reads a file, and `known.py` holds the languages that ship
with voicebot and those that plugins add. The files are read when their words are first needed.
"""
