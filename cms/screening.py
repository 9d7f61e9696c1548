"""Reads text that will be public: phone numbers, e-mail addresses, names that must stay inside.

Rules: docs/privacy.md, "Free text". The names are decrypted inside the verb that asks, and never shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from unicodedata import normalize

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from communities.commas import listed
from communities.letters import ARTICLE, LETTERS, SIGNS, plain
from communities.models import Area, Community, Contact

SENTENCE_END = re.compile(r"(?<=[.!?؟…])\s+|\n+")
EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.\w+")
PHONE = re.compile(r"(?<!\d)(?:\+|00)?\d(?:[\s().\-/]{0,2}\d){7,14}(?!\d)")
# What looks like a phone number and is none: a date, or an amount with its currency, grouped in thousands.
DATE = re.compile(r"\b(?:\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d{2}-\d{2})\b")
# No code that reads as a word (SOS, TOP, ALL): that would let a number through.
CODES = "XOF|XAF|NGN|GHS|GNF|SLE|LRD|GMD|MRU|CVE|DZD|MAD|TND|LYD|SDG|CDF|EUR|USD|GBP|CHF|CNY|JPY"
WORDS = "FCFA|F|[Ff]rancs?|[Ee]uros?|[Nn]airas?|[Cc]edis?|فرنك|نيرة|يورو|دولار"
CURRENCY = rf"(?:{CODES}|{WORDS})\b|[€$£₦₵]"
AMOUNT = re.compile(rf"(?![0٠۰])\d{{1,3}}([\s.])\d{{3}}(?:\1\d{{3}})*(?:[.,]\d+)?\s?(?:{CURRENCY})")
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


def findings(text: str, names: Iterable[str] = (), places: Iterable[str] = ()) -> list[str]:
    """What in `text` must not be published, by kind, in words; empty when nothing was found.

    A contact's name counts when the whole of it, or a part of at least four letters, stands in the text.
    """
    rest = DATE.sub(" ", text)
    numbers = (number.start() for number in PHONE.finditer(rest))
    parts = {part for name in names for part in (name, *name.split()) if len(part) >= SHORTEST_NAME}
    found = [
        (PHONE_FOUND, any(not AMOUNT.match(rest, start) for start in numbers)),
        (EMAIL_FOUND, EMAIL.search(text)),
        (NAME_FOUND, any(holds(text, part) for part in parts)),
        (PLACE_FOUND, any(holds(text, place) for place in places)),
    ]
    return [str(kind) for kind, seen in found if seen]


def spoken(slug: str) -> str:
    """The words of a page's address. The day in it is none: its dashes are what tells it from a phone number."""
    return DATE.sub(" ", slug).replace("-", " ")


def place_names(community: Community) -> list[str]:
    """The names by which a community that is not public by name would be recognised."""
    if community.public_place == Community.PublicPlace.EXACT:
        return []
    names = [community.name, community.name_fr, community.name_ar, community.code]
    return [name for name in names if name]


def contact_names(community: Community) -> list[str]:
    """The names of a community's contacts, without the words that are also its own or its area's name."""
    area = community.area
    own = " ".join([community.name, area.name if area else ""]).casefold().split()
    names = (row.name for row in Contact.objects.filter(community=community).only("name") if row.name)
    return [" ".join(part for part in name.split() if part.casefold() not in own) for name in names]


def named_places(text: str, kept: QuerySet, fields: Sequence[str] = NAMES) -> set[str]:
    """Which names of the places in `kept` stand in `text` as words of their own, however they are spelled.

    No database compares without accents, so every name is read: narrow `kept` where it can be. Ten thousand
    names take a tenth of a second.
    """
    words, whole = plain(text), normalize("NFD", text)
    beginnings = {word[cut:] for word in words.split() for cut in range(1 if word.isascii() else 5)}
    found: set[str] = set()
    for names in kept.order_by().values_list(*fields).iterator():
        for name in names:
            bare = _bare(name)
            if bare and bare.partition(" ")[0] in beginnings and bare in words and not name.isdigit():
                found.update([name] if _spelling(name).search(whole) else [])
    return found


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


def problems(texts: dict[str, str], community: Community) -> dict[str, list[str]]:
    """By field, a sentence for each kind of finding in `texts`; what was found is never repeated."""
    names = contact_names(community)
    places = {*place_names(community), *kept_places("\n".join(texts.values()))}
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
    """Leaves the names of a community that is not public by name out of these fields, in memory."""
    for name in fields:
        setattr(row, name, withheld(getattr(row, name), place_names(community)))


def withhold_kept(rows: Sequence[Model], fields: list[str]) -> None:
    """Leaves the names of all communities that are not public by name out of these fields, in memory."""
    names = kept_places("\n".join(getattr(row, name) for row in rows for name in fields))
    for row in rows if names else ():
        for name in fields:
            setattr(row, name, withheld(getattr(row, name), names))
