"""Outcome pages: drafted in one click, reviewed, published, withdrawn at once."""

import json
import re
from html import unescape

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, override
from wagtail.models import WorkflowState

from cms import outcomes
from cms.models import OutcomePage, Withdrawal
from cms.places import on_map
from communities.models import Community, Group
from engagements.models import Commitment
from tests.cast import CANARY_NAME, CANARY_PHONE


@pytest.fixture
def commitment(site, story, cast):
    return story.kept(cast.village)


@pytest.fixture
def draft(commitment, cast):
    return outcomes.draft_from(commitment, by=cast.editor)


@pytest.fixture
def published(draft):
    draft.get_latest_revision().publish()
    draft.refresh_from_db()
    return draft


# --- Drafting ------------------------------------------------------------------------------------------------
def test_a_draft_is_filled_in_from_what_is_public(draft):
    assert not draft.live
    assert draft.title == draft.promised == "Drill one borehole"
    assert draft.said == "A borehole near the school"
    assert draft.done == "The pump runs"


def test_nothing_that_our_code_writes_is_kept_in_the_words_of_a_page(draft, commitment, cast):
    """Days, groups, agencies and answers are printed from the record: stored, they would stay in one language."""
    words = " ".join(getattr(draft, name) for name in ("title", "said", "promised", "done"))
    for ours in (cast.water.name, "Kept", "group", str(commitment.promised_on.year)):
        assert ours not in words


def test_a_draft_holds_nothing_meant_for_colleagues(draft):
    from tests.cms.conftest import PRIVATE_WORDS

    assert not any(PRIVATE_WORDS in getattr(draft, name) for name in OutcomePage.TEXTS)


def test_a_draft_waits_in_every_language(draft):
    assert sorted(p.locale.language_code for p in draft.get_translations()) == ["ar", "fr"]
    assert not draft.get_translations().live().exists()


def test_a_commitment_has_one_page(draft, commitment, cast):
    with pytest.raises(ValidationError, match="has an outcome page already"):
        outcomes.draft_from(commitment, by=cast.editor)


def test_a_commitment_without_public_words_is_refused(commitment, cast):
    Commitment.objects.update(public_text="")
    commitment.refresh_from_db()
    with pytest.raises(ValidationError, match="words for the public"):
        outcomes.draft_from(commitment, by=cast.editor)


def test_a_commitment_of_an_unreviewed_meeting_is_out_of_an_editors_sight(site, story, cast):
    commitment = story.promise(cast.village, state="submitted")
    with pytest.raises(PermissionDenied):
        outcomes.draft_from(commitment, by=cast.editor)


def test_a_hidden_communitys_commitment_is_out_of_an_editors_sight(site, story, cast):
    with pytest.raises(PermissionDenied):
        outcomes.draft_from(story.kept(cast.hidden), by=cast.editor)


@pytest.mark.parametrize("role", ["officer", "manager", "focal_point"])
def test_only_an_editor_drafts(commitment, cast, role):
    with pytest.raises(PermissionDenied):
        outcomes.draft_from(commitment, by=cast.users[role])


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (f"Call {CANARY_PHONE}", "a phone number"),
        ("Write to chief@example.org", "an e-mail address"),
        (f"{CANARY_NAME} asked", "the name of a contact"),
    ],
)
def test_a_draft_with_what_must_stay_inside_is_refused(site, story, cast, words, kind):
    commitment = story.kept(cast.village, text=words)
    with pytest.raises(ValidationError) as refused:
        outcomes.draft_from(commitment, by=cast.editor)
    assert kind in str(refused.value)
    assert CANARY_NAME not in str(refused.value)
    assert not OutcomePage.objects.exists()


def test_a_draft_of_a_district_alone_leaves_the_name_out(site, story, cast):
    page = outcomes.draft_from(story.kept(cast.quiet, text="Drill at Quietvillagezq"), by=cast.editor)
    assert "Quietvillagezq" not in page.title + page.promised + page.slug


def test_a_draft_says_that_a_promise_was_withdrawn_and_why(site, story, cast):
    commitment = story.promise(cast.village)
    story.cancel(commitment)
    page = outcomes.draft_from(commitment, by=cast.editor)
    assert page.done == "The site floods each August"


def test_a_withdrawal_younger_than_the_delay_is_on_no_page(client, published, commitment, story, cast):
    """Neither on the published page, nor on a new draft, nor on the front page's list of what is owed."""
    story.cancel(commitment)
    late = story.promise(cast.village, days=400, due=300, text="Mend the road")
    story.cancel(late)
    assert "Withdrawn on" in client.get(published.url).content.decode()
    Community.objects.update(publish_delay_days=30)
    cache.clear()
    assert outcomes.draft_from(late, by=cast.editor).done == ""
    assert "Withdrawn" not in client.get(published.url).content.decode()
    front = client.get("/en/").content.decode()
    assert "Mend the road" in front
    assert "Withdrawn" not in front


# --- The editors' screens ------------------------------------------------------------------------------------
def test_the_editor_finds_what_is_ready_and_drafts_it(client, commitment, cast):
    client.force_login(cast.editor)
    assert "Drill one borehole" in client.get(reverse("cms:ready")).content.decode()
    answer = client.post(reverse("cms:draft_outcome", args=[commitment.pk]))
    page = OutcomePage.objects.get(locale__language_code="en")
    assert answer.url == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert client.get(answer.url).status_code == 200
    assert "Drill one borehole" not in client.get(reverse("cms:ready")).content.decode()


def test_the_editors_home_shows_what_is_ready_and_nobody_elses_does(client, commitment, cast):
    client.force_login(cast.editor)
    assert "Drill one borehole" in client.get(reverse("wagtailadmin_home")).content.decode()
    client.force_login(cast.registrar)
    assert "Ready to publish" not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_a_refusal_is_said_on_the_screen(client, commitment, draft, cast):
    client.force_login(cast.editor)
    answer = client.post(reverse("cms:draft_outcome", args=[commitment.pk]), follow=True)
    assert "has an outcome page already" in answer.content.decode()


@pytest.mark.parametrize("role", ["officer", "supervisor", "manager", "focal_point", "integrity"])
def test_nobody_else_gets_in(client, commitment, cast, role):
    client.force_login(cast.users[role])
    assert client.get(reverse("cms:ready")).status_code == 302
    assert client.post(reverse("cms:draft_outcome", args=[commitment.pk])).status_code in (302, 403)
    assert not OutcomePage.objects.exists()


def test_drafting_is_never_done_by_a_link(client, commitment, cast):
    client.force_login(cast.editor)
    assert client.get(reverse("cms:draft_outcome", args=[commitment.pk])).status_code == 405


def test_a_hidden_communitys_commitment_is_not_found(client, site, story, cast):
    client.force_login(cast.editor)
    commitment = story.kept(cast.hidden)
    assert client.post(reverse("cms:draft_outcome", args=[commitment.pk])).status_code == 404


# --- Publishing ------------------------------------------------------------------------------------------------
def form(page, **changes):
    fields = {
        name: getattr(page, name) for name in ("title", "slug", "said", "promised", "done", "next_steps")
    }
    return {**fields, "seo_title": "", "search_description": "", "comments-TOTAL_FORMS": 0, **changes,
            "comments-INITIAL_FORMS": 0}  # fmt: skip


def test_an_editor_submits_and_approves_through_the_workflow(client, draft, cast):
    client.force_login(cast.editor)
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    sent = client.post(edit, form(draft, next_steps="A second one in May.", **{"action-submit": "1"}))
    assert sent.url == reverse("wagtailadmin_explore", args=[draft.get_parent().pk])
    state = WorkflowState.objects.get()
    assert state.status == WorkflowState.STATUS_IN_PROGRESS
    task = state.current_task_state
    approve = reverse("wagtailadmin_pages:workflow_action", args=[draft.pk, "approve", task.pk])
    client.post(approve, {"comment": "Read."})
    draft.refresh_from_db()
    assert draft.live
    assert client.get(draft.url).status_code == 200
    assert "A second one in May." in client.get(draft.url).content.decode()


ELSEWHERE = ["seo_title", "search_description", "slug"]  # what a search engine shows


@pytest.mark.parametrize("field", ["title", "said", "promised", "done", "next_steps", *ELSEWHERE])
def test_publishing_what_must_stay_inside_is_refused_by_field(client, draft, cast, field):
    client.force_login(cast.editor)
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    words = f"ask-{CANARY_NAME.lower()}-at-once" if field == "slug" else f"Ask {CANARY_NAME}"
    answer = client.post(edit, form(draft, **{field: words, "action-publish": "1"}))
    assert "the name of a contact" in answer.content.decode()
    draft.refresh_from_db()
    assert not draft.live


def test_a_published_page_is_on_every_outlet(client, published, cast):
    community = reverse("public:community", args=[cast.village.public_reference])
    for url in ("/en/", "/en/outcomes/", "/en/outcomes/?q=borehole", community, "/sitemap-pages.xml"):
        assert published.url in client.get(url).content.decode(), url


def test_a_published_page_is_there_in_each_language(client, published):
    for language in ("fr", "ar"):
        html = client.get(published.url.replace("/en/", f"/{language}/")).content.decode()
        assert f'<html lang="{language}"' in html
        assert 'lang="en" dir="auto">Drill one borehole' in html


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_what_our_code_writes_reads_natively_and_words_say_their_language(
    client, published, commitment, cast, language
):
    html = unescape(client.get(published.url.replace("/en/", f"/{language}/")).content.decode())
    with override(language):
        ours = [
            "You said",
            "What was promised",
            "What was done",
            "Kept",
            "Done",
            "The community's answer",
            "Told",
        ]
        for words in [gettext(each) for each in ours]:
            assert words in html, words
        assert str(Group.WOMEN.label) in html
        assert date_format(commitment.promised_on, "j F Y") in html
        assert cast.water.label in html
    assert '<div lang="en" dir="auto"><p>A borehole near the school</p></div>' in html
    assert '<div lang="en" dir="auto"><p>The pump runs</p></div>' in html


@pytest.mark.parametrize(("language", "name"), [("fr", "Anglais"), ("ar", "الإنجليزية")])
def test_a_reader_of_another_language_is_told_what_the_words_are_in(client, published, language, name):
    assert name in client.get(published.url.replace("/en/", f"/{language}/")).content.decode()
    assert "own words:" not in client.get(published.url).content.decode()


def test_where_nothing_was_seen_the_page_says_so(client, site, story, cast):
    page = outcomes.draft_from(story.promise(cast.village), by=cast.editor)
    page.get_latest_revision().publish()
    page.refresh_from_db()
    assert "Nothing has been seen to be done yet." in client.get(page.url).content.decode()


def drawn(client, page):
    """What the small map of a page is given to draw, if anything."""
    found = re.search(r'<script id="place-data"[^>]*>(.*?)</script>', client.get(page.url).content.decode())
    return json.loads(found[1]) if found else None


def test_a_published_page_shows_where_on_a_map_and_in_words(client, published, cast):
    html = client.get(published.url).content.decode()
    assert drawn(client, published) == {"point": [11.9, 3.0], "label": "Garou"}
    assert "data-map" in html and "leaflet.js" in html
    assert f'<p class="small">{cast.village.label}</p>' in html


def test_the_page_of_a_district_alone_draws_the_district_and_no_point(client, site, story, cast):
    page = outcomes.draft_from(story.kept(cast.quiet), by=cast.editor)
    page.get_latest_revision().publish()
    page.refresh_from_db()
    place = drawn(client, page)
    assert set(place) == {"outline", "label"}
    assert place["label"] == cast.north.label
    assert "The place itself is not published." in client.get(page.url).content.decode()


@pytest.mark.parametrize("change", [{"public_place": "hidden"}, {"status": "closed"}])
def test_a_page_that_is_gone_has_no_map(client, published, cast, change):
    Community.objects.filter(pk=cast.village.pk).update(**change)
    assert drawn(client, published) is None


def test_a_withdrawn_page_has_no_map(client, published, cast):
    outcomes.withdraw(published, by=cast.editor, reason="x")
    assert drawn(client, published) is None


def test_the_preview_of_a_community_that_became_hidden_draws_nothing(published, cast):
    Community.objects.filter(pk=cast.village.pk).update(public_place="hidden")
    cast.village.refresh_from_db()
    assert on_map(cast.village) is None


def test_a_published_page_stays_small(client, published):
    assert len(client.get(published.url).content) < 30_000


def test_a_draft_is_read_by_nobody(client, draft):
    assert client.get(draft.url).status_code == 404


def test_an_editor_previews_a_draft(client, draft, cast):
    client.force_login(cast.editor)
    assert client.get(reverse("wagtailadmin_pages:view_draft", args=[draft.pk])).status_code == 200


@pytest.mark.parametrize("change", [{"public_place": "hidden"}, {"status": "closed"}])
def test_a_page_is_gone_when_its_community_is_no_longer_public(client, published, cast, change):
    Community.objects.filter(pk=cast.village.pk).update(**change)
    answer = client.get(published.url)
    assert answer.status_code == 410
    assert "borehole" not in answer.content.decode()
    for url in ("/en/", "/en/outcomes/", "/en/outcomes/?q=borehole", "/sitemap-pages.xml"):
        assert published.slug not in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("seo_title", "A well in Old Garou"),
        ("search_description", "OLD GAROU"),
        ("slug", "well-in-old-garou"),
    ],
)
def test_a_page_is_gone_when_what_a_search_engine_shows_names_a_kept_place(client, draft, cast, field, words):
    Community.objects.filter(pk=cast.village.pk).update(name="Old Garou")
    setattr(draft, field, words)
    draft.save_revision().publish()
    draft.refresh_from_db()
    assert client.get(draft.url).status_code == 200
    Community.objects.filter(pk=cast.village.pk).update(public_place="area")
    assert client.get(draft.url).status_code == 410


# --- Withdrawing -----------------------------------------------------------------------------------------------
def test_a_withdrawn_page_is_gone_everywhere_at_once(client, published, cast):
    outcomes.withdraw(published, by=cast.editor, reason="The chief was threatened: reasonzq")
    community = reverse("public:community", args=[cast.village.public_reference])
    for url in ("/en/", "/fr/", "/en/outcomes/", "/ar/outcomes/", community, "/sitemap-pages.xml"):
        assert published.slug not in client.get(url).content.decode()
    for language in ("en", "fr", "ar"):
        answer = client.get(published.url.replace("/en/", f"/{language}/"))
        assert answer.status_code == 410
        assert "borehole" not in answer.content.decode()
        assert "reasonzq" not in answer.content.decode()


def test_the_reason_stays_inside(published, cast):
    outcomes.withdraw(published, by=cast.editor, reason="  The chief was threatened ")
    row = Withdrawal.objects.get()
    assert (row.reason, row.by) == ("The chief was threatened", cast.editor)


def test_withdrawing_needs_a_reason(published, cast):
    with pytest.raises(ValidationError):
        outcomes.withdraw(published, by=cast.editor, reason=" ")
    assert OutcomePage.objects.live().readable().exists()


def test_only_an_editor_withdraws(client, published, cast):
    with pytest.raises(PermissionDenied):
        outcomes.withdraw(published, by=cast.officer, reason="x")
    client.force_login(cast.officer)
    client.post(reverse("cms:withdraw_outcome", args=[published.pk]), {"reason": "x"})
    assert not Withdrawal.objects.exists()


@pytest.mark.parametrize("role", ["officer", "supervisor", "manager", "focal_point", "integrity", "liaison"])
def test_whoever_may_not_withdraw_is_not_told_whether_there_is_a_page(client, published, cast, role):
    client.force_login(cast.users[role])
    nowhere = OutcomePage.objects.order_by("pk").last().pk + 1
    for ask in (client.get, client.post):
        there, missing = (ask(reverse("cms:withdraw_outcome", args=[pk])) for pk in (published.pk, nowhere))
        assert there.status_code == missing.status_code == 404
        assert "borehole" not in there.content.decode()


def test_a_draft_is_not_withdrawn_from_its_screen(client, draft, cast):
    client.force_login(cast.editor)
    assert client.get(reverse("cms:withdraw_outcome", args=[draft.pk])).status_code == 404


def test_an_old_revision_does_not_bring_a_withdrawn_page_back(client, published, cast):
    revision = published.get_latest_revision()
    outcomes.withdraw(published, by=cast.editor, reason="x")
    with pytest.raises(ValidationError):
        revision.publish()
    assert client.get(published.url).status_code == 410


def test_a_withdrawn_page_leaves_its_review(client, draft, cast):
    draft.get_workflow().start(draft, cast.editor)
    outcomes.withdraw(draft, by=cast.editor, reason="x")
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_CANCELLED


def test_a_withdrawn_page_may_be_drafted_anew_and_is_published_by_somebody_else(
    published, commitment, cast, second
):
    outcomes.withdraw(published, by=cast.editor, reason="x")
    again = outcomes.draft_from(commitment, by=cast.editor)
    again.get_latest_revision().publish(user=second)
    assert OutcomePage.objects.live().readable().filter(pk=again.pk).exists()


def test_the_editor_withdraws_from_the_pages_own_screen(client, published, cast):
    client.force_login(cast.editor)
    address = reverse("cms:withdraw_outcome", args=[published.pk])
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[published.pk])).content.decode()
    assert address in edit
    assert client.get(address).status_code == 200
    assert Withdrawal.objects.count() == 0
    client.post(address, {"reason": ""})
    assert Withdrawal.objects.count() == 0
    client.post(address, {"reason": "The chief was threatened"})
    assert Withdrawal.objects.count() == 1
