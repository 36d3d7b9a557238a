"""The languages whose words voicebot knows: one TOML file each in `data`, checked against one schema.

`language.py` is the schema, `language_file.py` reads a file, `merge.py` joins languages, and `known.py` holds
those that ship with voicebot and those that plugins add. The files are read when their words are first
needed.
"""
