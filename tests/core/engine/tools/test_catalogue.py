"""Which tools the chat model is offered, and with what changes."""

from __future__ import annotations

from collections.abc import Sequence

from voicebot import ProviderNoticed, Tool, ToolOverride, ToolsetOptions
from voicebot.engine.tools.catalogue import ToolCatalogue
from voicebot.testing import Ran, ScriptedChatModel, ScriptedToolset, converse, simulated

from .scenes import BOOK, CANCEL, WEATHER, asks, call, settings


class Changing(ScriptedToolset):
    """Has only some of its tools."""

    names: Sequence[str] = ("book", "weather")

    def tools(self) -> list[Tool]:
        return [tool for tool in super().tools() if tool.name in self.names]


class Broken(ScriptedToolset):
    """Cannot say what it has."""

    def tools(self) -> list[Tool]:
        raise KeyError("secret")


@simulated
async def test_tools_are_offered_in_the_order_of_allow_and_missing_ones_are_noticed() -> None:
    notices: list[str] = []
    tools = ScriptedToolset([(WEATHER, ""), (BOOK, ""), (CANCEL, "")], allow=["cancel", "fly", "weather"])
    assert list(ToolCatalogue([tools], notices.append).offered()) == ["cancel", "weather"]
    assert notices == ["the toolset 'ScriptedToolset' has no tool 'fly' (`allow`)"]


@simulated
async def test_the_config_changes_tools() -> None:
    overrides = {
        "book": ToolOverride(description="Books.", effect="reads", confirm="Book {people}?", timeout=3),
        "cancel": ToolOverride(confirm=" "),
    }
    offered = ToolCatalogue(
        [ScriptedToolset([(BOOK, ""), (CANCEL, "")], overrides=overrides)], lambda message: None
    ).offered()
    assert offered["book"].tool == Tool("book", "Books.", BOOK.parameters, "reads", "Book {people}?", 3)
    assert offered["cancel"].tool.confirm is None


@simulated
async def test_a_tool_whose_question_names_no_argument_is_not_offered() -> None:
    notices: list[str] = []
    tools = ScriptedToolset(
        [(BOOK, ""), (CANCEL, "")], overrides={"book": ToolOverride(confirm="A table for {guests}?")}
    )
    assert list(ToolCatalogue([tools], notices.append).offered()) == ["cancel"]
    assert notices == [
        "the tool 'book' of the toolset 'ScriptedToolset' is not offered: wrong `confirm`: {guests} is not "
        "an argument; its arguments are people"
    ]


@simulated
async def test_two_tools_of_one_name_get_numbers_and_each_is_called_by_its_own() -> None:
    chat = ScriptedChatModel([[call("book", people=1), call("book_2", people=2)], "Done."])
    first, second = ScriptedToolset([(BOOK, "a")]), ScriptedToolset([(BOOK, "b")])
    async with converse(chat=chat, toolsets=[first, second], settings=settings()) as user:
        await asks(user, "book")
    assert [tool.name for tool in chat.requests[0].tools] == ["book", "book_2"]
    assert (first.begun, second.begun) == ([Ran("book", {"people": 1})], [Ran("book", {"people": 2})])


@simulated
async def test_a_toolset_that_breaks_offers_nothing_and_is_noticed_once() -> None:
    chat = ScriptedChatModel(["Hello."])
    tools = [Broken([(BOOK, "")]), ScriptedToolset([(WEATHER, "sunny")])]
    async with converse(chat=chat, toolsets=tools, settings=settings()) as user:
        await asks(user, "the weather", "the time")
    assert [tool.name for tool in chat.requests[1].tools] == ["weather"]
    assert [event.message for event in user.events if isinstance(event, ProviderNoticed)] == [
        "the toolset 'Broken' offers no tools: it broke: KeyError (-v shows where)"
    ]


@simulated
async def test_all_that_a_toolset_lacks_is_one_notice() -> None:
    toolset = ScriptedToolset([(Tool("swim", "Swims."), "done")], allow=["fly", "swim", "dive"])
    notices: list[str] = []

    assert list(ToolCatalogue([toolset], notices.append, ["sea"]).offered()) == ["swim"]
    assert notices == ["the toolset 'sea' has no tool 'fly' or 'dive' (`allow`)"]


@simulated
async def test_what_is_offered_is_made_again_only_when_a_toolset_has_changed() -> None:
    notices: list[str] = []
    toolset = Changing([(BOOK, ""), (WEATHER, "")], allow=["book", "weather"])
    catalogue = ToolCatalogue([toolset], notices.append, ["sea"])
    first = catalogue.offered()
    assert catalogue.offered() is first
    toolset.names = []
    assert list(catalogue.offered()) == []
    toolset.names = ["weather"]
    assert list(catalogue.offered()) == ["weather"]
    toolset.options = ToolsetOptions(allow=())
    assert list(catalogue.offered()) == []
    assert notices == [
        "the toolset 'sea' has no tools now",
        "the toolset 'sea' has no tool 'book' (`allow`)",
    ]
