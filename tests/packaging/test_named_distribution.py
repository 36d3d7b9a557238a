"""No text asks anyone to install `voicebot`, which is an unrelated distribution on PyPI."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from voicebot.cli.plugin_template.distribution import KINDS, Names, texts
from voicebot.plugin.manager import installed_plugins

OURS = "voicebot-framework"
PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = (".ci", "configs", "core", "docs", "plugins", "tests")
NAME = r"(?<![\w./-])voicebot(?![\w/.-])"
INSTALLERS = (
    r"pip3?\s+install|pipx\s+(?:install|run)|uv\s+(?:tool\s+install|pip\s+install|add)|poetry\s+add|uvx"
)
WORD = r"""(?:'[^'\n]*'|"[^"\n]*"|[^\s'"`;&|]+)"""
UNRELATED = re.compile(
    "|".join(
        [
            rf"""(?:{INSTALLERS})(?:[ ]+{WORD})*?[ ]+["']?{NAME}""",
            r"(?<![\w./-])voicebot\[[a-z]",  # an extra of it
            r"""["']voicebot\s*(?:[<>~!=]=?\s*\d|@\s|;)""",  # with bounds, an address or a marker
            r"""dependencies\s*=\s*\[[^\]]*["']voicebot["']""",
            r"""\b(?:version|distribution|metadata|requires|files)\(["']voicebot["']\)""",
            r"""(?:Requires-Dist|Name):\s*voicebot\s*$""",
            r"pypi\.org/(?:project|simple)/voicebot(?![\w-])",
            r"(?<![\w./-])voicebot-\d[\d.]*(?:-py3|\.tar|\.dist-info)",
        ]
    ),
    re.MULTILINE,
)


def project_texts() -> dict[str, str]:
    """Return the project's own texts by file."""
    files = [path for path in PROJECT.iterdir() if path.is_file()]
    files += [path for folder in FOLDERS for path in (PROJECT / folder).rglob("*") if path.is_file()]
    found = {}
    for path in files:
        if "__pycache__" in path.parts or path == Path(__file__).resolve():
            continue
        try:
            found[path.relative_to(PROJECT).as_posix()] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a sound or a picture
            continue
    return found


def named(text: str) -> list[str]:
    return [found[0] for found in UNRELATED.finditer(text)]


@pytest.mark.parametrize(
    "text",
    [
        "pip install voicebot",
        "run: pip install 'voicebot[offline]'",
        "$ python -m pip install -U voicebot",
        "uv pip install -q voicebot==0.1",
        "uv tool install voicebot",
        'dependencies = [\n  "click",\n  "voicebot",\n]',
        'dependencies = ["voicebot>=0.1,<0.2"]',
        '"voicebot @ git+https://git.example/x"',
        'importlib.metadata.version("voicebot")',
        "https://pypi.org/project/voicebot/",
        "install voicebot-0.1.0-py3-none-any.whl",
    ],
)
def test_the_name_is_found_in_installation_commands(text: str) -> None:
    assert named(text)


@pytest.mark.parametrize(
    "text",
    [
        "pip install 'voicebot-framework[offline]'",
        "pip install -e ../voicebot",
        "pip install voicebot-tones",
        "`pip install -e .` beside voicebot",
        "pip install -e . && voicebot run bot.yaml",
        "[project.entry-points.voicebot]",
        'import voicebot; prog_name="voicebot"',
        'dependencies = ["voicebot-framework>=0.1,<0.2"]',
    ],
)
def test_the_command_the_package_and_other_distributions_are_ignored(text: str) -> None:
    assert not named(text)


def test_no_text_of_the_project_installs_the_unrelated_distribution() -> None:
    texts = project_texts()
    assert {"README.md", "configs/offline.yaml", "docs/tutorial/first-bot.md"} <= texts.keys()
    assert any(name.endswith(".template") for name in texts)

    assert {name: found for name, text in texts.items() if (found := named(text))} == {}


@pytest.mark.parametrize("kind", KINDS)
def test_a_generated_plugin_requires_our_distribution_with_bounds(kind: str) -> None:
    written = texts(Names.of("quill", kind, "somebody"))

    assert {name: found for name, text in written.items() if (found := named(text))} == {}
    assert re.search(rf'^dependencies = \["{OURS}>=[\d.]+,<[\d.]+"\]$', written["pyproject.toml"], re.M)


def test_packages_that_our_providers_name_are_ours_or_dependencies() -> None:
    depended = {canonicalize_name(Requirement(line).name) for line in metadata.requires(OURS) or ()}
    extras = set(metadata.metadata(OURS).get_all("Provides-Extra") or ())

    ours = [each for each in installed_plugins().registry if each.distribution == OURS]
    assert len(ours) > 15
    for registration in ours:
        for needed in map(Requirement, registration.requires.values()):
            assert canonicalize_name(needed.name) in {OURS, *depended}, registration.name
            assert needed.name != OURS or needed.extras <= extras, registration.name
