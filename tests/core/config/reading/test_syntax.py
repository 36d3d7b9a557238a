"""Files that are not configs or not YAML."""

from __future__ import annotations

import pytest

ODD_LINE = "this line does not fit the lines above it; check indentation, quotes and brackets"
SECOND_COLON = "a second ': ' in one line; put quotes around a text that contains ': '"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b: c", f"1:5: {SECOND_COLON}"),
        ("a: 1\n b: 2", f"2:3: {ODD_LINE}"),
        ("key: |\n  text\n more", f"3:2: {ODD_LINE}"),
        ("a:\n\t- x", "2:1: a tab cannot indent YAML; use spaces"),
        ("a: [1, 2\nb: 3", "1:4: this '[' is never closed, or a ',' is missing after an item"),
        ("a: {x: 1\nb: 2", "1:4: this '{' is never closed, or a ',' is missing after an entry"),
        (
            "a: {x: ${KEY}}",
            "1:4: this '{' is never closed, or a ',' is missing after an entry; "
            "between brackets, put quotes around ${...}",
        ),
        ("a: [1, ", "1:8: a value is missing before this, or needs quotes around it"),
        ("a: 1\nb: 'x\nc: y", "2:4: this quotation mark is never closed"),
        ("a: @x", "1:4: a text cannot begin with '@'; put quotes around it"),
        (
            'a: "\\d"',
            "1:6: '\\d' means nothing between double quotes; use single quotes, or '\\\\' for a backslash",
        ),
        (
            "a: *x",
            "1:4: '*x' refers to an anchor '&x' that does not exist; "
            "put quotes around a text that begins with '*'",
        ),
        ("a: *whispers* hello", "1:4: a text cannot begin with '*'; put quotes around it"),
        ("a: & b", "1:4: a text cannot begin with '&'; put quotes around it"),
        ("a: &x 1\nb: &x 2", "2:4: the anchor '&x' is defined twice"),
        ("a: |text", "1:4: after '|' or '>', the text must begin on a new line"),
        ("a: - x", "1:4: a list must begin on a new line, each item with '- '"),
        ("a: 1\n---\nb: 2", "2:1: a config is a single document; remove the '---' and everything after it"),
        ("a: \x07", "1:4: the character U+0007 is not allowed in YAML"),
        ("- a\n- b", "1:1: a config must be a mapping of 'key: value' lines, not a list"),
        ("hello", "1:1: a config must be a mapping of 'key: value' lines, not a single value"),
        ("", "1:1: the file is empty; `voicebot init` writes a config to start from"),
        ("# nothing but this\n", "1:1: the file is empty; `voicebot init` writes a config to start from"),
        ("a: &x [*x]", "1:1: lists and mappings are nested too deeply, or one contains itself"),
        ("a: " + "[" * 5000, "1:1: lists and mappings are nested too deeply, or one contains itself"),
    ],
)
def test_a_syntax_error_is_reported_in_plain_words_at_its_location(problems, text, expected):
    assert problems(text) == [f"bot.yaml:{expected}"]


def test_exponential_expansion_of_aliases_is_rejected(problems):
    text = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n"
        for before, name in zip("abcdef", "bcdefg", strict=True)
    )

    (only,) = problems(text)

    assert only.endswith("this is not valid YAML: its aliases expand to too many values")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "name: !!python/name:os.system x",
            "4:7: the tag '!!python/name:os.system' is not supported; remove it",
        ),
        ("name: !secret x", "4:7: the tag '!secret' is not supported; remove it"),
        ("turns: !set {patience: 1}", "4:8: the tag '!set' is not supported; remove it"),
        ("start_timeout: !!int x", "4:16: this value cannot be read as '!!int'"),
        ("name: x\nname: y", "5:1: duplicate key 'name'; already defined on line 4"),
        (
            "turns:\n  patience: 1\n  patience: 2",
            "6:3: duplicate key 'patience'; already defined on line 5",
        ),
        ("? [a]\n: b", "4:3: a key must be a plain word, not a list or a mapping"),
        ("<<: 5", "4:5: '<<' merges a mapping, such as '<<: *anchor', or a list of mappings"),
    ],
)
def test_unsupported_yaml_features_are_rejected(problems, line, expected):
    assert f"bot.yaml:{expected}" in problems(f"WHOLE\n{line}\n")


def test_anchors_and_merge_keys_work_and_local_keys_win(load):
    config = load(
        """\
        x-voices:
          base: &base {voice: zoe, rate: 100}
          other: &other {voice: tim, pitch: 2}
        recognizer: {provider: ears}
        chat: {provider: parrot}
        synthesizer:
          <<: [*base, *other]
          provider: mouth
          rate: 200
        """
    )

    options = config.synthesizer.options
    assert (options.voice, options.rate, options.pitch) == ("zoe", 200, 2)


def test_a_wrong_value_of_an_alias_is_reported_where_it_is_written(problems):
    text = """\
        x-fast: &fast {rate: 900}
        recognizer: {provider: ears}
        chat: {provider: parrot}
        synthesizer:
          <<: *fast
          provider: mouth
        """

    assert problems(text) == ["bot.yaml:1:22: rate must be at most 400, not 900"]


def test_a_date_is_text_and_an_octal_number_follows_yaml(load):
    config = load("WHOLE\nname: 2024-01-01\nhistory: {budget: 010}\n")

    assert (config.settings.name, config.settings.history.budget) == ("2024-01-01", 8)
