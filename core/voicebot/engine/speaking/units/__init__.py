"""The units of a reply: a clause or sentence each, from the written text to what the user heard of it.

- `reply_unit`: one unit, and how much of it has been heard after a given number of seconds
- `heard_text`: how much of a whole reply the user has heard
- `reply_text`: a reply as it was written, with the place of each unit in it
- `speaking_rate`: how long a text takes to speak
"""
