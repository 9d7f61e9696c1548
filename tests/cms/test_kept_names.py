"""Names of places that are not public: no page is published with one, and none stays that came to hold one."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from cms import outcomes
from cms.models import HomePage, OutcomeIndexPage, OutcomePage, ProjectIndexPage, StandardPage
from communities.changes import communities_changed
from communities.models import Community

SENTENCE = "the name of a place that is not public"


def first(model):
    return model.objects.filter(locale__language_code="en").first()


@pytest.fixture
def page(site, story, cast):
    """A live outcome page of a public community."""
    draft = outcomes.draft_from(story.kept(cast.village, text="As in Sori"), by=cast.editor)
    draft.get_latest_revision().publish()
    draft.refresh_from_db()
    return draft


@pytest.mark.parametrize("words", ["As in QUIETVILLAGEZQ", "As in hiddenvillagezq", "As in BJ-V2"])
def test_an_outcome_page_names_no_kept_place_of_another_community(page, words):
    page.next_steps = words
    with pytest.raises(ValidationError) as refused:
        page.clean()
    assert list(refused.value.message_dict) == ["next_steps"]
    assert SENTENCE in str(refused.value)
    assert "zq" not in str(refused.value).casefold()


def test_a_name_that_a_public_place_bears_too_is_no_finding(page, cast):
    Community.objects.filter(pk=cast.hidden.pk).update(name="Garou", code="2026")
    Community.objects.filter(pk=cast.quiet.pk).update(name="Malanville")
    page.next_steps = "In Garou and in Malanville, in 2026"
    page.clean()


@pytest.mark.parametrize("model", [HomePage, OutcomeIndexPage, ProjectIndexPage, StandardPage])
@pytest.mark.parametrize("field", ["title", "intro", "seo_title", "search_description", "slug"])
def test_no_other_page_is_saved_with_one(site, model, field):
    row = first(model)
    setattr(row, field, "near-quietvillagezq" if field == "slug" else "Near Quietvillagezq")
    with pytest.raises(ValidationError) as refused:
        row.save_revision()
    assert field in refused.value.message_dict


def test_the_body_of_a_page_is_read_too(site):
    row = first(StandardPage)
    row.body = [("paragraph", "<p>Near <b>Quietvillagezq</b></p>")]
    with pytest.raises(ValidationError) as refused:
        row.clean()
    assert list(refused.value.message_dict) == ["body"]


def test_the_editor_reads_which_field(client, site, cast):
    client.force_login(cast.editor)
    row = first(HomePage)
    form = {
        "title": row.title,
        "slug": row.slug,
        "intro": "Near Quietvillagezq",
        "seo_title": "",
        "search_description": "",
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        "action-publish": "1",
    }
    answer = client.post(reverse("wagtailadmin_pages:edit", args=[row.pk]), form)
    assert SENTENCE in answer.content.decode()


# --- Publishing several at once ---------------------------------------------------------------------------
def publish(client, page, **data):
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    return client.post(f"{address}?id={page.pk}&next=/office/", data, follow=True)


def test_several_pages_are_refused_with_a_sentence(client, page, cast):
    client.force_login(cast.editor)
    page.unpublish()
    Community.objects.filter(pk=cast.far.pk).update(public_place="hidden")
    for refused in (page, page.get_parent()):
        html = publish(client, refused, include_descendants="on").content.decode()
        assert SENTENCE in html
        assert "Title: This text" in html
        page.refresh_from_db()
        assert not page.live


def test_several_pages_without_one_are_published(client, page, cast):
    client.force_login(cast.editor)
    page.unpublish()
    assert SENTENCE not in publish(client, page).content.decode()
    page.refresh_from_db()
    assert page.live


# --- A place becomes less public ---------------------------------------------------------------------------
@pytest.mark.parametrize("less", ["area", "hidden"])
def test_an_outcome_page_of_another_community_goes_with_it(client, page, cast, less):
    assert client.get(page.url).status_code == 200
    Community.objects.filter(pk=cast.far.pk).update(public_place=less)
    assert client.get(page.url).status_code == 410
    for address in ("/en/", "/en/outcomes/", "/en/outcomes/?q=sori", "/sitemap-pages.xml"):
        assert page.slug not in client.get(address).content.decode()
    assert not OutcomePage.objects.live().readable().exists()


def test_a_standard_page_that_names_it_is_gone(client, site, cast):
    about = first(StandardPage)
    about.body = [("paragraph", "<p>As in Sori</p>")]
    about.save_revision().publish()
    assert client.get(about.url).status_code == 200
    Community.objects.filter(pk=cast.far.pk).update(public_place="area")
    assert client.get(about.url).status_code == 410
    assert about.url not in client.get("/en/").content.decode()


@pytest.mark.parametrize("model", [HomePage, OutcomeIndexPage, ProjectIndexPage])
def test_a_page_the_site_needs_stays_without_the_name(client, site, cast, model):
    row = first(model)
    row.intro = "As in Sori, as in Garou"
    row.save_revision().publish()
    Community.objects.filter(pk=cast.far.pk).update(public_place="area")
    html = client.get(row.url).content.decode()
    assert "As in [place not published], as in Garou" in html
    assert "Sori" not in html


def test_what_was_found_is_kept_until_a_community_changes(client, page, cast, settings):
    settings.PUBLIC_FIGURES_SECONDS = 300
    assert client.get(page.url).status_code == 200
    Community.objects.filter(pk=cast.far.pk).update(public_place="hidden")
    communities_changed()
    assert client.get(page.url).status_code == 410
