"""Backchannels: what listeners say without wanting the turn, in many languages."""

from __future__ import annotations

import pytest

from voicebot.engine.text.backchannel import begins_backchannel, is_backchannel


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
def test_backchannels_of_many_languages(text: str) -> None:
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
def test_an_answer_or_a_command_is_not_a_backchannel(text: str) -> None:
    assert not is_backchannel(text)


@pytest.mark.parametrize("text", ["c'est", "alles", "de", "got", "oh I", "okay that makes", "明", "mm"])
def test_the_first_words_of_a_backchannel_begin_it(text: str) -> None:
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
def test_no_and_stop_do_not_begin_a_backchannel(text: str) -> None:
    assert not begins_backchannel(text)
