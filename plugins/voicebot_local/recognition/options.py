"""The options of the recogniser `whisper`, and advice about them."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Literal

from voicebot import Advice, Field, Options, ProviderError, printable
from voicebot_local.recognition import model_files
from voicebot_local.recognition.text import languages

AUTO = "auto"


class WhisperOptions(Options):
    """Which Whisper model recognises, and how much of the machine it uses."""

    model: str = Field("tiny.en", min_length=1)
    """A name such as `tiny.en` (English, comes with the extra `local`), `base`, `small` or `large-v3-turbo`;
    a repository of the Hugging Face hub; or a folder with a model in CTranslate2's form, absolute or relative
    to the working directory. `voicebot models` lists the names and fetches models; nothing is fetched while a
    bot starts. Larger models make fewer errors and answer later. A name that ends in `.en` knows English
    only."""
    language: str | None = None
    """The language that is spoken, as a tag such as `de`, or `auto` to find out for each speech segment which
    of its languages a model hears. By default the language of the bot."""
    phrases: bool = False
    """Whether the model reads the bot's phrases before it listens, as if they had been said. This can help a
    larger model with names. It does not help `tiny.en`, and phrases that are not said make it err more."""
    beam: int = Field(5, ge=1, le=20)
    """How many texts are followed at the same time. 1 is a little quicker, and wrong more often."""
    workers: int = Field(1, ge=1, le=32)
    """How many sounds may be decoded at the same time; other conversations wait for a tenth of a second or
    so."""
    threads: int = Field(1, ge=1, le=64)
    """Threads of one worker. The small models do not become quicker with more."""
    device: Literal["cpu", "cuda", "auto"] = "cpu"
    """Where the model runs: on the processor, or on an NVIDIA graphics card with CUDA's libraries."""
    compute_type: Literal["auto", "int8", "int8_float16", "float16", "float32"] = "int8"
    """The numbers that it calculates with. `int8` is the quickest on a processor; `auto` is the quickest that
    the device supports."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Report a model that is not here or not whole, and a language that it does not know."""
        if find_spec("ctranslate2") is None:  # reported already, together with the rest of the extra
            return
        try:
            folder = model_files.find(self.model)
            model_files.check(folder, sums=False)
            known = model_files.spoken(self.model, folder)
        except ProviderError as error:
            yield Advice("model", str(error), "error")
            return
        wanted = self.language or language
        if wanted != AUTO and languages.code_of(wanted, known) is None:
            option = "model" if self.language is None else "language"
            yield Advice(option, unknown_language(self.model, [wanted], known), "error")


def unknown_language(model: str, wanted: Iterable[str], known: frozenset[str]) -> str:
    """Return a message about languages that a model does not know."""
    tags = " or ".join(wanted)
    if known == languages.ENGLISH:
        return (
            f"the Whisper model {printable(model)} knows English only, not {tags}; set `model` to one for "
            "many languages, such as `base` or `small`"
        )
    return f"the Whisper model {printable(model)} does not know {tags}; it knows {', '.join(sorted(known))}"
