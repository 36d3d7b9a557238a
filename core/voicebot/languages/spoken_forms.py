"""How written forms are spoken, a table of a language file; and the types of the fields of all tables."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

Words: TypeAlias = frozenset[str]
Phrases: TypeAlias = tuple[str, ...]
Readings: TypeAlias = Mapping[str, tuple[str, ...]]
NO_READINGS: Readings = MappingProxyType({})


class SpokenForms(NamedTuple):
    """How written forms are spoken, for voices that would read them wrongly. The reading of a noun that is
    counted has two forms, of which the first includes the number one: `km: one kilometre | kilometres`."""

    abbreviations: Readings = NO_READINGS
    """Abbreviations, without their last full stop: `approx: approximately`."""
    before_names: Readings = NO_READINGS
    """Abbreviations before a name: `dr: doctor`, `st: saint`."""
    after_names: Readings = NO_READINGS
    """Abbreviations after a name: `st: street`. A suffix of names begins with a hyphen: `-str: straße`."""
    before_numbers: Readings = NO_READINGS
    """Abbreviations before a number: `no: number`."""
    not_final: Words = frozenset()
    """Abbreviations that are other words at the end of a sentence: "max" in "I met Max."."""
    without_stop: Words = frozenset()
    """Those of all these that are also written without a full stop: "Mr Brown"."""
    months: Phrases = ()
    """The names of the twelve months, in order."""
    dates: Readings = NO_READINGS
    """Abbreviations of months and days: `nov: november`, `mon: monday`."""
    units: Readings = NO_READINGS
    """Units, as they are written after a number: `km: one kilometre | kilometres`."""
    currencies: Readings = NO_READINGS
    """Signs and codes of currencies, with hundredth parts: `$: one dollar | dollars | one cent | cents`."""
    multipliers: Readings = NO_READINGS
    """What multiplies a number after which it is written: `bn: billion | billion`."""
    fractions: Readings = NO_READINGS
    """Denominators: `3: one third | thirds`."""
    signs: Readings = NO_READINGS
    """Signs between words and in sums: `+: plus`."""
    address_signs: Readings = NO_READINGS
    """Signs in addresses and names of files: `@: at`."""
    compass: Readings = NO_READINGS
    """Directions after degrees: `n: north`."""
    day_halves: Readings = NO_READINGS
    """What follows a time of day: `pm: p.m.`."""
    ordinal_marks: Readings = NO_READINGS
    """What makes a number ordinal, with the rule set that spells it: `th: ordinal`."""
    ordinal_endings: Readings = NO_READINGS
    """For languages that write ordinal numbers with a full stop: the words before one, with the rule set that
    spells it; `*` is any other: `am: ordinal-n`."""
    formats: Readings = NO_READINGS
    """The order of words, by name, with the parts in braces: `date: {month} {day} {year}`."""
    rule_sets: Readings = NO_READINGS
    """The rule sets of Unicode CLDR that spell numbers, by purpose, without `spellout-`: `day: ordinal`."""
    before_versions: Words = frozenset()
    """Words before the number of a version, whose parts are read one by one: "python"."""
    before_years: Words = frozenset()
    """Words before a number of four digits that make it a year: "since"."""
    feminine_endings: Words = frozenset()
    """Endings of nouns before which a number is feminine: the Spanish "as" in "21 semanas"."""
    masculine_nouns: Words = frozenset()
    """Nouns with such an ending that are not feminine: "días"."""
    not_counted: Words = frozenset()
    """Words after a number that it does not count: the Spanish "y" in "1 y 2"."""
    counted_nouns: Words = frozenset()
    """Irregular plurals, after which a number of four digits is no year: "people"."""
    before_roman_numerals: Words = frozenset()
    """Words before a Roman numeral that counts: "chapter"."""
    after_roman_numerals: Words = frozenset()
    """Words after a Roman numeral that is an ordinal number: the Italian "secolo"."""
    after_lone_numerals: Words = frozenset()
    """Words after the numeral "I" that cannot follow the word "I": "is" in "Chapter I is long"."""
    before_numbered_names: Words = frozenset()
    """Words before a name whose number may be one letter: "king" in "King James I"."""
    monarchs: Words = frozenset()
    """Names of kings and popes, which are followed by Roman numerals: "henry"."""
    queens: Words = frozenset()
    """Those of women: "elizabeth"."""
    before_phone_numbers: Words = frozenset()
    """Words before a phone number: "call"."""
