"""Faults are written in one line each, and happen as often as they say."""

from __future__ import annotations

import re

import pytest

from voicebot_emulator.faults import KINDS, Fault, Faults


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("wrong-key", Fault("wrong-key")),
        ("stt:hang@start", Fault("hang", "", "stt", "start")),
        ("hang", Fault("hang", "", None, "middle")),
        ("tts:close=1011@endx3", Fault("close", "1011", "tts", "end", 3)),
        ("throttled=2x1", Fault("throttled", "2", None, None, 1)),
        ("throttled", Fault("throttled")),
        ("late-final=0.5", Fault("late-final", "0.5")),
        ("chat:content-filter=stream", Fault("content-filter", "stream", "chat")),
    ],
)
def test_a_fault_is_read_as_it_is_written(text: str, fault: Fault) -> None:
    assert Fault.parse(text) == fault
    assert Fault.parse(str(fault)) == fault


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "'' is not a fault; write [SERVICE:]NAME"),
        ("explode", "there is no fault 'explode'; the faults are wrong-key,"),
        ("tts:late-final=1", "'late-final' is a fault of stt and openai-stt, not of 'tts'"),
        ("mail:hang", "not of 'mail'"),
        ("status", "'status' needs a value: status=CODE"),
        ("status=abc", "the value of 'status' must be CODE, not 'abc'"),
        ("throttled=soon", "must be SECONDS, not 'soon'"),
        ("content-filter=all", "must be prompt|stream|withdraw, not 'all'"),
        ("burst=3", "'burst' takes no value"),
        ("drop@startx0", "'drop@startx0' is not a fault"),
        ("hang@noon", "'hang' happens at connect, start, middle, end, not at 'noon'"),
        ("wrong-key@start", "'wrong-key' happens at one point only"),
    ],
)
def test_an_invalid_fault_is_refused_with_what_would_be_valid(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        Fault.parse(text)


def test_a_fault_happens_as_often_as_it_says() -> None:
    faults = Faults(["drop@startx2"])

    taken = [faults.take("stt", "drop", point="start") for _ in range(3)]

    assert [fault is not None for fault in taken] == [True, True, False]


def test_a_fault_without_a_number_happens_until_it_is_cleared() -> None:
    faults = Faults(["wrong-key"])

    assert all(faults.take("tts", "wrong-key") for _ in range(5))
    faults.clear()
    assert faults.take("tts", "wrong-key") is None


@pytest.mark.parametrize(
    ("service", "point", "happens"), [("tts", "end", True), ("stt", "end", False), ("tts", "start", False)]
)
def test_a_fault_happens_only_to_its_service_and_at_its_point(
    service: str, point: str, happens: bool
) -> None:
    faults = Faults(["tts:close=1011@end"])

    assert (faults.take(service, "close", point=point) is not None) is happens


def test_a_fault_for_all_services_does_not_apply_to_those_that_cannot_have_it() -> None:
    faults = Faults(["late-final=1"])

    assert faults.take("chat", "late-final") is None
    assert faults.take("stt", "late-final") is not None


def test_a_list_with_an_invalid_fault_changes_nothing() -> None:
    faults = Faults(["wrong-key"])

    with pytest.raises(ValueError, match="no fault 'explode'"):
        faults.set(["hang", "explode"])

    assert [str(fault) for fault in faults] == ["wrong-key"]


def test_every_kind_of_fault_says_what_it_means() -> None:
    assert all(kind.meaning and kind.services for kind in KINDS.values())
