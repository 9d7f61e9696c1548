"""The office's home: panels of what waits for its reader, each a short list with a way onwards."""

from __future__ import annotations

from dataclasses import dataclass

from wagtail.admin.ui.components import Component

ROWS = 6


@dataclass(frozen=True)
class Line:
    """One thing that waits. `owed` marks what is late: said in words as well as in colour."""

    text: str
    url: str = ""
    detail: str = ""
    owed: bool = False


class HomePanel(Component):
    """A heading, up to ROWS lines, a sentence when there is nothing, and a link to the whole list."""

    template_name = "communities/office/home_panel.html"

    def __init__(self, *, heading: str, lines: list[Line], empty: str, order: int, more: str = "", name: str):
        self.heading, self.lines, self.empty = heading, lines[:ROWS], empty
        self.order, self.more, self.name = order, more, name

    def get_context_data(self, parent_context):
        return {
            "heading": self.heading,
            "lines": self.lines,
            "empty": self.empty,
            "more": self.more,
            "name": self.name,
        }
