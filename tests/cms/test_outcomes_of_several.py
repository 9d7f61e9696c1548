"""One outcome page from several commitments of a community."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.actions.convert_alias import ConvertAliasPageAction

from cms import outcomes, waiting
from cms.models import OutcomePage
from engagements.models import Commitment
from tests.cast import days_ago


@pytest.fixture
def pump(site, story, cast):
    return story.kept(cast.village, text="Mend the pump")


@pytest.fixture
def road(site, story, cast):
    """Promised later and overdue."""
    said = story.concern(cast.village, days=90, text="The road floods")
    return story.promise(cast.village, days=90, due=30, text="Raise the road", concern=said)


@pytest.fixture
def draft(pump, road, cast):
    return outcomes.draft_from(road, pump, by=cast.editor)


@pytest.fixture
def published(draft):
    draft.get_latest_revision().publish()
    draft.refresh_from_db()
    return draft


def readable(page):
    return OutcomePage.objects.live().readable().filter(pk=page.pk).exists()


# --- Drafting ------------------------------------------------------------------------------------------------
def test_a_draft_holds_what_was_said_promised_and_done_for_each(draft, pump, road):
    assert draft.commitment == pump  # the first one promised
    assert list(draft.others.all()) == [road]
    assert draft.said.split("\n\n") == ["A borehole near the school", "The road floods"]
    assert draft.promised.split("\n\n") == ["Mend the pump", "Raise the road"]
    assert draft.done == "The pump runs"
    assert draft.title == "Mend the pump"


def test_what_was_said_once_stands_once(site, story, cast):
    said = story.concern(cast.village)
    rows = [story.promise(cast.village, text=text, concern=said) for text in ("Drill", "Train two people")]
    assert outcomes.draft_from(*rows, by=cast.editor).said == "A borehole near the school"


def test_two_communities_are_refused(pump, story, cast):
    other = story.promise(cast.far)
    with pytest.raises(ValidationError, match="one community"):
        outcomes.draft_from(pump, other, by=cast.editor)
    assert not OutcomePage.objects.exists()


def test_one_that_may_not_be_public_is_refused(pump, road, cast):
    Commitment.objects.filter(pk=road.pk).update(public_text="")
    with pytest.raises(ValidationError, match="words for the public"):
        outcomes.draft_from(pump, road, by=cast.editor)


def test_one_from_an_unreviewed_meeting_is_refused(pump, story, cast):
    other = story.promise(cast.village, state="submitted")
    with pytest.raises(PermissionDenied):
        outcomes.draft_from(pump, other, by=cast.editor)
    assert not OutcomePage.objects.exists()


def test_none_and_too_many_are_refused(site, story, cast):
    many = [story.promise(cast.village) for _each in range(outcomes.MOST_ON_ONE_PAGE + 1)]
    for chosen in ([], many):
        with pytest.raises(ValidationError):
            outcomes.draft_from(*chosen, by=cast.editor)


def test_each_of_them_has_a_page_from_then_on(draft, pump, road, cast):
    assert waiting.keys(cast.editor) == []
    for commitment in (pump, road):
        with pytest.raises(ValidationError, match="has an outcome page already"):
            outcomes.draft_from(commitment, by=cast.editor)


def test_a_withdrawal_frees_each_of_them(published, pump, road, cast):
    outcomes.withdraw(published, by=cast.editor, reason="x")
    assert {pk for pk, _day in waiting.keys(cast.editor)} == {pump.pk, road.pk}
    assert outcomes.draft_from(road, by=cast.editor)


# --- Staying together ----------------------------------------------------------------------------------------
def test_its_mirrors_and_its_revisions_carry_all_of_them(published, road):
    versions = published.get_translations(inclusive=True).specific()
    assert len(versions) == 3
    for version in versions:
        assert list(version.others.all()) == [road]
    assert list(published.get_latest_revision_as_object().others.all()) == [road]


def test_a_translation_of_its_own_words_carries_all_of_them(published, road, cast):
    french = published.get_translations().get(locale__language_code="fr").specific
    ConvertAliasPageAction(french, user=cast.editor).execute(skip_permission_checks=True)
    french = OutcomePage.objects.get(pk=french.pk)
    french.title = "La pompe et la route"
    french.save_revision().publish()
    assert list(OutcomePage.objects.get(pk=french.pk).others.all()) == [road]
    assert readable(french)


def test_the_editors_form_saves_without_losing_one(client, draft, road, cast):
    client.force_login(cast.editor)
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert f"P{road.pk}" in client.get(edit).content.decode()
    fields = {
        name: getattr(draft, name) for name in ("title", "slug", "said", "promised", "done", "next_steps")
    }
    more = {"seo_title": "", "search_description": "", "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}
    client.post(edit, {**fields, **more, "title": "Pump and road", "action-publish": "1"})
    page = OutcomePage.objects.get(pk=draft.pk)
    assert (page.live, page.title, list(page.others.all())) == (True, "Pump and road", [road])


@pytest.mark.parametrize("which", ["pump", "road"])
def test_it_is_gone_when_one_of_them_is_no_longer_public(client, published, request, which):
    assert readable(published)
    row = request.getfixturevalue(which)
    Commitment.objects.filter(pk=row.pk).update(public_text="")
    assert not readable(published)
    assert client.get(published.url).status_code == 410
    for url in ("/en/", "/en/outcomes/", "/en/outcomes/?q=road", "/sitemap-pages.xml"):
        assert published.slug not in client.get(url).content.decode()


def test_it_waits_for_the_delay_of_the_youngest(published, road):
    Commitment.objects.filter(pk=road.pk).update(promised_on=days_ago(2), due_on=days_ago(-30))
    road.community.publish_delay_days = 10
    road.community.save()
    assert not readable(published)


# --- What the public reads -----------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_public_reads_each_from_what_was_said_to_who_was_told(client, published, language):
    html = client.get(published.url.replace("/en/", f"/{language}/")).content.decode()
    assert html.count('<article class="thread') == 2
    for words in ("A borehole near the school", "The road floods", "Raise the road", "The pump runs"):
        assert words in html
    assert html.index("thread--owed") < html.index("The pump runs</span>")  # misses first


def test_what_is_still_due_is_printed_from_the_record(client, published, story, road):
    html = client.get(published.url).content.decode()
    assert "Still to be done:" in html
    assert "Still to be done" not in published.next_steps
    story.show(road, days=5, note="The road stands")
    assert "Still to be done:" not in client.get(published.url).content.decode()


def test_it_asks_no_more_for_more_promises(client, site, story, cast):
    def asked_for(many, text):
        rows = [story.kept(cast.village, text=f"{text} {place}") for place in range(many)]
        page = outcomes.draft_from(*rows, by=cast.editor)
        page.get_latest_revision().publish()
        page.refresh_from_db()
        client.get(page.url)
        with CaptureQueriesContext(connection) as queries:
            client.get(page.url)
        return len(queries)

    assert asked_for(2, "Few") == asked_for(9, "Many")


# --- The editors' screen -------------------------------------------------------------------------------------
def test_the_editor_ticks_two_and_drafts_one_page(client, pump, road, cast):
    client.force_login(cast.editor)
    html = client.get(reverse("cms:ready")).content.decode()
    assert html.count('name="commitment"') == 2
    answer = client.post(reverse("cms:draft_several"), {"commitment": [pump.pk, road.pk]})
    page = OutcomePage.objects.get(locale__language_code="en")
    assert answer.url == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert set(page.commitment_keys()) == {pump.pk, road.pk}


def test_a_refusal_is_a_sentence_on_the_screen(client, pump, story, cast):
    client.force_login(cast.editor)
    other = story.promise(cast.far)
    for ticked, said in (([], "Tick the promises"), ([pump.pk, other.pk], "one community")):
        answer = client.post(reverse("cms:draft_several"), {"commitment": ticked}, follow=True)
        assert said in answer.content.decode()


@pytest.mark.parametrize("wrong", ["x", "-1", "99999999999999999999", "999999"])
def test_what_is_not_there_is_not_found(client, pump, cast, wrong):
    client.force_login(cast.editor)
    assert client.post(reverse("cms:draft_several"), {"commitment": [pump.pk, wrong]}).status_code == 404


def test_a_hidden_communitys_is_not_found(client, site, story, cast):
    client.force_login(cast.editor)
    rows = [story.kept(cast.hidden).pk, story.kept(cast.hidden).pk]
    assert client.post(reverse("cms:draft_several"), {"commitment": rows}).status_code == 404


@pytest.mark.parametrize("role", ["officer", "supervisor", "manager", "focal_point", "integrity"])
def test_nobody_else_drafts(client, pump, road, cast, role):
    client.force_login(cast.users[role])
    answer = client.post(reverse("cms:draft_several"), {"commitment": [pump.pk, road.pk]})
    assert answer.status_code in (302, 403)
    assert not OutcomePage.objects.exists()


def test_several_are_not_drafted_by_a_link(client, pump, cast):
    client.force_login(cast.editor)
    assert client.get(reverse("cms:draft_several")).status_code == 405
