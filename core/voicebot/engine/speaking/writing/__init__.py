"""What the chat model writes: asked, and asked again after its calls, filtered, and passed on to be spoken.

- `reply_writer`: one reply, through the filters of plugins
- `chat_answers`: the chat model, and what it reports besides text
- `unfinished_mark`: its mark for a user who has not finished
- `reply_filters`: the filters of plugins
"""
