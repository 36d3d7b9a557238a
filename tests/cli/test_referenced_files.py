"""Files that texts refer to exist for the reader, however voicebot was installed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from voicebot import shipped_configs
from voicebot.config.shipped import shown_page

PROJECT = Path(__file__).parents[2]
NAMED = re.compile(
    r"(?<![\w./-])(?:docs|configs|plugins|tests|core)/[\w./-]*\w"
    r"|(?<![\w.}/*-])[\w-]+\.(?:md|ya?ml|toml|txt)\b"
    r"|(?<!\.)\benv\.example"
)
WRITTEN = {  # files that the commands of these modules look for, or write before they name them
    "cli/commands/init.py": {"env.example", "azure.yaml"},
    "cli/plugin_template/distribution.py": {"try.yaml", "tests/dial.py"},
    "config/shipped.py": {"pyproject.toml"},
    "config/prices.py": {"prices.yaml"},  # part of the package
    "languages/language_file.py": {"de.toml"},  # names that plugin authors give their files
    "plugin/hookspecs.py": {"eo.toml"},
    "voicebot_recording/format.py": {"config.yaml"},  # in the folder of a recording
    "recognition/known_models.py": {"vocabulary.txt"},  # part of every Whisper model
    "recognition/text/vocabulary.py": {"vocabulary.txt"},
    "plugin/languages.py": {"eo.toml"},
}


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield all texts of a module that a user may read, without docstrings of modules and classes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    described = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
            yield node.lineno, node.value


def test_no_text_refers_to_a_file_that_the_reader_may_not_have():
    found = []
    modules = [*(PROJECT / "core").rglob("*.py"), *(PROJECT / "plugins").rglob("*.py")]
    for module in modules:
        written = next((names for end, names in WRITTEN.items() if module.match(end)), set())
        for line, text in texts(module):
            found += [f"{module}:{line}: {name}" for name in NAMED.findall(text) if name not in written]

    assert len(modules) > 200
    assert found == []


@pytest.mark.parametrize("path", shipped_configs().values(), ids=lambda path: path.stem)
def test_no_shipped_config_refers_to_a_file_of_the_checkout(path):
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"\b(?:docs|configs)/[\w./-]+|(?<!\.)\benv\.example", text) == []
    assert NAMED.findall(yaml.safe_load(text).get("setup", "")) == []


@pytest.mark.parametrize(
    "text", ["read docs/how-to/x.md", "copy env.example to .env", "see configs/a.yaml", "as in pirate.yaml"]
)
def test_such_a_reference_is_found(text):
    assert NAMED.findall(text)


@pytest.mark.parametrize("text", ["put it into .env.example", "https://host/a.md", "{name}.yaml", "*.yaml"])
def test_a_placeholder_or_a_file_elsewhere_is_not_such_a_reference(text):
    assert NAMED.findall(text) == []


def test_the_page_of_the_contract_can_be_opened_from_anywhere(tmp_path):
    program = (
        "from voicebot.testing.contract.check import PAGE; print(open(PAGE, encoding='utf-8').read(500))"
    )

    for directory in (tmp_path, PROJECT):
        ran = subprocess.run(
            [sys.executable, "-c", program], cwd=directory, capture_output=True, text=True, check=True
        )
        assert "contract" in ran.stdout
    assert Path(shown_page("reference/contract.md")).is_file()
