"""Third-party code that hangs or ends the program while it is imported is named."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from voicebot.plugin import import_watchdog
from voicebot.plugin.import_watchdog import ExitAttempt, ImportWatchdog, failure_reason, watched_import
from voicebot.plugin.packages import OURS
from voicebot.run_delay import RunDelay


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SystemExit("no licence"), "SystemExit: no licence"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (GeneratorExit("x\ny"), "GeneratorExit: x y"),
    ],
)
def test_an_attempt_to_end_the_program_becomes_an_error_of_the_plugin(error, told):
    with pytest.raises(ExitAttempt) as raised, watched_import("plugin 'rude'", "rude"):
        raise error

    assert failure_reason(raised.value) == told


def test_os_exit_does_not_end_the_program_silently():
    before = os._exit

    with pytest.raises(ExitAttempt) as raised, watched_import("plugin 'rude'", "rude"):
        os._exit(3)

    assert failure_reason(raised.value) == "SystemExit: os._exit(3)"
    assert os._exit is before


def test_ctrl_c_is_not_an_error_of_the_plugin():
    before = signal.getsignal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt), watched_import("plugin 'slow'", "slow"):
        signal.raise_signal(signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) == before


def test_a_plugin_that_hangs_is_named_and_the_program_ended(monkeypatch, caplog):
    ended: list[tuple[str, str]] = []
    over = threading.Event()

    def end(who, distribution):
        ended.append((who, distribution))
        over.set()

    monkeypatch.setattr(import_watchdog, "SLOW", 0.0)
    monkeypatch.setattr(import_watchdog, "HUNG", 0.0)
    monkeypatch.setattr(import_watchdog, "_BACKSTOP", 600.0)
    monkeypatch.setattr(ImportWatchdog, "when_hung", staticmethod(end))

    with watched_import("plugin 'stuck'", "stuck-plugin"):
        assert over.wait(60)

    assert ended == [("plugin 'stuck'", "stuck-plugin")]
    assert "still loading plugin 'stuck' of stuck-plugin" in caplog.messages


def test_time_used_by_other_programs_is_not_counted(tmp_path):
    hour = 3600
    watching = ImportWatchdog("plugin 'starved'", "starved-plugin")
    watching._run_delay = RunDelay(1, tmp_path)
    schedule = tmp_path / "1" / "schedstat"
    schedule.parent.mkdir()
    schedule.write_text("0 0 0")
    watching._began = time.monotonic() - hour
    assert watching._elapsed() >= hour

    schedule.write_text(f"1000 {hour * 10**9} 7")

    assert watching._elapsed() < hour


def test_without_run_delays_all_time_is_counted(tmp_path):
    watching = ImportWatchdog("plugin 'slow'", "slow-plugin")
    watching._run_delay = RunDelay(1, tmp_path)
    watching._began = time.monotonic() - 5

    assert watching._elapsed() >= 5


def test_our_own_plugins_are_not_watched():
    before = threading.active_count()

    with watched_import("plugin 'audio'", OURS):
        assert threading.active_count() == before


def test_the_limits_are_at_most_ten_seconds():
    assert import_watchdog.HUNG + import_watchdog._BACKSTOP < 10
