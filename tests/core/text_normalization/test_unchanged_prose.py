"""Prose that has no written form stays as it is: a wrong reading is worse than none."""

from __future__ import annotations

import pytest

from voicebot import normalize_text

ENGLISH = (
    # the pronoun
    "The book I'm reading is long.",
    "In part I agree with you.",
    "The world I live in, and the next step I recommend.",
    "At this stage I think so.",
    "The number I have is his.",
    "In this article I explain it.",
    "In the first chapter I found a clue.",
    "As for Paul I think he is fine.",
    "As Mary I would say yes.",
    "Henry I've met before.",
    "Peter and I went home.",
    # initials, sizes and other letters
    "my friend Mary L. Jones and James V. Smith",
    "William I. Thompson wrote it.",
    "Mary L. is my friend.",
    "The IV drip is new. Start IV fluids. An IV line",
    "Size XL is fine. The Pixel XL, too.",
    "The XX chromosome",
    "Malcolm X was born there.",
    "Plan A or vitamin C?",
    "No. I don't think so.",
    "Sorry, no. I can't. I'd say no. A lot of us agree.",
    "Just a sec. I'll check. Just a sec. Let me see.",
    "Give me a sec. John will help.",
    "Use the app. Swipe left.",
    "I like art. I paint.",
    "He is my rep. Ask him.",
    "So no. V is a letter.",
    "We will see. Mark will come.",
    "He sat. Then he may go.",
    "We orbit the Sun. Mercury is closer.",
    "This is Jan. Anna is here, too.",
    "I met Max. Anna did not.",
)
GERMAN = (
    "Peter L. wohnt hier.",
    "Peter V. wohnt hier.",
    "Größe XL passt.",
    "was ich mag. Das ist gut.",
    "Das ist so. Anna kommt. Ich mag. Peter auch.",
    "Das ist Max. Anna kommt auch.",
    "Das ist Jan. Anna kennt ihn.",
    "So ist es. So sei es.",
)
FRENCH = (
    "Paul L. est là.",
    "Jean V. est parti.",
    "La taille XL est trop grande.",
    "Je l'ai mis là. Y va-t-il?",
    "C'est tout un art. Paul peint.",
    "Viens ici, mon ex. Julie aussi.",
    "J'aime la mer. Paul aime le jeu. Anna aussi.",
)
SPANISH = (
    "La talla XL es grande.",
    "Juan L. vive aquí.",
    "Creo que no. Y tú, ¿qué opinas?",
    "Eso no. A mí sí. Eso no. O sí.",
    "Va a dar mar. Juan lo ve.",
)
ITALIAN = (
    "Nel libro I ragazzi sono felici.",
    "I ragazzi del secolo scorso",
    "Paolo I bambini li conosce.",
    "La taglia XL va bene.",
    "Penso di no. E tu?",
    "Non è così. A me piace.",
    "Ciao Gio. Anna arriva.",
    "Il mar. Anna nuota.",
)
DUTCH = (
    "Willem L. woont hier.",
    "Maat XL past.",
    "Hij houdt van art. En jij?",
    "Ik heb u gezien. Een dag later.",
    "Dit is Jan. Anna komt ook.",
)
PORTUGUESE = (
    "O tamanho XL serve.",
    "O Pedro L. mora aqui.",
    "Acho que não. E você? A casa é boa.",
    "Moro no campo.",
)
PROSE = {
    "en": ENGLISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "it": ITALIAN,
    "nl": DUTCH,
    "pt": PORTUGUESE,
}


@pytest.mark.parametrize(
    ("language", "text"), [(tag, text) for tag, texts in PROSE.items() for text in texts]
)
def test_prose_stays_as_it_is(language: str, text: str) -> None:
    assert normalize_text(text, language).text == text


@pytest.mark.parametrize(
    ("language", "text", "spoken"),
    [
        ("en", "World War I ended. Chapter I is short.", "World War one ended. Chapter one is short."),
        ("en", "Elizabeth I, Charles V was king.", "Elizabeth the first, Charles the fifth was king."),
        ("en", "King James I reigned.", "King James the first reigned."),
        ("en", "Rocky IV was good.", "Rocky four was good."),
        ("en", "Henry VIII's wives", "Henry the eighth's wives"),
        ("de", "Kaiser Karl V. kam.", "Kaiser Karl der fünfte kam."),
        ("de", "Wilhelm II. war da.", "Wilhelm der zweite war da."),
        ("it", "Il Capitolo I è breve.", "Il Capitolo uno è breve."),
        ("it", "il I secolo", "il primo secolo"),
    ],
)
def test_a_numeral_that_can_be_no_word_is_read(language: str, text: str, spoken: str) -> None:
    assert normalize_text(text, language).text == spoken


@pytest.mark.parametrize(
    ("language", "text", "spoken"),
    [
        ("fr", "Donnez-m'en 2 s'il vous plaît.", "Donnez-m'en deux s'il vous plaît."),
        ("fr", "3 d'entre eux", "trois d'entre eux"),
        ("fr", "5 l’an prochain", "cinq l’an prochain"),
        ("fr", "1 000 000 d'euros", "un million d'euros"),
        ("it", "5 l'hanno visto", "cinque l'hanno visto"),
        ("en", "3 A's", "three A's"),
        ("en", "'it is 5 km'", "'it is five kilometers'"),
    ],
)
def test_a_letter_before_an_apostrophe_is_no_unit(language: str, text: str, spoken: str) -> None:
    assert normalize_text(text, language).text == spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("It costs $20s.", "It costs twenty dollars."),
        ("Only £1.50p.", "Only one pound and fifty pence."),
        ("On May 5 kg fell", "On May five kilograms fell"),
        ("Nov. 28 m", "November twenty-eight meters"),
        ("a $20 min. order", "a twenty dollars minimum order"),
        ("5 USD. 7 more", "five US dollars. seven more"),
    ],
)
def test_a_number_is_never_read_in_part(text: str, spoken: str) -> None:
    assert normalize_text(text, "en").text == spoken


@pytest.mark.parametrize(
    ("language", "text", "spoken"),
    [
        ("en", "Boil 10 min. Stir well.", "Boil ten minutes. Stir well."),
        ("en", "Add 2 tbsp. Mix it.", "Add two tablespoons. Mix it."),
        ("en", "It was 10 min. by car.", "It was ten minutes by car."),
        ("en", "It costs $4 million. Then we go.", "It costs four million dollars. Then we go."),
        ("en", "It is 5 EUR. John pays.", "It is five euros. John pays."),
        ("de", "Um 13 Uhr. Bringst du Kuchen?", "Um dreizehn Uhr. Bringst du Kuchen?"),
        ("de", "Nur 5 Min. Fußweg.", "Nur fünf Minuten Fußweg."),
        ("de", "Das sind 5 EUR. Nimm es.", "Das sind fünf Euro. Nimm es."),
        ("fr", "Il a 5 min. Paul vient.", "Il a cinq minutes. Paul vient."),
    ],
)
def test_the_full_stop_after_a_unit_that_ends_a_sentence_stays(language: str, text: str, spoken: str) -> None:
    assert normalize_text(text, language).text == spoken


@pytest.mark.parametrize(
    ("language", "text", "spoken"),
    [
        (
            "en",
            "See no. 7, fig. 3, Fig. B and art. IV.",
            "See number seven, figure three, Figure B and article four.",
        ),
        ("en", "Use the app. 20 people came.", "Use the app. twenty people came."),
        ("en", "Gen. Lee met dr. Smith.", "General Lee met doctor Smith."),
        ("de", "Mag. Huber las Nr. V.", "Magister Huber las Nummer fünf."),
        ("es", "Creo que no. 20 personas.", "Creo que no. veinte personas."),
        ("es", "el n.º 5", "el número cinco"),
        ("pt", "Moro no 5", "Moro no cinco"),
        ("fr", "au no 5", "au numéro cinq"),
    ],
)
def test_an_abbreviation_is_read_where_it_can_be_no_word(language: str, text: str, spoken: str) -> None:
    assert normalize_text(text, language).text == spoken


@pytest.mark.parametrize(
    ("language", "text", "spoken"),
    [
        ("de", "Ich nutze Python 3.11.", "Ich nutze Python drei Punkt elf."),
        ("de", "Fedora 22.04. ist da.", "Fedora 22.04. ist da."),
        ("de", "Kapitel 3.5. ist kurz.", "Kapitel 3.5. ist kurz."),
        ("de", "Am 3.5. komme ich.", "Am dritten Mai komme ich."),
        ("de", "Am 1. und 2. Juni", "Am ersten und zweiten Juni"),
        ("de", "Sein 40. Geburtstag", "Sein vierzigster Geburtstag"),
        ("de", "So 5 Leute kamen.", "So fünf Leute kamen."),
        ("fr", "Le jeu. 5 joueurs.", "Le jeu. cinq joueurs."),
        ("it", "mar 5 maggio", "mar cinque maggio"),
        ("en", "V8 engines", "V8 engines"),
        ("en", "5/5 stars, 9.5/10", "five out of five stars, nine point five out of ten"),
        ("en", "50/50", "fifty fifty"),
        ("en", "7 A levels, but 5 A.", "seven A levels, but five amps."),
        ("en", "Press 2 N times. A 12 V battery.", "Press two N times. A twelve volts battery."),
        ("en", "747s and 0s, 30s", "seven hundred forty-sevens and zeros, thirties"),
        ("en", "a $100-million deal", "a one hundred million dollars deal"),
        ("en", "5...10", "five...ten"),
        ("en", "y=-5", "y equals minus five"),
        ("en", "A 2x4.", "A two by four."),
        ("en", "a 4x100m relay, 3x4 cm", "a four by one hundred meters relay, three by four centimeters"),
        ("en", "100K users in 4K", "one hundred thousand users in four K"),
        ("en", "Est. time: soon. Est. 1990.", "Est. time: soon. Established nineteen ninety."),
        ("en", "The i7-9750, E20-30", "The i7-nine thousand seven hundred fifty, E20-thirty"),
    ],
)
def test_a_number_is_read_as_what_it_is(language: str, text: str, spoken: str) -> None:
    assert normalize_text(text, language).text == spoken
