"""Synthesizing the units of a reply.

- `session`: a synthesizer as one conversation uses it
- `synthesis`: opens what a reply is synthesized by, one of the next two
- `synthesis_queue`: for a synthesizer that takes whole utterances: one for each unit, the next one ahead
- `streamed_synthesis`, `unit_boundaries`: for one that takes text while it is being written: one stream, and
  where in it each unit begins
- `utterance`: synthesizes one utterance, within its limits
- `unit_audio`: the audio of one unit on its way from the synthesizer to the speaker

Silence that a voice puts at the end of its audio is trimmed by the plugin of that voice, not here.
"""
