"""`voicebot models`: what is listed, fetched and removed, and what the messages say."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys

import pytest

DRIVER = """
import sys
from voicebot.cli.main import run
for number, arguments in enumerate({commands!r}):
    sys.argv = ["voicebot", *arguments]
    print("<%d>" % number, file=sys.stderr, flush=True)
    print("<%d>" % number, flush=True)
    print("status", run(), flush=True)
"""


@pytest.fixture
def models(voicebot):
    """Return a function that runs several `voicebot models` commands: status, stdout and stderr of each."""

    def run(*commands):
        ran = subprocess.run(
            [sys.executable, "-c", DRIVER.format(commands=[["models", *each.split()] for each in commands])],
            cwd=voicebot.directory,
            env=voicebot.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert "Traceback" not in ran.stderr
        stdouts, stderrs = (re.split(r"^<\d+>\n", text, flags=re.M)[1:] for text in (ran.stdout, ran.stderr))
        results = []
        for stdout, stderr in zip(stdouts, stderrs, strict=True):
            written, status = re.fullmatch(r"(.*)status (\d+)\n", stdout, re.S).groups()
            results.append((int(status), written, stderr))
        return results

    return run


def test_the_list_shows_what_is_here_and_where_and_then_what_can_be_fetched(models, voicebot):
    (fetched, listed, here, german, unknown) = models(
        "fetch tenor", "--search CHOIR/", "--here", "list --language de-AT", "--search qqq --language German"
    )

    assert fetched[0] == 0
    place = voicebot.directory.resolve() / "wardrobe" / "tenor.voice"
    status, shown, errors = listed
    assert status == 0
    assert [line.split(maxsplit=5) for line in shown.splitlines()] == [
        ["MODEL", "LANGUAGES", "SIZE", "LICENCE", "WHERE"],
        ["choir/Anna", "en-US", "61", "MB", "MIT", "/usr/share/anna (from choir-anna)"],
        ["choir/tenor", "de", "3", "MB", "CC0", str(place)],
        [],
        ["To", "fetch", "with", "`voicebot", "models", "fetch MODEL`:"],
        ["MODEL", "LANGUAGES", "SIZE", "LICENCE"],
        ["choir/basso", "de,", "en,", "fr", "and", "1 more  1.5 GB  CC0"],
        ["choir/waits", "de,", "en,", "fr", "and", "1 more  10 MB   CC0"],
        ["choir/broken", "many", "CC0"],
    ]
    assert "warning: locked-choir: the wardrobe is locked\n" in errors
    assert re.findall(r"choir/\w+", here[1]) == ["choir/Anna", "choir/tenor"]
    assert re.findall(r"choir/\w+", german[1]) == [
        "choir/tenor",
        "choir/basso",
        "choir/waits",
        "choir/broken",
    ]
    assert unknown[:2] == (0, "")
    assert re.search(r"none of the \d+ models matches --language German --search qqq; ", unknown[2])
    assert "; --language takes a tag such as de\n" in unknown[2]


def test_json_is_a_single_document(models):
    ((status, shown, _),) = models("--json --search choir/anna")

    assert status == 0
    assert json.loads(shown) == [
        {
            "model": "choir/Anna",
            "kind": "synthesizer",
            "provider": "choir",
            "name": "Anna",
            "languages": ["en-US"],
            "size": 61_000_000,
            "path": "/usr/share/anna",
            "bundled_with": "choir-anna",
            "license": "MIT",
        }
    ]


def test_a_download_shows_its_progress_in_lines_and_where_it_is_and_how_to_use_it(models, voicebot):
    first, again, unlisted = models("fetch tenor", "fetch choir/tenor", "fetch choir/unlisted")

    place = voicebot.directory.resolve() / "wardrobe"
    tenths = [f"fetching choir/tenor: {10 * tenth} % of 3 MB" for tenth in range(1, 10)]
    use = "To use it, write in a config `synthesizer: {provider: choir, voice: tenor}`."
    assert first[:2] == (0, f"fetched choir/tenor into {place / 'tenor.voice'}\n")
    assert first[2].splitlines() == ["fetching choir/tenor (3 MB)", *tenths, use]
    assert again == (0, f"choir/tenor is here already: {place / 'tenor.voice'}\n", "")
    assert unlisted[:2] == (0, f"fetched choir/unlisted into {place / 'unlisted.voice'}\n")


def test_what_cannot_be_fetched_is_one_line_that_says_why(models):
    misspelt, bare, of_provider, full, broken, no_name, no_command = models(
        "fetch choir/tenr", "fetch tenr", "fetch qqq", "fetch basso", "fetch broken", "fetch", "fech tenor"
    )

    def error(result):
        return result[0], [line for line in result[2].splitlines() if line.startswith("error: ")]

    assert error(misspelt) == (
        1,
        ["error: the choir has no voice 'tenr'; did you mean 'choir/tenor'?"],
    )
    assert error(bare) == (2, ["error: there is no model 'tenr'; did you mean 'choir/tenor'?"])
    assert error(of_provider) == (2, ["error: there is no model 'qqq'; `voicebot models` lists them"])
    assert error(full) == (1, ["error: there is no space for 'basso': it needs 1.5 GB"])
    assert error(broken) == (
        1,
        ["error: the model store of 'choir' broke: ZeroDivisionError (-v shows where)"],
    )
    assert error(no_name) == (2, ["error: Missing argument 'MODEL...'."])
    assert error(no_command)[0] == 2


def test_only_what_was_fetched_can_be_removed_and_not_without_asking(models, voicebot):
    bundled, absent, unknown, unasked, removed = models(
        "remove Anna --yes",
        "remove tenor --yes",
        "remove tenr",
        "remove choir/tenor",
        "remove choir/tenor -y",
    )
    assert not (voicebot.directory / "wardrobe").exists()
    assert bundled[0] == 1
    assert "choir/Anna came with a package; to remove both: " in bundled[2]
    assert "uninstall choir-anna" in bundled[2]
    assert absent[0] == 1
    assert "error: choir/tenor is not on this machine\n" in absent[2]
    assert "did you mean 'choir/tenor'?" in unknown[2]
    assert (unasked[0], removed[0]) == (1, 1)

    _, unasked, removed, listed = models(
        "fetch tenor", "remove choir/tenor", "remove choir/tenor -y", "--here"
    )
    assert unasked[0] == 2
    assert "nobody can be asked here; with --yes it deletes without asking" in unasked[2]
    assert removed[:2] == (0, "removed choir/tenor\n")
    assert "choir/tenor" not in listed[1]


@pytest.mark.parametrize(("answer", "left"), [("y", False), ("Yes", False), ("", True), ("n", True)])
def test_at_a_terminal_the_answer_decides_whether_a_model_is_deleted(voicebot, answer, left):
    pty = pytest.importorskip("pty", reason="there are no pseudo terminals here")
    file = voicebot.directory / "wardrobe" / "tenor.voice"
    file.parent.mkdir()
    file.write_bytes(bytes(2_000_000))
    user, program = pty.openpty()
    try:
        os.write(user, f"{answer}\n".encode())
        with voicebot.started("models", "remove", "tenor", stdin=program) as process:
            stdout, stderr = process.communicate(timeout=60)
    finally:
        os.close(user)
        os.close(program)

    assert f"Delete choir/tenor (2 MB) in {file.resolve()}? [y/N] " in stderr
    assert (process.returncode, file.exists()) == (0, left)
    assert stdout == ("" if left else "removed choir/tenor\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process alone")
def test_ctrl_c_ends_a_download(voicebot):
    with voicebot.started("models", "fetch", "choir/waits") as process:
        while (line := process.stderr.readline()) != "<fetching>\n":
            assert line, "it ended before it fetched"
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)

    assert (process.returncode, stdout, stderr) == (130, "", "choir/waits was not fetched\n")
    assert list((voicebot.directory / "wardrobe").iterdir()) == []
