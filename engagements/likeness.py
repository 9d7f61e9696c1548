"""How alike two texts are: whether somebody may have said the same before. A proposal, never a decision.

Words are compared as communities.letters writes them, cut into runs of three letters, so that a plural, an ending or a
slip of the pen still counts. Short words, which every sentence has, are left out. The measure is the share of runs that
both have, over the geometric mean of how many each has (Ochiai, 0 to 1). See docs/inbox.md.
"""

from __future__ import annotations

from math import sqrt

from django.utils.translation import gettext as _

from communities.letters import bare, plain

RUN = 3  # letters
SHORTEST = 4  # letters of a word in Latin letters that counts
SHORTEST_ARABIC = 3
NEARLY, MANY, SOME = 0.75, 0.5, 0.3
READ = 600  # words of a text; what is longer says the same again


def runs(text: str) -> frozenset[str]:
    """The runs of three letters of the words that count, each word with a space before and after it."""
    words = {bare(word) for word in plain(text).split()[:READ]}
    telling = (word for word in words if len(word) >= (SHORTEST if word.isascii() else SHORTEST_ARABIC))
    return frozenset(f" {word} "[at : at + RUN] for word in telling for at in range(len(word)))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0, nothing in common, to 1, the same words; 0 where one of them has no words that count."""
    return len(one & other) / sqrt(len(one) * len(other)) if one and other else 0.0


def said(share: float) -> str:
    """A likeness in words."""
    if share >= NEARLY:
        return _("nearly the same words")
    if share >= MANY:
        return _("many of the same words")
    if share >= SOME:
        return _("some of the same words")
    return _("other words")
