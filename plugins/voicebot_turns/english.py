"""English words, from its grammar, not from any test."""

from __future__ import annotations

from voicebot_turns.words import Words, listed, phrases

ENGLISH = Words(
    leaning=listed(
        "a an the my your his her its our their and or but because so if when while although though "
        "unless until since than whether onto per via between among without within "
        "during toward towards despite except as i'm we're they're you're he's she's it's "
        "that's there's i'd we'd i've we've i'll we'll they'll am be been have has had do does did will "
        "would can could should must may might shall gonna wanna let lets let's very really quite "
        "more less most every each some any no not never always just only also even what's where's who's "
        "how's which whose another other both either neither mr mrs dr st maybe perhaps called named "
        "says said tell show give make put set take"
    ),
    leaning_pairs=phrases("going to, want to, have to, need to, like to, able to, used to, kind of, sort of"),
    stranded=listed(
        "to for with after what where who how like i we they he she at of from into against upon "
        "is are was were want wants need needs get"
    ),
    particles=listed("on off up down out in over by about under before through too"),
    pointing=listed("this that these those"),
    transitive=listed(
        "add bring buy carry cause choose contain create describe discuss enjoy fetch fix hold include "
        "introduce invite keep lend mean mention offer own place prefer produce protect provide raise "
        "receive remove replace represent require send spend suggest adding bringing buying carrying "
        "choosing containing creating describing discussing fixing holding including keeping making putting "
        "raising receiving removing replacing sending setting spending taking using giving getting"
    ),
    objects=listed("what which who whom whose whatever how much many all everything anything nothing"),
    adjectives=listed(
        "bad best better big black blue bright brown cheap clean clear cold cool dark deep different "
        "difficult dirty dry early easy empty entire exact famous fast final fine free fresh full good "
        "great green grey gray happy hard healthy heavy high hot huge important large late local long "
        "loud low main modern narrow near new next nice old perfect poor possible previous quick quiet "
        "rare real red rich rough round safe serious sharp short simple single slow small smooth soft "
        "special straight strange strong sweet tall terrible thick thin tiny total tough true typical "
        "usual various warm wet whole wide wild wonderful worst wrong yellow young"
    ),
    determiners=listed("a an the my your his her its our their this that these those every some any no"),
    subjects=listed("i you he she it we they there"),
    subordinators=listed(
        "if when because while although though unless until whether whenever before after since once"
    ),
    prepositions=listed(
        "at in on from with without for during between after before by under over near behind beside "
        "despite through across about into"
    ),
    fillers=listed("um uh uhm er erm ah hmm hm mm eh"),
    closed=phrases(
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
    openers=listed("and so but okay ok well um uh hey hi hello then please now alright"),
    question_words=listed("what what's where where's who who's when how how's why which whose"),
    inverted=listed(
        "is are was were do does did can could will would should shall may have has had am isn't aren't "
        "don't doesn't didn't can't couldn't won't wouldn't"
    ),
    auxiliaries=listed(
        "do does did can could will would should shall may might must have has had don't can't"
    ),
    contracted=("'s", "'re", "'ll", "'ve", "'d", "'m"),
    adverbial=listed("how when why"),
    clausal=listed("when why"),
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
    digits=listed("zero oh one two three four five six seven eight nine double triple plus"),
    numbers=listed(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty "
        "fifty sixty seventy eighty ninety hundred first second third fourth fifth sixth seventh eighth "
        "ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
        "nineteenth twentieth thirtieth"
    ),
    months=listed("january february march april may june july august september october november december"),
    asked={
        "phone": ("phone", "number", "mobile"),
        "birth": ("date of birth", "birthday", "born"),
        "address": ("address", "where should we send", "where do you live"),
    },
)
