"""`voicebot new-plugin`: names are checked, nothing is overwritten, and the generated project works."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from packaging.requirements import Requirement
from packaging.version import Version

import voicebot
from voicebot.cli.main import cli
from voicebot.cli.plugin_template.distribution import KINDS, LONGEST_NAME, Names, name_problem, texts

BOUNDED = Names.of("quill", "observer", "").substitutions()["voicebot"]
SHORTEST, LONGEST = "q", "q" * LONGEST_NAME


def new_plugin(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["new-plugin", *map(str, arguments)])


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_complete_project_is_written_to_a_new_folder(kind: str, tmp_path: Path) -> None:
    result = new_plugin("voicebot-quill", "--kind", kind)

    assert result.exit_code == 0, result.output
    folder = tmp_path / "voicebot-quill"
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert written >= {
        ".github/workflows/tests.yml",
        ".gitignore",
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "pyproject.toml",
        "src/voicebot_quill/__init__.py",
        f"src/voicebot_quill/{kind.replace('-', '_')}.py",
        "src/voicebot_quill/options.py",
        "src/voicebot_quill/py.typed",
        "tests/test_voicebot_quill.py",
        "try.yaml",
    }
    assert [line for line in result.output.splitlines() if line.startswith("wrote ")] == [
        f"wrote voicebot-quill/{file}" for file in texts(Names.of("voicebot-quill", kind, ""))
    ]
    assert list(tmp_path.iterdir()) == [folder]


def test_module_classes_and_provider_are_named_after_the_plugin(tmp_path: Path) -> None:
    new_plugin("voicebot-big-ben", "--kind", "synthesizer")

    folder = tmp_path / "voicebot-big-ben"
    tree = ast.parse((folder / "src/voicebot_big_ben/synthesizer.py").read_text())
    assert [node.name for node in tree.body if isinstance(node, ast.ClassDef)] == ["BigBenSynthesizer"]
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["name"] == "voicebot-big-ben"
    assert project["entry-points"]["voicebot"] == {"big-ben": "voicebot_big_ben"}
    assert yaml.safe_load((folder / "try.yaml").read_text())["synthesizer"]["provider"] == "big-ben"


def test_its_pytest_shows_why_tests_are_skipped() -> None:
    project = tomllib.loads(texts(Names.of("quill", "observer", ""))["pyproject.toml"])
    assert "-rs" in project["tool"]["pytest"]["ini_options"]["addopts"].split()


def test_a_kind_in_the_name_is_not_repeated() -> None:
    names = Names.of("my-synthesizer", "synthesizer", "").substitutions()
    assert (names["Class"], names["Options"]) == ("MySynthesizer", "MyOptions")
    assert Names.of("synthesizer", "synthesizer", "").substitutions()["Class"] == "SynthesizerSynthesizer"


def test_it_requires_compatible_versions_of_voicebot(tmp_path: Path) -> None:
    new_plugin("quill", "--kind", "chat-model")

    project = tomllib.loads((tmp_path / "quill/pyproject.toml").read_text())["project"]
    [requirement] = map(Requirement, project["dependencies"])
    here = Version(voicebot.__version__)
    assert here in requirement.specifier
    breaking = f"{here.major + 1}.0" if here.major else f"0.{here.minor + 1}"
    assert Version(breaking) not in requirement.specifier


@pytest.mark.parametrize(
    ("origin", "first", "default"),
    [
        (None, None, BOUNDED),
        (
            {"url": "file:///home/ann/voicebot", "dir_info": {"editable": True}},
            "from a checkout of its project: `pip install PATH/TO/voicebot`.",
            BOUNDED,
        ),
        (
            {"url": "https://git.example/voicebot", "vcs_info": {"vcs": "git", "requested_revision": "main"}},
            "with `pip install 'voicebot-framework @ git+https://git.example/voicebot@main'`.",
            "voicebot-framework @ git+https://git.example/voicebot@main",
        ),
        (
            {"url": "https://me:sesame@git.example/voicebot", "vcs_info": {"vcs": "git"}},
            None,
            BOUNDED,
        ),
    ],
)
def test_its_readme_and_workflow_install_voicebot_from_where_it_is_available(
    origin: dict[str, Any] | None,
    first: str | None,
    default: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    info = tmp_path / "site" / "voicebot_framework-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: voicebot-framework\nVersion: 0.1.0\n")
    if origin is not None:
        (info / "direct_url.json").write_text(json.dumps(origin))
    monkeypatch.syspath_prepend(str(info.parent))

    written = texts(Names.of("quill", "chat-model", "Ann"))

    readme = " ".join(written["README.md"].split())
    assert (f"While `{BOUNDED}` is not on PyPI, install voicebot first, {first}" in readme) == bool(first)
    assert ("install voicebot first" in readme) == bool(first)
    workflow = yaml.safe_load(written[".github/workflows/tests.yml"])
    assert workflow["env"]["VOICEBOT"] == f"${{{{ vars.VOICEBOT || '{default}' }}}}"
    commands = [step["run"] for step in workflow["jobs"]["tests"]["steps"] if "run" in step]
    assert commands[:2] == ['pip install "$VOICEBOT"', "pip install -e '.[dev]'"]
    assert not [text for text in written.values() if "sesame" in text or "/home/ann" in text]


def test_the_author_is_in_the_licence_and_the_metadata(tmp_path: Path) -> None:
    new_plugin("quill", "--kind", "observer", "--author", 'Ann "Quill" Müller,\n$HOME')

    author = 'Ann "Quill" Müller, $HOME'
    assert f" {author}\n" in (tmp_path / "quill/LICENSE").read_text(encoding="utf-8")
    project = tomllib.loads((tmp_path / "quill/pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["authors"] == [{"name": author}]


def test_without_an_author_the_plugin_name_is_used(tmp_path: Path) -> None:
    new_plugin("quill", "--kind", "observer")

    assert " The quill authors\n" in (tmp_path / "quill/LICENSE").read_text()


def test_another_folder_can_be_given_and_is_created(tmp_path: Path) -> None:
    result = new_plugin("quill", "--kind", "observer", "--folder", Path("plugins", "mine"))

    assert result.exit_code == 0, result.output
    assert (tmp_path / "plugins/mine/pyproject.toml").is_file()
    assert f"cd {Path('plugins', 'mine')}\n" in result.output


@pytest.mark.parametrize("there", ["folder", "file", "dangling link"])
def test_existing_files_are_left_unchanged(there: str, tmp_path: Path) -> None:
    target = tmp_path / "quill"
    match there:
        case "folder":
            target.mkdir()
        case "file":
            target.write_text("mine")
        case "dangling link":
            target.symlink_to("nowhere")

    result = new_plugin("quill", "--kind", "observer")

    assert result.exit_code == 1
    assert result.stderr == "error: quill already exists; nothing was written\n"
    assert list(tmp_path.iterdir()) == [target]
    assert not target.is_dir() or not list(target.iterdir())


def test_if_it_cannot_be_written_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    result = new_plugin("quill", "--kind", "observer", "--folder", Path("file", "quill"))

    assert result.exit_code == 1
    assert result.stderr.startswith(f"error: cannot write {Path('file', 'quill')}: ")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Quill", "must consist of lower-case letters and digits, in words joined by '-'"),
        ("quill_pen", "must consist of lower-case letters"),
        ("quill-", "must consist of lower-case letters"),
        ("1-quill", "must consist of lower-case letters"),
        ("../quill", "must consist of lower-case letters"),
        ("voicebot-3d", "cannot be used as the name of a module and of classes"),
        ("class", "cannot be used as the name of a module and of classes"),
        ("wave", "a module 'wave' already exists"),
        ("pytest", "a module 'pytest' already exists"),
        ("voicebot-azure", "a module 'voicebot_azure' already exists"),
        ("voicebot-espeak", "a voice 'espeak' already exists in voicebot-framework"),
        (LONGEST + "q", f"is too long; a name can have at most {LONGEST_NAME} characters"),
    ],
)
def test_an_invalid_name_is_rejected_with_the_reason(name: str, why: str, tmp_path: Path) -> None:
    result = new_plugin(name, "--kind", "synthesizer")

    assert result.exit_code == 2
    assert why in " ".join(result.output.split())
    assert not list(tmp_path.iterdir())


def test_a_name_of_another_kind_is_allowed() -> None:
    assert name_problem("voicebot-espeak", "chat-model") is None


@pytest.mark.parametrize("name", [SHORTEST, LONGEST])
def test_the_code_is_formatted_whatever_the_length_of_the_name(name: str, tmp_path: Path) -> None:
    for kind in KINDS:
        assert new_plugin(name, "--kind", kind, "--folder", kind).exit_code == 0

    for arguments in (["format", "--check"], ["check"]):
        ruff = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."]
        ran = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
