"""Words as they are compared: however they are ordinarily spelled, in French, English, Arabic and the languages here.

Small letters, without accents or vowel signs, with the plain letter for a letter of its own.
"""

from __future__ import annotations

import re
from unicodedata import normalize

SIGNS = "\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670"
LETTERS = {"o": "ɔ", "e": "ɛǝ", "n": "ŋɲ", "d": "ɖɗ", "b": "ɓ", "k": "ƙ", "y": "ƴ", "ي": "ى", "ه": "ة"}
PLAIN = str.maketrans({other: letter for letter, others in LETTERS.items() for other in others})
ARTICLE = "ال"
ATTACHED = re.compile(
    r"^[وف]?(?:[بك]?ال|لل)(?=\w{3})"
)  # what Arabic writes onto a word: and, with, like, for, the


def plain(text: str) -> str:
    """The words of `text` in small plain letters, one space between them."""
    if not text.isascii():
        text = re.sub(f"[{SIGNS}]", "", normalize("NFD", text))
    return " ".join(re.findall(r"[^\W_]+", text.casefold().translate(PLAIN)))


def bare(word: str) -> str:
    """A plain word without the Arabic article and what is written onto it."""
    return ATTACHED.sub("", word)
