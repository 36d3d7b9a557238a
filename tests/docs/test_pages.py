"""The examples in the pages work: commands run, configs load, and output is as shown.

Each page is followed from top to bottom in a directory of its own that contains the project's `configs`, and
in a virtual environment with everything that is installed where the tests run. What a page installs goes
there, without network access.

* `console`: lines after `$ ` are run. Other lines are the output, where `...` stands for anything, alone for
  any lines; no output leaves it open. Lines `You: ...` among it are typed.
* `sh`: a script.
* `yaml`, `python`, `toml`: a file, named by a comment in its first line. It must be valid, for editors
  too.
* `diff`: a change to the file that its first line names.
* `text`, or nothing: an illustration.

Comments just above a block: `not run: REASON`, `needs: sound`, `needs: azure` (emulated), `needs: azure and
sound`, `exit status: N`, `invalid config`, `insert: FILE after: LINE`; in the README `try` and `tests`, which
`.ci/run` runs whole.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import textwrap
import tomllib
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from jsonschema import Draft7Validator

from voicebot import load_config, shipped_configs
from voicebot.cli.main import cli
from voicebot_emulator.providers import Providers
from voicebot_emulator.server import Emulator
from voicebot_emulator.testing import running

PROJECT = Path(__file__).resolve().parents[2]
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
SLOW = {
    "add-a-language",
    "be-understood-offline",
    "bot-on-a-page",
    "cache-sentences",
    "change-the-persona",
    "change-the-voice",
    "change-while-it-talks",
    "choose-an-azure-voice",
    "confirm-tools",
    "azure-pirate",
    "connect-a-telephone",
    "edit-configs-in-an-editor",
    "embed-a-bot",
    "emulate-azure",
    "find-out-what-is-wrong",
    "first-bot",
    "first-plugin",
    "give-your-bot-hands",
    "connect-another-chat-api",
    "keep-recordings",
    "know-what-it-costs",
    "listen-on-this-machine",
    "look-at-recordings",
    "performance",
    "run-without-a-sound-card",
    "slow-tools",
    "serve",
    "speak-on-this-machine",
    "survive-an-outage",
    "test-a-bot",
    "test-a-plugin",
    "try-a-tool",
    "tune-turn-taking",
    "use-ollama",
    "why-it-cut-me-off",
    "wrap-a-program",
    "wrap-a-threaded-sdk",
    "write-a-plugin",
    "write-an-observer",
    "write-tools-in-python",
}
"""Pages that start many programs; what they show has cheaper tests as well."""
ILLUSTRATIONS = {"", "text", "mermaid"}
FILES = {"yaml", "python", "toml", "diff"}
COMMENT = re.compile(r"\s*<!-- (.*) -->")
FENCE = re.compile(r"(\s*)```(\w*)$")
ACCOUNT = {
    "SPEECH_KEY": "example",
    "SERVICE_REGION": "swedencentral",
    "OPENAI_API_KEY": "sk-example",
    "OPENAI_ENDPOINT": "https://example.openai.azure.com/",
    "OPENAI_DEPLOYMENT": "chat",
    "TWILIO_AUTH_TOKEN": "example",
}
OFFLINE = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_BUILD_ISOLATION": "0",  # as pip reads it: no isolation
    "PIP_NO_DEPS": "1",
    "PIP_NO_INDEX": "1",
    "PIP_QUIET": "1",
    "PIP_REQUIRE_VIRTUALENV": "1",
    "UV_NO_CONFIG": "1",
    "UV_OFFLINE": "1",
}
DISTRIBUTION = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


@dataclass(frozen=True)
class Block:
    """A fenced block, the comment above it, and its location."""

    language: str
    text: str
    note: str
    place: str

    @property
    def file(self) -> str:
        """The name of the file that it contains."""
        named = re.match(r"# (\S+\.(?:yaml|py|toml|md))\n", self.text)
        return named[1] if named else ""

    @property
    def commands(self) -> list[tuple[str, list[str]]]:
        """The commands of a session, each with the lines after it."""
        commands: list[tuple[str, list[str]]] = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                commands.append((line[2:], []))
            else:
                commands[-1][1].append(line)
        return commands


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page in order."""
    lines = page.read_text(encoding="utf-8").splitlines()
    start: int | None = None
    for number, line in enumerate(lines):
        fence = FENCE.match(line)
        if fence and start is None:
            start, language = number, fence[2]
        elif fence and start is not None:
            comment = COMMENT.fullmatch(lines[start - 1])
            text = textwrap.dedent("\n".join(lines[start + 1 : number])) + "\n"
            if comment and comment[1].startswith("insert:"):
                text = "\n".join(lines[start + 1 : number]) + "\n"
            place = f"{page.relative_to(PROJECT)}:{start + 1}"
            yield Block(language, text, comment[1] if comment else "", place)
            start = None
    assert start is None, f"{page}: a block is not closed"


class Reader:
    """Follows the instructions of a page."""

    def __init__(self, folder: Path, needed: dict[str, dict[str, str]]) -> None:
        self.folder = self.home = folder
        self.needed = needed
        self.programs = False
        """Whether other providers or options than ours may be installed."""
        shutil.copytree(PROJECT / "configs", folder / "configs")
        foreign = ("PYTHON", "OLLAMA", "OPENAI", "SPEECH", "SERVICE_REGION", "PIP_", "UV_", "CONDA")
        self.environ = {n: value for n, value in os.environ.items() if not n.startswith(foreign)}
        self.environ |= {"COLUMNS": "100"} | ACCOUNT | OFFLINE
        self.make_environment(folder / ".venv")

    def follow(self, block: Block) -> None:
        """Follow one block."""
        if block.note.startswith("not run: ") or block.note == "tests" or block.language in ILLUSTRATIONS:
            return
        self.programs = self.programs or block.language in ("python", "toml")
        if block.note == "try":  # the job; the installation is already done
            self.run(block, block.text.rpartition("&&")[2], [])
        elif block.language == "console":
            for command, output in block.commands:
                self.run(block, command, output)
        elif block.language == "sh":
            self.run(block, f"set -e\n{block.text}", [])
        elif block.language == "diff":
            self.change(block)
        elif block.note.startswith("insert: "):
            self.insert(block)
        else:
            self.write(block)

    def run(self, block: Block, command: str, output: list[str]) -> None:
        """Run a command and compare its output."""
        if moved := re.fullmatch(r"cd (\S+)", command):
            self.folder = self.folder / moved[1]
            return
        self.programs = self.programs or "pip install " in command
        typed = "".join(f"{line.removeprefix('You: ')}\n" for line in output if line.startswith("You: "))
        needed = {}
        for name in needs(block.note):
            needed |= self.needed.get(name, {})
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            cwd=self.folder,
            env=self.environ | needed,
            timeout=280,
            check=False,
        )
        status = int(block.note.partition("exit status: ")[2] or 0)
        assert done.returncode == status, f"{block.place}: $ {command}\n{done.stdout}"
        if output:
            lines = (r"(.*\n)*" if line.strip() == "..." else like(line) for line in output)
            said = "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())
            assert re.fullmatch("".join(lines), said), f"{block.place}: $ {command}\n{done.stdout}"

    def make_environment(self, home: Path) -> None:
        """Create a virtual environment with everything that is installed here, to install into."""
        venv.create(home, symlinks=os.name != "nt")
        binaries = home / "bin"
        packages = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
        (packages / "here.pth").write_text(
            f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
        )
        modules = {name: name for name in ("voicebot", "pytest", "mypy", "pip")} | {"pip3": "pip"}
        modules[f"pip{sys.version_info.major}.{sys.version_info.minor}"] = "pip"
        for name, module in modules.items():
            (binaries / name).write_text(f'#!/bin/sh\nexec {binaries / "python"} -m {module} "$@"\n')
            (binaries / name).chmod(0o755)
        (home / "tmp").mkdir()
        path = os.pathsep.join([str(binaries), str(Path(sys.executable).parent), os.environ["PATH"]])
        # pytest looks in the folder for temporary files for what earlier runs have left.
        self.environ |= {"VIRTUAL_ENV": str(home), "PATH": path, "TMPDIR": str(home / "tmp")}

    def change(self, block: Block) -> None:
        """Apply a diff to a file."""
        path = self.folder / block.file
        lines = block.text.splitlines(keepends=True)[1:]
        old, new = ("".join(line[1:] for line in lines if line[0] != other) for other in "+-")
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{block.place}: {text.count(old)} times in {path}:\n{old}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def insert(self, block: Block) -> None:
        """Add lines to a file, as with an editor."""
        name, _, line = block.note.removeprefix("insert: ").partition(" after:")
        path = self.folder / name
        before, found, after = path.read_text(encoding="utf-8").partition(f"\n{line.rstrip()[1:]}\n")
        assert found, f"{block.place}: {name} has no line '{line[1:]}'"
        path.write_text(before + found + block.text + after, encoding="utf-8")
        self.check(block, name)

    def write(self, block: Block) -> None:
        """Write a file; a config must be fit for use, a project is installed."""
        path = self.folder / (block.file or "snippet.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        if block.language == "yaml" and block.note != "invalid config":
            self.check(block, str(path.relative_to(self.folder)))
        if path.name == "pyproject.toml":
            self.install(tomllib.loads(block.text))

    def check(self, block: Block, config: str) -> None:
        """Check that a config is valid, for editors too."""
        if self.programs or (self.folder / ".env").exists():
            self.run(block, f"voicebot check {config}", [f"{config}: ok", "..."])
        else:  # the same, but faster
            load_config(self.folder / config, environ=self.environ)
        schema = PROJECT / "configs" / "voicebot.schema.json"
        if self.programs:
            self.run(block, "voicebot schema --output .schema.json", [])
            schema = self.folder / ".schema.json"
        editor = Draft7Validator(json.loads(schema.read_text(encoding="utf-8")))
        said = yaml.safe_load((self.folder / config).read_text(encoding="utf-8"))
        complaints = [f"{error.json_path}: {error.message}" for error in editor.iter_errors(said)]
        assert not complaints, f"{block.place}: {complaints}"

    def install(self, project: dict[str, Any]) -> None:
        """Create the files that pip would."""
        about = project["project"]
        info = self.folder / "installed" / f"{about['name'].replace('-', '_')}-{about['version']}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(DISTRIBUTION.format(**about))
        points = "".join(
            f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in members.items())
            for group, members in about["entry-points"].items()
        )
        (info / "entry_points.txt").write_text(points)
        self.environ["PYTHONPATH"] = f"{info.parent}{os.pathsep}{self.folder}"


def like(line: str) -> str:
    """Return a pattern for a line of output in which `...` matches anything."""
    return re.escape(line.rstrip()).replace(r"\.\.\.", ".*") + r"\n"


def needs(note: str) -> list[str]:
    """Return the requirements of a block that not every machine meets."""
    return note.removeprefix("needs: ").split(" and ") if note.startswith("needs: ") else []


def is_generated(page: Path) -> bool:
    return page.parent.name == "reference"


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=[pytest.mark.slow] if page.stem in SLOW else []) for page in PAGES],
    ids=[str(page.relative_to(PROJECT)) for page in PAGES],
)
def test_the_examples_of_a_page_work(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    shown = [block for block in blocks(page) if not (is_generated(page) and block.language == "python")]
    names = {name for block in shown for name in needs(block.note)}
    needed = {name: request.getfixturevalue(f"{name}_environment") for name in sorted(names)}
    reader = Reader(tmp_path, needed)
    for block in shown:
        reader.follow(block)


@pytest.fixture
def sound_environment(sound_server: Any) -> dict[str, str]:
    environ = sound_server.environment
    return {name: environ[name] for name in ("HOME", "XDG_RUNTIME_DIR", "PULSE_SERVER") if name in environ}


@pytest.fixture
def azure_environment() -> Iterator[dict[str, str]]:
    providers = Providers.from_config(str(shipped_configs()["offline"]))
    with running(Emulator(providers=providers)) as emulator:
        yield emulator.environment


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_block_is_run_or_says_why_not(page: Path) -> None:
    for block in blocks(page):
        known = block.language in {"console", "sh"} | FILES | ILLUSTRATIONS
        assert known, f"{block.place}: what is a block of '{block.language}'?"
        assert block.note != "not run:", f"{block.place}: say why it is not run"
        if block.language in ILLUSTRATIONS:
            assert not re.search(r"^\$ ", block.text, re.M), f"{block.place}: a command that no test runs"
        elif block.language in {"python", "toml", "diff"} and not is_generated(page):
            assert block.file, f"{block.place}: name the file in a comment in the first line"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_commands_that_cannot_be_run_have_options_that_exist(page: Path) -> None:
    for block in blocks(page):
        if block.language not in {"console", "sh"}:
            continue
        shown = [command for command, _ in block.commands] if block.language == "console" else [block.text]
        for command in re.findall(r"(?:^|[\s/])voicebot +(\w[^|\n]*)", "\n".join(shown), re.M):
            name, *words = shlex.split(command)
            assert cli.get_command(click.Context(cli), name) is not None, (
                f"{block.place}: there is no command '{name}'"
            )
            found = cli.get_command(click.Context(cli), name)
            assert found is not None
            options = {option for parameter in found.params for option in parameter.opts}
            unknown = [word for word in words if word.startswith("-") and word not in options | {"-"}]
            assert not unknown, f"{block.place}: {name} has no {unknown}"


def test_the_readme_is_short() -> None:
    assert len((PROJECT / "README.md").read_text(encoding="utf-8").splitlines()) < 120
