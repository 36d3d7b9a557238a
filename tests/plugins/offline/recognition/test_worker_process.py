"""The worker's process: what it gets from its parent, and that nothing of it stays behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from voicebot_offline.recognition import decoder, worker_command
from voicebot_offline.recognition.phrase_model import PhraseModel

# A pocketsphinx whose decoder tells what it sees, and does not let go of Python's lock where it is told to.
BUSY = """
import ctypes, json, os, pathlib, sys, queue
told = pathlib.Path(__file__).with_name("told")
told.with_suffix(".new").write_text(json.dumps([dict(os.environ), sys.path, queue.__file__]))
told.with_suffix(".new").rename(told)
def Decoder(**_):
    ctypes.PyDLL(None).sleep(600)
"""
PARENT = """
import asyncio, sys
from voicebot_offline.recognition.recognizer import PocketsphinxOptions, PocketsphinxRecognizer
sys.path.insert(0, "")
asyncio.run(PocketsphinxRecognizer(PocketsphinxOptions()).start())
"""
TRIES = 3000


def wait_for(condition):
    """Poll, because nothing reports the start or end of another program's process."""
    for _ in range(TRIES):
        if found := condition():
            return found
        time.sleep(0.02)
    return pytest.fail("it did not come about")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a worker that is busy ends when it is not")
def test_a_worker_gets_no_more_than_it_needs_and_ends_with_a_parent_that_is_killed(tmp_path):
    installed = tmp_path / "installed"
    installed.mkdir()
    (installed / "pocketsphinx.py").write_text(BUSY)
    (tmp_path / "queue.py").write_text("raise SystemExit('this is not what Python calls queue')")
    environ = os.environ | {
        "OPENAI_API_KEY": "secret",
        "HTTPS_PROXY": "http://nowhere",
        "PYTHONSTARTUP": "/nowhere",
        "PYTHONPATH": os.pathsep.join([str(installed), os.environ.get("PYTHONPATH", str(installed))]),
        "LC_TIME": "C.UTF-8",
    }
    with subprocess.Popen([sys.executable, "-P", "-c", PARENT], env=environ, cwd=tmp_path) as parent:
        told = wait_for((installed / "told").exists) and json.loads((installed / "told").read_text())
        (worker,) = psutil.Process(parent.pid).children()
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        wait_for(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)

    environment, path, queue = told
    assert environment["LC_TIME"] == "C.UTF-8"
    assert not {"OPENAI_API_KEY", "HTTPS_PROXY", "PYTHONSTARTUP", "PYTHONPATH"} & environment.keys()
    assert path[-1] == str(tmp_path)
    assert not queue.startswith(str(tmp_path))


def test_modules_are_found_where_the_parent_finds_them_and_in_the_working_directory_last(monkeypatch):
    monkeypatch.setattr(sys, "path", ["", "/first", os.getcwd(), "/second"])

    assert worker_command.module_path() == ["/first", "/second", os.getcwd()]


def test_a_worker_gets_only_the_variables_needed_to_run_and_for_the_users_locale():
    needed = {"PATH": "/bin", "HOME": "/home/me", "LANG": "de_DE.UTF-8", "LC_ALL": "C", "TMPDIR": "/var/tmp"}
    others = {
        "AZURE_KEY": "1",
        "PYTHONPATH": "/x",
        "PYTHONHOME": "/x",
        "LD_PRELOAD": "/x",
        "SSL_CERT_FILE": "/x",
    }

    assert worker_command.environment(needed | others) == needed


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere files have names")
def test_the_files_for_the_decoder_have_no_name_that_could_stay_behind(tmp_path, monkeypatch):
    read = {}

    def decode(settings, **paths):
        read.update({name: Path(path).read_text() for name, path in paths.items()})
        read["there"] = list(tmp_path.iterdir())

    monkeypatch.setattr(decoder.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(decoder, "Decoder", decode)
    model = PhraseModel([("hello",)])

    decoder.phrase_decoder({}, model, {"hello": ["hello HH AH L OW"]})

    assert read == {"dict": "hello HH AH L OW\n", "lm": model.arpa(), "there": []}
