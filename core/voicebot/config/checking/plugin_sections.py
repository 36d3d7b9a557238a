"""Checking the sections that plugins add to configs."""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.config.checking import field_types
from voicebot.config.checking.advice import advice_problems
from voicebot.config.checking.options import check
from voicebot.config.checking.selection import Selector
from voicebot.config.checking.validation_errors import Subject
from voicebot.config.reading.tree import Entry, Scalar, Section, meant
from voicebot.config.reading.value_text import value_text
from voicebot.config.schema import Settings
from voicebot.errors import PluginError
from voicebot.options import Options
from voicebot.plugin.sections import SectionRegistration


def plugin_sections(entries: Mapping[str, Entry], selector: Selector) -> dict[str, Options]:
    """Return the options of the sections of plugins that a config has; problems are reported."""
    found: dict[str, Options] = {}
    own = field_types.fields(Settings)
    for section in selector.plugins.registry.sections:
        entry = entries.get(section.name)
        if entry is None or section.name in own:  # a later version of voicebot may have taken the name
            continue
        options = _checked(section, entry, selector)
        if options is not None:
            found[section.name] = options
    return found


def _checked(section: SectionRegistration, entry: Entry, selector: Selector) -> Options | None:
    node, problems = meant(entry.node), selector.problems
    if isinstance(node, Scalar) and (node.unset or node.value is None):
        return None
    if not isinstance(node, Section):
        problems.append(
            entry.place.problem(f"{section.name} must be a mapping of options, not {value_text(node)}")
        )
        return None
    try:
        model = section.options
    except PluginError as error:
        problems.append(entry.place.problem(str(error)))
        return None
    subject = Subject(model, node, section.name, entry.place, complete=selector.complete)
    options = check(model, subject, problems, select=selector.select, from_file=selector.from_file)
    if options is None:
        return None
    problems += advice_problems(options, selector.languages, section.name, node, entry.place)
    return options
