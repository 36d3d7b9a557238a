"""How written forms are spoken in the languages that voicebot knows well."""

from __future__ import annotations

import pytest

from voicebot import normalize_text

ENGLISH = {
    # money
    "a pizza for $8.25": "a pizza for eight dollars and twenty-five cents",
    "It cost $1.": "It cost one dollar.",
    "only $0.45 left": "only forty-five cents left",
    "$2,300 a month": "two thousand three hundred dollars a month",
    "worth $4.7 billion": "worth four point seven billion dollars",
    "a £3m house": "a three million pounds house",
    "¥800 or 9 EUR": "eight hundred yen or nine euros",
    "US$60 and CHF 30": "sixty US dollars and thirty Swiss francs",
    "He owes -$15": "He owes minus fifteen dollars",
    "$15-25 each": "fifteen to twenty-five dollars each",
    "$9/month": "nine dollars per month",
    # titles, streets and other abbreviations
    "Ask Dr. Jones.": "Ask Doctor Jones.",
    "Mr. and Mrs. Hill met Prof. Kim": "Mister and Missus Hill met Professor Kim",
    "St. Peter lived on Elm St. for years": "Saint Peter lived on Elm Street for years",
    "He left Elm St. Then it rained.": "He left Elm Street. Then it rained.",
    "12 Oak Dr. is hers": "twelve Oak Drive is hers",
    "see No. 4, p. 9 and Fig. 2": "see Number four, page nine and Figure two",
    "No. Never.": "No. Never.",
    "that is, i.e. 8, e.g. nuts, etc.": "that is, that is eight, for example nuts, et cetera.",
    "I met Max. He is apt.": "I met Max. He is apt.",
    "max. 5, est. 1990": "maximum five, established nineteen ninety",
    "Acme Inc. grew approx. 5 times": "Acme Incorporated grew approximately five times",
    # dates and times
    "on 2025-03-14": "on March fourteenth twenty twenty-five",
    "in Feb. 1987": "in February nineteen eighty-seven",
    "on Oct. 3, 2004": "on October third, two thousand four",
    "the 4th of July": "the fourth of July",
    "I may 5 times": "I may five times",
    "Mon-Fri 9-5": "Monday to Friday nine to five",
    "at 9:45 pm": "at nine forty-five p.m.",
    "at 7 a.m. Then we go": "at seven a.m. Then we go",
    "9am-5pm, 10 a.m.–noon": "nine a.m. to five p.m., ten a.m.–noon",
    "2h 15m, 1:00:30": "two hours fifteen minutes, one zero thirty",
    "3 p.m. EST.": "three p.m. EST.",
    "16:05 or 8:00": "sixteen oh five or eight o'clock",
    "2–4 pm": "two to four p.m.",
    # numbers
    "born in 1984": "born in nineteen eighty-four",
    "1984 people": "one thousand nine hundred eighty-four people",
    "the 1700s and the '60s": "the seventeen hundreds and the sixties",
    "22nd, 3rd, 101st": "twenty-second, third, one hundred first",
    "6,500,000 of them": "six million five hundred thousand of them",
    "2.718 and .25": "two point seven one eight and point two five",
    "€1.299,00": "one thousand two hundred ninety-nine euros",
    "it was -7 outside": "it was minus seven outside",
    "agent 007": "agent zero zero seven",
    "between 20-30": "between twenty to thirty",
    "they won 4-1": "they won four to one",
    "2/3 of a 1 1/2 hour talk": "two thirds of a one and one half hour talk",
    "1/2 kg, 2½ miles": "one half kilogram, two and one half miles",
    "open 24/7": "open twenty-four seven",
    "a 10:1 ratio": "a ten to one ratio",
    # units
    "18 °C, 65°F": "eighteen degrees Celsius, sixty-five degrees Fahrenheit",
    "90 km/h, 1 km": "ninety kilometers per hour, one kilometer",
    "8 GB, 250mg": "eight gigabytes, two hundred fifty milligrams",
    "40%, 2.5 %": "forty percent, two point five percent",
    "6'2\" tall": "six feet two inches tall",
    "a 5-kg bag, a 10-mile run": "a five-kilogram bag, a ten-mile run",
    "3 in stock": "three in stock",
    "51.5° N, 0.1° W": "fifty-one point five degrees north, zero point one degrees west",
    "5 mg 3x/day": "five milligrams three times per day",
    "10 x 15 cm": "ten by fifteen centimeters",
    # Roman numerals
    "Edward VII": "Edward the seventh",
    "chapter IX of Rocky III": "chapter nine of Rocky three",
    "World War I": "World War one",
    "an IV drip and vitamin C": "an IV drip and vitamin C",
    # phone numbers, addresses, names
    "call 555-0199": "call five five five, zero one nine nine",
    "+1 (212) 555-0100": "plus one, two one two, five five five, zero one zero zero",
    "dial 911": "dial nine one one",
    "https://docs.example.org/a_b": "docs dot example dot org slash a underscore b",
    "me@mail.example.com.": "me at mail dot example dot com.",
    "ping 10.0.0.7": "ping one zero dot zero dot zero dot seven",
    "v3.1.4": "version three point one point four",
    "Python 3.12": "Python three point twelve",
    "Version 10.4.11 of it": "Version ten point four point eleven of it",
    "notes.txt and /usr/bin": "notes dot T-X-T and slash usr slash bin",
    "#Fun with @kim_lee": "hashtag Fun with at kim lee",
    # signs
    "2 + 2 = 4": "two plus two equals four",
    "9 - 4 = 5 and 9-4=5": "nine minus four equals five and nine minus four equals five",
    "3 × 3 = 9": "three times three equals nine",
    "x ≥ 3": "x is greater than or equal to three",
    "6.02×10²³": "six point zero two times ten to the power of twenty-three",
    "9/10 and 50/50": "nine out of ten and fifty fifty",
    "1e-3": "one times ten to the power of minus three",
    "1920x1080": "one thousand nine hundred twenty by one thousand eighty",
    "2^8 or n²": "two to the power of eight or n squared",
    "AT&T, R&D, salt & pepper": "A-T and T, R and D, salt and pepper",
    "and/or, C++": "and or, C plus plus",
    "Great 🎉!": "Great !",
    "5 ㎏ §§ 2": "five kg section two",
}
GERMAN = {
    "für 4,20 €": "für vier Euro zwanzig",
    "€1.250,99": "ein tausend zwei hundert fünfzig Euro neun und neunzig",
    "2,5 Mrd. $": "zwei Komma fünf Milliarden Dollar",
    "Dr. Klein, Hr. Groß, Prof. Dr. Lang": "Doktor Klein, Herr Groß, Professor Doktor Lang",
    "in der Bergstr. 9": "in der Bergstraße neun",
    "am 3. Oktober": "am dritten Oktober",
    "der 3. Oktober": "der dritte Oktober",
    "vom 5.6.2024": "vom fünften Juni zwei tausend vier und zwanzig",
    "das 18. Jahrhundert": "das achtzehnte Jahrhundert",
    "Wir sind 12. Wir zählten.": "Wir sind zwölf. Wir zählten.",
    "um 8:15 Uhr, 9.30 Uhr": "um acht Uhr fünfzehn, neun Uhr dreißig",
    "Das ist Max. Er will max. 3 Tage.": "Das ist Max. Er will maximal drei Tage.",
    "z. B. Nr. 3, d.h. usw.": "zum Beispiel Nummer drei, das heißt und so weiter.",
    "1 Frau, 1 Hund, 1 %": "eine Frau, ein Hund, ein Prozent",
    "3,75 km, 21 °C": "drei Komma sieben fünf Kilometer, ein und zwanzig Grad Celsius",
    "die 80er, 1985": "die achtziger, neunzehn hundert fünf und achtzig",
    "1500 Leute": "ein tausend fünf hundert Leute",
    "Friedrich II. sprach": "Friedrich der zweite sprach",
    "endete 2:1": "endete zwei zu eins",
    "Elisabeth II. kam": "Elisabeth die zweite kam",
    "2 Std. 5 Min., 5 km. Dann": "zwei Stunden fünf Minuten, fünf Kilometer. Dann",
    "Mo.-Fr. 9-17 Uhr": "Montag bis Freitag neun bis siebzehn Uhr",
    "So. Das war es.": "So. Das war es.",
    "so-so, do-it": "so-so, do-it",
    "44 v. Chr. in Rom": "vier und vierzig vor Christus in Rom",
    "3 + 4 = 7": "drei plus vier gleich sieben",
}
FRENCH = {
    "à 2,30 €": "à deux euros trente",
    "3 000 000 €": "trois millions d'euros",
    "M. Blanc, Mme Noir": "Monsieur Blanc, Madame Noir",
    "le 1 juin 2021": "le premier juin deux mille vingt-et-un",
    "à 8 h 45, 13h": "à huit heures quarante-cinq, treize heures",
    "Louis XVI, François Ier": "Louis seize, François premier",
    "le XXIe siècle": "le vingt-et-unième siècle",
    "1,5 km, 1 000 m": "un virgule cinq kilomètre, mille mètres",
    "06 11 22 33 44": "zéro six, onze, vingt-deux, trente-trois, quarante-quatre",
    "p. ex. 3,14": "par exemple trois virgule quatorze",
    "21 pages": "vingt-et-une pages",
    "n° 8": "numéro huit",
    "etc. M. Roy": "et cetera. Monsieur Roy",
}
SPANISH = {
    "por 6,75 €": "por seis euros con setenta y cinco",
    "300 £": "trescientas libras",
    "21 años, 31 semanas": "veintiún años, treinta y una semanas",
    "el 2 de abril de 2020": "el dos de abril de dos mil veinte",
    "a las 9:20": "a las nueve y veinte",
    "Sr. Gil y Dra. Paz": "Señor Gil y Doctora Paz",
    "Carlos III, siglo XX": "Carlos tercero, siglo veinte",
    "5 + 1 = 6": "cinco más uno igual a seis",
    "Isabel II": "Isabel segunda",
}
ITALIAN = {
    "a 7,40 €": "a sette euro e quaranta",
    "il 1 aprile 2023": "il primo aprile due mila venti tré",
    "il sig. Neri, la sig.ra Rossi": "il signor Neri, la signora Rossi",
    "alle 9:20": "alle nove e venti",
    "il XX secolo, Luigi IX": "il ventesimo secolo, Luigi nono",
    "ore 9.30, 3° piano": "ore nove e trenta, terzo piano",
    "1 h, 2 kg": "un'ora, due chilogrammi",
}
PORTUGUESE = {
    "por R$ 8,20": "por oito reais e vinte centavos",
    "o Dr. Reis, às 9h15": "o Doutor Reis, às nove e quinze",
    "em 3/5/2022": "em três de maio de dois mil e vinte e dois",
    "31 semanas, 2 km": "trinta e uma semanas, dois quilômetros",
}
DUTCH = {
    "voor € 8,20": "voor acht euro twintig",
    "dhr. Bos, om 9:15 uur": "de heer Bos, om negen uur vijftien",
    "op 3-5-2022": "op drie mei twee duizend twee en twintig",
    "nr. 4, 90 km/u": "nummer vier, negentig kilometer per uur",
}
CASES = [
    *(("en-US", *case) for case in ENGLISH.items()),
    *(("de-DE", *case) for case in GERMAN.items()),
    *(("fr-FR", *case) for case in FRENCH.items()),
    *(("es-ES", *case) for case in SPANISH.items()),
    *(("it-IT", *case) for case in ITALIAN.items()),
    *(("pt-BR", *case) for case in PORTUGUESE.items()),
    *(("nl-NL", *case) for case in DUTCH.items()),
]


@pytest.mark.parametrize(("language", "written", "spoken"), CASES)
def test_written_forms_are_said_in_words(language: str, written: str, spoken: str) -> None:
    assert normalize_text(written, language).text == spoken


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en-US", "3/4/2021 and 101", "March fourth twenty twenty-one and one hundred one"),
        ("en-GB", "3/4/2021 and 101", "April third twenty twenty-one and one hundred and one"),
        ("en-IN", "1,000,000", "ten lakh"),
        ("fr-CH", "75 m", "septante-cinq mètres"),
        ("es-ES", "1.500,5", "mil quinientos coma cinco"),
        ("es-MX", "1,500.5", "mil quinientos punto cinco"),
        ("de-CH", "1’500.50", "ein tausend fünf hundert Komma fünf null"),
    ],
)
def test_numbers_and_dates_are_read_as_the_region_writes_them(
    language: str, written: str, spoken: str
) -> None:
    assert normalize_text(written, language).text == spoken


@pytest.mark.parametrize(
    "text",
    [
        "There is nothing to change here, is there?",
        "NASA and the FBI met J. K. Rowling.",
        "A well-known word - and a dash — stay.",
        "“Quoted,” she said (softly)...",
        "Don't say ’twas so.",
        "",
        "  \n ",
    ],
)
def test_what_has_no_written_forms_stays_as_it_is(text: str) -> None:
    for language in ("en", "de", "fr", "es", "it", "pl", "xx"):
        assert normalize_text(text, language).text == text


def test_in_other_languages_whole_numbers_are_said_in_words() -> None:
    assert normalize_text("Mam 25 lat.", "pl-PL").text == "Mam dwadzieścia pięć lat."
    assert normalize_text("3,5 kg, 12:30, 3. maj", "da").text == "3,5 kg, 12:30, 3. maj"
    assert normalize_text("价格是3元", "zh").text == "价格是3元"
    assert normalize_text("عمري 25 سنة", "ar").text == "عمري 25 سنة"
    assert normalize_text("3 plingo 🎉", "xx").text == "3 plingo "


def test_digits_of_other_scripts_are_read_too() -> None:
    assert normalize_text("room １２", "en").text == "room twelve"
