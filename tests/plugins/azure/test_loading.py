"""The SDK is loaded by one thread at a time: two at once gave `_DeadlockError` now and then."""

from __future__ import annotations

import threading

from voicebot import SecretStr, import_lock
from voicebot_azure.account import SpeechAccount
from voicebot_azure.sdk import SpeechSdk


def test_nobody_imports_the_sdk_while_another_thread_imports_something() -> None:
    account = SpeechAccount(key=SecretStr("0" * 32), region="westeurope")
    loaded = threading.Event()

    def load() -> None:
        SpeechSdk(account, "tts")
        loaded.set()

    thread = threading.Thread(target=load)
    with import_lock():
        thread.start()
        assert not loaded.wait(0.05)
    thread.join()
    assert loaded.is_set()
