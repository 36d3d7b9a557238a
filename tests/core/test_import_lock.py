"""Threads that load modules which import each other."""

from __future__ import annotations

import importlib
import sys
import threading
from pathlib import Path

import pytest

from voicebot import import_lock

_MODULE = """
import threading
import time
import {other}
"""
_ROUNDS = 20


def test_threads_that_hold_the_lock_may_import_modules_that_import_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock, one of the threads gets `_DeadlockError` in almost every round."""
    monkeypatch.syspath_prepend(tmp_path)
    failures: list[BaseException] = []

    def load(name: str, begin: threading.Barrier) -> None:
        begin.wait()
        try:
            with import_lock:
                importlib.import_module(name)
        except BaseException as error:
            failures.append(error)

    for number in range(_ROUNDS):
        names = [f"import_lock_{side}{number}" for side in "ab"]
        for name, other in (names, names[::-1]):
            (tmp_path / f"{name}.py").write_text(_MODULE.format(other=other) * 50)
        importlib.invalidate_caches()
        begin = threading.Barrier(2)
        threads = [threading.Thread(target=load, args=(name, begin)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name in names:
            sys.modules.pop(name, None)
    assert failures == []
