"""One recogniser of the Speech SDK at work: the only place where its threads speak to our loop."""

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
from voicebot_azure.recognition.options import COMMIT_SINCE, AzureRecognizerOptions
from voicebot_azure.recognition.session_events import (
    Connected,
    Disconnected,
    Ended,
    News,
    SpeechHeard,
    ended_of,
    hypothesis_of,
    phrase_of,
)
from voicebot_azure.sdk import Speech, sdk_version, set_property

logger = logging.getLogger(__name__)

_FRAME_SECONDS = 0.02
_MOST_PHRASES = 500
_STOP_TIMEOUT = "SPEECH-StopRecognitionTimeoutInSeconds"
RATE = 16_000


class Session:
    """Speaks with the service. `open` and `close` block; the other methods return at once.

    Args:
        tell: gets the news, in the SDK's own thread.
    """

    def __init__(
        self, speech: Speech, options: AzureRecognizerOptions, hints: Hints, tell: Callable[[News], None]
    ) -> None:
        self._speech = speech
        self._options = options
        self._hints = hints
        self._tell = tell
        self._busy = threading.Lock()
        self._closed = False
        self._recognizer: Any = None
        self._connection: Any = None
        self._stream: Any = None

    def open(self) -> None:
        """Connect and start to recognise; how that turns out is told as news."""
        config = self._config()  # signing in may take its time; closing does not wait for that
        with self._busy:
            if self._closed:
                return
            _open_sessions.add(self)
            sdk = self._speech.sdk
            self._stream = sdk.audio.PushAudioInputStream(sdk.audio.AudioStreamFormat(RATE, 16, 1))
            audio = sdk.audio.AudioConfig(stream=self._stream)
            self._recognizer = sdk.SpeechRecognizer(config, audio, **self._languages())
            self._connection = sdk.Connection.from_recognizer(self._recognizer)
            self._add_phrases()
            self._connect_signals()
            self._connection.open(True)
            self._recognizer.start_continuous_recognition_async().get()

    def write(self, audio: bytes) -> None:
        """Send sound."""
        if (stream := self._stream) is not None:
            stream.write(audio)

    def commit(self) -> int:
        """Ask for the final of what was written; return what it will be confirmed with, 0 if too soon."""
        token: int = self._stream.commit() if self._stream is not None else 0
        return token

    def finish(self) -> None:
        """Say that no more sound will come."""
        if (stream := self._stream) is not None:
            stream.close()

    def close(self) -> None:
        """Stop, and let go of everything; takes 20 ms, whether the service answers or not."""
        with self._busy:
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
                # Nobody wants to know how it ends; the SDK would wait for the service to say so
                recognizer.properties.set_property_by_name(_STOP_TIMEOUT, "0")
                recognizer.stop_continuous_recognition_async().get()

    def _config(self) -> Any:
        sdk, options = self._speech.sdk, self._options
        config = self._speech.config()
        properties = {
            "SPEECH-BytesPerFrame": str(round(RATE * _FRAME_SECONDS) * 2),
            "SPEECH-USPPollingInterval": "5",
            "SPEECH-Error-MaxRetryCount": "1",
            _STOP_TIMEOUT: "1",
            "SPEECH-TelemetryDataEnabled": "false",
            "SpeechServiceResponse_ProfanityOption": options.profanity,
            "Speech_SegmentationSilenceTimeoutMs": _milliseconds(options.segmentation_silence),
            "Speech_SegmentationMaximumTimeMs": self._maximum,
            "Speech_StartEventSensitivity": options.start_sensitivity,
            "SpeechServiceConnection_EndpointId": options.endpoint_id,
        }
        if len(self._locales) > 1 and options.language_id == "continuous":
            properties["SpeechServiceConnection_LanguageIdMode"] = "Continuous"
        for name, value in properties.items():
            if value is not None:
                set_property(sdk, config, name, value)
        if can_commit(options):
            config.set_service_property(
                "setfeature", "forcecommit", sdk.ServicePropertyChannel.UriQueryParameter
            )
        return self._speech.finish(config)

    @property
    def _maximum(self) -> str | None:
        """The longest segment, which the service takes only together with the silence that ends one."""
        options = self._options
        return None if options.segmentation_silence is None else _milliseconds(options.segmentation_maximum)

    @property
    def _locales(self) -> list[str]:
        tags = self._options.languages or self._hints.languages or ("en-US",)
        return list(dict.fromkeys(locale(tag) for tag in tags))

    def _languages(self) -> dict[str, Any]:
        locales, endpoint_id = self._locales, self._options.endpoint_id
        if len(locales) == 1:
            return {"language": locales[0]}
        languageconfig = self._speech.sdk.languageconfig
        if endpoint_id is None:
            detect = languageconfig.AutoDetectSourceLanguageConfig(languages=locales)
        else:  # the custom model is for the first of them
            first = languageconfig.SourceLanguageConfig(locales[0], endpoint_id)
            others = [languageconfig.SourceLanguageConfig(tag) for tag in locales[1:]]
            detect = languageconfig.AutoDetectSourceLanguageConfig(sourceLanguageConfigs=[first, *others])
        return {"auto_detect_source_language_config": detect}

    def _add_phrases(self) -> None:
        phrases = list(dict.fromkeys(filter(None, map(str.strip, self._hints.phrases))))
        if not phrases:
            return
        if len(phrases) > _MOST_PHRASES:
            logger.info("of %d phrases, the service is told the first %d", len(phrases), _MOST_PHRASES)
        grammar = self._speech.sdk.PhraseListGrammar.from_recognizer(self._recognizer)
        for phrase in phrases[:_MOST_PHRASES]:
            grammar.addPhrase(phrase)
        if self._options.phrase_weight is not None:
            grammar.setWeight(self._options.phrase_weight)

    def _connect_signals(self) -> None:
        tell = self._tell
        connected, disconnected, started, recognizing, recognized, canceled, stopped = _signals(
            self._recognizer, self._connection
        )
        connected.connect(lambda _: tell(Connected()))
        disconnected.connect(lambda _: tell(Disconnected()))
        started.connect(lambda _: tell(SpeechHeard()))
        recognizing.connect(lambda event: tell(hypothesis_of(event)))
        recognized.connect(lambda event: tell(phrase_of(event)))
        canceled.connect(lambda event: tell(ended_of(event)))
        stopped.connect(lambda _: tell(Ended()))


def can_commit(options: AzureRecognizerOptions) -> bool:
    """Return whether the service is told of commits."""
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
    """Stop what is still running, as a callback into an interpreter that ends aborts the process."""
    for session in list(_open_sessions):
        session.close()
