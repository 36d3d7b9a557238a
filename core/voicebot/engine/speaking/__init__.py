"""From an answer that turn-taking has decided on to audio on the device, and back: what the user heard of it.

    replies ── starts, prepares, releases, discards and interrupts ──► reply, one task each
    reply:  writing ──text──► unit_delivery ──units──► synthesis ──audio──► reply_audio ──► playback

- `replies`, `running_reply`: at most one reply that is heard
- `stopped_reply`: the one that was stopped last, of which more may become known
- `preparation`: at most one that is prepared in silence
- `reply`: one reply to its end, with the safe line if a provider fails
- `reply_context`, `reply_events`: what all replies have in common, and how they publish events
- `writing`: the chat model's text, through the filters of plugins, and what it calls
- `unit_delivery`: the text in clauses and sentences, each made speakable
- `retraction`: what happens when the model's content filter takes back text that was sent on already
- `reply_audio`, `unit_playback`: units played in order, and what the user has heard of them
- `prepared_line`: a line that is synthesized in advance
- `wait_line`: what is said while tools run
- `units`: the units themselves; `synthesis`: text to audio; `playback`: audio to the device
"""
