"""What a client asks for: its events are answered, and become commands for the conversation."""

from __future__ import annotations

from typing import assert_never

from voicebot import AnswerNow, ManualSpeechStarted, StopReply
from voicebot_serve.realtime.client.commands import (
    Begin,
    Command,
    DiscardSpeech,
    FinishSpeech,
    Forget,
    Instruct,
    NowPlaying,
    OfferTools,
    ReleaseOutputs,
    StoppedPlaying,
)
from voicebot_serve.realtime.client.created_items import created
from voicebot_serve.realtime.client.events import (
    ClientEvent,
    InputAudioAppend,
    InputAudioClear,
    InputAudioCommit,
    ItemCreate,
    ItemDelete,
    ItemRetrieve,
    ItemTruncate,
    OutputAudioClear,
    Playing,
    ResponseCancel,
    ResponseCreate,
    ResponseFields,
    SessionUpdate,
)
from voicebot_serve.realtime.items import Item
from voicebot_serve.realtime.refusal import InvalidEvent, invalid
from voicebot_serve.realtime.state import SessionState

_SHORTEST = 0.1
"""Seconds of sound that can be committed."""


class ClientRequests:
    """Answers the events of one client."""

    def __init__(self, state: SessionState) -> None:
        self._state = state
        self._is_open = False
        """Whether the client has begun a piece of speech that it ends itself."""

    def receive(self, event: ClientEvent) -> list[Command]:
        """Answer an event; return what it does to the conversation.

        Raises:
            InvalidEvent: it cannot be done.
        """
        is_first = not self._state.has_begun
        commands = [] if isinstance(event, SessionUpdate) else self.begin()
        try:
            commands += self._commands(event)
        except InvalidEvent as refusal:
            refusal.event_id = event.event_id
            self._state.say.refused(refusal)
        return commands + (self.begin() if is_first else [])

    def begin(self) -> list[Command]:
        """Begin the conversation with the settings that there are, if it has not begun."""
        state = self._state
        if state.has_begun:
            return []
        state.has_begun = True
        commands: list[Command] = [Begin(), state.settings.turn_taking, OfferTools()]
        if state.settings.instructions is not None:
            commands.append(Instruct(state.settings.instructions))
        return commands

    def _commands(self, event: ClientEvent) -> list[Command]:
        match event:
            case SessionUpdate():
                return self._update(event)
            case InputAudioAppend() | InputAudioCommit() | InputAudioClear():
                return self._sound(event)
            case OutputAudioClear():
                self._clear_output()
                return [StopReply()]
            case ItemCreate():
                return created(event, self._state)
            case ItemRetrieve():
                item = self._state.items.get(event.item_id)
                self._state.say.say("conversation.item.retrieved", item=item.as_object())
                return []
            case ItemTruncate():
                return self._truncate(event)
            case ItemDelete():
                return self._delete(event)
            case ResponseCreate():
                return self._respond(event.response or ResponseFields())
            case ResponseCancel():
                return self._cancel(event)
            case Playing():
                item = self._spoken(event.item_id)
                return [NowPlaying(item.start + event.audio_ms / 1000)]
            case _:
                assert_never(event)

    def _update(self, event: SessionUpdate) -> list[Command]:
        state, before = self._state, self._state.settings
        state.settings = now = before.updated(event.session, state.allowed, has_begun=state.has_begun)
        state.describe("session.updated")
        commands: list[Command] = []
        if state.has_begun:
            if now.turn_taking != before.turn_taking:
                self._is_open = self._is_open and not now.detects_turns
                commands.append(now.turn_taking)
            if (now.tools, now.offers_tools) != (before.tools, before.offers_tools):
                commands.append(OfferTools())
            if now.instructions is not None and now.instructions != before.instructions:
                commands.append(Instruct(now.instructions))
        return commands

    def _sound(self, event: InputAudioAppend | InputAudioCommit | InputAudioClear) -> list[Command]:
        state, user = self._state, self._state.user
        is_manual = not state.settings.detects_turns
        match event:
            case InputAudioAppend():
                sound = state.settings.input.decode(event.audio)
                user.receive(state.settings.input.sound.seconds_in(len(sound)))
                starts, self._is_open = is_manual and not self._is_open, is_manual
                return [ManualSpeechStarted(), sound] if starts else [sound]
            case InputAudioCommit():
                if user.uncommitted < _SHORTEST:
                    raise _too_short(user.uncommitted)
                if not is_manual:
                    return [FinishSpeech(), AnswerNow(only_if_said=True)]
                self._is_open = False
                user.commit()
                return [FinishSpeech()]
            case InputAudioClear():
                self._is_open = False
                user.clear()
                return [DiscardSpeech()]

    def _respond(self, fields: ResponseFields) -> list[Command]:
        state = self._state
        if fields.conversation == "none" or fields.input is not None:
            message = (
                "Responses outside of the conversation, or with an input of their own, are not supported."
            )
            raise invalid(message, "response.conversation", "unsupported_value")
        if state.kept_outputs:
            state.kept_outputs = 0
            state.close_response()
            state.open_response(fields.metadata)
            return [ReleaseOutputs()]
        if state.response is not None and not state.is_cancelling:
            message = f"Conversation already has an active response in progress: {state.response.id}."
            raise invalid(message, None, "conversation_already_has_active_response")
        state.close_response("client_cancelled")
        state.open_response(fields.metadata)
        instructions = fields.instructions if "instructions" in state.allowed else None
        return [AnswerNow(instructions or "")]

    def _cancel(self, event: ResponseCancel) -> list[Command]:
        response = self._state.response
        if response is None or event.response_id not in {None, response.id}:
            raise invalid(
                "Cancellation failed: no active response found.", None, "response_cancel_not_active"
            )
        self._state.close_response("client_cancelled")
        self._state.is_cancelling = True
        return [StopReply()]

    def _clear_output(self) -> None:
        state = self._state
        if state.response is not None:
            response_id = state.response.id
            state.close_response("client_cancelled")
            state.is_cancelling = True
            state.say.say("output_audio_buffer.cleared", response_id=response_id)

    def _truncate(self, event: ItemTruncate) -> list[Command]:
        item = self._spoken(event.item_id)
        if event.audio_end_ms > round(item.seconds * 1000):
            message = (
                f"Audio content of {round(item.seconds * 1000)}ms is already shorter than "
                f"{event.audio_end_ms}ms"
            )
            raise invalid(message, "audio_end_ms")
        self._state.say.say(
            "conversation.item.truncated",
            item_id=item.id,
            content_index=event.content_index,
            audio_end_ms=event.audio_end_ms,
        )
        stopped = StoppedPlaying(item.start + event.audio_end_ms / 1000)
        response = self._state.response
        if response is None or response.message is not item or self._state.settings.extension:
            return [stopped]  # with the extension, sound is also cleared to be played once more
        self._state.close_response("client_cancelled")  # the client plays no more of it
        self._state.is_cancelling = True
        return [StopReply(), stopped]

    def _delete(self, event: ItemDelete) -> list[Command]:
        item = self._state.items.delete(event.item_id)
        self._state.say.say("conversation.item.deleted", item_id=item.id)
        return [Forget(item.role, item.text)] if item.type == "message" and item.text else []

    def _spoken(self, item_id: str) -> Item:
        item = self._state.items.get(item_id)
        if item.role != "assistant" or not item.is_sound:
            raise invalid("Only model output audio messages can be truncated.", "item_id")
        return item


def _too_short(seconds: float) -> InvalidEvent:
    message = (
        "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer "
        f"only has {seconds * 1000:.2f}ms of audio."
    )
    return invalid(message, None, "input_audio_buffer_commit_empty")
