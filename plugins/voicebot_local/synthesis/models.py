"""The store of piper's voices, for `voicebot models`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from voicebot import ModelStore, ProviderError, StoredModel
from voicebot_local.synthesis.voices.download import fetch_voice
from voicebot_local.synthesis.voices.known_voices import known_voices, language_in
from voicebot_local.synthesis.voices.voice_files import (
    BUNDLED_WITH,
    VoiceFiles,
    problem_with_name,
    voices_folder,
    voices_here,
)


class PiperModels(ModelStore):
    """The voices that are here, and those that piper's project publishes.

    They are fetched from the repository that `piper.download_voices` uses, into the folder `piper-voices` of
    this user's data. Voices in the current folder, where that program puts them, are listed too.
    """

    def models(self) -> Sequence[StoredModel]:
        """Return the voices that are here, then those that can be fetched."""
        here = voices_here()
        stored = [_stored(files) for files in here.values()]
        return [
            *stored,
            *(
                StoredModel(voice.name, (voice.language,), voice.size)
                for voice in known_voices().values()
                if voice.name not in here
            ),
        ]

    def fetch(self, name: str, progress: Callable[[int, int | None], None]) -> Path:
        """Download a voice, unless it is here, and return the path of its model.

        Raises:
            ProviderError: there is no such voice, no network or no space, or what arrived is damaged.
        """
        if (files := voices_here().get(name)) is not None:
            return files.model
        if problem := problem_with_name(name):
            raise ProviderError(problem)
        return fetch_voice(known_voices()[name], voices_folder(), progress).model

    def remove(self, name: str) -> None:
        """Delete the model and the config of a voice that was fetched.

        Raises:
            ProviderError: there is no such voice here, it comes with a distribution, or it cannot be deleted.
        """
        files = voices_here().get(name)
        if files is None:
            raise ProviderError(problem_with_name(name) or f"piper: the voice {name} is not here")
        if files.bundled:
            raise ProviderError(
                f"piper: the voice {name} comes with {BUNDLED_WITH}; pip uninstall removes it"
            )
        if files.model.parent != voices_folder():
            raise ProviderError(
                f"piper: {files.model.absolute()} was not fetched by voicebot, so delete it yourself"
            )
        try:
            files.model.unlink()
            files.config.unlink(missing_ok=True)
        except OSError as error:
            raise ProviderError(f"piper: {error.filename} cannot be deleted: {error.strerror}") from error


def _stored(files: VoiceFiles) -> StoredModel:
    return StoredModel(
        files.name,
        (language_in(files.name),),
        files.size,
        files.model,
        bundled_with=BUNDLED_WITH if files.bundled else "",
        license="CC0-1.0" if files.bundled else "",
    )
