"""The small words by which a turn is judged, by language: from grammars, not from any test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, without case.

    `leaning` cannot end a sentence, `stranded` seldom but in a question. `particles` may, "turn it on", and
    `pointing` words, if no noun follows: "I like that".
    `transitive` verbs need an object after them, unless one of `objects` came before: "what do you mean".
    `adjectives` need a noun after `determiners`. `subjects` need a verb after `subordinators` and, when the
    turn begins so, after one of `inverted`. A turn that begins with one of `prepositions` or `subordinators`
    and is short is part of a sentence.
    `closed` are whole turns, `endings` end one politely. `openers` may stand before a question; `inverted`
    are verbs that ask by coming first, and of them `auxiliaries` need another verb. `contracted` are endings
    of words that lean on the next. `adverbial` question words ask for no thing that a preposition at the end
    could lean on. `holding` phrases hold the turn, at its end. `digits` and `numbers` (of two digits) make
    phone numbers and dates; `asked` are what the bot asks for when these will follow.
    """

    leaning: frozenset[str] = frozenset()
    leaning_pairs: frozenset[str] = frozenset()
    stranded: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    pointing: frozenset[str] = frozenset()
    transitive: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    adjectives: frozenset[str] = frozenset()
    determiners: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    subordinators: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    fillers: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()
    openers: frozenset[str] = frozenset()
    question_words: frozenset[str] = frozenset()
    inverted: frozenset[str] = frozenset()
    auxiliaries: frozenset[str] = frozenset()
    contracted: tuple[str, ...] = ()
    adverbial: frozenset[str] = frozenset()
    holding: tuple[str, ...] = ()
    digits: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.split(","))


_ENGLISH = Words(
    leaning=_words(
        "a an the my your his her its our their and or but because so if when while although though "
        "unless until since than whether onto per via between among without within "
        "during toward towards despite except as i'm we're they're you're he's she's it's "
        "that's there's i'd we'd i've we've i'll we'll they'll am be been have has had do does did will "
        "would can could should must may might shall gonna wanna let lets let's very really quite "
        "more less most every each some any no not never always just only also even what's where's who's "
        "how's which whose another other both either neither mr mrs dr st maybe perhaps called named "
        "says said tell show give make put set take"
    ),
    leaning_pairs=_phrases(
        "going to, want to, have to, need to, like to, able to, used to, kind of, sort of"
    ),
    stranded=_words(
        "to for with after what where who how like i we they he she at of from into against upon "
        "is are was were want wants need needs get"
    ),
    particles=_words("on off up down out in over by about under before through too"),
    pointing=_words("this that these those"),
    transitive=_words(
        "add bring buy carry cause choose contain create describe discuss enjoy fetch fix hold include "
        "introduce invite keep lend mean mention offer own place prefer produce protect provide raise "
        "receive remove replace represent require send spend suggest adding bringing buying carrying "
        "choosing containing creating describing discussing fixing holding including keeping making putting "
        "raising receiving removing replacing sending setting spending taking using giving getting"
    ),
    objects=_words("what which who whom whose whatever how much many all everything anything nothing"),
    adjectives=_words(
        "bad best better big black blue bright brown cheap clean clear cold cool dark deep different "
        "difficult dirty dry early easy empty entire exact famous fast final fine free fresh full good "
        "great green grey gray happy hard healthy heavy high hot huge important large late local long "
        "loud low main modern narrow near new next nice old perfect poor possible previous quick quiet "
        "rare real red rich rough round safe serious sharp short simple single slow small smooth soft "
        "special straight strange strong sweet tall terrible thick thin tiny total tough true typical "
        "usual various warm wet whole wide wild wonderful worst wrong yellow young"
    ),
    determiners=_words("a an the my your his her its our their this that these those every some any no"),
    subjects=_words("i you he she it we they there"),
    subordinators=_words(
        "if when because while although though unless until whether whenever before after since once"
    ),
    prepositions=_words(
        "at in on from with without for during between after before by under over near behind beside "
        "despite through across about into"
    ),
    fillers=_words("um uh uhm er erm ah hmm hm mm eh"),
    closed=_phrases(
        "yes, no, yeah, yep, nope, okay, ok, sure, of course, right, thanks, thank you, thank you very "
        "much, stop, cancel, hello, hi, hey, goodbye, bye, good night, good morning, help, never mind, "
        "nothing, no thanks, no thank you, yes please, that's all, that is all, that's it, i don't know, "
        "go on, continue, again, repeat that, say that again, correct, exactly, "
        "why not, really, me too, let's go, and you, what's that, what's this"
    ),
    endings=(
        "please",
        "thank you",
        "thanks",
        "today",
        "tomorrow",
        "tonight",
        "right now",
        "goodbye",
        "for me",
    ),
    openers=_words("and so but okay ok well um uh hey hi hello then please now alright"),
    question_words=_words("what what's where where's who who's when how how's why which whose"),
    inverted=_words(
        "is are was were do does did can could will would should shall may have has had am isn't aren't "
        "don't doesn't didn't can't couldn't won't wouldn't"
    ),
    auxiliaries=_words(
        "do does did can could will would should shall may might must have has had don't can't"
    ),
    contracted=("'s", "'re", "'ll", "'ve", "'d", "'m"),
    adverbial=_words("how when why"),
    holding=(
        "you know",
        "i mean",
        "let me think",
        "let me see",
        "let me check",
        "one moment",
        "just a moment",
        "one second",
        "just a second",
        "hold on",
        "wait a second",
        "give me a second",
    ),
    digits=_words("zero oh one two three four five six seven eight nine double triple plus"),
    numbers=_words(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty "
        "fifty sixty seventy eighty ninety hundred first second third fourth fifth sixth seventh eighth "
        "ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
        "nineteenth twentieth thirtieth"
    ),
    months=_words("january february march april may june july august september october november december"),
    asked={
        "phone": ("phone", "number", "mobile"),
        "birth": ("date of birth", "birthday", "born"),
        "address": ("address", "where should we send", "where do you live"),
    },
)
_GERMAN = Words(
    leaning=_words(
        "der die das den dem des ein eine einen einem einer eines mein meine meinen meinem dein deine "
        "deinen sein seine ihr ihre ihren unser unsere euer und oder aber weil dass ob wenn als während "
        "obwohl damit denn sondern bis seit von bei für gegen ohne in im am über unter hinter neben "
        "zwischen zum zur vom beim ich wir du er man bin waren habe hat haben hatte werde wird werden "
        "würde würden können könnte will wollen möchte muss müssen soll sollte darf sehr ganz mehr "
        "weniger jeder jede jeden einige kein keine keinen nur schon sogar heißt welche welcher welches "
        "herr frau doktor sankt"
    ),
    particles=_words("an auf aus zu mit vor nach um durch ist sind war kann wie"),
    subjects=_words("ich du er sie es wir ihr man"),
    subordinators=_words("wenn weil dass ob obwohl während damit bevor nachdem sobald falls"),
    prepositions=_words("in im an am auf bei beim mit nach von vom zu zum zur für über unter vor seit ohne"),
    fillers=_words("äh ähm öh öhm hm hmm ehm tja naja also"),
    closed=_phrases(
        "ja, nein, doch, okay, ok, gut, genau, richtig, klar, sicher, natürlich, danke, vielen dank, "
        "danke schön, bitte, stopp, stop, halt, abbrechen, hallo, tschüss, auf wiedersehen, gute nacht, "
        "guten morgen, guten tag, hilfe, egal, nichts, ja bitte, nein danke, das ist alles, das war's, "
        "das wär's, weiß nicht, ich weiß nicht, weiter, nochmal, noch einmal, stimmt"
    ),
    endings=("bitte", "danke", "heute", "morgen", "jetzt", "tschüss"),
    openers=_words("und aber okay ok also äh ähm hallo dann bitte na nun jetzt"),
    question_words=_words(
        "was wo wer wen wem wann wie warum wieso weshalb woher wohin welche welcher welches"
    ),
    inverted=_words(
        "ist sind war waren hast hat haben habt kann kannst können könnt könnte könntest könnten wirst "
        "wird würdest würden willst soll sollte darf muss gibt weißt machst geht kennst"
    ),
    adverbial=_words("wie wann warum wieso weshalb"),
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
    digits=_words("null eins zwei zwo drei vier fünf sechs sieben acht neun doppel plus"),
    numbers=_words(
        "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreißig "
        "vierzig fünfzig sechzig siebzig achtzig neunzig hundert"
    ),
    months=_words("januar februar märz april mai juni juli august september oktober november dezember"),
    asked={
        "phone": ("telefonnummer", "handynummer", "nummer"),
        "birth": ("geburtsdatum", "geburtstag", "geboren"),
        "address": ("adresse", "wohnen sie", "wohnst du"),
    },
)
_FRENCH = Words(
    leaning=_words(
        "le la les l' un une des du de d' au aux mon ma mes ton ta tes son sa ses notre nos votre vos "
        "leur leurs ce cet cette ces et ou mais car donc si que qu' quand lorsque comme parce puisque "
        "pour par avec sans sous sur dans en chez vers entre contre depuis pendant avant après à je j' "
        "tu il elle on nous vous ils elles suis es est sommes êtes sont étais était ai as a avons avez "
        "ont veux veut voudrais voudrait peux peut pouvez dois doit faut vais va allez très plus moins "
        "trop chaque quelques aucun aucune ne n' aussi même c'est qui dont où monsieur madame docteur "
        "quel quelle quels quelles"
    ),
    leaning_pairs=_phrases("est ce, est-ce que, parce que, il y, j'ai, c'est, il y a, besoin de, envie de"),
    subjects=_words("je tu il elle on nous vous ils elles"),
    subordinators=_words("si quand lorsque puisque comme"),
    prepositions=_words("à au aux en dans sur sous avec sans pour par chez vers pendant depuis après avant"),
    fillers=_words("euh heu hum hmm ben bah hein"),
    closed=_phrases(
        "oui, non, si, ouais, d'accord, ok, okay, bien sûr, merci, merci beaucoup, stop, arrête, annule, "
        "bonjour, salut, au revoir, bonne nuit, bonsoir, aide, rien, oui merci, non merci, c'est tout, "
        "exactement, je ne sais pas, continue, encore, voilà"
    ),
    endings=("s'il te plaît", "s'il vous plaît", "merci", "aujourd'hui", "demain", "maintenant"),
    openers=_words("et mais alors bon ben euh bonjour salut ok donc"),
    question_words=_words(
        "qui que qu'est-ce quoi où quand comment pourquoi combien quel quelle quels quelles"
    ),
    inverted=_words(
        "est-ce peux-tu pouvez-vous peut-on as-tu avez-vous veux-tu voulez-vous est-il est-elle y"
    ),
    adverbial=_words("comment quand pourquoi"),
    holding=(
        "un instant",
        "un moment",
        "une seconde",
        "attends",
        "attendez",
        "tu sais",
        "vous savez",
        "je veux dire",
        "voyons",
    ),
    digits=_words("zéro un deux trois quatre cinq six sept huit neuf plus"),
    numbers=_words(
        "dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante cent premier"
    ),
    months=_words("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    asked={
        "phone": ("numéro", "téléphone"),
        "birth": ("date de naissance", "anniversaire"),
        "address": ("adresse", "habitez-vous", "habites-tu"),
    },
)
_SPANISH = Words(
    leaning=_words(
        "el la los las un una unos unas mi mis tu tus su sus nuestro nuestra este esta estos estas ese "
        "esa y e o u pero porque si que cuando mientras aunque como para por con sin sobre entre hacia "
        "hasta desde de del a al en contra según durante yo él ella nosotros ellos ellas soy eres somos "
        "era estoy he has ha hemos han quiero quiere quisiera puedo puede puedes debo debe tengo tiene "
        "voy va vamos muy más menos tan cada algún alguna ningún ninguna también incluso me te se lo le "
        "les nos señor señora doctor qué cuál"
    ),
    leaning_pairs=_phrases("voy a, va a, tengo que, hay que, me gustaría, ganas de, a ver"),
    stranded=_words("es son está están"),
    subjects=_words("yo tú él ella nosotros ustedes ellos ellas"),
    subordinators=_words("si cuando porque mientras aunque como"),
    prepositions=_words("a al en con sin por para de del desde hasta sobre entre durante"),
    fillers=_words("eh em este mmm hmm"),
    closed=_phrases(
        "sí, si, no, vale, ok, okay, claro, por supuesto, gracias, muchas gracias, para, basta, cancela, "
        "hola, adiós, hasta luego, buenas noches, buenos días, buenas tardes, ayuda, nada, sí gracias, "
        "no gracias, eso es todo, exacto, correcto, no sé, no lo sé, sigue, otra vez"
    ),
    endings=("por favor", "gracias", "hoy", "mañana", "ahora"),
    openers=_words("y pero bueno pues eh hola oye entonces vale"),
    question_words=_words("qué quién quiénes dónde cuándo cómo cuál cuáles cuánto cuánta cuántos"),
    inverted=_words("puedes puede podrías podría tienes tiene hay sabes sabe quieres es está"),
    adverbial=_words("cómo cuándo"),
    holding=(
        "un momento",
        "un segundo",
        "espera",
        "espere",
        "a ver",
        "déjame ver",
        "déjame pensar",
        "ya sabes",
        "o sea",
        "quiero decir",
    ),
    digits=_words("cero uno dos tres cuatro cinco seis siete ocho nueve más"),
    numbers=_words(
        "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte treinta "
        "cuarenta cincuenta sesenta setenta ochenta noventa cien primero"
    ),
    months=_words("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
    asked={
        "phone": ("número", "teléfono"),
        "birth": ("fecha de nacimiento", "cumpleaños"),
        "address": ("dirección", "domicilio", "dónde vives", "dónde vive"),
    },
)
WORDS: Mapping[str, Words] = {"en": _ENGLISH, "de": _GERMAN, "fr": _FRENCH, "es": _SPANISH}
NEUTRAL = Words()
