"""Which device `voicebot run` uses: the config's own, unless the command line says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicebot.cli.resources import stdio_files

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig, ProviderChoice


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line says about the device."""

    heard: Path | None = None
    output: Path | None = None
    typed: bool = False
    microphone: str | None = None
    speaker: str | None = None

    def refuse_contradictions(self) -> None:
        """Raise a usage error, before anything is loaded, for options that exclude each other."""
        given = {
            "--input": self.heard is not None,
            "--type": self.typed,
            "--device": self.microphone is not None or self.speaker is not None,
        }
        names = [name for name, there in given.items() if there]
        if len(names) > 1:
            raise click.UsageError(f"{names[0]} and {names[1]} exclude each other")
        if self.output is None:
            return
        if names and self.heard is None:
            raise click.UsageError(f"--output goes with --input, not with {names[0]}")
        if (
            self.heard not in (None, stdio_files.DASH)
            and self.output.exists()
            and self.output.samefile(self.heard)
        ):
            raise click.UsageError("--output is the same file as --input")

    @contextmanager
    def output_opened(self) -> Iterator[Wish]:
        """Give the same wish with a file where its output is stdout; a name that will not do is told."""
        from voicebot.cli.resources.recordings import wav_device

        with stdio_files.writable(self.output) if self.output is not None else nullcontext() as output:
            if output is not None:
                wav_device(output=output)
            yield replace(self, output=output)

    @contextmanager
    def input_opened(self) -> Iterator[Wish]:
        """Give the same wish with a file where its input is stdin, which is read to its end for that."""
        with stdio_files.readable(self.heard) if self.heard is not None else nullcontext() as heard:
            yield replace(self, heard=heard)

    def applied_to(self, config: BotConfig) -> BotConfig:
        """Return the config with the device that was wished for."""
        if self.typed:
            from voicebot.cli.resources.configs import choose

            return config.with_device(choose("device", "keyboard", {}))
        if self.heard is not None or self.output is not None:
            return config.with_device(self._files(config.device))
        card = {"microphone": _number_or_name(self.microphone), "speaker": _number_or_name(self.speaker)}
        update = {name: value for name, value in card.items() if value is not None}
        return config.with_device(_changed(config.device, update)) if update else config

    def _files(self, configured: ProviderChoice) -> ProviderChoice:
        from voicebot.cli.resources.recordings import WAV, wav_device

        options = configured.options.model_dump(exclude_unset=True) if configured.name == WAV else {}
        files = {"input": self.heard, "output": self.output}
        choice = wav_device(**options | {name: file for name, file in files.items() if file is not None})
        if getattr(choice.options, "input", None) is None:
            raise click.UsageError(
                "--output needs --input: only answers to a recording can be written to a file"
            )
        return choice


def _changed(choice: ProviderChoice, update: dict[str, Any]) -> ProviderChoice:
    """Return a choice with other options; what a config says of the same device stays."""
    lacking = [name for name in update if name not in choice.registration.options.model_fields]
    if lacking:
        raise click.UsageError(
            f"the config's device '{choice.registration.name}' has no {' and no '.join(lacking)} to choose"
        )
    return choice.changed(**update)


def _number_or_name(text: str | None) -> int | str | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else text
