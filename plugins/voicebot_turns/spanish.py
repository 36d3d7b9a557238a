"""Spanish words, from its grammar, not from any test."""

from __future__ import annotations

from voicebot_turns.words import Words, listed, phrases

SPANISH = Words(
    leaning=listed(
        "el la los las un una unos unas mi mis tu tus su sus nuestro nuestra este esta estos estas ese "
        "esa y e o u pero porque si que cuando mientras aunque como para por con sin sobre entre hacia "
        "hasta desde de del a al en contra según durante yo él ella nosotros ellos ellas soy eres somos "
        "era estoy he has ha hemos han quiero quiere quisiera puedo puede puedes debo debe tengo tiene "
        "voy va vamos muy más menos tan cada algún alguna ningún ninguna también incluso me te se lo le "
        "les nos señor señora doctor qué cuál"
    ),
    leaning_pairs=phrases("voy a, va a, tengo que, hay que, me gustaría, ganas de, a ver"),
    stranded=listed("es son está están"),
    subjects=listed("yo tú él ella nosotros ustedes ellos ellas"),
    subordinators=listed("si cuando porque mientras aunque como"),
    prepositions=listed("a al en con sin por para de del desde hasta sobre entre durante"),
    fillers=listed("eh em este mmm hmm"),
    closed=phrases(
        "sí, si, no, vale, ok, okay, claro, por supuesto, gracias, muchas gracias, para, basta, cancela, "
        "hola, adiós, hasta luego, buenas noches, buenos días, buenas tardes, ayuda, nada, sí gracias, "
        "no gracias, eso es todo, exacto, correcto, no sé, no lo sé, sigue, otra vez"
    ),
    endings=("por favor", "gracias", "hoy", "mañana", "ahora"),
    openers=listed("y pero bueno pues eh hola oye entonces vale"),
    question_words=listed("qué quién quiénes dónde cuándo cómo cuál cuáles cuánto cuánta cuántos"),
    inverted=listed("puedes puede podrías podría tienes tiene hay sabes sabe quieres es está"),
    adverbial=listed("cómo cuándo"),
    clausal=listed("cuándo qué"),
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
    digits=listed("cero uno dos tres cuatro cinco seis siete ocho nueve más"),
    numbers=listed(
        "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte treinta "
        "cuarenta cincuenta sesenta setenta ochenta noventa cien primero"
    ),
    months=listed("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
    asked={
        "phone": ("número", "teléfono"),
        "birth": ("fecha de nacimiento", "cumpleaños"),
        "address": ("dirección", "domicilio", "dónde vives", "dónde vive"),
    },
)
