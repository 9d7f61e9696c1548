"""What the public templates call; the work is done in cms.navigation and communities.basemap."""

from django import template
from django.conf import settings

from cms import navigation
from cms.models import Demo
from communities import basemap
from engagements.models.commitments import Standing

register = template.Library()


@register.simple_tag
def site_menu():
    return navigation.menu()


@register.simple_tag
def site_foot():
    return navigation.foot()


@register.simple_tag(takes_context=True)
def language_links(context):
    request = context.get("request")
    return navigation.languages(request, context.get("page")) if request else []


@register.simple_tag
def words_language():
    """The language in which people's words are written down: the site's first one."""
    return settings.LANGUAGE_CODE


@register.simple_tag
def is_demo():
    return Demo.objects.exists()


@register.simple_tag
def basemap_url():
    return basemap.url()


@register.filter
def standing_label(standing):
    return Standing(standing).label
