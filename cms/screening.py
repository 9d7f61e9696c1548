"""Reads text that will be public: phone numbers, e-mail addresses, names that must stay inside.

Rules: docs/privacy.md, "Free text". The names are decrypted inside the verb that asks, and never shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from unicodedata import category, decimal, normalize

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from communities.commas import listed
from communities.letters import ARTICLE, LETTERS, SIGNS, plain
from communities.models import Area, Community, Contact

SENTENCE_END = re.compile(r"(?<=[.!?؟…])\s+|\n+")
# Digits are read as 0-9 here, and signs that nobody sees are left out: see _read.
DASHES = "\\-\u2010-\u2015\u2212"
# Between two digits of a number: points, dashes, strokes, spaces; a comma with nothing after it, since an enumeration has a space.
BETWEEN = rf"(?:[\s().{DASHES}/·•*_٫]{{0,3}}|[,،٬])"
PHONE = re.compile(rf"(?<!\d)(?:\+|00)?\d(?:{BETWEEN}\d){{7,14}}(?!\d)")
# What looks like a phone number and is none: a day of the calendar, years one after the other, or an amount with its
# currency, grouped in thousands.
DATE = re.compile(r"\b(?:(\d{1,2})([./-])(\d{1,2})\2((?:19|20)\d{2})|((?:19|20)\d{2})-(\d{2})-(\d{2}))\b")
YEARS = re.compile(rf"\b(?:19|20)\d{{2}}(?:\s?[{DASHES}/]\s?(?:19|20)\d{{2}})+\b")
# No code that reads as a word (SOS, TOP, ALL): that would let a number through.
CODES = "XOF|XAF|NGN|GHS|GNF|SLE|LRD|GMD|MRU|CVE|DZD|MAD|TND|LYD|SDG|CDF|EUR|USD|GBP|CHF|CNY|JPY"
WORDS = "FCFA|F|[Ff]rancs?|[Ee]uros?|[Nn]airas?|[Cc]edis?|فرنك|نيرة|يورو|دولار"
CURRENCY = rf"(?:{CODES}|{WORDS})\b|[€$£₦₵]"
THOUSANDS = r"(?!0)\d{{1,3}}(?P<{0}>[\s.,])\d{{3}}(?:(?P={0})\d{{3}})*"
AMOUNT = re.compile(
    rf"(?:{THOUSANDS.format('first')}\s?[{DASHES}]\s?)?{THOUSANDS.format('last')}(?:[.,]\d+)?\s?(?:{CURRENCY})"
)
# An address as it is written, or spelled out: "ali (at) example.org", "ali at example dot org".
AT = r"(?:@|[\[({<]\s*(?:@|at|arobase?)\s*[\])}>]|\barobase?\b)"
DOT = r"(?:\.(?=\w)|[\[({<]\s*(?:\.|dot|point|نقطة)\s*[\])}>]|\b(?:dot|point|نقطة)\b)"
EMAIL = re.compile(
    rf"[^\s@<>]{{1,64}}\s*{AT}\s*[^\s@<>]{{1,255}}?\s*{DOT}\s*\w+|\w\s+at\s+[^\s@<>]{{1,255}}\s+dot\s+\w{{2,}}",
    re.IGNORECASE,
)
# What Arabic writes onto a word, kept as a group of its own.
ATTACHED = "([وف]?[بكل]?(?:ال|ل)?)"
SHORTEST_NAME = (
    4  # a shorter one is too often a common word: of a contact it is no part, of a place it counts as written
)
NAMES = ("name", "name_fr", "name_ar")

PHONE_FOUND = gettext_lazy("a phone number")
EMAIL_FOUND = gettext_lazy("an e-mail address")
NAME_FOUND = gettext_lazy("the name of a contact")
PLACE_FOUND = gettext_lazy("the name of a place that is not public")


def _bare(name: str) -> str:
    """`name` in plain letters, without the Arabic article, which stands or falls with the sentence."""
    words = plain(name)
    return words.removeprefix(ARTICLE) if len(words) > SHORTEST_NAME else words


def _spelling(name: str) -> re.Pattern[str]:
    """Finds `name` as a word of its own in a text in normal form D, however it is ordinarily spelled."""
    words = _bare(name)
    if len(words) < SHORTEST_NAME:
        letters = "|".join(re.escape(normalize("NFD", form)) for form in (name, name.upper()))
    else:
        letters = "".join(
            r"[\W_]+" if letter == " " else f"(?i:[{letter}{LETTERS.get(letter, '')}])[{SIGNS}]*"
            for letter in words
        )
    return re.compile(rf"(?<![\w{SIGNS}]){ATTACHED}(?:{letters})(?![\w{SIGNS}])")


def holds(text: str, name: str) -> bool:
    """Whether `text` holds `name` as a word of its own, however it is ordinarily spelled."""
    return bool(name) and bool(_spelling(name).search(normalize("NFD", text)))


def _read(text: str) -> str:
    """`text` with the digits of every script as 0-9, and without the signs that nobody sees (marks of direction)."""
    shown = (sign for sign in text if category(sign) != "Cf")
    return "".join(str(decimal(sign)) if sign.isdecimal() else sign for sign in shown)


def _without_days(text: str) -> str:
    """`text` without the days and the years in it, which are no phone numbers. The 90th of December is no day."""
    return YEARS.sub(" ", DATE.sub(lambda found: " " if _is_day(found) else found[0], text))


def _is_day(found: re.Match[str]) -> bool:
    day, _sign, month, year, *other_way = found.groups()
    try:
        date(*map(int, (year, month, day) if year else other_way))
    except ValueError:
        return False
    return True


def _holds_a_phone_number(text: str) -> bool:
    rest = _without_days(text)
    return any(not AMOUNT.match(rest, number.start()) for number in PHONE.finditer(rest))


def _parts(names: Iterable[str]) -> set[str]:
    """These names, and the parts of them by which somebody would be known."""
    return {part for name in names for part in (name, *name.split()) if len(part) >= SHORTEST_NAME}


def findings(text: str, names: Iterable[str] = (), places: Iterable[str] = ()) -> list[str]:
    """What in `text` must not be published, by kind, in words; empty when nothing was found.

    A contact's name counts when the whole of it, or a part of at least four letters, stands in the text.
    """
    read = _read(text)
    found = [
        (PHONE_FOUND, _holds_a_phone_number(read)),
        (EMAIL_FOUND, EMAIL.search(read)),
        (NAME_FOUND, any(holds(text, part) for part in _parts(names))),
        (PLACE_FOUND, any(holds(text, place) for place in places)),
    ]
    return [str(kind) for kind, seen in found if seen]


def spoken(slug: str) -> str:
    """The words of a page's address. The day in it is none: its dashes are what tells it from a phone number."""
    return _without_days(slug).replace("-", " ")


def place_names(community: Community) -> list[str]:
    """The names by which a community that is not public by name would be recognised."""
    if community.public_place == Community.PublicPlace.EXACT:
        return []
    names = [community.name, community.name_fr, community.name_ar, community.code]
    return [name for name in names if name]


def contact_names(place: Community | Area) -> list[str]:
    """The names of the contacts of a community, whatever became of them, and of those who are contacts anywhere in the
    district: each without the words that are also the name of this place, or of where that contact lives."""
    area = place if isinstance(place, Area) else place.area
    known = Q() if isinstance(place, Area) else Q(community=place)
    if area:
        known |= Q(active=True, community__area__in=Area.objects.within([area.district.pk]))
    rows = Contact.objects.filter(known).select_related("community").only("name", "community__name")
    here = [place.name, area.name if area else ""]
    return [_without(row.name, [*here, row.community.name]) for row in rows if row.name]


def _without(name: str, places: Iterable[str]) -> str:
    words = " ".join(places).casefold().split()
    return " ".join(part for part in name.split() if part.casefold() not in words)


def _finder(text: str) -> Callable[[str], bool]:
    """Whether a name stands in `text` as words of its own, quickly where it does not."""
    words, whole = plain(text), normalize("NFD", text)
    beginnings = {word[cut:] for word in words.split() for cut in range(1 if word.isascii() else 5)}

    def stands(name: str) -> bool:
        bare = _bare(name)
        there = bool(bare) and bare.partition(" ")[0] in beginnings and bare in words
        return there and bool(_spelling(name).search(whole))

    return stands


def named_places(text: str, kept: QuerySet, fields: Sequence[str] = NAMES) -> set[str]:
    """Which names of the places in `kept` stand in `text` as words of their own, however they are spelled.

    No database compares without accents, so every name is read: narrow `kept` where it can be. Ten thousand
    names take a tenth of a second.
    """
    stands = _finder(text)
    rows = kept.order_by().values_list(*fields).iterator()
    return {name for names in rows for name in names if stands(name) and not name.isdigit()}


def kept_places(text: str) -> set[str]:
    """Which names and codes in `text` are those of a community that is not public by name, and of no public place."""
    kept = Community.objects.exclude(public_place=Community.PublicPlace.EXACT)
    found = named_places(text, kept, [*NAMES, "code"])
    if not found:
        return found
    exact = Community.objects.filter(public_place=Community.PublicPlace.EXACT)
    wide = Area.objects.public().filter(level__lte=2)
    names = "\n".join(found)
    public = {plain(name) for places in (exact, wide) for name in named_places(names, places)}
    return {name for name in found if plain(name) not in public}


def problems(texts: dict[str, str], place: Community | Area) -> dict[str, list[str]]:
    """By field, a sentence for each kind of finding in `texts`; what was found is never repeated. They are words of a
    community or, where none is known, of an area."""
    whole = "\n".join(texts.values())
    names = list(filter(_finder(whole), _parts(contact_names(place))))
    own = [] if isinstance(place, Area) else place_names(place)
    places = {*own, *kept_places(whole)}
    return _sentences(texts, lambda text: findings(text, names, places))


def kept_places_in(texts: dict[str, str]) -> dict[str, list[str]]:
    """By field, a sentence where `texts` names a place that is not public. An agency's own page may hold its number."""
    places = kept_places("\n".join(texts.values()))
    return _sentences(texts, lambda text: [str(PLACE_FOUND)] if any(holds(text, at) for at in places) else [])


def _sentences(texts: dict[str, str], find: Callable[[str], list[str]]) -> dict[str, list[str]]:
    found = {field: find(text) for field, text in texts.items()}
    return {field: _said_of(texts[field], kinds, find) for field, kinds in found.items() if kinds}


def _said_of(text: str, kinds: list[str], find: Callable[[str], list[str]]) -> list[str]:
    """What was found and in which sentence of `text`, where it has several; never the thing itself."""
    parts = [part for part in SENTENCE_END.split(text) if part.strip()]
    held = [find(part) for part in parts] if len(parts) > 1 else []
    return [
        _said_once(kind, [number for number, there in enumerate(held, start=1) if kind in there], len(parts))
        for kind in kinds
    ]


def _said_once(kind: str, where: list[int], total: int) -> str:
    if not where:
        return _("This text holds %(kind)s. Take it out: the page is public.") % {"kind": kind}
    sentence = ngettext(
        "This text holds %(kind)s, in sentence %(where)s of %(total)s. Take it out: the page is public.",
        "This text holds %(kind)s, in sentences %(where)s of %(total)s. Take it out: the page is public.",
        len(where),
    )
    return sentence % {"kind": kind, "where": listed(where), "total": total}


def withheld(text: str, names: Iterable[str]) -> str:
    """`text` with these names left out, for words written before their place became less public."""
    whole = normalize("NFD", text)
    left = whole
    for name in names:
        left = _spelling(name).sub(lambda found: found[1] + _("[place not published]"), left)
    return text if left == whole else normalize("NFC", left)


def withhold(row: Model, fields: Iterable[str], community: Community) -> None:
    """Leaves out of these fields, in memory, what the public may not read of a community: the names of one that is not
    public by name, and every word of one at risk, where one person alone could put a word before everybody. Templates
    say so where the words would stand (components/words.html)."""
    for name in fields:
        text = "" if community.at_risk else withheld(getattr(row, name), place_names(community))
        setattr(row, name, text)


def withhold_kept(rows: Sequence[Model], fields: list[str]) -> None:
    """Leaves the names of all communities that are not public by name out of these fields, in memory."""
    names = kept_places("\n".join(getattr(row, name) for row in rows for name in fields))
    for row in rows if names else ():
        for name in fields:
            setattr(row, name, withheld(getattr(row, name), names))
