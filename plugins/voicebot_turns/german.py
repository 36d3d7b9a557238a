"""German words, from its grammar, not from any test."""

from __future__ import annotations

from voicebot_turns.words import Words, listed, phrases

GERMAN = Words(
    leaning=listed(
        "der die das den dem des ein eine einen einem einer eines mein meine meinen meinem dein deine "
        "deinen sein seine ihr ihre ihren unser unsere euer und oder aber weil dass ob wenn als während "
        "obwohl damit denn sondern bis seit von bei für gegen ohne in im am über unter hinter neben "
        "zwischen zum zur vom beim ich wir du er man bin waren habe hat haben hatte werde wird werden "
        "würde würden können könnte will wollen möchte muss müssen soll sollte darf sehr ganz mehr "
        "weniger jeder jede jeden einige kein keine keinen nur schon sogar heißt welche welcher welches "
        "herr frau doktor sankt"
    ),
    particles=listed("an auf aus zu mit vor nach um durch ist sind war kann wie"),
    subjects=listed("ich du er sie es wir ihr man"),
    subordinators=listed("wenn weil dass ob obwohl während damit bevor nachdem sobald falls"),
    prepositions=listed("in im an am auf bei beim mit nach von vom zu zum zur für über unter vor seit ohne"),
    fillers=listed("äh ähm öh öhm hm hmm ehm tja naja also"),
    closed=phrases(
        "ja, nein, doch, okay, ok, gut, genau, richtig, klar, sicher, natürlich, danke, vielen dank, "
        "danke schön, bitte, stopp, stop, halt, abbrechen, hallo, tschüss, auf wiedersehen, gute nacht, "
        "guten morgen, guten tag, hilfe, egal, nichts, ja bitte, nein danke, das ist alles, das war's, "
        "das wär's, weiß nicht, ich weiß nicht, weiter, nochmal, noch einmal, stimmt"
    ),
    endings=("bitte", "danke", "heute", "morgen", "jetzt", "tschüss"),
    openers=listed("und aber okay ok also äh ähm hallo dann bitte na nun jetzt"),
    question_words=listed(
        "was wo wer wen wem wann wie warum wieso weshalb woher wohin welche welcher welches"
    ),
    inverted=listed(
        "ist sind war waren hast hat haben habt kann kannst können könnt könnte könntest könnten wirst "
        "wird würdest würden willst soll sollte darf muss gibt weißt machst geht kennst"
    ),
    adverbial=listed("wie wann warum wieso weshalb"),
    clausal=listed("wann warum wieso weshalb"),
    holding=(
        "moment",
        "moment mal",
        "sekunde",
        "warte mal",
        "warten sie",
        "weißt du",
        "wissen sie",
        "lass mich überlegen",
        "mal sehen",
        "mal schauen",
        "sag ich mal",
    ),
    digits=listed("null eins zwei zwo drei vier fünf sechs sieben acht neun doppel plus"),
    numbers=listed(
        "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreißig "
        "vierzig fünfzig sechzig siebzig achtzig neunzig hundert"
    ),
    months=listed("januar februar märz april mai juni juli august september oktober november dezember"),
    asked={
        "phone": ("telefonnummer", "handynummer", "nummer"),
        "birth": ("geburtsdatum", "geburtstag", "geboren"),
        "address": ("adresse", "wohnen sie", "wohnst du"),
    },
)
