"""Loading a config: everything that it selects is checked, and all problems are reported at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from voicebot.config.bot_config import BotConfig
from voicebot.config.checking import field_types
from voicebot.config.checking.options import check
from voicebot.config.checking.plugin_sections import plugin_sections
from voicebot.config.checking.sections import is_misspelling, suggestion, unknown_sections
from voicebot.config.checking.selection import KEY as PROVIDER
from voicebot.config.checking.selection import ProviderChoice, Selector
from voicebot.config.checking.tools import ToolsetSection, call_problems, start_problems, tool_problems
from voicebot.config.checking.validation_errors import Subject
from voicebot.config.environment.unset import empty_in_file, unset_problems, unset_variables, with_origins
from voicebot.config.environment.variables import Variables, dot_env_files, variables
from voicebot.config.needed import missing_packages, own_prices
from voicebot.config.reading.assignments import Assignment, apply_assignments
from voicebot.config.reading.extends import MergedConfig, read_merged
from voicebot.config.reading.files import file_state
from voicebot.config.reading.tree import OPTION, Entry, Items, Place, Scalar, Section, meant, to_tree
from voicebot.config.schema import Settings
from voicebot.errors import ConfigError, Problem
from voicebot.languages.known import use_plugin_languages
from voicebot.options import ToolsetOptions
from voicebot.plugin.manager import Plugins, installed_plugins
from voicebot.plugin.registry import LISTED, SELECTED_ONCE

__all__ = ["BotConfig", "ProviderChoice", "choose", "load_config"]

DEFAULTS = {"device": "sound-card", "voice_activity": "silero", "turn_detector": "judgement"}
OPTIONAL = ("voice_activity", "turn_detector")  # which a config may turn off with null
REQUIRED = tuple(kind for kind in SELECTED_ONCE if kind not in DEFAULTS)
LEFT_OUT = object()
"""Instead of a value from the command line: the option counts as not given."""
_SCENARIO = "this is a scenario, and not the config of a bot; hold it with `voicebot test`"
IGNORED = "x-"  # as in Docker Compose, for anchors


def load_config(
    path: str | Path,
    *,
    plugins: Plugins | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
) -> BotConfig:
    """Read a config and check it completely, without starting anything.

    Args:
        plugins: the plugins to select providers from; by default, those that are installed.
        environ: values of variables; by default, those of the environment.
        overrides: values that replace the config's, by section, such as `{"chat": {"model": "small"}}`.

    Raises:
        ConfigError: the config cannot be used; holds every problem found, warnings too.
    """
    return load_with_assignments(path, (), plugins=plugins, environ=environ, overrides=overrides)


def _is_scenario(root: Section) -> bool:
    """Return whether a file is one for `voicebot test`; the `turns` of a config are a mapping."""
    turns = root.entries.get("turns")
    return "scenarios" in root.entries or (turns is not None and isinstance(turns.node, Items))


def load_with_assignments(
    path: str | Path,
    assignments: Sequence[Assignment],
    *,
    plugins: Plugins | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
) -> BotConfig:
    """Load a config like `load_config`, with settings from the command line applied."""
    problems: list[Problem] = []
    states = {file: file_state(file) for file in dot_env_files(Path(path).parent)}
    environ = variables() if environ is None else environ
    merged_config = read_merged(Path(path), environ, problems, states)
    if merged_config is None:
        raise ConfigError(problems, states=states)
    root = merged_config.root
    if _is_scenario(root):
        place = Place(str(path))
        raise ConfigError([place.problem(_SCENARIO)], states=states)
    if assignments:
        root = apply_assignments(root, assignments, environ, problems, DEFAULTS)
    entries = {key: entry for key, entry in root.entries.items() if not key.startswith(IGNORED)}
    for section, values in (overrides or {}).items():
        if section in entries:  # a missing section is reported below
            entries[section] = _override(entries[section], values)
    unset = unset_variables(entries.values())
    problems.extend(unset_problems(unset, environ))
    plugins = plugins or installed_plugins()
    use_plugin_languages(plugins.languages)  # before the settings, which name languages and have their words
    settings = _settings(root, entries, problems)
    prices = None
    if settings is not None and settings.prices is not None:
        states[settings.prices] = file_state(settings.prices)
        prices = own_prices(settings.prices, entries["prices"].node.place, problems)
    languages = settings.spoken_languages if settings is not None else ()
    selector = Selector(plugins, problems, languages, merged_config.complete)
    choices = {kind: _choice(kind, root, entries, selector) for kind in SELECTED_ONCE}
    options = {
        kind: field_types.fields(choice.registration.options) for kind, choice in choices.items() if choice
    }
    sections = plugin_sections(entries, selector)
    of_plugins = [section.name for section in plugins.registry.sections]
    problems.extend(
        entries[key].place.problem(
            f"unknown section '{key}'{suggestion(key, entries[key], options, of_plugins)}"
        )
        for key in unknown_sections(entries, of_plugins)
    )
    listed = {kind: selector.select_each(kind, entries.get(section)) for kind, section in LISTED.items()}
    toolsets = tuple(
        ToolsetSection(choice.name, choice.options, section)
        for choice, section in listed["toolset"]
        if isinstance(choice.options, ToolsetOptions)
    )
    problems.extend(tool_problems(toolsets))
    if settings is not None:
        problems.extend(start_problems(toolsets, settings.start_timeout))
    chat = choices["chat"]
    if chat is not None and isinstance(written := meant(entries["chat"].node), Section):
        problems.extend(call_problems(chat.name, chat.options, written, toolsets))
    if isinstance(environ, Variables):
        problems = [*with_origins(problems, root, environ), *environ.problems]
    problems = _sorted(problems, merged_config)
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
        # The setup hint is not needed where a `.env` names the variables and only has to be filled in.
        hint_needed = any(not empty_in_file(each.name, environ) for each in unset)
        hint = settings.setup if settings is not None and hint_needed else ""
        raise ConfigError(problems, hint=hint, states=states)
    return BotConfig(
        path=Path(path),
        settings=settings,
        recognizer=recognizer,
        chat=chat,
        synthesizer=synthesizer,
        device=device,
        voice_activity=choices["voice_activity"],
        turn_detector=choices["turn_detector"],
        observers=tuple(choice for choice, _ in listed["observer"]),
        tools=tuple(choice for choice, _ in listed["toolset"]),
        warnings=tuple(problems),
        sections=sections,
        prices=prices,
        files=tuple(map(Path, merged_config.files)),
        states=states if states[Path(path)] is not None else {},  # a pipe can be read only once
        toolsets=toolsets,
        plugins=plugins,
    )


def choose(
    kind: str, name: str, options: Mapping[str, Any], *, plugins: Plugins | None = None
) -> ProviderChoice:
    """Select a provider without a config, on behalf of the command line.

    Raises:
        ConfigError: there is no such provider, or these options do not fit it.
    """
    problems: list[Problem] = []
    place = Place(OPTION)
    selector = Selector(plugins or installed_plugins(), problems, from_file=False)
    choice = selector.select(kind, Entry(place, to_tree({PROVIDER: name, **options}, place)))
    if choice is None or any(problem.severity == "error" for problem in problems):
        raise ConfigError(problems)
    return choice


def _override(entry: Entry, overrides: Mapping[str, Any]) -> Entry:
    """Apply overrides to a section; a value that is not a section is reported later."""
    section = entry.node
    if not isinstance(section, Section):
        return entry
    given = to_tree(overrides, Place(OPTION))
    assert isinstance(given, Section)
    entries = section.entries | given.entries
    kept = {key: entry for key, entry in entries.items() if overrides.get(key) is not LEFT_OUT}
    return Entry(entry.place, Section(section.place, kept))


def _settings(root: Section, entries: Mapping[str, Entry], problems: list[Problem]) -> Settings | None:
    known = field_types.fields(Settings)
    section = Section(root.place, {key: entry for key, entry in entries.items() if key in known})
    settings = check(Settings, Subject(Settings, section, "the config", root.place), problems)
    problems += missing_packages(settings, entries) if settings is not None else []
    return settings


def _choice(
    kind: str, root: Section, entries: Mapping[str, Entry], selector: Selector
) -> ProviderChoice | None:
    entry = entries.get(kind)
    if entry is None and not selector.complete:
        return None  # a config that could not be read may select it
    if entry is None and kind in DEFAULTS:
        entry = Entry(root.place, to_tree({PROVIDER: DEFAULTS[kind]}, root.place))
    if entry is None:
        if not any(is_misspelling(key, kind) for key in unknown_sections(entries)):
            selector.problems.append(root.place.problem(selector.missing_section(kind)))
        return None
    node = entry.node
    if kind in OPTIONAL and isinstance(node, Scalar) and node.value is None and not node.unset:
        return None
    return selector.select(kind, entry, f"{kind}: ")


def _sorted(problems: Sequence[Problem], merged_config: MergedConfig) -> list[Problem]:
    """Sort by place; the config itself comes before what it extends."""
    order = {file: number for number, file in enumerate(merged_config.files)}
    return sorted(set(problems), key=lambda p: (order.get(p.file, len(order)), p.line, p.column, p.message))
