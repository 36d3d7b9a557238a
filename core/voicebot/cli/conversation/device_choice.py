"""The device of `voicebot run`: that of the config, unless the command line chooses another."""

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
class DeviceRequest:
    """What the command line says about the device."""

    input: Path | None = None
    output: Path | None = None
    typed: bool = False
    microphone: str | None = None
    speaker: str | None = None

    def refuse_contradictions(self) -> None:
        """Raise a usage error if options exclude each other, before anything is loaded."""
        given = {
            "--input": self.input is not None,
            "--type": self.typed,
            "--device": self.microphone is not None or self.speaker is not None,
        }
        names = [name for name, there in given.items() if there]
        if len(names) > 1:
            raise click.UsageError(f"{names[0]} and {names[1]} cannot be used together")
        if self.output is None:
            return
        if names and self.input is None:
            raise click.UsageError(f"--output can be used with --input, but not with {names[0]}")
        if (
            self.input not in (None, stdio_files.DASH)
            and self.output.exists()
            and self.output.samefile(self.input)
        ):
            raise click.UsageError("--output is the same file as --input")

    @contextmanager
    def output_opened(self) -> Iterator[DeviceRequest]:
        """Yield this request with a file if its output is stdout; raise `ConfigError` for a wrong suffix."""
        from voicebot.cli.resources.recordings import wav_device

        with stdio_files.writable(self.output) if self.output is not None else nullcontext() as output:
            if output is not None:
                wav_device(output=output)
            yield replace(self, output=output)

    @contextmanager
    def input_opened(self) -> Iterator[DeviceRequest]:
        """Yield this request with a file if its input is stdin, which is read to its end."""
        with stdio_files.readable(self.input) if self.input is not None else nullcontext() as file:
            yield replace(self, input=file)

    def applied_to(self, config: BotConfig) -> BotConfig:
        """Return the config with the requested device."""
        if self.typed:
            from voicebot.cli.resources.configs import choose

            return config.with_device(choose("device", "keyboard", {}))
        if self.input is not None or self.output is not None:
            return config.with_device(self._files(config.device))
        card = {"microphone": _number_or_name(self.microphone), "speaker": _number_or_name(self.speaker)}
        update = {name: value for name, value in card.items() if value is not None}
        return config.with_device(_changed(config.device, update)) if update else config

    def _files(self, configured: ProviderChoice) -> ProviderChoice:
        from voicebot.cli.resources.recordings import WAV, wav_device

        options = configured.options.model_dump(exclude_unset=True) if configured.name == WAV else {}
        files = {"input": self.input, "output": self.output}
        choice = wav_device(**options | {name: file for name, file in files.items() if file is not None})
        if getattr(choice.options, "input", None) is None:
            raise click.UsageError(
                "--output needs --input: only the answers to a recording can be written to a file"
            )
        return choice


def _changed(choice: ProviderChoice, update: dict[str, Any]) -> ProviderChoice:
    """Return a choice with some options changed; the config's other options stay."""
    missing = [name for name in update if name not in choice.registration.options.model_fields]
    if missing:
        raise click.UsageError(
            f"the config's device '{choice.registration.name}' has no {' and no '.join(missing)} to choose"
        )
    return choice.changed(**update)


def _number_or_name(text: str | None) -> int | str | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else text
