"""What simulated users say: requests and answers to an assistant, with the places where a speaker may stop.

Written without looking at the detector's word lists. `/` marks where a speaker may stop to think inside a
phrase: mostly before the word that has to be found, as speakers do. `//` is between clauses, `#` within a
number; at `~` the stop comes after a filler, which is said only then. A `9` stands for any digit.
"""

from __future__ import annotations

import random
import re

FILLERS = {
    "uh": 40,
    "um": 30,
    "er": 6,
    "hmm": 4,
    "you know": 8,
    "I mean": 4,
    "well": 3,
    "like": 3,
    "let me think": 2,
}
"""How often each is said, about; in American English on the telephone, "uh" and "um" are most of them."""
NAMES = "Anna Peter Maria Tom Julia Sam Nina Oscar Leila Ben Ruth Carlos Emma Victor Irene Paul".split()
CITIES = (
    "Paris Helsinki Lisbon Boston Hamburg Kyoto Dublin Madrid Oslo Chicago Vienna Leeds Perth Naples".split()
)
FOODS = "soup,pasta,mushroom risotto,fried rice,pancakes,a cheese sandwich,tomato salad,lentil curry".split(
    ","
)
TIMES = "seven,half past six,ten thirty,noon,a quarter to nine,five in the morning,eight o'clock".split(",")
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday tomorrow tonight today".split()
STREETS = "Maple Street,Station Road,Park Avenue,Mill Lane,Church Street,Elm Drive,Harbour Road".split(",")
MONTHS = "January February March April May June July August September October November December".split()
ORDINALS = "first second third fifth ninth twelfth fourteenth twentieth twenty-first thirtieth".split()
DIGITS = "zero one two three four five six seven eight nine".split()

REQUESTS = ("What can I do for you?", "How can I help?", "Anything else?", "What would you like to do next?")
PHRASES: dict[tuple[str, ...], tuple[str, ...]] = {
    REQUESTS: (
        "set an / alarm for ~ {time} // and another one ten / minutes later",
        "book a / table for ~ four at the Italian / place // the one next to / the station",
        "I'd like to / order a ~ large / pizza // with extra olives and / no onions",
        "turn off the ~ lights in the / kitchen // and close / the blinds in the bedroom",
        "if it rains {day} // can you / cancel my ~ tennis / lesson",
        "play something ~ quiet // I have had a / very long / day",
        "send a message to / {name} // tell her that I'll ~ be a little / late",
        "remind me to / call the ~ dentist on / {day}",
        "I need a / train from ~ {city} to / {city2} // on {day} if possible",
        "could you / read me the last ~ message from / {name}",
        "put / milk and ~ eggs on the shopping / list // oh and also some / bread",
        "find me a / recipe for ~ {food} // something / quick please",
        "what's the / weather going to ~ be like in / {city} {day}",
        "how long does it / take to ~ drive to / {city}",
        "when I get / home // switch on the ~ heating in the living / room",
        "who wrote the ~ book about the old / man and the sea",
        "I want to / change my ~ booking // instead of / {day} I'd rather come on {day2}",
        "can you / explain how a ~ heat / pump works // in simple words",
        "my flight was / cancelled // so I need a ~ hotel near the / airport",
        "move the / meeting with ~ {name} to / {time} // and tell the others",
        "is there a ~ pharmacy that is / open right now",
        "before you / do that // check whether ~ {name} is / free on {day}",
        "translate good / morning into ~ Portuguese",
        "stop the music",
        "what time is it in {city}",
        "turn it up a bit",
        "call {name}",
        "add {food} to the list please",
        "cancel my order",
        "how many people live in {city}",
        "tell me a joke",
        "I lost my / card // what should / I ~ do now",
        "since the / update // my phone keeps ~ asking for a / password",
    ),
    ("Tell me about your day.", "Tell me about your trip.", "What happened?"): (
        "we went to / {city} by ~ train // and then it started / to snow // so we stayed at / the hotel",
        "I got up at / {time} // had breakfast with ~ {name} // and after / that I went for a run",
        "the parcel came on ~ {day} // but the / box was broken // and one of the / glasses is missing",
        "{name} forgot the / keys // so we had to ~ wait outside for / two hours",
        "it was / raining all day // we watched an ~ old / film // and my / sister made {food}",
        "nothing special // I worked in the ~ garden until it / got dark",
        "the engine made a / strange ~ noise // and then the / whole car just stopped",
        "my neighbour has a / new ~ dog // it's a big / brown one // and it barks all / night",
        "when we / arrived // the museum was ~ already / closed",
        "I have been / looking for a ~ flat near the / university // but everything is / too expensive",
    ),
    ("What is your phone number?", "Which phone number can we reach you on?"): (
        "999 # 999 # 9999",
        "it's ~ 999 # 99 99 # 999",
        "my number is / 9999 # 999 ~ 999",
        "sure // it's 999 # 999 # 99 99",
    ),
    ("What is your address?", "Where should we send it?"): (
        "{number} # {number2} {street} in / {city}",
        "{street} ~ {number} // {city}",
        "it's / number ~ {number} {street} // the second / floor please",
        "to my / office in ~ {city} // {street} / {number}",
    ),
    ("What is your date of birth?", "Which date suits you?"): (
        "the / {ordinal} of ~ {month} nineteen # {tens}",
        "{month} the / {ordinal} nineteen # {tens}",
        "maybe the ~ {ordinal} of / {month} // or the week / after that",
        "{day} would / be fine // but not ~ before / {time}",
    ),
    ("What is your order number?", "What is your customer number?"): (
        "99 # 99 # 99 # 99",
        "one moment // it's ~ 9999 # 9999",
        "it says {letter} {letter2} # 999 # 999",
    ),
    ("Shall I book it?", "Is that right?", "Would you like to hear more?", "Do you want me to go on?"): (
        "yes",
        "yes please",
        "no",
        "no thanks",
        "that's right",
        "yes // but make it for ~ two / people",
        "no // I meant the / other ~ one",
        "maybe later",
        "I don't ~ know / yet",
        "sounds good",
        "not really // it's a bit / too ~ expensive",
        "sure // go ahead",
    ),
    (
        "What is your name?",
        "Which city do you live in?",
        "How many people are coming?",
        "What do you think?",
    ): (
        "{name}",
        "my name is / {name}",
        "in {city} // but I'm moving to / {city2} soon",
        "four // or maybe ~ five",
        "just me and / {name}",
        "I think it's a / good ~ idea // if it doesn't / cost too much",
        "well it / depends ~ on the weather",
        "I would / say about ~ twenty",
    ),
}
SHARES = (45, 18, 8, 6, 6, 4, 8, 5)
"""How many turns in a hundred answer each of those groups."""


def phrase(draw: random.Random) -> tuple[str, str]:
    """Draw what the bot asked and what the user answers, with all marks."""
    (asked, phrases), *_ = draw.choices(list(PHRASES.items()), SHARES)
    said = draw.choice(phrases).format_map(_slots(draw))
    said = re.sub(r"9(?=9)", "9 ", said)
    said = re.sub("9", lambda _: draw.choice(DIGITS), said)
    return draw.choice(asked), said


def filler(draw: random.Random) -> list[str]:
    """Draw the words of a filler."""
    return draw.choices(list(FILLERS), list(FILLERS.values()))[0].split()


def _slots(draw: random.Random) -> dict[str, str]:
    city, city2 = draw.sample(CITIES, 2)
    day, day2 = draw.sample(DAYS, 2)
    number, number2 = draw.sample(("twelve", "forty", "eight", "seventy", "twenty", "six", "nine"), 2)
    letter, letter2 = draw.sample("A B D F K M R T X".split(), 2)
    return {
        "name": draw.choice(NAMES),
        "city": city,
        "city2": city2,
        "food": draw.choice(FOODS),
        "time": draw.choice(TIMES),
        "day": day,
        "day2": day2,
        "street": draw.choice(STREETS),
        "month": draw.choice(MONTHS),
        "ordinal": draw.choice(ORDINALS),
        "tens": draw.choice(("sixty", "seventy", "eighty", "ninety")) + " " + draw.choice(DIGITS[1:]),
        "number": number,
        "number2": number2,
        "letter": letter,
        "letter2": letter2,
    }
