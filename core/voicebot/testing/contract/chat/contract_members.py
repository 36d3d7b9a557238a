"""The members of a chat model's contract that its checks use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, ClassVar

    from voicebot.interfaces import ChatModel
    from voicebot.messages import Message, Tool
    from voicebot.testing.contract.chat.reply import Reply
    from voicebot.testing.contract.provider.contract import ProviderContract

    class ContractMembers(ProviderContract[ChatModel[Any]]):
        """A chat model's contract as its checks see it; implemented by `ChatModelContract`."""

        tool_question: ClassVar[str]

        async def _ask(
            self, provider: ChatModel[Any], messages: tuple[Message, ...], *, tools: tuple[Tool, ...] = ()
        ) -> Reply: ...

else:
    ContractMembers = object  # the members come from the contract that the checks are mixed into
