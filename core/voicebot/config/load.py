"""Loading a config: everything it selects checked, or everything that is wrong with it said at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from voicebot.config.checking import field_types
from voicebot.config.checking.options import check
from voicebot.config.checking.sections import meant, misspelt, strange
from voicebot.config.checking.selection import KEY as PROVIDER
from voicebot.config.checking.selection import ProviderChoice, Selector
from voicebot.config.checking.validation_errors import Subject
from voicebot.config.environment.unset import about_unset, empty_in_file, unset_variables, with_origins
from voicebot.config.environment.variables import Variables, variables
from voicebot.config.reading.assignments import Assignment, assigned
from voicebot.config.reading.extends import Lineage, read_lineage
from voicebot.config.reading.tree import OPTION, Entry, Place, Scalar, Section, planted
from voicebot.config.schema import Settings
from voicebot.errors import ConfigError, Problem
from voicebot.plugin.manager import Plugins, installed_plugins
from voicebot.plugin.packages import OURS, install_command
from voicebot.plugin.registry import LISTED, SELECTED_ONCE

__all__ = ["BotConfig", "ProviderChoice", "choose", "load_config"]

DEFAULTS = {"device": "sound-card", "voice_activity": "silero", "turn_detector": "transcript"}
OPTIONAL = ("voice_activity", "turn_detector")
"""What a config may do without, by saying null."""
REQUIRED = tuple(kind for kind in SELECTED_ONCE if kind not in DEFAULTS)
LEFT_OUT = object()
"""Instead of a value of the command line: the option counts as not given."""
IGNORED = "x-"  # as in Docker Compose: a place for anchors


@dataclass(frozen=True, slots=True)
class BotConfig:
    """A config that was checked whole: settings, and a choice for each kind of provider.

    `plugins` is where the choices were made, and whose hooks a bot asks.
    """

    path: Path
    settings: Settings
    recognizer: ProviderChoice
    chat: ProviderChoice
    synthesizer: ProviderChoice
    device: ProviderChoice
    voice_activity: ProviderChoice | None
    turn_detector: ProviderChoice | None
    observers: tuple[ProviderChoice, ...] = ()
    warnings: tuple[Problem, ...] = ()
    plugins: Plugins | None = field(default=None, repr=False, compare=False)

    def of_kind(self, kind: str) -> tuple[ProviderChoice, ...]:
        """Return what was selected of a kind: one at most, except of those that are listed."""
        if kind in LISTED:
            listed: tuple[ProviderChoice, ...] = getattr(self, LISTED[kind])
            return listed
        choice: ProviderChoice | None = getattr(self, kind)
        return (choice,) if choice is not None else ()

    def with_device(self, choice: ProviderChoice) -> BotConfig:
        """Return the same config with another device."""
        return replace(self, device=choice)


def load_config(
    path: str | Path,
    *,
    plugins: Plugins | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
) -> BotConfig:
    """Read a config and check all of it, without starting anything.

    Args:
        plugins: what providers there are; by default, what is installed.
        environ: values of variables; by default, the environment of this process.
        overrides: values to use instead of the config's, by section, as `{"chat": {"model": "small"}}`.

    Raises:
        ConfigError: the config cannot be used; it holds every problem found, warnings too.
    """
    return load_assigned(path, (), plugins=plugins, environ=environ, overrides=overrides)


def load_assigned(
    path: str | Path,
    assignments: Sequence[Assignment],
    *,
    plugins: Plugins | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
) -> BotConfig:
    """Load a config as `load_config` does, with what the command line sets laid over it."""
    problems: list[Problem] = []
    environ = variables() if environ is None else environ
    lineage = read_lineage(Path(path), environ, problems)
    if lineage is None:
        raise ConfigError(problems)
    root = lineage.root
    if assignments:
        root = assigned(root, assignments, environ, problems, DEFAULTS)
    entries = {key: entry for key, entry in root.entries.items() if not key.startswith(IGNORED)}
    for section, said in (overrides or {}).items():
        if section in entries:  # what is not there is complained about below
            entries[section] = _overridden(entries[section], said)
    unset = unset_variables(entries.values())
    problems.extend(about_unset(unset, environ))
    settings = _settings(root, entries, problems)
    language = settings.language if settings is not None else None
    plugins = plugins or installed_plugins()
    selector = Selector(plugins, problems, language, lineage.complete)
    choices = {kind: _choice(kind, root, entries, selector) for kind in SELECTED_ONCE}
    options = {
        kind: field_types.fields(choice.registration.options) for kind, choice in choices.items() if choice
    }
    problems.extend(
        entries[key].place.problem(f"unknown section '{key}'{meant(key, entries[key], options)}")
        for key in strange(entries)
    )
    listed = {kind: selector.select_each(kind, entries.get(section)) for kind, section in LISTED.items()}
    if isinstance(environ, Variables):
        problems = [*with_origins(problems, root, environ), *environ.problems]
    problems = _in_order(problems, lineage)
    recognizer, chat, synthesizer, device = (
        choices[kind] for kind in ("recognizer", "chat", "synthesizer", "device")
    )
    if (
        any(problem.severity == "error" for problem in problems)
        or settings is None
        or recognizer is None
        or chat is None
        or synthesizer is None
        or device is None
    ):
        # Who has a `.env` with their names in it needs no more than to fill it.
        lacking = any(not empty_in_file(each.name, environ) for each in unset)
        raise ConfigError(problems, hint=settings.setup if settings is not None and lacking else "")
    return BotConfig(
        path=Path(path),
        settings=settings,
        recognizer=recognizer,
        chat=chat,
        synthesizer=synthesizer,
        device=device,
        voice_activity=choices["voice_activity"],
        turn_detector=choices["turn_detector"],
        observers=listed["observer"],
        warnings=tuple(problems),
        plugins=plugins,
    )


def choose(
    kind: str, name: str, options: Mapping[str, Any], *, plugins: Plugins | None = None
) -> ProviderChoice:
    """Select a provider without a config, as the command line does.

    Raises:
        ConfigError: there is no such provider, or it cannot be made from these options.
    """
    problems: list[Problem] = []
    place = Place(OPTION)
    selector = Selector(plugins or installed_plugins(), problems, from_file=False)
    choice = selector.select(kind, Entry(place, planted({PROVIDER: name, **options}, place)))
    if choice is None or any(problem.severity == "error" for problem in problems):
        raise ConfigError(problems)
    return choice


def _overridden(entry: Entry, overrides: Mapping[str, Any]) -> Entry:
    """Lay what the command line says over a section; one that is none is complained about later."""
    section = entry.node
    if not isinstance(section, Section):
        return entry
    said = planted(overrides, Place(OPTION))
    assert isinstance(said, Section)
    entries = section.entries | said.entries
    kept = {key: entry for key, entry in entries.items() if overrides.get(key) is not LEFT_OUT}
    return Entry(entry.place, Section(section.place, kept))


def _settings(root: Section, entries: Mapping[str, Entry], problems: list[Problem]) -> Settings | None:
    known = field_types.fields(Settings)
    section = Section(root.place, {key: entry for key, entry in entries.items() if key in known})
    settings = check(Settings, Subject(Settings, section, "the config", root.place), problems)
    if settings is not None and settings.echo == "cancel" and find_spec("livekit") is None:
        command = install_command(f"{OURS}[aec]")
        message = f"echo: cancel needs a package that is not installed: {command}"
        problems.append(entries["echo"].node.place.problem(message))
    return settings


def _choice(
    kind: str, root: Section, entries: Mapping[str, Entry], selector: Selector
) -> ProviderChoice | None:
    entry = entries.get(kind)
    if entry is None and not selector.complete:
        return None  # what could not be read may select it
    if entry is None and kind in DEFAULTS:
        entry = Entry(root.place, planted({PROVIDER: DEFAULTS[kind]}, root.place))
    if entry is None:
        if not any(misspelt(key, kind) for key in strange(entries)):
            selector.problems.append(root.place.problem(selector.absent(kind)))
        return None
    node = entry.node
    if kind in OPTIONAL and isinstance(node, Scalar) and node.value is None and not node.unset:
        return None
    return selector.select(kind, entry, f"{kind}: ")


def _in_order(problems: Sequence[Problem], lineage: Lineage) -> list[Problem]:
    """Sort by place; the config itself comes before what it extends."""
    order = {file: number for number, file in enumerate(lineage.files)}
    return sorted(set(problems), key=lambda p: (order.get(p.file, len(order)), p.line, p.column, p.message))
