"""Text messages: what one says, and the short reply to it. Rules for people and gateways: docs/sms.md.

Whoever wrote is nobody here: the number is neither read nor kept, nor a hash of it. The line that a message came to says
where it lies. A message that begins with a code is about that report: alone it asks where it stands, with words it adds.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from communities import hourly
from communities.models import Area

from . import codes, reference, reports, sealed, sealed_words
from .models import Concern, Hotline, Topic
from .reports import Standing, Told

MOST_PARTS = 2  # of a reply

# --- How long a text is -----------------------------------------------------------------------------------------
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)  # 3GPP TS 23.038, the default alphabet
GSM_DOUBLE = set("\f^{}\\[~]|€")  # its extension table: each takes two places
LENGTHS = {"GSM": (160, 153), "UCS-2": (70, 67)}  # of a message alone, and of each part of several
PLAINER = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "\u00a0": " ",
        "\u202f": " ",
    }
)


@dataclass(frozen=True)
class Size:
    alphabet: str
    characters: int  # places that it takes in its alphabet
    parts: int


def sms_parts(text: str) -> Size:
    """How a text travels: in the GSM alphabet where all its characters are in it, else in UCS-2."""
    gsm = all(sign in GSM or sign in GSM_DOUBLE for sign in text)
    alphabet = "GSM" if gsm else "UCS-2"
    widths = [_width(sign, gsm=gsm) for sign in text]
    alone, each = LENGTHS[alphabet]
    parts = 1 if sum(widths) <= alone else _packed(widths, each)
    return Size(alphabet, sum(widths), parts)


def _width(sign: str, *, gsm: bool) -> int:
    if gsm:
        return 2 if sign in GSM_DOUBLE else 1
    return len(sign.encode("utf-16-be")) // 2


def _packed(widths: list[int], each: int) -> int:
    """In how many parts they go, where no character is cut in two."""
    parts, taken = 1, 0
    for width in widths:
        if taken + width > each:
            parts, taken = parts + 1, 0
        taken += width
    return parts


def fitted(text: str) -> str:
    """The text in at most MOST_PARTS parts: with plain signs, then without the accents that the GSM alphabet lacks, and
    cut only then."""
    text = text.translate(PLAINER)
    if sms_parts(text).parts > MOST_PARTS:
        text = "".join(_without_accent(sign) for sign in text)
    if sms_parts(text).parts <= MOST_PARTS:
        return text
    while text and sms_parts(f"{text.rstrip()}...").parts > MOST_PARTS:
        text = text[:-1]
    return f"{text.rstrip()}..."


def _fits(text: str) -> bool:
    """Whether no word of a text is cut."""
    return sms_parts("".join(_without_accent(sign) for sign in text.translate(PLAINER))).parts <= MOST_PARTS


def _without_accent(sign: str) -> str:
    if sign in GSM or sign in GSM_DOUBLE:
        return sign
    bare = "".join(c for c in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(c))
    return bare if bare and set(bare) <= GSM else sign


# --- What a message says -------------------------------------------------------------------------------------------
ARABIC = str.maketrans("أإآٱىةؤئ", "اااايهوي", "ـ")
WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> list[str]:
    """The words of a text without case, accents, and what Arabic writes onto or before a word."""
    bare = "".join(
        sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign)
    )
    return [word.removeprefix("ال") or word for word in WORD.findall(bare.translate(ARABIC))]


def topic_of(text: str) -> tuple[Topic | None, str, bool]:
    """The topic that the first words name, the language they name it in, and whether anything follows them.

    They are its code, one of its names, or the first word of a name that no other topic begins with. A code is in no
    language, and neither is a word that two of them share.
    """
    said = folded(text)
    found: dict[tuple[str, ...], list[tuple[Topic, str]]] = {}
    for words, topic, language in _words():
        if tuple(said[: len(words)]) == words:
            found.setdefault(words, []).append((topic, language))
    for words in sorted(found, key=len, reverse=True):
        meant = found[words]
        if len({topic.pk for topic, _language in meant}) == 1:
            languages = {language for _topic, language in meant if language}
            return meant[0][0], languages.pop() if len(languages) == 1 else "", len(said) > len(words)
    return None, "", True


def _words() -> list[tuple[tuple[str, ...], Topic, str]]:
    """Everything a topic may be called: words, topic, language."""
    known = []
    for topic in Topic.objects.all():
        known.append((tuple(folded(topic.code)), topic, ""))
        called = [row for row in reference.CALLED_TOO if row[0] == topic.code]
        known += [(tuple(folded(name)), topic, language) for _code, language, name in called]
        for language, name in (("fr", topic.name_fr), ("ar", topic.name_ar), ("en", topic.name)):
            if words := tuple(folded(name)):
                known += [(words, topic, language), (words[:1], topic, language)]
    return known


def sealed_topic_of(text: str) -> tuple[Topic | None, str]:
    """The sealed topic that the words of a message tell of, wherever they stand in it, and their language."""
    code, language = sealed_words.meant(folded(text), folded)
    topic = reference.standard(code) if code else None
    return (topic, language) if topic and topic.sealed else (None, "")


LIKE_A_CODE = re.compile(
    r"^[0-9A-Z]{4}(?:[ -]?[0-9A-Z]{4}){3}(?![0-9A-Z])|^[0-9A-Z]{2,6}(?:-[0-9A-Z]{2,6}){2,4}(?![0-9A-Z])"
)


def code_in(text: str) -> tuple[str, str]:
    """The code at the beginning of a text, as typed, and the words after it; "" where it begins with none.

    Four groups of four, or groups with dashes between them, are meant as a code as soon as a digit is among them.
    """
    plain = unicodedata.normalize("NFKC", text.strip())
    match = LIKE_A_CODE.match(codes.latin(plain).upper())
    if match is None:
        return "", text
    return plain[: match.end()], plain[match.end() :].strip(" \t\r\n.:,-")


# --- Where it came to ------------------------------------------------------------------------------------------------
def line_of(number: str) -> Hotline | None:
    """The line that takes messages under this number, however it is written; the only one there is, where none is given."""
    lines = list(Hotline.objects.working().filter(takes_messages=True).order_by("pk"))
    if not number:
        return lines[0] if len(lines) == 1 else None
    wanted = re.sub(r"\D", "", number)
    return next((line for line in lines if re.sub(r"\D", "", line.number) == wanted), None)


def place_of(line: Hotline) -> Area | None:
    """The narrowest area around all that the line serves; where nothing is around them all, the narrowest of them."""
    areas = list(line.areas.defer("boundary").order_by("-level", "code"))
    lineages = [list(area.upwards()) for area in areas]
    for area in lineages[0] if lineages else []:
        if all(area in lineage for lineage in lineages):
            return area
    return areas[0] if areas else None


def language_of(line: Hotline) -> str:
    """The line's first language that we write, else the site's."""
    written = {"eng": "en", "en": "en", "fra": "fr", "fr": "fr", "ara": "ar", "ar": "ar", "arb": "ar"}
    spoken = (written.get(language.code) for language in line.languages.order_by("pk"))
    return next((language for language in spoken if language), settings.LANGUAGE_CODE)


# --- The verb ------------------------------------------------------------------------------------------------------
class Busy(Exception):
    """More came to this line within the hour than it is to take: the gateway tries again later."""


def count(line: Hotline) -> None:
    """Counts a message of this line, without any number of a caller. Raises Busy."""
    if not hourly.count(f"sms.{line.pk}", most=settings.SMS_PER_HOUR):
        raise Busy


@sensitive_variables()
def receive(text: str, *, line: Hotline, name: str) -> str:
    """Takes in a message that came to `line` and returns the reply, in the language it was written in.

    `name` is the gateway's for the message: sent again under the same name, the same words are one report or one
    addition, with the same reply.
    """
    text = text.replace("\x00", "")
    token = f"sms:{line.pk}:{name}:{text}"  # kept nowhere
    typed, words = code_in(text)
    topic, language, says_more = topic_of(text)
    named = topic is not None
    if not (topic and topic.sealed) and not _is_meant_openly(text):
        sealed_topic, spoken = sealed_topic_of(text)
        if sealed_topic:
            topic, language, named = sealed_topic, spoken, False
    if topic and not language:
        language = sealed_words.language_of(folded(text))
    with translation.override(language or language_of(line)):
        if typed and (reply := _about_a_code(typed, words)):
            return fitted(reply)
        if not folded(text) or (named and not says_more):
            return fitted(_("Write what happened, and where, after the word. Nothing was taken in yet."))
        reply = _report(text, topic or reference.catch_all(), line, token)
        if topic and not named and _fits(whole := f"{reply} {_openly()}"):
            return fitted(whole)
        return fitted(reply)


def _is_meant_openly(text: str) -> bool:
    """Whether it begins with the whole words that a reply gives for this. The word of a topic alone is not enough: it
    may begin any sentence ("Work: a soldier …")."""
    said, other = folded(text), reference.catch_all()
    names = [folded(name) for name in (other.name, other.name_fr, other.name_ar) if name]
    return any(said[: len(words)] == words for words in names)


def _openly() -> str:
    """How to send in the open what was taken for a sealed matter by its words."""
    return _("Not secret? Send it again, beginning with: %(words)s") % {"words": reference.catch_all().label}


@sensitive_variables()
def _report(text: str, topic: Topic, line: Hotline, token: str) -> str:
    told = Told(
        topic=topic,
        text=text,
        channel=Concern.Channel.SMS,
        area=place_of(line),
        language=translation.get_language() or "",
        hotline=line,
    )
    try:
        code = codes.grouped(reports.take(told, token=token))
    except IntegrityError:
        return _("This message came before, and was taken in.")
    except ValidationError as error:
        return _refusal(error)
    if topic.sealed:
        words = _(
            "Sealed: only the integrity officer reads it. Code: %(code)s. Write it down and delete these messages."
        )
    else:
        words = _(
            "Taken in. Code: %(code)s. Keep it. Text it to us to hear where it stands; add words to add to it."
        )
    return words % {"code": code}


def _refusal(error: ValidationError) -> str:
    if "topic" not in getattr(error, "error_dict", {}):
        return " ".join(error.messages)
    if line := sealed.independent_line():
        return _("We cannot keep this secret here, so nothing was taken in. Call %(number)s.") % {
            "number": line.number
        }
    return _("We cannot keep this secret here, so nothing was taken in.")


def _about_a_code(typed: str, words: str) -> str:
    """Where it stands, or that the words were added; "" where no code was meant after all."""
    meant = any(sign.isdigit() for sign in typed)
    try:
        code = codes.read(typed)
    except ValidationError as error:
        return _("%(slip)s Nothing was taken in.") % {"slip": error.messages[0]} if meant else ""
    try:
        if not words:
            return _stands(code) or (_("No report has this code.") if meant else "")
        reports.add(code, text=words)
        return _("Added to your report.")
    except codes.Throttled as error:
        return error.messages[0]
    except ValidationError as error:
        known = codes.find(code) is not None
        return " ".join(error.messages) if known or meant else ""


def _stands(code: str) -> str:
    """Heading and last step. An answer that does not fit, or is sealed, is not sent: it counts as told to nobody."""
    standing = reports.follow(code, tells=False)
    if standing is None:
        return ""
    if standing.is_sealed:
        return _("%(heading)s. Read it on the web with your code, or ask the integrity officer.") % {
            "heading": standing.heading
        }
    whole = _in_words(standing)
    if sms_parts(whole.translate(PLAINER)).parts > MOST_PARTS:
        last = standing.steps[-1]
        return _(
            "%(heading)s on %(day)s. It is too long for a text message: read it on the web with your code, or call us."
        ) % {
            "heading": standing.heading,
            "day": date_format(last.on, "SHORT_DATE_FORMAT"),
        }
    reports.follow(code)
    return whole


def _in_words(standing: Standing) -> str:
    last = standing.steps[-1]
    said = f"{last.words} {last.text}".strip()
    day = date_format(last.on, "SHORT_DATE_FORMAT")
    return f"{standing.heading}. {day}: {said}"
