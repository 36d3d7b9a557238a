"""What listeners say without wanting the turn, in many languages."""

from __future__ import annotations

import pytest

from voicebot import Settings
from voicebot.config.schema import TurnOptions
from voicebot.engine.text.backchannel import begins_backchannel, is_backchannel
from voicebot.events import BotTurnEnded, UserTurnEnded
from voicebot.testing import ScriptedChatModel, converse, simulated

LONG = "The first answer is so long that you can say quite a lot before it has come to its very last word."


@pytest.mark.parametrize(
    "text",
    [
        *("Mm-hm.", "mhmm", "mmmmhm", "M-hm", "Hmm…", "uh-huh", "Uh huh.", "uhhuh", "Ah", "ohhh", "ooh"),
        *(
            "okay okay",
            "okaaay",
            "Yeah, right!",
            "yeahhh",
            "yessss",
            "alright",
            "All right.",
            "oh yeah",
            "Got it.",
        ),
        *(
            "I see",
            "Okay, I see.",
            "Sounds good to me.",
            "Fair point.",
            "Stimmt schon.",
            "Va benissimo!",
            "that makes sense",
            "of course",
            "Oh, really?",
            "yeah yeah yeah yeah yeah",
        ),
        *(
            "haha",
            "hahahahahaha",
            "Ha ha ha ha ha!",
            "[laughter]",
            "*coughs*",
            "jajaja",
            "хахаха",
            "哈哈哈哈",
            "ㅋㅋㅋㅋ",
        ),
        *("d'accord", "D’accord.", "d accord", "c'est ça", "C’est ça !", "bien sûr", "ah oui, d'accord"),
        *(
            "alles klar",
            "Ja, genau.",
            "ach so",
            "Verstehe.",
            "ja, ja",
            "De acuerdo.",
            "claro que sí",
            "sí, vale",
        ),
        *(
            "Va bene.",
            "certo",
            "Tá bom",
            "pois é",
            "ja hoor",
            "precies",
            "Jasne",
            "W porządku.",
            "да, конечно",
            "угу",
        ),
        *(
            "はい",
            "うん、うん",
            "うーん",
            "なるほど。",
            "そうですね",
            "嗯",
            "嗯嗯嗯",
            "好的",
            "嗯，好的。",
            "对对对",
            "没错",
        ),
        *(
            "네",
            "네, 알겠습니다",
            "हाँ",
            "जी हां",
            "ठीक है।",
            "نعم",
            "حسنًا",
            "evet",
            "Tabii ki",
            "ครับ",
            "ใช่ค่ะ",
            "כן",
        ),
    ],
)
def test_assent_in_many_languages_wants_no_turn(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            ".",
            "no",
            "stop",
            "wait",
            "what",
            "what?",
            "okay stop",
            "no okay",
            "yes but",
            "yes please do",
            "go on",
        ),
        *(
            "right now",
            "right turn",
            "of course not",
            "not really",
            "i see a ship",
            "i got",
            "it",
            "thanks",
            "see you",
        ),
        *(
            "uh-uh",
            "mm-mm",
            "god",
            "ham",
            "Bonn",
            "bonbon",
            "hm what",
            "okay computer",
            "cool down",
            "not good",
        ),
        *(
            "c'est",
            "c'est toi",
            "de",
            "alles",
            "ja aber",
            "nein",
            "non",
            "si pero",
            "sí, para",
            "espera",
            "oui mais",
        ),
        *(
            "いいえ",
            "ううん",
            "はい、でも",
            "不",
            "不对",
            "不好",
            "嗯不是",
            "아니",
            "네 잠깐만",
            "नहीं",
            "हम",
            "لا",
            "نعم لا",
            "hayır",
        ),
    ],
)
def test_an_answer_or_a_command_is_no_assent(text: str) -> None:
    assert not is_backchannel(text)


@pytest.mark.parametrize("text", ["c'est", "alles", "de", "got", "oh I", "okay that makes", "明", "mm"])
def test_the_first_words_of_assent_begin_it(text: str) -> None:
    assert begins_backchannel(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "no",
            "not",
            "don't",
            "stop",
            "wait",
            "what",
            "quiet",
            "help",
            "okay no",
            "c'est toi",
            "nein",
            "halt",
            "warte",
        ),
        *("non", "arrête", "attends", "para", "espera", "basta", "não", "nee", "нет", "стой", "hayır", "dur"),
        *("不", "等一下", "いいえ", "待って", "아니", "잠깐", "नहीं", "रुको", "لا", "انتظر"),
    ],
)
def test_who_says_no_or_stop_does_not_begin_assent(text: str) -> None:
    assert not begins_backchannel(text)


@simulated
async def test_assent_of_several_words_lets_the_bot_go_on() -> None:
    async with converse(chat=ScriptedChatModel([[LONG]]), settings=settings()) as user:
        await user.says("bonjour")
        while not user.hears_the_bot:
            await user.waits(0.02)
        await user.waits(1)
        await user.says("c'est ça, d'accord")
        answer = await user.is_answered()
    assert answer.heard == LONG
    assert [event.text for event in user.events if isinstance(event, UserTurnEnded)] == ["bonjour"]


@simulated
async def test_the_first_words_of_assent_alone_interrupt_once_the_user_has_fallen_silent() -> None:
    async with converse(chat=ScriptedChatModel([[LONG], ["Oui."]]), settings=settings()) as user:
        await user.says("bonjour")
        while not user.hears_the_bot:
            await user.waits(0.02)
        await user.waits(1)
        await user.says("c'est")
        interrupted = await user.is_answered()
        answer = await user.is_answered()
    assert interrupted.interrupted
    assert answer.heard == "Oui."


@simulated
async def test_assent_answers_a_question_of_any_script() -> None:
    question = "你现在想喝一杯很热很香的茶还是一杯很浓的咖啡？"
    async with converse(chat=ScriptedChatModel([[question], ["好。"]]), settings=settings()) as user:
        await user.says("你好")
        while not user.hears_the_bot:
            await user.waits(0.02)
        await user.waits(0.6)
        await user.says("好的")
        await user.is_answered()
        await user.waits(2)
    assert [event.text for event in user.events if isinstance(event, UserTurnEnded)] == ["你好", "好的"]
    assert [event.heard for event in user.events if isinstance(event, BotTurnEnded)] == [question, "好。"]


def settings() -> Settings:
    return Settings(turns=TurnOptions(patience=0.3), on_error="")
