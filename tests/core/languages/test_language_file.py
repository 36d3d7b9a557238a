"""Reading a language file: violations of the schema are reported with file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot import PluginError
from voicebot.languages.language_file import read_language

ESPERANTO = """\
name = 'Esperanto'
usual_tag = 'eo-EO'
aliases = 'epo esperanto'

[phrases]
backchannels = '''
jes, bone,
mi komprenas
'''

[abbreviations]
titles = 's-ro d-ro'

[sentences]
eras = 'K'

[spoken]
units = '''
km: unu kilometro | kilometroj,
%: unu procento | procentoj
'''
signs = '&: kaj, :: dupunkto'
"""


def test_words_are_separated_by_blanks_and_phrases_by_commas(tmp_path: Path) -> None:
    path = tmp_path / "eo.toml"
    path.write_text(ESPERANTO, encoding="utf-8")

    language = read_language(path)

    assert (language.tag, language.name, language.usual_tag) == ("eo", "Esperanto", "eo-EO")
    assert language.aliases == {"epo", "esperanto"}
    assert language.phrases.backchannels == ("jes", "bone", "mi komprenas")
    assert language.abbreviations.titles == {"s-ro", "d-ro"}
    assert language.sentences.eras == ("K",)
    assert language.spoken.units["km"] == ("unu kilometro", "kilometroj")
    assert language.spoken.signs == {"&": ("kaj",), ":": ("dupunkto",)}
    assert language.grammar.never_last == frozenset()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("title = 'E'", "title: unknown key; the keys are name, usual_tag, aliases, phrases, "),
        ("[phrase]\nlaughs = 'ha'", "phrase: unknown key; did you mean phrases?"),
        (
            "[abbreviations]\ntitels = 's-ro'",
            "abbreviations.titels: unknown key; did you mean abbreviations.titles?",
        ),
        ("name = 3", "name: must be text, not int"),
        ("aliases = ['epo']", "aliases: must be text, not list"),
        ("phrases = 'jes'", "phrases: must be a table, [phrases]"),
        ("[grammar]\nparticles = ['for']", "grammar.particles: must be text, not list"),
        (
            "[grammar]\nparticles = 'for, ek'",
            "grammar.particles: must be words separated by spaces, without commas",
        ),
        ("[grammar]\nparticles = 'for ek for'", "grammar.particles: contains 'for' twice"),
        (
            "[questions]\nstory = 'rakontu al mi, rakontu  al mi'",
            "questions.story: contains 'rakontu al mi' twice",
        ),
        ("[questions]\nstory = 'kio, kio'", "questions.story: contains 'kio' twice"),
        ("[questions]\nstory = 'kio,, kiel'", "questions.story: contains an empty phrase; remove a comma"),
        ("[questions]\nstory = 'kio, Kiel'", "questions.story: must be in lower case, unlike 'Kiel'"),
        ("[questions]\nyes_or_no = 'ĉu, ^'", "questions.yes_or_no: contains '^', a phrase without words"),
        (
            "[abbreviations]\ntitles = 's-ro d-ro.'",
            "abbreviations.titles: write 'd-ro.' without its last full stop",
        ),
        (
            "[abbreviations]\nstreet_suffixes = 'str.'",
            "abbreviations.street_suffixes: write 'str.' without its last full stop",
        ),
        ("[spoken]\nsigns = '&: kaj, plus'", "spoken.signs: contains 'plus'; write 'written: spoken'"),
        ("[spoken]\nsigns = '&: kaj, &: plus'", "spoken.signs: contains '&' twice"),
        ("[spoken]\nsigns = ['&']", "spoken.signs: must be text, not list"),
        ("[spoken]\nsign = '&: kaj'", "spoken.sign: unknown key; did you mean spoken.signs?"),
        ("usual_tag = 'nonsense'", "usual_tag: must be 'eo' with a region, such as 'eo-XX', not 'nonsense'"),
        ("usual_tag = 'de-DE'", "usual_tag: must be 'eo' with a region"),
        ("usual_tag = 'eo-de'", "usual_tag: must be 'eo' with a region"),
        ("[questions]\nstory =\n", "Invalid value (at line 2, column 8)"),
    ],
)
def test_a_schema_violation_is_reported_with_file_and_key(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "eo.toml"
    path.write_text(content + "\n", encoding="utf-8")

    with pytest.raises(PluginError) as caught:
        read_language(path)

    assert str(caught.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize("name", ["eo-XX.toml", "Esperanto.toml", "eo.yaml", "eo"])
def test_the_file_is_named_by_its_tag(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(ESPERANTO, encoding="utf-8")

    with pytest.raises(PluginError, match="named after its language's tag, without a region"):
        read_language(path)


def test_an_unreadable_file_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"eo\.toml: No such file"):
        read_language(tmp_path / "eo.toml")

    (tmp_path / "eo.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(PluginError, match=r"eo\.toml: the file is not text in UTF-8; save it as UTF-8"):
        read_language(tmp_path / "eo.toml")


def test_a_list_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "eo.toml"
    content = "usual_tag = ''\n[phrases]\nbackchannels = ''\nlaughs = ' '\n[spoken]\nsigns = ' '\n"
    path.write_text(content, encoding="utf-8")

    assert read_language(path).phrases.backchannels == ()
    assert read_language(path).phrases.laughs == frozenset()
    assert read_language(path).spoken.signs == {}


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "eo.toml"
    path.write_text(ESPERANTO, encoding="utf-8-sig")

    assert read_language(path).name == "Esperanto"
