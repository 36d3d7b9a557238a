"""The C library of espeak-ng, which a process loads once and shares.

The library is under the GPL, version 3 or later; this project is not. It is found through the package
`espeakng_loader` and loaded only by `library()`, so a program that never uses the voice `espeak` never loads
it.
"""

from __future__ import annotations

import ctypes
import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

from voicebot_offline.synthesis.espeak_structures import Callback, Voice

_SYNCHRONOUS, _DO_NOT_EXIT = 2, 0x8000
_CHUNK_MS = 50
_UTF8 = 1
_CHARACTERS = 1
_RATE, _VOLUME, _PITCH = 1, 2, 3
_WORD = 1
_GENDERS = {1: "male", 2: "female"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters; after the first of them, espeak reads commands, such as one for its volume."""


class EspeakError(Exception):
    """The library refused a request."""


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How to speak: rate in words per minute, pitch 0 to 99, volume in per cent."""

    voice: str
    rate: int
    pitch: int
    volume: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word or part of one begins at character `first` of the text, `at` seconds into the sound."""

    first: int
    at: float


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """An available voice: its name as an option, language tags, gender, and English name."""

    name: str
    languages: tuple[str, ...]
    gender: str
    english: str


SoundCallback = Callable[[list[Word], bytes], bool]
"""Receives words and the sound in which they begin; returns False to stop the speech."""


class Library:
    """espeak-ng, whose state is global, so that it speaks one utterance at a time."""

    def __init__(self) -> None:
        import espeakng_loader

        self._lock = threading.Lock()
        self._c: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        self._c.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(Voice))
        self._c.espeak_Synth.argtypes = (
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        )
        data = os.fsencode(espeakng_loader.get_data_path())
        self.rate: int = self._c.espeak_Initialize(_SYNCHRONOUS, _CHUNK_MS, data, _DO_NOT_EXIT)
        if self.rate <= 0:
            raise EspeakError(f"no usable voices in {os.fsdecode(data)}")
        self._sink: SoundCallback | None = None
        # the library keeps the pointer, so the object must live as long
        self._callback = Callback(self._on_sound)
        self._c.espeak_SetSynthCallback(self._callback)
        self._settings: VoiceSettings | None = None
        self._languages = self._tags()
        self._tags_of_voices: dict[str, tuple[str, ...]] = {}

    def voices(self) -> list[str]:
        """Return the names by which voices can be chosen: languages and names."""
        with self._lock:
            return sorted({name for name, _ in self._listed(None)} | self._languages.keys())

    def available(self) -> list[VoiceInfo]:
        """Return all voices, each named by its language if that is enough to choose it."""
        with self._lock:
            return [self._info(voice) for voice in self._list(None)]

    def variants(self) -> list[str]:
        """Return the variants, which can follow a voice's name after `+`."""
        with self._lock:
            tag = ctypes.create_string_buffer(b"variant")
            wanted = Voice(languages=ctypes.addressof(tag))
            return sorted({voice.partition("/")[2] for _, voice in self._listed(ctypes.byref(wanted))})

    def has_voice(self, voice: str) -> bool:
        """Return whether there is a voice or language of this name."""
        with self._lock:
            self._settings = None
            return self._choose(voice)

    def languages_of(self, voice: str) -> tuple[str, ...]:
        """Return the tags of the languages of a voice; none if it is not listed."""
        name = voice.partition("+")[0].strip().lower()
        if name not in self._tags_of_voices:  # to list the voices takes milliseconds
            with self._lock:
                self._tags_of_voices[name] = self._tags_of(name)
        return self._tags_of_voices[name]

    def _tags_of(self, name: str) -> tuple[str, ...]:
        known = self._languages.get(name)
        for voice in self._list(None):
            identifier, own_name = voice.identifier.decode(), voice.name.decode().strip()
            if known == identifier or (not known and name in _names(own_name, identifier)):
                tags = tuple(tag for _, tag in _spoken(voice))
                return (name, *tags) if known else tags
        return ()

    def speak(self, text: str, settings: VoiceSettings, sink: SoundCallback) -> None:
        """Speak `text`, passing sound to `sink` as it is made, until the end or until `sink` returns False.

        Raises:
            EspeakError: the voice no longer exists, or the library refuses the text.
        """
        encoded = _CONTROL.sub(" ", text).encode(errors="replace")
        with self._lock:
            self._use(settings)
            self._sink = sink
            try:
                status = self._c.espeak_Synth(encoded, len(encoded) + 1, 0, _CHARACTERS, 0, _UTF8, None, None)
            finally:
                self._sink = None
        if status != 0:
            raise EspeakError(f"espeak_Synth returned {status}")

    def _use(self, settings: VoiceSettings) -> None:
        if settings == self._settings:
            return
        self._settings = None
        if not self._choose(settings.voice):
            raise EspeakError(f"no voice {settings.voice!r}")
        for parameter, value in (
            (_RATE, settings.rate),
            (_PITCH, settings.pitch),
            (_VOLUME, settings.volume),
        ):
            if self._c.espeak_SetParameter(parameter, value, 0) != 0:
                raise EspeakError(f"parameter {parameter} cannot be {value}")
        self._settings = settings

    def _choose(self, voice: str) -> bool:
        # the library itself knows only some languages by their tags: de, but not en-gb
        name, plus, variant = voice.partition("+")
        known = self._languages.get(name.lower(), name)
        return any(
            self._c.espeak_SetVoiceByName(f"{one}{plus}{variant}".encode()) == 0 for one in (name, known)
        )

    def _listed(self, wanted: Any) -> list[tuple[str, str]]:
        return [(voice.name.decode(), voice.identifier.decode()) for voice in self._list(wanted)]

    def _list(self, wanted: Any) -> Iterator[Voice]:
        listed = self._c.espeak_ListVoices(wanted)
        for index in count():
            if not listed[index]:
                return
            yield listed[index].contents

    def _tags(self) -> dict[str, str]:
        """Return the preferred voice of each language."""
        choices: dict[str, tuple[int, str]] = {}
        for voice in self._list(None):
            for priority, tag in _spoken(voice):
                choice = (priority, voice.identifier.decode())
                choices[tag] = min(choices.get(tag, choice), choice)
        return {tag: identifier for tag, (_, identifier) in choices.items()}

    def _info(self, voice: Voice) -> VoiceInfo:
        tags = tuple(tag for _, tag in _spoken(voice))
        english, identifier = voice.name.decode(), voice.identifier.decode()
        name = tags[0] if self._languages[tags[0]] == identifier else english
        return VoiceInfo(name, tags, _GENDERS.get(voice.gender, ""), english.strip())

    def _on_sound(self, sound: Any, samples: int, events: Any) -> int:
        if self._sink is None:
            return 1
        words = []
        index = 0
        while events[index].type:
            event = events[index]
            if event.type == _WORD:
                words.append(Word(event.text_position - 1, event.audio_position / 1000))
            index += 1
        audio = ctypes.string_at(sound, samples * 2) if sound and samples else b""
        return 0 if self._sink(words, audio) else 1


def _names(name: str, identifier: str) -> tuple[str, ...]:
    """Return by what a voice can be chosen: its name, its file with the folder, or only the file."""
    return name.lower(), identifier.lower(), identifier.lower().rpartition("/")[2]


def _spoken(voice: Voice) -> Iterator[tuple[int, str]]:
    """Yield the language tags of a voice, each with its priority; lower is better."""
    place = voice.languages
    while priority := ctypes.string_at(place, 1)[0]:  # a priority of zero ends them
        tag = ctypes.string_at(place + 1)
        yield priority, tag.decode().lower()
        place += len(tag) + 2


_loading = threading.Lock()


def library() -> Library:
    """Load espeak-ng once per process, even if several threads ask at the same time."""
    with _loading:
        return _loaded()


@cache
def _loaded() -> Library:
    return Library()
