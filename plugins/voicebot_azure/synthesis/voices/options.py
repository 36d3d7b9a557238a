"""The options that choose a voice and how it speaks."""

from __future__ import annotations

from voicebot import Field, Options


class VoiceOptions(Options):
    """Options of the voice; those that the family of the voice does not support are left out of requests."""

    voice: str = Field("en-US-AvaMultilingualNeural", min_length=1)
    """Name of the voice, such as `en-US-OnyxMultilingualNeuralHD`; `voicebot voices` lists them."""
    language: str | None = Field(None, pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]+)*$")
    """Language for a multilingual voice to speak, as a BCP 47 tag. Defaults to that of the conversation."""
    style: str | None = Field(None, min_length=1)
    """Speaking style: `cheerful`, `whispering`, ...; each voice has its own styles, or none."""
    style_degree: float | None = Field(None, ge=0.01, le=2)
    """Intensity of the style, from 0.01 to 2; 1 is normal."""
    role: str | None = Field(None, min_length=1)
    """Role for the voice to play, such as `YoungAdultFemale`; few voices have any."""
    rate: float | None = Field(None, ge=0.5, le=2)
    """Speaking rate, as a multiple of the voice's own: 1.2 is a fifth faster."""
    pitch: float | None = Field(None, ge=-50, le=50)
    """How much higher or lower than its own pitch the voice speaks, in per cent."""
    volume: float | None = Field(None, ge=0, le=100)
    """Volume from 0 to 100; 100 is the voice's own."""
    temperature: float | None = Field(None, ge=0, le=1)
    """How much the delivery of a Dragon HD voice varies, from 0 (never) to 1; Omni voices start at 0.3."""
    top_p: float | None = Field(None, ge=0.3, le=1)
    """Share of the likeliest sounds that a Dragon HD Omni voice picks from; best equal to `temperature`."""
    top_k: int | None = Field(None, ge=1, le=50)
    """Number of sounds that a Dragon HD Omni voice picks from."""
    cfg_scale: float | None = Field(None, ge=1, le=2)
    """How closely a Dragon HD Omni voice follows the text; a higher value also makes it faster."""
    lexicon: str | None = Field(None, pattern=r"^https?://\S+$")
    """URL of a pronunciation lexicon. The service fetches it, so it must be public."""
    sentence_pause: float | None = Field(None, ge=0, le=5)
    """Seconds of silence after each sentence. By default the voice decides, with 0.1 at the end."""
