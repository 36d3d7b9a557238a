"""Checking the sections of a config that select a provider, and the options in them.

Options may select providers too, to any depth; such sections are treated like those at the top.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from voicebot.config.checking.advice import advice_problems
from voicebot.config.checking.options import check
from voicebot.config.checking.validation_errors import Subject
from voicebot.config.reading.extends import INHERITED
from voicebot.config.reading.tree import Entry, Items, Node, Place, Scalar, Section, meant
from voicebot.config.reading.value_text import value_text
from voicebot.config.suggestions import did_you_mean, joined, nearest
from voicebot.dataclass import dataclass
from voicebot.errors import PluginError, Problem
from voicebot.interfaces import Provider
from voicebot.plugin.choice import Choice
from voicebot.plugin.manager import Plugins
from voicebot.plugin.packages import install_command
from voicebot.plugin.registry import KINDS, LISTED, Registration

KEY = "provider"


ProviderChoice: TypeAlias = Choice[Provider[Any]]


@dataclass(frozen=True, slots=True)
class Selector:
    """Selects installed providers; adds what is wrong to `problems`.

    `languages` are those of the conversation, none if they are not known. `complete` is False if something
    may be missing from a section only because a config that this one extends could not be read. `from_file`
    is False for what the command line says.
    """

    plugins: Plugins
    problems: list[Problem]
    languages: tuple[str, ...] = ()
    complete: bool = True
    from_file: bool = True

    def select(self, kind: str, entry: Entry, key: str = "") -> ProviderChoice | None:
        """Return what a section selects, or None after adding the reasons to the problems.

        Args:
            key: the key of the section, if it has one, such as `chat: `.
        """
        section = meant(entry.node)
        if not isinstance(section, Section):
            if not (isinstance(section, Scalar) and section.unset):
                written = self._spelled_out(kind, section, key) or self._installed(kind)
                if isinstance(section, Scalar) and section.value == INHERITED:
                    written = (
                        "that stands for an extended config's section only inside of one that replaces it "
                        "with another provider"
                    )
                self._report(
                    entry.place,
                    f"{kind} must be a mapping with a '{KEY}', not {value_text(section)}; {written}",
                )
            return None
        registration = self._registration(kind, entry, section)
        if registration is None:
            return None
        options = Section(section.place, {k: e for k, e in section.entries.items() if k != KEY})
        place = section.entries[KEY].node.place
        if registration.missing:
            self._report(place, f"{kind} '{registration.name}' {self._remedy(registration)}")
        subject = Subject(registration.options, options, registration.name, place, complete=self.complete)
        checked = check(
            registration.options, subject, self.problems, select=self.select, from_file=self.from_file
        )
        if checked is None:
            return None
        advice = advice_problems(checked, self.languages, registration.name, options, place)
        self.problems.extend(advice)
        return Choice(registration, checked)

    def select_each(self, kind: str, entry: Entry | None) -> tuple[tuple[ProviderChoice, Section], ...]:
        """Return what a section with a list selects, each with its own section; nothing if there is none."""
        if entry is None:
            return ()
        match entry.node:
            case Items(items=items):
                chosen = [(self.select(kind, Entry(item.place, item)), meant(item)) for item in items]
                return tuple(
                    (choice, section)
                    for choice, section in chosen
                    if choice is not None and isinstance(section, Section)
                )
            case Scalar(value=value, unset=unset) if unset or value is None:
                return ()
            case node:
                advice = self._spelled_out(kind, node, "- ") or self._installed(kind)
                self._report(
                    entry.place,
                    f"{LISTED[kind]} must be a list of mappings such as '- {KEY}: NAME', "
                    f"not {value_text(node)}; {advice}",
                )
                return ()

    def _spelled_out(self, kind: str, node: Node, before: str) -> str:
        """Return how to write a section that holds nothing but the name of a provider."""
        if not isinstance(node, Scalar) or self.plugins.registry.get(kind, node.text) is None:
            return ""
        return f"write `{before}{{{KEY}: {node.text}}}`"

    def missing_section(self, kind: str) -> str:
        """Return the message about a config without a section."""
        return f"there is no section '{kind}'; add '{kind}: {{{KEY}: NAME}}'; {self._installed(kind)}"

    def _registration(self, kind: str, entry: Entry, section: Section) -> Registration | None:
        provider = section.entries.get(KEY)
        if provider is None:
            if self.complete:
                near = nearest(KEY, section.entries)
                advice = f"is '{near}' a misspelling of it?" if near else f"add one; {self._installed(kind)}"
                self._report(entry.place, f"{kind} has no '{KEY}'; {advice}")
            return None
        node = provider.node
        if not isinstance(node, Scalar) or (not node.unset and not node.text):
            self._report(node.place, f"{KEY} must be a name, not {value_text(node)}; {self._installed(kind)}")
            return None
        if node.unset:
            return None
        registration = self.plugins.registry.get(kind, node.text)
        if registration is None:
            self._report(node.place, self._unknown(kind, node.text))
            return None
        for conflict in self.plugins.registry.conflicts:
            if (conflict.kind, conflict.name) == (kind, node.text):
                self.problems.append(node.place.problem(str(conflict), "warning"))
        try:
            registration.load()
        except PluginError as error:
            self._report(node.place, str(error))
            return None
        return registration

    def _remedy(self, registration: Registration) -> str:
        """Return what to do about missing packages that a provider needs."""
        if reasons := registration.unavailable:
            return (
                f"cannot be used here: {'; '.join(reasons)}; use such a Python or machine, or another "
                f"{registration.kind}; {self._installed(registration.kind)}"
            )
        return f"needs packages that are not installed: {install_command(*registration.missing)}"

    def _unknown(self, kind: str, name: str) -> str:
        message = f"no {kind} called '{name}' is installed"
        if others := [other for other in KINDS if self.plugins.registry.get(other, name)]:
            message += f"; '{name}' is a provider for {joined(others)}"
        message += f"; {self._installed(kind)}"
        for broken in self.plugins.broken:
            reason = " ".join((broken.error or "").split())
            message += (
                f"; it may belong to plugin '{broken.name}' of {broken.distribution}, which failed to load "
                f"({reason})"
            )
        # a name within the other is a different provider, not a typo: azure-openai is not openai
        different = {known for known in self.plugins.registry.names(kind) if known in name.split("-")}
        return message + did_you_mean(name, set(self.plugins.registry.names(kind)) - different)

    def _installed(self, kind: str) -> str:
        names = self.plugins.registry.names(kind)
        return f"installed: {', '.join(names)}" if names else f"no {kind} is installed"

    def _report(self, place: Place, message: str) -> None:
        self.problems.append(place.problem(message))
