"""One session of the SDK's `SpeechRecognizer`: the only place where its threads reach our loop."""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from voicebot import Hints
from voicebot_azure.languages import locale
from voicebot_azure.recognition.options import COMMIT_SINCE, MAX_LANGUAGES, AzureRecognizerOptions
from voicebot_azure.recognition.session_events import (
    Connected,
    Disconnected,
    SessionEnded,
    SessionEvent,
    SpeechDetected,
    read_end,
    read_hypothesis,
    read_phrase,
)
from voicebot_azure.sdk import SpeechSdk, sdk_version, set_property

logger = logging.getLogger(__name__)

_FRAME_SECONDS = 0.02
_MAX_PHRASES = 500
_STOP_TIMEOUT = "SPEECH-StopRecognitionTimeoutInSeconds"
RATE = 16_000
"""Sample rate in Hz that the service recognises."""


class Session:
    """Connects to the service and sends it audio. `open` and `close` block; the other methods return at once.

    Args:
        on_event: called with each event, in a thread of the SDK.
    """

    def __init__(
        self,
        sdk: SpeechSdk,
        options: AzureRecognizerOptions,
        hints: Hints,
        on_event: Callable[[SessionEvent], None],
    ) -> None:
        self._sdk = sdk
        self._options = options
        self._hints = hints
        self._on_event = on_event
        self._opening_or_closing = threading.Lock()
        self._closed = False
        self._recognizer: Any = None
        self._connection: Any = None
        self._stream: Any = None

    def open(self) -> None:
        """Connect and start to recognise; an event reports whether that succeeds."""
        config = self._config()  # may take seconds to sign in, which `close` must not wait for
        with self._opening_or_closing:
            if self._closed:
                return
            _open_sessions.add(self)
            module = self._sdk.module
            self._stream = module.audio.PushAudioInputStream(module.audio.AudioStreamFormat(RATE, 16, 1))
            audio = module.audio.AudioConfig(stream=self._stream)
            self._recognizer = module.SpeechRecognizer(config, audio, **self._language_arguments())
            self._connection = module.Connection.from_recognizer(self._recognizer)
            self._add_phrases()
            self._connect_signals()
            self._connection.open(True)
            self._recognizer.start_continuous_recognition_async().get()

    def write(self, audio: bytes) -> None:
        """Send audio."""
        if (stream := self._stream) is not None:
            stream.write(audio)

    def commit(self) -> int:
        """Ask for a final of what was written; return the token that will confirm it, 0 if it is too soon."""
        token: int = self._stream.commit() if self._stream is not None else 0
        return token

    def finish(self) -> None:
        """End the audio."""
        if (stream := self._stream) is not None:
            stream.close()

    def close(self) -> None:
        """Stop and release everything; takes 20 ms, whether or not the service answers."""
        with self._opening_or_closing:
            self._closed = True
            recognizer, self._recognizer = self._recognizer, None
            connection, self._connection = self._connection, None
            self._stream = None
            _open_sessions.discard(self)
            if recognizer is None or connection is None:
                return
            for signal in _signals(recognizer, connection):
                signal.disconnect_all()
            with suppress(RuntimeError):
                # The SDK would wait for the service to confirm the end, which we do not need
                recognizer.properties.set_property_by_name(_STOP_TIMEOUT, "0")
                recognizer.stop_continuous_recognition_async().get()

    def _config(self) -> Any:
        module, options = self._sdk.module, self._options
        config = self._sdk.config()
        properties = {
            "SPEECH-BytesPerFrame": str(round(RATE * _FRAME_SECONDS) * 2),
            "SPEECH-USPPollingInterval": "5",
            "SPEECH-Error-MaxRetryCount": "1",
            _STOP_TIMEOUT: "1",
            "SPEECH-TelemetryDataEnabled": "false",
            "SpeechServiceResponse_ProfanityOption": options.profanity,
            "Speech_SegmentationSilenceTimeoutMs": _milliseconds(options.segmentation_silence),
            "Speech_SegmentationMaximumTimeMs": self._segmentation_maximum,
            "Speech_StartEventSensitivity": options.start_sensitivity,
            "SpeechServiceConnection_EndpointId": options.endpoint_id,
        }
        if len(self._locales) > 1 and options.language_id == "continuous":
            properties["SpeechServiceConnection_LanguageIdMode"] = "Continuous"
        for name, value in properties.items():
            if value is not None:
                set_property(module, config, name, value)
        if can_commit(options):
            config.set_service_property(
                "setfeature", "forcecommit", module.ServicePropertyChannel.UriQueryParameter
            )
        return self._sdk.apply_overrides(config)

    @property
    def _segmentation_maximum(self) -> str | None:
        """The longest segment, which the service only accepts together with the silence that ends one."""
        options = self._options
        return None if options.segmentation_silence is None else _milliseconds(options.segmentation_maximum)

    @property
    def _locales(self) -> list[str]:
        most = MAX_LANGUAGES[self._options.language_id]
        tags = self._options.languages or self._hints.languages[:most] or ("en-US",)
        return list(dict.fromkeys(locale(tag) for tag in tags))

    def _language_arguments(self) -> dict[str, Any]:
        locales, endpoint_id = self._locales, self._options.endpoint_id
        if len(locales) == 1:
            return {"language": locales[0]}
        languageconfig = self._sdk.module.languageconfig
        if endpoint_id is None:
            detect = languageconfig.AutoDetectSourceLanguageConfig(languages=locales)
        else:  # the custom model is for the first language
            first = languageconfig.SourceLanguageConfig(locales[0], endpoint_id)
            others = [languageconfig.SourceLanguageConfig(tag) for tag in locales[1:]]
            detect = languageconfig.AutoDetectSourceLanguageConfig(sourceLanguageConfigs=[first, *others])
        return {"auto_detect_source_language_config": detect}

    def _add_phrases(self) -> None:
        phrases = list(dict.fromkeys(filter(None, map(str.strip, self._hints.phrases))))
        if not phrases:
            return
        if len(phrases) > _MAX_PHRASES:
            logger.info("only the first %d of %d phrases are sent to the service", _MAX_PHRASES, len(phrases))
        grammar = self._sdk.module.PhraseListGrammar.from_recognizer(self._recognizer)
        for phrase in phrases[:_MAX_PHRASES]:
            grammar.addPhrase(phrase)
        if self._options.phrase_weight is not None:
            grammar.setWeight(self._options.phrase_weight)

    def _connect_signals(self) -> None:
        on_event = self._on_event
        connected, disconnected, speech_started, recognizing, recognized, canceled, stopped = _signals(
            self._recognizer, self._connection
        )
        connected.connect(lambda _: on_event(Connected()))
        disconnected.connect(lambda _: on_event(Disconnected()))
        speech_started.connect(lambda _: on_event(SpeechDetected()))
        recognizing.connect(lambda event: on_event(read_hypothesis(event)))
        recognized.connect(lambda event: on_event(read_phrase(event)))
        canceled.connect(lambda event: on_event(read_end(event)))
        stopped.connect(lambda _: on_event(SessionEnded()))


def can_commit(options: AzureRecognizerOptions) -> bool:
    """Return whether commits are sent to the service."""
    return options.commit == "auto" and (sdk_version() or ()) >= COMMIT_SINCE


def _signals(recognizer: Any, connection: Any) -> tuple[Any, ...]:
    return (
        connection.connected,
        connection.disconnected,
        recognizer.speech_start_detected,
        recognizer.recognizing,
        recognizer.recognized,
        recognizer.canceled,
        recognizer.session_stopped,
    )


def _milliseconds(seconds: float | None) -> str | None:
    return None if seconds is None else str(round(seconds * 1000))


_open_sessions: WeakSet[Session] = WeakSet()


@atexit.register
def _close_all() -> None:
    """Close all sessions: a callback into an interpreter that is shutting down aborts the process."""
    for session in list(_open_sessions):
        session.close()
