"""The synthesizer `openai-tts`: speech streamed from any server with OpenAI's audio API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any

from voicebot import AudioChunk, AudioFormat, SynthesisEvent, Synthesizer, Utterance, VoiceDescription
from voicebot_openai.errors.failures import raise_failure
from voicebot_openai.speech.attempts import SpeechFields, open_response, with_retries
from voicebot_openai.speech.connection import CHECK_TIMEOUT, SpeechConnection
from voicebot_openai.synthesis.options import OpenAISynthesizerOptions
from voicebot_openai.synthesis.sound import read_sound
from voicebot_openai.synthesis.text_pieces import ends_sentence, text_pieces
from voicebot_openai.synthesis.trimming import SilenceTrimmer
from voicebot_openai.synthesis.voices import read_voices, voices_of

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_OPTIONAL = frozenset({"instructions", "sample_rate"})
"""Fields that a server may reject; the speech matters more."""
_SHORT_PAUSE = 0.1
"""Seconds of silence to leave at most where a text is cut within a sentence."""
_VOICE_LISTS = ("/audio/voices", "/audio/speech/voices")
"""Where Kokoro-FastAPI and speaches list their voices; openai.com has no list."""


class OpenAISynthesizer(Synthesizer[OpenAISynthesizerOptions]):
    """Speaks through OpenAI's audio API; any number of utterances at the same time."""

    def __init__(self, options: OpenAISynthesizerOptions) -> None:
        super().__init__(options)
        self.model = options.target
        self.output_format = AudioFormat(options.sample_rate)
        self._connection = SpeechConnection(options, _load)
        fields: dict[str, object] = {"instructions": options.instructions, "speed": options.speed}
        if not options.is_hosted:
            fields["sample_rate"] = options.sample_rate
        self._fields = SpeechFields(fields, _OPTIONAL)

    async def start(self) -> None:
        """Load the SDK and connect; check that the server accepts the key and has the model.

        Raises:
            ProviderError: the server cannot be reached, or refuses.
        """
        import numpy  # noqa: F401 - here, since threads that import it at once break it or each other

        await self._connection.start(self._probe, lists_models=True)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._connection.aclose()

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of one utterance; asks again if the server fails before the first sound."""
        for text in text_pieces(utterance.text):
            async with aclosing(with_retries(self.options, partial(self._speak, text))) as sound:
                async for audio in sound:
                    yield AudioChunk(audio)

    async def voices(self) -> Sequence[VoiceDescription]:
        """Return the voices of the model, or those that the server lists; none if it does not list them."""
        import httpx2
        import openai

        if self.options.is_hosted:
            return voices_of(self.options.model_name)
        client = self._connection.client
        for path in _VOICE_LISTS:
            try:
                response = await client.get(path, cast_to=httpx2.Response, options={"timeout": CHECK_TIMEOUT})
                if voices := read_voices(response.json()):
                    return voices
            except openai.APIConnectionError as error:
                raise_failure(error, self.options)
            except (openai.OpenAIError, httpx2.HTTPError, ValueError):
                continue  # it has no such list
        return ()

    async def _speak(self, text: str) -> AsyncGenerator[bytes, None]:
        import httpx2
        import openai

        pause = self.options.sentence_pause
        if not ends_sentence(text):
            pause = min(pause, _SHORT_PAUSE)
        trimmer = SilenceTrimmer(self.output_format, pause)
        client = self._connection.client
        try:
            async with (
                open_response(partial(self._send, client, text), self._fields) as response,
                aclosing(read_sound(response, self.options, self.output_format)) as sound,
            ):
                async for audio in sound:
                    if ready := trimmer.write(audio):
                        yield ready
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise_failure(error, self.options)
        if padding := trimmer.padding():
            yield padding

    def _send(self, client: AsyncOpenAI, text: str, fields: dict[str, Any], **arguments: Any) -> Any:
        create: Any = client.audio.speech.with_streaming_response.create
        extra: dict[str, object] = dict(self.options.extra_body)
        if "sample_rate" in fields:
            extra = {"sample_rate": fields.pop("sample_rate"), **extra}
        return create(
            model=self.options.target,
            voice=self.options.voice,
            input=text,
            response_format=self.options.response_format,
            extra_body=extra or None,
            **fields,
            **arguments,
        )

    async def _probe(self) -> None:
        """Request the speech of nothing, which is refused once key and model have been checked."""
        timeout = min(CHECK_TIMEOUT, self.options.timeout)
        client = self._connection.client
        async with self._send(client, "", self._fields.current(), timeout=timeout):
            pass


def _load(client: AsyncOpenAI) -> None:
    _ = client.audio.speech.with_streaming_response
