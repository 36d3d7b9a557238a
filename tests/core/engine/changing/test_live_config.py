"""The config of `voicebot run` is saved, right or wrong, or changed by commands, while its bot talks."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from voicebot.cli.conversation.live_config.live_config import LiveConfig
from voicebot.config.edits import config_edits, load_again
from voicebot.config.load import BotConfig
from voicebot.config.reading.files import file_state
from voicebot.config.schema import Settings
from voicebot.config.watched_files import WatchedFiles
from voicebot.engine.bot import Bot
from voicebot.engine.changing.differences import differences
from voicebot.engine.live.live_bot import LiveBot
from voicebot.errors import ConfigError
from voicebot.events import BotTurnEnded, ConfigChanged
from voicebot.options import Options
from voicebot.testing import ScriptedUser, simulated

from .editing import OPEN, SPOKEN, Editing, Typewriter, plugins

BROKEN = [
    "recognizer: [",
    "recognizer: {provider: eers}",
    "chat: {provider: mind, replay: x}",
    "turns: {patience: slow}",
    "",
    "voice_activity: {provider: scripted, start: 2}",
    "\ttabs: here",
    "extends: nowhere.yaml",
]
PRICES = """prices:
  - {{provider: ears, date: 2026-11-30, hour: {hour}}}
"""


class Edited:
    """A conversation, and its config with what was shown and applied."""

    def __init__(self, editing: Editing, user: ScriptedUser) -> None:
        self.user = user
        self.shown: list[str] = []
        self.applied: list[Settings] = []
        self.path = editing.path
        known = plugins()
        self.config_now = editing.config()
        self.config = LiveConfig(
            self.config_now,
            (),
            lambda settings: load_again(self.path, settings, plugins=known),
            editing.live,
            show=self.shown.append,
            applied=self.applied.append,
        )

    @property
    def changes(self) -> list[str]:
        return [c for event in self.user.events if isinstance(event, ConfigChanged) for c in event.changes]


@asynccontextmanager
async def edited(folder: Path) -> AsyncGenerator[Edited, None]:
    """Hold a conversation whose config can be changed by commands."""
    editing = Editing(folder)
    async with editing.conversation() as user, asyncio.TaskGroup() as tasks:
        each = Edited(editing, user)
        running = tasks.create_task(each.config.run(watch=False))
        yield each
        running.cancel()


@simulated
async def test_commands_change_voice_model_and_all_else(tmp_path: Path) -> None:
    async with edited(tmp_path) as it:
        it.config.choose("synthesizer", "onyx")
        it.config.set("chat.reply=Aye.")
        it.config.set("name=Flint")
        await it.user.waits(1)
        it.config.choose("synthesizer", "")
        await it.user.says("hello")
        await it.user.is_answered()
    assert it.changes == [
        "synthesizer.voice nova -> onyx",
        "chat.reply All right. -> Aye.",
        "name Bot -> Flint",
    ]
    assert it.shown == ["synthesizer.voice is onyx"]
    assert it.applied[-1].name == "Flint"
    assert SPOKEN == [("onyx", "Aye.")]


@simulated
async def test_a_wrong_command_is_explained_and_forgotten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with edited(tmp_path) as it:
        for setting in ("name", "nmae=x", "chat.start=fails", "synthesizer.voice=nova"):
            it.config.set(setting)
            await it.user.waits(1)
        it.config.choose("chat", "large")
        it.config.set("name=Flint")
        await it.user.waits(1)
    errors = capsys.readouterr().err
    assert "'name' has no '='; a setting has the form SECTION.OPTION=VALUE" in errors
    assert "typed setting: unknown section 'nmae'; did you mean 'name'?" in errors
    assert "error: chat: no such key" in errors
    assert errors.count("nothing was changed, and the conversation goes on") == 2
    assert "mind has no such option" in errors
    assert it.shown == ["nothing is different"]
    assert it.changes == ["name Bot -> Flint"]


@simulated
async def test_a_wrong_command_takes_none_of_those_around_it_along(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with edited(tmp_path) as it:
        it.config.choose("synthesizer", "onyx")
        it.config.set("nmae=x")
        it.config.set("chat.start=fails")
        it.config.set("name=[")
        it.config.set("name=Flint")
        await it.config.settled()
        assert it.changes == ["synthesizer.voice nova -> onyx", "name Bot -> Flint"]
    errors = capsys.readouterr().err
    assert errors.count("nothing was changed, and the conversation goes on") == 3
    assert "typed setting: name: " in errors


@simulated
async def test_a_save_says_which_typed_settings_stay(tmp_path: Path) -> None:
    async with edited(tmp_path) as it:
        it.config.set("turns.patience=quick")
        await it.config.settled()
        it.path.write_text(it.path.read_text().replace("turns: {", "turns: {patience: relaxed, "))
        it.config.reload()
        await it.config.settled()
    assert it.shown == ["turns.patience stays as you typed it"]
    assert it.applied[-1].turns.patience == "quick"


@simulated
async def test_40_broken_edits_leave_everything_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with edited(tmp_path) as it:
        was_open, right = list(OPEN), it.path.read_text()
        for number in range(40):
            it.path.write_text(BROKEN[number % len(BROKEN)])
            it.config.reload()
            await it.user.waits(0.5)
        assert was_open == OPEN
        await it.user.says("hello")
        await it.user.is_answered()
        it.path.write_text(right.replace("mouth", "mouth, voice: onyx"))
        it.config.reload()
        await it.user.waits(1)
    errors = capsys.readouterr().err
    assert errors.count("nothing was changed, and the conversation goes on") == 40
    assert f"{it.path}:1:14:" in errors
    assert it.changes == ["synthesizer.voice nova -> onyx"]
    assert len([event for event in it.user.events if isinstance(event, BotTurnEnded)]) == 1
    assert OPEN == []


@simulated
async def test_files_are_noticed_however_they_are_saved(tmp_path: Path) -> None:
    config, dot_env, real = tmp_path / "bot.yaml", tmp_path / ".env", tmp_path / "real" / "base.yaml"
    real.parent.mkdir()
    for file in (config, real):
        file.write_text("name: a")
    (tmp_path / "base.yaml").symlink_to(real)
    files = WatchedFiles({config: file_state(config)})
    noticed: list[float] = []
    loop = asyncio.get_running_loop()

    async def watch() -> None:
        async for _ in files.saved():
            noticed.append(loop.time())  # noqa: PERF401 - it never ends

    def rename() -> None:
        (tmp_path / "new").write_text("name: renamed")
        os.replace(tmp_path / "new", config)

    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(watch())
        await asyncio.sleep(1)
        files.use({each: file_state(each) for each in (config, dot_env, tmp_path / "base.yaml")})
        await asyncio.sleep(1)
        assert noticed == []
        for save in (
            lambda: config.write_text("name: written"),
            rename,
            lambda: dot_env.write_text("NAME=x"),
            dot_env.unlink,
            lambda: real.write_text("name: linked"),
        ):
            saved_at = loop.time()
            save()
            await asyncio.sleep(1)
            assert noticed.pop() - saved_at < 0.5
        (tmp_path / "notes.txt").write_text("nothing")
        await asyncio.sleep(1)
        assert noticed == []
        watching.cancel()


@asynccontextmanager
async def edits_of(config: BotConfig) -> AsyncGenerator[list[BotConfig | ConfigError], None]:
    """Yield a list to which the edits of a config are added."""
    found: list[BotConfig | ConfigError] = []

    async def watch() -> None:
        async for edit in config_edits(config):
            found.append(edit)  # noqa: PERF401 - it never ends

    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(watch())
        yield found
        watching.cancel()


@simulated
async def test_what_is_saved_while_providers_start_is_applied_when_they_have(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    config = editing.config()
    editing.path.write_text(config.path.read_text().replace("mouth", "mouth, voice: onyx"))
    async with edits_of(config) as found:
        await asyncio.sleep(1)
        (edit,) = found
        assert isinstance(edit, BotConfig)
        assert edit.synthesizer.options.voice == "onyx"  # type: ignore[attr-defined]
        await asyncio.sleep(1)
    assert len(found) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
@simulated
async def test_a_config_that_was_a_pipe_is_read_once(tmp_path: Path) -> None:
    text = Editing(tmp_path).config().path.read_text()
    pipe, dot_env = tmp_path / "pipe", tmp_path / ".env"
    os.mkfifo(pipe)
    writing = threading.Thread(target=pipe.write_text, args=(text,))
    writing.start()
    config = load_again(pipe, plugins=plugins())
    writing.join()
    async with edits_of(config) as found:
        dot_env.write_text("VOICE=onyx")
        await asyncio.sleep(1)
    assert found == []


@simulated
async def test_a_file_of_prices_is_an_edit_of_the_config(tmp_path: Path) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text(PRICES.format(hour=1))
    editing = Editing(tmp_path)
    config = editing.config(("device:", "prices: prices.yaml\ndevice:"))
    async with edits_of(config) as found:
        await asyncio.sleep(1)
        for hour in ("many", 2):
            prices.write_text(PRICES.format(hour=hour))
            await asyncio.sleep(1)
    broken, dearer = found
    assert isinstance(broken, ConfigError)
    assert [(each.file, each.line) for each in broken.problems] == [(str(prices), 2)]
    assert isinstance(dearer, BotConfig)
    assert dearer.prices is not None
    assert dearer.prices.entries[0].hour == 2
    async with LiveBot(Bot.from_config(config)) as live:
        assert await live.apply(dearer) == ("prices",)
        assert await live.apply(dearer) == ()


@simulated
async def test_a_provider_that_the_device_has_no_use_for_has_a_name_too(tmp_path: Path) -> None:
    typed = Typewriter(Options())
    editing = Editing(tmp_path)
    before = Bot.from_config(editing.config(), device=typed)
    removed = ("{provider: scripted}", "null")
    after = before.changed(editing.config(("ears", "more-ears"), removed))
    assert differences(before, after, before.settings, after.settings) == (
        "recognizer Ears -> MoreEars",
        "voice_activity Detector -> none",
    )


@pytest.mark.parametrize(
    ("names", "file", "content"),
    [("extends: base.yaml", "base.yaml", "name: Flint"), ("prices: own.yaml", "own.yaml", "prices: []")],
)
def test_a_file_that_was_missing_is_noticed(tmp_path: Path, names: str, file: str, content: str) -> None:
    @simulated
    async def run() -> None:
        config = Editing(tmp_path).config()
        async with edits_of(config) as found:
            config.path.write_text(f"{names}\n{config.path.read_text()}")
            await asyncio.sleep(1)
            (tmp_path / file).write_text(content)
            await asyncio.sleep(1)
        assert [type(each) for each in found] == [ConfigError, BotConfig]

    run()


@simulated
async def test_options_of_a_plugin_that_break_are_told_and_the_next_edit_is_applied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with edited(tmp_path) as it, edits_of(it.config_now) as found:
        await asyncio.sleep(1)
        right = it.path.read_text()
        for voice in ("breaks", "onyx"):
            it.path.write_text(right.replace("mouth", f"mouth, voice: {voice}"))
            it.config.reload()
            await it.user.waits(1)
    broken, onyx = found
    said = "a plugin broke when its options were checked: KeyError (-v shows where)"
    assert str(broken) == f"{it.path}: {said}"
    assert isinstance(onyx, BotConfig)
    assert f"{it.path}: {said}\n" in capsys.readouterr().err
    assert it.changes == ["synthesizer.voice nova -> onyx"]


@simulated
async def test_a_mistake_in_a_file_that_is_newly_extended_can_be_corrected_there(tmp_path: Path) -> None:
    config, base = Editing(tmp_path).config(), tmp_path / "base.yaml"
    async with edits_of(config) as found:
        await asyncio.sleep(1)
        base.write_text("nmae: Flint")
        config.path.write_text(f"extends: base.yaml\n{config.path.read_text()}")
        await asyncio.sleep(1)
        base.write_text("name: Flint")
        await asyncio.sleep(1)
    broken, corrected = found
    assert isinstance(broken, ConfigError)
    assert isinstance(corrected, BotConfig)
    assert corrected.settings.name == "Flint"
