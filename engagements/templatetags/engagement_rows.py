from django import template

register = template.Library()


@register.filter
def row_kind(row) -> str:
    """The model's name, to choose the line a row is written in."""
    return row._meta.model_name
