"""The language files that ship with voicebot: all are valid, none has lost a word, and five are complete."""

from __future__ import annotations

import subprocess
import sys

import pytest

from voicebot import language_for, language_tag
from voicebot.languages.known import DATA, all_languages, known_languages, use_plugin_languages
from voicebot.languages.language import TABLES, Language, keys
from voicebot.languages.language_file import read_language

FILES = sorted(DATA.glob("*.toml"))
COMPLETE = ("de", "en", "es", "fr", "it")
"""Languages with words for everything, the turn detector included."""
REQUIRED = {
    "phrases": "backchannels answers_and_commands farewells courtesies",
    "consent": "assents refusals undecided openers courtesies",
    "questions": (
        "yes_or_no story spelled phone_number number short_number date_of_birth birthday email address "
        "confirmation"
    ),
    "abbreviations": "titles capital_titles before_numbers sentence_final",
    "sentences": "starters lettered no_pause_after",
    "grammar": (
        "never_last subject_pronouns subordinators prepositions question_words adverbial_question_words "
        "clause_question_words inverted_verbs"
    ),
    "turns": "fillers complete polite_endings openers holding",
    "numbers": "digits numbers area_code_beginnings conjunctions centuries round_years months",
    "spoken": (
        "abbreviations before_names before_numbers without_stop months dates units currencies multipliers "
        "fractions signs address_signs compass formats rule_sets before_roman_numerals monarchs "
        "before_phone_numbers"
    ),
}
"""The keys that a complete language has."""
SIZES = {
    "ar": 94,
    "bg": 78,
    "bn": 26,
    "ca": 40,
    "cs": 160,
    "da": 127,
    "de": 1995,
    "el": 104,
    "en": 2645,
    "es": 1406,
    "fa": 29,
    "fi": 83,
    "fr": 1392,
    "gu": 11,
    "he": 28,
    "hi": 120,
    "hr": 58,
    "hu": 78,
    "id": 51,
    "it": 1497,
    "ja": 144,
    "ko": 118,
    "lv": 8,
    "mr": 20,
    "mul": 78,
    "nb": 127,
    "nl": 571,
    "pa": 10,
    "pl": 204,
    "pt": 610,
    "ro": 87,
    "ru": 279,
    "sk": 113,
    "sl": 25,
    "sr": 27,
    "sv": 137,
    "sw": 15,
    "ta": 39,
    "te": 15,
    "th": 36,
    "tl": 18,
    "tr": 178,
    "uk": 122,
    "ur": 19,
    "vi": 45,
    "yue": 15,
    "zh": 174,
}
"""The number of words and phrases in each file."""


def lists(language: Language) -> dict[str, frozenset[str] | tuple[str, ...]]:
    """Return all lists of a language by `table.key`, those without words left out."""
    return {
        f"{name}.{key}": words
        for name, table in TABLES.items()
        for key in keys(table)
        if (words := getattr(getattr(language, name), key))
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_language_file_is_read(path) -> None:
    language = read_language(path)

    assert language.tag == path.stem
    assert language.name
    assert lists(language)
    if path.stem != "mul":
        assert language_tag(path.stem) == path.stem
    if language.aliases:
        assert language_tag(language.usual_tag).startswith(f"{language.tag}-")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_word_of_a_language_is_lost(path) -> None:
    size = sum(map(len, lists(read_language(path)).values()))

    assert size == SIZES.get(path.stem), f"{path.name} has {size} words; if they are right, say so in SIZES"


@pytest.mark.parametrize("tag", COMPLETE)
def test_a_complete_language_has_words_for_everything(tag: str) -> None:
    required = {f"{table}.{key}" for table, names in REQUIRED.items() for key in names.split()}

    assert required <= lists(language_for(tag)).keys()


@pytest.mark.parametrize("key", [f"{table}.{key}" for table in TABLES for key in keys(TABLES[table])])
def test_each_list_has_words_of_some_language(key: str) -> None:
    assert key in lists(all_languages())


def test_an_alias_belongs_to_one_language() -> None:
    aliases = [alias for language in known_languages().values() for alias in language.aliases]

    assert len(aliases) == len(set(aliases))


def test_titles_that_depend_on_capitals_are_titles() -> None:
    for language in known_languages().values():
        abbreviations = language.abbreviations
        assert abbreviations.capital_titles <= abbreviations.titles | all_languages().abbreviations.titles
        assert language.sentences.only_before_ordinals <= language.sentences.before_ordinals


def test_no_file_is_read_before_its_words_are_needed() -> None:
    code = (
        "import voicebot.config.schema, voicebot.languages.known as known; "
        "settings = voicebot.config.schema.Settings(); "
        "print(known.known_languages.cache_info().currsize); settings.turns.asking_rules(); "
        "print(known.known_languages.cache_info().currsize)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.split() == ["0", "1"]


def test_a_language_is_found_by_any_of_its_tags() -> None:
    assert language_for("de-AT") is language_for("DE") is known_languages()["de"]
    assert language_for("de").name == "German"
    assert not lists(language_for("xx"))


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("de_AT", "de"),
        ("German", "de"),
        ("deu", "de"),
        ("iw", "he"),
        ("no-NO", "nb"),
        ("cmn-Hans", "zh"),
        ("fil-PH", "tl"),
        ("in", "id"),
    ],
)
def test_a_language_is_found_by_a_locale_an_old_code_or_its_name(text: str, tag: str) -> None:
    assert language_for(text) is known_languages()[tag]


def test_the_words_of_all_languages_are_not_those_of_a_language() -> None:
    assert "mul" in known_languages()
    assert not lists(language_for("mul"))


def test_the_words_of_all_languages_contain_those_of_each() -> None:
    union = {key: set(words) for key, words in lists(all_languages()).items()}

    assert union == {
        key: {word for language in known_languages().values() for word in lists(language).get(key, ())}
        for key in union
    }


def test_without_plugin_languages_the_shipped_ones_remain() -> None:
    before = {tag: lists(language) for tag, language in known_languages().items()}

    use_plugin_languages(())

    assert {tag: lists(language) for tag, language in known_languages().items()} == before
