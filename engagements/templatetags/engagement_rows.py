from django import template

register = template.Library()

WORDS = {
    "concern": ("public_text", "text"),
    "commitment": ("public_text", "words"),
    "evidence": ("public_note", "note"),
}


@register.filter
def row_kind(row) -> str:
    """The model's name, to choose the line a row is written in."""
    return row._meta.model_name


@register.simple_tag
def words_of(row, inside: bool) -> str:
    """The words meant for anyone; where there are none, those meant for colleagues if the reader is `inside`."""
    for_anyone, for_colleagues = WORDS[row_kind(row)]
    return getattr(row, for_anyone) or (getattr(row, for_colleagues) if inside else "")
