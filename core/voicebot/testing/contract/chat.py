"""The contract of a ChatModel."""

from __future__ import annotations

from typing import Any

from voicebot.interfaces import ChatModel
from voicebot.testing.contract.provider import ProviderContract


class ChatModelContract(ProviderContract[ChatModel[Any]]):
    """What a ChatModel keeps to."""
