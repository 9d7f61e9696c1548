"""Bar charts as inline SVG with their table beside: readable without colour, in print and from right to left.

A chart is worked out here in whole numbers; `templates/components/chart.html` draws it. No script, no inline style.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.formats import number_format

LENGTH, THICKNESS = 300, 8  # of the longest bar, in the units of the drawing
PATTERNS = 5  # as many as components/chart.html has; a sixth series would begin again


@dataclass(frozen=True)
class Bar:
    """One row: its label and a number for each series, None where nothing may or can be said.

    `shown` are the numbers in words, where they differ ("fewer than 5"); `note` stands beneath the label.
    """

    label: Any
    parts: Sequence[int | None]
    shown: Sequence[Any] = ()
    note: Any = ""
    marked: bool = False  # the row that the others are measured against: what was kept

    @property
    def length(self) -> int:
        return sum(part or 0 for part in self.parts)

    @property
    def words(self) -> list[str]:
        if self.shown:
            return [str(word) for word in self.shown]
        return ["–" if part is None else number_format(part, force_grouping=True) for part in self.parts]


@dataclass(frozen=True)
class Segment:
    """A piece of a bar, in the units of the drawing."""

    x: int
    width: int
    pattern: int


@dataclass(frozen=True)
class Row:
    bar: Bar
    segments: list[Segment]
    numbers: list[tuple[str, str, int]]  # (series, number in words, pattern)


@dataclass(frozen=True)
class Chart:
    """`series` are the columns; with one alone its name is left out of the drawing. `head` names the rows.

    The first pattern is solid, in the colour of what is kept; in a chart of what is `owed`, in the colour of that.
    """

    name: str  # unique on the page: patterns are found by it
    caption: Any
    head: Any
    series: Sequence[Any]
    bars: Sequence[Bar]
    whole: int | None = None  # what the full length stands for; the longest bar unless told
    fills: Sequence[int] = tuple(range(PATTERNS))  # the pattern of each series
    owed: bool = False
    length: int = field(default=LENGTH, init=False)
    thickness: int = field(default=THICKNESS, init=False)

    @property
    def many(self) -> bool:
        return len(self.series) > 1

    @property
    def patterns(self) -> list[int]:
        return list(range(PATTERNS)) if self.many else [0, 1]

    @property
    def legend(self) -> list[tuple[int, str]]:
        return [(self.fills[n % PATTERNS], str(name)) for n, name in enumerate(self.series)]

    @cached_property
    def rows(self) -> list[Row]:
        return [self._row(bar) for bar in self.bars]

    def _row(self, bar: Bar) -> Row:
        longest = self.whole or max((each.length for each in self.bars), default=0)
        ends, total = [0], 0
        for part in bar.parts:
            total += part or 0
            ends.append(round(total * LENGTH / longest) if longest else 0)
        plain = 0 if bar.marked or self.many else 1
        patterns = [self.fills[n % PATTERNS] if self.many else plain for n in range(len(bar.parts))]
        segments = [
            Segment(start, max(end - start, 1), pattern)
            for start, end, part, pattern in zip(ends, ends[1:], bar.parts, patterns, strict=False)
            if part
        ]
        numbers = list(zip(map(str, self.series), bar.words, patterns, strict=True))
        return Row(bar, segments, numbers)
