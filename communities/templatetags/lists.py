"""`{% named_cell cell %}`: a cell of a list that carries the name of its column."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def named_cell(context, cell):
    """On a narrow screen, where a row stacks as a card, no head stands above its cells (office.css, `.stacks`)."""
    html = cell.render_html(context)
    named = format_html('<td data-label="{}"', cell.column.label or "")
    return mark_safe(html.replace("<td", named, 1)) if cell.column.label else html
