"""Conversations whose turns are taken by a button or a client, in virtual time."""

from __future__ import annotations

import pytest

from voicebot.config.schema import Settings, TurnOptions
from voicebot.events import UserSpeechStarted, UserTurnEnded
from voicebot.messages import (
    AddedMessage,
    AnswerNow,
    ManualSpeechStarted,
    ManualSpeechStopped,
    Message,
    StopReply,
    TurnTakingChanged,
)
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedUser,
    ScriptedVoiceActivity,
    converse,
    simulated,
)

SETTINGS = Settings(system="Be brief.", turns=TurnOptions(prepare="off"))
MANUAL = TurnTakingChanged(detects_speech=False, answers=False)


def said(user: ScriptedUser) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in user.conversation.history.messages[1:]]


@pytest.mark.parametrize("voice_activity", [ScriptedVoiceActivity(), None], ids=["detector", "recogniser"])
@simulated
async def test_only_sound_between_press_and_release_is_speech(
    voice_activity: ScriptedVoiceActivity | None,
) -> None:
    recognizer = ScriptedRecognizer()
    async with converse(
        recognizer=recognizer,
        voice_activity=voice_activity,
        chat=ScriptedChatModel(["Fine."]),
        settings=SETTINGS,
    ) as user:
        user.sends(MANUAL)
        await user.waits(1)
        await user.says("this is not for you")
        await user.waits(1)
        user.sends(ManualSpeechStarted())
        await user.says("how are you")
        user.sends(ManualSpeechStopped())
        await user.waits(20)
        assert not [event for event in user.events if isinstance(event, UserTurnEnded)]
        user.sends(AnswerNow())
        await user.is_answered()

    assert said(user) == [("user", "how are you"), ("assistant", "Fine.")]
    assert len([event for event in user.events if isinstance(event, UserSpeechStarted)]) == 1


@simulated
async def test_instructions_replace_the_system_message_once() -> None:
    chat = ScriptedChatModel(["Ahoy!", "Yes."])
    async with converse(chat=chat, settings=SETTINGS) as user:
        user.sends(AnswerNow("Greet the user."))
        await user.is_answered()
        user.sends(AddedMessage("user", "are you there"))
        user.sends(AnswerNow())
        await user.is_answered()

    assert [request.messages for request in chat.requests] == [
        (Message("system", "Greet the user."), Message("user", "...")),
        (
            Message("system", "Be brief."),
            Message("user", "..."),
            Message("assistant", "Ahoy!"),
            Message("user", "are you there"),
        ),
    ]


@simulated
async def test_a_conversation_can_be_continued_from_its_messages() -> None:
    chat = ScriptedChatModel(["Blue."])
    async with converse(chat=chat, settings=SETTINGS) as user:
        user.sends(AddedMessage("user", "my boat is blue"))
        user.sends(AddedMessage("assistant", "Nice."))
        user.sends(AddedMessage("system", "Speak like a pirate."))
        user.sends(AddedMessage("user", "what colour is it"))
        user.sends(AnswerNow())
        await user.is_answered()

    assert chat.requests[0].messages == (
        Message("system", "Be brief.\n\nSpeak like a pirate."),
        Message("user", "my boat is blue"),
        Message("assistant", "Nice."),
        Message("user", "what colour is it"),
    )


@simulated
async def test_a_reply_that_is_stopped_stays_in_history_as_far_as_it_was_heard() -> None:
    story = "Once there was a parrot on a ship. It could count to seven. Then it flew away. The end."
    async with converse(chat=ScriptedChatModel([story]), settings=SETTINGS) as user:
        user.sends(AnswerNow())
        await user.waits(3)
        user.sends(StopReply())
        ended = await user.is_answered()
        await user.waits(5)

    assert ended.interrupted
    assert ended.heard
    assert said(user) == [("assistant", ended.heard)]
    assert story.startswith(ended.heard.rstrip("…—")[:10])
