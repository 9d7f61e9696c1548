"""`{{ topic }}{% comma %}{{ place }}`: known to every template (`builtins` in the settings)."""

from django import template

from communities.commas import comma

register = template.Library()
register.simple_tag(comma)
