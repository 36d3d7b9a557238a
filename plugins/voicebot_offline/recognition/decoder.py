"""pocketsphinx's decoders, reduced to what the listener needs; runs inside the worker process."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from voicebot_offline.recognition.phrase_model import PhraseModel
from voicebot_offline.recognition.protocol import WorkerSettings


class Decoder:
    """Decodes one segment of speech after another."""

    def __init__(self, settings: WorkerSettings, **paths: str) -> None:
        import pocketsphinx

        # "live" normalises by the sound so far; "batch" would make the user wait for a second pass
        chosen = {
            "hmm": settings["acoustic_model"],
            "dict": settings["dictionary"],
            "lm": settings["language_model"],
        }
        given = {name: path for name, path in chosen.items() if path}
        self._decoder: Any = pocketsphinx.Decoder(**{"loglevel": "FATAL", "cmn": "live", **given, **paths})
        self._started = False

    def hear(self, audio: bytes) -> None:
        """Decode more of the current segment of speech, or begin one."""
        if not self._started:
            self._decoder.start_utt()
            self._started = True
        self._decoder.process_raw(audio)

    @property
    def heard(self) -> str:
        """The words of the current segment of speech so far."""
        best = self._decoder.hyp() if self._started else None
        return best.hypstr if best else ""

    def end(self) -> str:
        """End the segment of speech, and return its words."""
        if not self._started:
            return ""
        self._started = False
        self._decoder.end_utt()
        best = self._decoder.hyp()
        return best.hypstr if best else ""


def phrase_decoder(
    settings: WorkerSettings, model: PhraseModel, pronunciations: dict[str, list[str]]
) -> Decoder:
    """Return a decoder that knows only the model's words, whose small dictionary loads quickly."""
    entries = [entry for word in model.words for entry in pronunciations[word]]
    with _file("\n".join([*entries, ""])) as dictionary, _file(model.arpa()) as language_model:
        return Decoder(settings, dict=dictionary, lm=language_model)


@contextmanager
def _file(text: str) -> Iterator[str]:
    """Yield the path of a file with a text; on Linux a nameless one, which a crash cannot leave behind."""
    if sys.platform == "linux":
        with tempfile.TemporaryFile() as nameless:
            nameless.write(text.encode())
            nameless.flush()
            yield f"/proc/self/fd/{nameless.fileno()}"
        return
    with tempfile.TemporaryDirectory(prefix="voicebot-", ignore_cleanup_errors=True) as folder:
        path = Path(folder, "file")
        path.write_bytes(text.encode())
        yield str(path)


def pronunciations_of(words: set[str], settings: WorkerSettings) -> dict[str, list[str]]:
    """Return the dictionary's entries for those of `words` that it has."""
    import pocketsphinx

    path = settings["dictionary"] or pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")
    found: dict[str, list[str]] = {}
    with open(path, encoding="utf-8") as dictionary:
        for entry in dictionary:
            # a second pronunciation is written read(2)
            word = entry.split(maxsplit=1)[0].partition("(")[0] if entry.strip() else ""
            if word in words:
                found.setdefault(word, []).append(entry.strip())
    return found
