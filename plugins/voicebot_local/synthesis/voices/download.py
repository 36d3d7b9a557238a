"""Fetching a voice from where `piper.download_voices` does, with checksums, and all or nothing."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit

from voicebot import ProviderError, install_hint
from voicebot_local.synthesis.voices.known_voices import KnownVoice, PublishedFile, megabytes
from voicebot_local.synthesis.voices.voice_files import CONFIG, MODEL, VoiceFiles

Progress = Callable[[int, int | None], None]
_BLOCK = 1 << 18
_TIMEOUT = 20.0
"""Seconds that the server may be silent."""
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_MISSING = (401, 403, 404, 410)
"""What huggingface.co answers for a file that is not there, or not for everybody."""


def fetch_voice(
    voice: KnownVoice, folder: Path, progress: Progress, template: str | None = None
) -> VoiceFiles:
    """Download a voice into a folder; blocks.

    The config is put into place first and the model last, so a model that is there is complete.

    Args:
        template: of the addresses, in the format of `piper.download_voices`; by default the one there.

    Raises:
        ProviderError: piper is not installed, there is no network or no space, or what arrived is damaged.
    """
    template = template or _address_template()
    with _on_disk(folder, voice):
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < voice.size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    files = VoiceFiles(voice.name, folder / f"{voice.name}{MODEL}")
    before = 0
    for suffix, published, path in (
        (CONFIG, voice.config, files.config),
        (MODEL, voice.model, files.model),
    ):
        with _unfinished(path, voice) as unfinished:
            address = _address(template, voice.name, suffix)
            with closing(download_to(unfinished, address, published, voice)) as written:
                for done in written:
                    progress(before + done, voice.size)
        before += published.size
    return files


def download_to(
    file: IO[bytes], address: str, published: PublishedFile, voice: KnownVoice
) -> Generator[int, None, None]:
    """Write what an address answers to a file, no more than was published; yield the bytes so far.

    Raises:
        ProviderError: there is no network or no space, or what arrived is damaged.
    """
    md5 = hashlib.md5(usedforsecurity=False)
    done = 0
    with closing(_blocks(address, voice.name)) as blocks:
        for block in blocks:
            done += len(block)
            if done > published.size:
                break
            with _on_disk(Path(file.name).parent, voice):
                file.write(block)
                file.flush()
            md5.update(block)
            yield done
    if done > published.size or md5.hexdigest() != published.md5:
        raise ProviderError(
            f"piper: the voice {voice.name} arrived damaged ({done} of {published.size} bytes); "
            f"nothing was kept, so try again",
            retryable=True,
        )


def _blocks(address: str, name: str) -> Generator[bytes, None, None]:
    from urllib.request import urlopen

    host = urlsplit(address).hostname
    try:
        with urlopen(address, timeout=_TIMEOUT) as response:
            while block := response.read(_BLOCK):
                yield block
    except HTTPError as error:
        error.close()  # it holds the connection
        missing = error.code in _MISSING
        what = "has no such voice any more" if missing else "refuses it for now, so try later"
        raise ProviderError(
            f"piper: cannot fetch the voice {name}: {host} answered {error.code} and {what}",
            retryable=not missing,
        ) from error
    except (OSError, HTTPException) as error:  # URLError is an OSError
        reason = getattr(error, "reason", None) or error
        raise ProviderError(
            f"piper: cannot fetch the voice {name} from {host} ({reason}); connect to the network, or copy "
            f"its {MODEL} and {CONFIG} files here and set `voice` to the path",
            retryable=True,
        ) from error


@contextmanager
def _unfinished(path: Path, voice: KnownVoice) -> Iterator[IO[bytes]]:
    """Open a file that becomes `path` if the block succeeds, and is deleted otherwise."""
    with _on_disk(path.parent, voice):
        file = tempfile.NamedTemporaryFile(  # noqa: SIM115, it is closed below
            dir=path.parent, prefix=f"{path.name}.", suffix=".unfinished", delete=False
        )
    try:
        with file:
            yield file
        with _on_disk(path.parent, voice):
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(file.name)
        raise


@contextmanager
def _on_disk(folder: Path, voice: KnownVoice) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise ProviderError(
                f"piper: no space is left in {folder} for the voice {voice.name}, which takes "
                f"{megabytes(voice.size)}; make room, or use another voice"
            ) from error
        raise ProviderError(
            f"piper: the voice {voice.name} cannot be written to {folder}: {error.strerror or error}"
        ) from error


def _address_template() -> str:
    try:
        from piper.download_voices import URL_FORMAT
    except ImportError as error:
        hint = install_hint("piper", "voicebot-framework[local]")
        raise ProviderError(f"piper is not installed; {hint}") from error
    return str(URL_FORMAT)


def _address(template: str, name: str, suffix: str) -> str:
    code, voice, quality = name.split("-", 2)
    parts = {
        "lang_family": code.partition("_")[0],
        "lang_code": code,
        "voice_name": voice,
        "voice_quality": quality,
        "extension": suffix,
    }
    return template.format(**{key: quote(value) for key, value in parts.items()})
