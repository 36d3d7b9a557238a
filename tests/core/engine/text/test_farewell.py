"""Farewells: which texts are one, in many languages."""

from __future__ import annotations

import pytest

from voicebot.engine.text.farewell import is_farewell


@pytest.mark.parametrize(
    ("text", "farewell"),
    [
        ("Goodbye.", True),
        ("okay, thank you, goodbye", True),
        ("That's all for today, thanks!", True),
        ("how do you say goodbye", False),
        ("don't say goodbye", False),
        ("that's all i know about it", False),
        ("that's all right", False),
        ("that's all i see", False),
        ("i see, that's all then", True),
        ("thank you", False),
        ("", False),
    ],
)
def test_a_farewell_is_a_phrase_among_courtesies(text: str, *, farewell: bool) -> None:
    assert is_farewell(text, ("!", "goodbye", "that's all")) is farewell


FAREWELLS = (
    *(
        "goodbye",
        "bye",
        "auf wiedersehen",
        "tschüss",
        "au revoir",
        "adiós",
        "hasta luego",
        "ciao",
        "再见",
        "さようなら",
    ),
    *("до свидания", "안녕히 계세요", "अलविदा", "مع السلامة"),
)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Goodbye, Captain Flint.",
            "Captain Flint, goodbye!",
            "Goodbye, Captain.",
            "Good-bye",
            "Good bye.",
            "Byeee",
        ),
        *(
            "All right, goodbye",
            "Alright then, goodbye.",
            "Goodbye, have a nice day",
            "ok thanks, bye for now",
        ),
        *(
            "goodbye everyone",
            "Bye bye!",
            "Goodbye. Goodbye!",
            "No thanks, goodbye.",
            "I have to go now, bye",
        ),
        *("Thanks for your help, bye", "Goodbye, my friend, see you tomorrow!", "have a great evening, bye"),
        *("Okay, tschüss, schönen Tag noch!", "Danke, das war's, tschüß", "Auf Wiedersehen, Captain Flint"),
        *(
            "Merci beaucoup, au revoir et bonne journée",
            "D’accord, au revoir",
            "Muchas gracias por todo, adiós",
        ),
        *(
            "Vale, hasta luego",
            "Grazie mille, ciao!",
            "好的，再见！",
            "谢谢你，再见",
            "ありがとう、さようなら。",
        ),
        *(
            "Спасибо, до свидания",
            "네, 감사합니다. 안녕히 계세요.",
            "ठीक है, धन्यवाद, अलविदा।",
            "شكرًا، مع السلامة",
        ),
    ],
)
def test_courtesies_and_the_name_of_the_bot_may_accompany_a_farewell(text: str) -> None:
    assert is_farewell(text, FAREWELLS, "Captain Flint")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "say goodbye to my mother",
            "how do you say goodbye in French",
            "goodbye is a sad word",
            "she said goodbye",
        ),
        *(
            "don't say goodbye yet",
            "goodbye to all that",
            "no goodbye",
            "hello goodbye",
            "not goodbye",
            "wait, goodbye?",
        ),
        *(
            "Captain Flint",
            "have a nice day",
            "good boy",
            "buy",
            "goodbye yellow brick road",
            "Goodbye, Captain Hook",
        ),
        *(
            "wie sagt man auf wiedersehen",
            "dis au revoir à ma mère",
            "¿cómo se dice adiós?",
            "再见是什么意思",
        ),
    ],
)
def test_other_words_do_not_make_a_farewell(text: str) -> None:
    assert not is_farewell(text, FAREWELLS, "Captain Flint")
