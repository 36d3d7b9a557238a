"""Packages that are not available for this Python are reported, such as pocketsphinx on 3.14."""

from __future__ import annotations

import os
import shutil
import sys
from importlib import metadata
from pathlib import Path

import pytest

HIDE_POCKETSPHINX = """\
import sys

class Hide:
    def find_spec(self, name, path=None, target=None):
        if name == "pocketsphinx":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Hide())
"""
REASON = (
    f"pocketsphinx is not available for Python {sys.version_info.major}.{sys.version_info.minor} on "
    f"{sys.platform}, only where python_version < '3'"
)


@pytest.fixture
def without_pocketsphinx(voicebot, tmp_path: Path):
    """Return the command line on a Python that is too new for pocketsphinx, according to the metadata."""
    files = metadata.files("voicebot-framework") or ()
    info = next(file for file in files if file.name == "METADATA").locate().parent
    copy = shutil.copytree(info, tmp_path / "site" / info.name)
    text = (copy / "METADATA").read_text(encoding="utf-8")
    assert "python_version < '3.14'" in text
    (copy / "METADATA").write_text(text.replace("< '3.14'", "< '3'"), encoding="utf-8")
    (tmp_path / "site" / "sitecustomize.py").write_text(HIDE_POCKETSPHINX)
    voicebot.environ["PYTHONPATH"] += os.pathsep + str(tmp_path / "site")
    return voicebot


@pytest.mark.slow
def test_a_config_that_uses_it_is_rejected_with_the_reason_and_the_alternatives(without_pocketsphinx):
    voicebot = without_pocketsphinx

    written = voicebot("init", "--from", "offline")
    checked = voicebot("check", "offline.yaml")

    assert written.returncode == 0
    assert f"warning: the config cannot run here: {REASON}; use another provider in it" in written.stderr
    assert "pip install" not in written.stderr
    assert checked.returncode == 2
    assert f": recognizer 'pocketsphinx' cannot be used here: {REASON}; use such a Python" in checked.stderr
    assert "installed: azure-stt" in checked.stderr
    assert "pip install" not in checked.stderr


def test_plugins_and_options_report_it_too(without_pocketsphinx):
    listed = without_pocketsphinx("plugins")
    explained = without_pocketsphinx("options", "pocketsphinx")

    assert f"warning: pocketsphinx cannot be used here: {REASON}" in listed.stderr
    assert f"  Not available here: {REASON}" in explained.stdout
    assert "[offline]" not in listed.stderr + explained.stdout
