"""The settings of a config, apart from the options of its providers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, field_validator, model_validator

from voicebot.config.history import HistoryOptions
from voicebot.config.tool_use import ToolUseOptions
from voicebot.languages.known import derived
from voicebot.languages.language import Language
from voicebot.languages.tags import language_tag
from voicebot.options import Field, Options


class PatienceOptions(Options):
    """The least and the most silence that ends the user's turn."""

    earliest: float = Field(ge=0, le=30)
    """Seconds of silence before which the turn is never over."""
    latest: float = Field(ge=0, le=30)
    """Seconds of silence after which the turn is over, whatever was said."""

    @model_validator(mode="after")
    def _in_order(self) -> PatienceOptions:
        if self.earliest > self.latest:
            raise ValueError("earliest must not be more than latest")
        return self


Seconds: TypeAlias = Annotated[float, Field(ge=0, le=30)]
Patience: TypeAlias = Literal["quick", "normal", "relaxed"] | Seconds | PatienceOptions
_PROFILES = {"quick": (0.2, 1.6), "normal": (0.3, 3.0), "relaxed": (0.7, 3.2)}


def bounds(patience: Patience | tuple[float, float]) -> tuple[float, float]:
    """Return the least and the most seconds of silence that end a turn."""
    match patience:
        case tuple():
            return patience
        case str():
            return _PROFILES[patience]
        case PatienceOptions():
            return patience.earliest, patience.latest
        case _:
            return float(patience), float(patience)


class AskingRule(Options):
    """How patient to be after the bot has said certain words."""

    words: tuple[str, ...]
    """Words in the bot's last question, such as `phone number`, in upper or lower case; one of them is
    enough. If the bot asked nothing, they are looked for in its last sentence. After a `^`, the words must
    begin the question or one of its clauses."""
    patience: Patience
    """How long the user may pause then; takes the same values as `turns.patience`."""


@derived
def _rules_of_all_languages(language: Language) -> tuple[AskingRule, ...]:
    """Return how patient to be after the questions that are known of all languages."""
    questions = language.questions
    return (
        AskingRule(words=questions.yes_or_no, patience=PatienceOptions(earliest=0.2, latest=2.6)),
        AskingRule(words=questions.story, patience=PatienceOptions(earliest=2.0, latest=3.2)),
        AskingRule(words=questions.spelled, patience="relaxed"),
    )


def _as_a_list(schema: dict[str, Any]) -> None:
    """Describe a list that may be unset as a list, so that an editor says what is wrong within it."""
    schema |= schema.pop("anyOf")[0]


class TurnOptions(Options):
    """When the bot takes its turn and when it yields it."""

    patience: Patience = "normal"
    """How long the user may pause: `quick` (0.2 to 1.6 seconds of silence end the turn), `normal` (0.3 to
    3.0), `relaxed` (0.7 to 3.2), a number of seconds, or bounds of your own such as
    `{earliest: 0.4, latest: 2}`. Within the bounds, the `turn_detector` decides."""
    after_asking: tuple[AskingRule, ...] | None = Field(None, json_schema_extra=_as_a_list)
    """How patient to be after the bot has said certain words; the first matching rule applies. By default,
    the bot answers sooner after a yes-or-no question, and waits longer after asking for a number, an address
    or a story, in every language whose questions are known. Your own rules replace these."""
    prepare: Literal["eager", "pause", "off"] = "pause"
    """When to prepare a reply silently in advance, so that it can start as soon as the turn is over: `pause`,
    when the user pauses; `eager`, also when the words have not changed for a moment (faster, but costs more);
    `off`, never. It is always `off` for a chat model with side effects (`ChatModel.acts`)."""
    prepare_budget: int = Field(3, ge=0, le=100)
    """How many prepared replies may be discarded in one turn; each costs its tokens. After each, a pause must
    last 0.4 seconds longer before the next reply is prepared."""
    ask_chat_model: bool = False
    """Whether the chat model may say that the user has not finished. When a reply is prepared, one more
    sentence in the system message asks for a mark in that case, which is not spoken or shown. The bot then
    waits as long as `patience` allows. If the user does not go on, the chat model is asked once more, without
    that sentence. Has no effect without `prepare`."""
    stable: float = Field(0.6, ge=0, le=60)
    """Seconds without a change after which words are answered even though the recogniser has not finalised
    them."""
    final_timeout: float = Field(2.0, ge=0, le=60)
    """Seconds to wait for the recogniser's final transcript before the partial one is answered."""
    interruptible: bool = True
    """Whether the user may interrupt the bot by speaking."""
    interruption: float = Field(0.7, ge=0, le=10)
    """Seconds of speech without words after which the bot pauses; until then it lowers its voice. It goes on
    if no words follow. Words interrupt it at once, except backchannels such as "mm-hm" or "okay". With 0, any
    sound interrupts it."""

    def asking_rules(self) -> tuple[AskingRule, ...]:
        """Return `after_asking`; if it is unset, the rules for the questions of all known languages.

        Not a default, since reading the languages would then delay the start of every bot.
        """
        return _rules_of_all_languages() if self.after_asking is None else self.after_asking


class ReplyOptions(Options):
    """How a reply is spoken, and how long its providers may take."""

    first_unit: Literal["short", "sentence"] = "short"
    """`short` speaks the first few words as soon as they are available; `sentence` waits for a sentence."""
    chat_timeout: float = Field(15.0, gt=0, le=600)
    """Seconds that the chat model may take for each piece of text before it counts as failed."""
    speech_timeout: float = Field(10.0, gt=0, le=600)
    """Seconds that the synthesizer may take for each piece of sound before it counts as failed."""


def _none_empty(texts: tuple[str, ...]) -> tuple[str, ...]:
    if not all(text.strip() for text in texts):
        raise ValueError("one of the texts is empty")
    return texts


class IdleOptions(Options):
    """What the bot says when the user stays silent."""

    after: float | None = Field(None, gt=0, le=3600)
    """Seconds of silence after which the bot says a prompt; unset means never."""
    prompts: tuple[str, ...] = ("Are you still there?",)
    """What it says, one prompt after the other; the last one is repeated."""
    most: int = Field(2, ge=0, le=1000)
    """Maximum number of prompts before the user's next turn."""

    @field_validator("prompts")
    @classmethod
    def _say_something(cls, prompts: tuple[str, ...]) -> tuple[str, ...]:
        if not prompts:
            raise ValueError("needs at least one text")
        return _none_empty(prompts)


class GoodbyeOptions(Options):
    """How a conversation ends, apart from hanging up or Ctrl-C."""

    phrases: tuple[str, ...] = ()
    """What the user says to end the conversation, such as `goodbye`. Courtesies around it ("okay, goodbye
    then") are ignored; with any other words around it, it does not count."""
    after: float | None = Field(None, gt=0, le=86_400)
    """Seconds since the user's last turn after which the bot ends the conversation; unset means never."""
    line: str = "Goodbye."
    """What the bot says at the end. If empty, the chat model answers the user's phrase, and after a silence
    the conversation ends without a word."""

    @field_validator("phrases")
    @classmethod
    def _say_something(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        return _none_empty(phrases)


LanguageTag: TypeAlias = Annotated[str, AfterValidator(language_tag)]
EchoMode: TypeAlias = Literal["none", "mute", "cancel"]


class Settings(Options):
    """Everything in a config except its providers."""

    name: str = "Bot"
    """The bot's name on the screen."""
    setup: str = ""
    """A hint shown below the list of missing variables if the config's variables are not all set."""
    system: str = ""
    """The bot's persona: the system message of its chat model."""
    greeting: str = ""
    """What the bot says first; if empty, nothing."""
    on_error: str = "Sorry, something went wrong. Please say that again."
    """What the bot says when a provider fails; ideally in the words of its persona."""
    on_unspeakable: str = ""
    """What the bot says instead of a reply that cannot be spoken, such as a lone emoji or a piece of code. If
    empty, the reply is shown and nothing is said."""
    language: LanguageTag = "en-US"
    """Language of the conversation, as a BCP 47 tag: that of the bot's own lines, such as the greeting, and
    until the user has spoken another one, of everything."""
    languages: tuple[LanguageTag, ...] = ()
    """Languages that the user may speak, as BCP 47 tags such as `[en-US, de-DE]`, if there are several. The
    recogniser is told to expect them; the voice speaks the language of the user's turn, as far as it can.
    `language` is always one of them; unless you or a config that you extend set it, it is the first."""
    phrases: tuple[str, ...] = ()
    """Phrases that the recogniser should expect, in addition to those that the chat model knows."""
    start_timeout: float = Field(30.0, gt=0, le=600)
    """Seconds that each provider may take to start."""
    recognizer_timeout: float = Field(10.0, gt=0, le=600)
    """Seconds that the recogniser may take to accept a piece of sound before it counts as failed."""
    listening_tone: bool = False
    """Whether a short tone is played when the bot starts to listen."""
    echo: EchoMode = "none"
    """What keeps the bot from hearing itself. `none`: nothing, for headphones. `cancel`: the bot's voice is
    removed from the microphone's sound, and you can interrupt it, for loudspeakers (needs the extra `aec`).
    `mute`: the microphone is off while the bot speaks, so you cannot interrupt it by speaking. In every mode,
    the bot ignores its own voice if it still hears it."""
    turns: TurnOptions = TurnOptions()
    idle: IdleOptions = IdleOptions()
    goodbye: GoodbyeOptions = GoodbyeOptions()
    reply: ReplyOptions = ReplyOptions()
    history: HistoryOptions = HistoryOptions()
    tool_use: ToolUseOptions = ToolUseOptions()
    prices: Path | None = None
    """A file of your own prices, which come before those that voicebot knows; for the line at the end of
    `voicebot run`, and for `budget`."""

    @model_validator(mode="after")
    def _begin_with_the_first(self) -> Settings:
        if self.languages and "language" not in self.model_fields_set:
            object.__setattr__(self, "language", self.languages[0])
        return self

    @property
    def spoken_languages(self) -> tuple[str, ...]:
        """All languages of the conversation: `language`, and then the others of `languages`."""
        by_name: dict[str, str] = {}
        for tag in (self.language, *self.languages):
            by_name.setdefault(tag.lower(), tag)  # tags differ in more than upper and lower case
        return tuple(by_name.values())

    @field_validator("echo", mode="before")
    @classmethod
    def _refuse_on_and_off(cls, value: object) -> object:
        if isinstance(value, bool):  # which YAML makes of `off` and `no`, `on` and `yes`
            raise ValueError(
                "on, off, yes and no are ambiguous; use none (headphones), cancel (loudspeaker) or mute"
            )
        return value
