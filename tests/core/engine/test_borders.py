"""Text that cannot be encoded never enters a conversation, whatever its source."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import asdict

from voicebot import (
    ChatEvent,
    ChatRequest,
    DeviceLost,
    DeviceReopened,
    Notice,
    ProviderError,
    ReplyEnded,
    Settings,
    TextDelta,
    TypedLine,
)
from voicebot.config.schema import TurnOptions
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    converse,
    simulated,
)

SETTINGS = Settings(on_error="Oh \ud83d dear.", turns=TurnOptions(prepare="off"))


class PiecesChatModel(ScriptedChatModel):
    """Yields the same pieces, unchanged, for every question."""

    def __init__(self, *pieces: str) -> None:
        super().__init__()
        self.pieces = pieces

    @property
    def phrases(self) -> tuple[str, ...]:
        return ("\ud83d phrase",)

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        self.requests.append(request)
        yield Notice("\ud83d notice")
        for piece in self.pieces:
            yield TextDelta(piece)
        yield ReplyEnded()


def all_that_is_known(user: ScriptedUser, chat: ScriptedChatModel, voice: ScriptedSynthesizer) -> str:
    events = [asdict(event) for event in user.events]
    return f"{user.conversation.history.messages}{chat.requests}{voice.utterances}" + "".join(
        str(value) for event in events for value in event.values()
    )


@simulated
async def test_lone_surrogates_are_replaced_at_every_border() -> None:
    chat = PiecesChatModel("Yes \ud83d", "\ude00 \ud842", " and", " \ude00.", "\ud83d")
    voice = ScriptedSynthesizer()
    recognizer = ScriptedRecognizer(mishears=lambda text: f"{text}\ud83d")
    settings = SETTINGS.model_copy(update={"greeting": Settings(greeting="Hi \ud83d\ude00.").greeting})
    async with converse(chat=chat, synthesizer=voice, recognizer=recognizer, settings=settings) as user:
        assert (await user.is_answered()).heard == "Hi 😀."
        await user.says("hello")
        assert (await user.is_answered()).heard == "Yes 😀 \ufffd and \ufffd.\ufffd"
        user.sends(DeviceLost("gone \ud83d"))
        user.sends(DeviceReopened("back \ud83d"))
        user.sends(TypedLine("typed \ud83d\ude00 \ude00"))
        await user.is_answered()
        chat.pieces = ()
        recognizer.break_off(ProviderError("lost \ud83d", retryable=True))
        await user.says("more")
        await user.is_answered()
    assert all_that_is_known(user, chat, voice).encode()
    assert recognizer.sessions[0].hints.phrases == ("\ufffd phrase",)
    assert [request.messages[-1].content for request in chat.requests] == [
        "hello\ufffd",
        "typed 😀 \ufffd",
        "more\ufffd",
    ]


@simulated
async def test_the_output_of_filters_can_be_encoded() -> None:
    async def shift(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
        async for text in texts:
            yield f"{text}\ud83d"
            yield "\ude00"
        yield "\ud83d"

    def heard(settings: Settings) -> Callable[[str], str]:
        return lambda text: f"{text} \ude00"

    chat, voice = PiecesChatModel("Yes"), ScriptedSynthesizer()
    async with converse(
        chat=chat,
        synthesizer=voice,
        settings=SETTINGS,
        transcript_filters=[heard],
        reply_filters=[lambda settings: shift],
    ) as user:
        await user.says("hello")
        assert (await user.is_answered()).heard == "Yes😀\ufffd"
    assert chat.requests[0].messages[-1].content == "hello \ufffd"
    assert all_that_is_known(user, chat, voice).encode()
