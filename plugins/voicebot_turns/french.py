"""French words, from its grammar, not from any test."""

from __future__ import annotations

from voicebot_turns.words import Words, listed, phrases

FRENCH = Words(
    leaning=listed(
        "le la les l' un une des du de d' au aux mon ma mes ton ta tes son sa ses notre nos votre vos "
        "leur leurs ce cet cette ces et ou mais car donc si que qu' quand lorsque comme parce puisque "
        "pour par avec sans sous sur dans en chez vers entre contre depuis pendant avant après à je j' "
        "tu il elle on nous vous ils elles suis es est sommes êtes sont étais était ai as a avons avez "
        "ont veux veut voudrais voudrait peux peut pouvez dois doit faut vais va allez très plus moins "
        "trop chaque quelques aucun aucune ne n' aussi même c'est qui dont où monsieur madame docteur "
        "quel quelle quels quelles"
    ),
    leaning_pairs=phrases("est ce, est-ce que, parce que, il y, j'ai, c'est, il y a, besoin de, envie de"),
    subjects=listed("je tu il elle on nous vous ils elles"),
    subordinators=listed("si quand lorsque puisque comme"),
    prepositions=listed("à au aux en dans sur sous avec sans pour par chez vers pendant depuis après avant"),
    fillers=listed("euh heu hum hmm ben bah hein"),
    closed=phrases(
        "oui, non, si, ouais, d'accord, ok, okay, bien sûr, merci, merci beaucoup, stop, arrête, annule, "
        "bonjour, salut, au revoir, bonne nuit, bonsoir, aide, rien, oui merci, non merci, c'est tout, "
        "exactement, je ne sais pas, continue, encore, voilà"
    ),
    endings=("s'il te plaît", "s'il vous plaît", "merci", "aujourd'hui", "demain", "maintenant"),
    openers=listed("et mais alors bon ben euh bonjour salut ok donc"),
    question_words=listed(
        "qui que qu'est-ce quoi où quand comment pourquoi combien quel quelle quels quelles"
    ),
    inverted=listed(
        "est-ce peux-tu pouvez-vous peut-on as-tu avez-vous veux-tu voulez-vous est-il est-elle y"
    ),
    adverbial=listed("comment quand pourquoi"),
    clausal=listed("quand pourquoi"),
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
    digits=listed("zéro un deux trois quatre cinq six sept huit neuf plus"),
    numbers=listed(
        "dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante cent premier"
    ),
    months=listed("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    asked={
        "phone": ("numéro", "téléphone"),
        "birth": ("date de naissance", "anniversaire"),
        "address": ("adresse", "habitez-vous", "habites-tu"),
    },
)
