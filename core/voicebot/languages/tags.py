"""Language tags (BCP 47): whether a text is one, and which was probably meant instead."""

from __future__ import annotations

import re

from voicebot.languages.known import languages_by_alias

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(-[a-z]{3}){0,3}(-[a-z]{4})?(-(?P<region>[a-z]{2}|\d{3}))?"
    r"(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*(-[a-wyz0-9](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?"
)
"""A tag in lower case."""
_LANGUAGES = frozenset(  # ISO 639-1, with withdrawn codes that are still in use
    """aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv
    dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii
    ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv
    mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn
    ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw
    ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu""".split()
)
_REGIONS = frozenset(  # ISO 3166-1, and Kosovo
    """AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV
    BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET
    FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM
    IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD
    ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE
    PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST
    SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS
    XK YE YT ZA ZM ZW""".split()
)
_EXAMPLES = "en-US, de-DE or pt-BR"
_USUAL_REGIONS = {"UK": "GB", "EN": "US"}
"""Regions that are not in the standard, with those that are meant."""


def language_tag(text: str) -> str:
    """Return a language tag unchanged, if it is valid.

    Raises:
        ValueError: it is not the tag of a known language; the message suggests one if possible.
    """
    if _is_tag(text):
        return text
    shown = text[:40]
    if suggestion := suggested_tag(text):
        raise ValueError(f"'{shown}' is not a language tag; did you mean {suggestion}?")
    if _TAG.fullmatch(text.lower()):
        raise ValueError(f"'{shown}' is not a known language; write one such as {_EXAMPLES}")
    raise ValueError(f"'{shown}' is not a language tag; write one such as {_EXAMPLES}")


def suggested_tag(text: str) -> str | None:
    """Return the tag that was probably meant; None if there is no telling."""
    language, *rest = re.split(r"[-_]", re.sub(r"[.@].*|\s", "", text))  # of a locale: en_US.UTF-8
    usual = language.lower()
    if named := languages_by_alias().get(usual):
        usual = named.usual_tag or named.tag
    rest = [_USUAL_REGIONS.get(part.upper(), part.upper()) if len(part) == 2 else part for part in rest]
    candidates = ["-".join([usual.partition("-")[0], *rest])] if rest else []
    return next((candidate for candidate in [*candidates, usual] if _is_tag(candidate)), None)


def _is_tag(text: str) -> bool:
    found = _TAG.fullmatch(text.lower())
    if found is None:
        return False
    language, region = found["language"], (found["region"] or "").upper()
    known = language in _LANGUAGES if len(language) == 2 else language not in languages_by_alias()
    return known and (not region.isalpha() or region in _REGIONS)
