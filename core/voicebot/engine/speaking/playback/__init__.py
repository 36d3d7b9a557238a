"""Playing audio on the device, and taking back what it has not played yet.

- `speaker`: writes audio to the device; ducks, holds, resumes, cuts and clears it
- `playback`: what was written since the speaker was last cleared; dropped as a whole by an interruption
- `pending_audio`: audio that has yet to be written to the device
- `device_queue`: audio that was written to the device and may not have been played yet
- `monitor`: how the echo guard follows what is played
- `interruption`: ending what another task waits for, without cancelling the task
- `listening_tone`: the tone that says "I am listening"
"""
