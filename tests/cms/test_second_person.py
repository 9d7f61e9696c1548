"""A community at risk: two people must agree before anything is published, by whichever way it is published."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import Page, Revision, WorkflowState

from cms import outcomes
from cms.models import Agreement, OutcomePage
from communities import accounts
from communities.models import Community, Contact, User
from communities.sight import Role
from engagements import loop, wording
from tests.cast import PASSWORD, days_ago
from tests.cms.test_public_places import addresses

SAID = "somebody other than the one who last changed these words"
FIELDS = ("title", "slug", "said", "promised", "done", "next_steps")


@pytest.fixture
def draft(site, story, cast, second):
    """Drafted by the first editor, of a community at risk."""
    Community.objects.filter(pk=cast.village.pk).update(at_risk=True)
    cast.village.refresh_from_db()
    return outcomes.draft_from(story.kept(cast.village), by=cast.editor)


def form(page, **changes):
    fields = {name: getattr(page, name) for name in FIELDS}
    return {**fields, "seo_title": "", "search_description": "", "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0, **changes}  # fmt: skip


def as_(client, user):
    client.force_login(user)
    return client


def is_live(page):
    return OutcomePage.objects.get(pk=page.pk).live


def edit(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


# --- The page's own form -------------------------------------------------------------------------------------
def test_the_form_tells_whoever_opens_it(client, draft, cast):
    assert "two people must agree" in as_(client, cast.editor).get(edit(draft)).content.decode()
    Community.objects.update(at_risk=False)
    assert "two people must agree" not in client.get(edit(draft)).content.decode()


def test_its_author_does_not_publish_it_and_is_told_what_to_do(client, draft, cast):
    answer = as_(client, cast.editor).post(edit(draft), form(draft, **{"action-publish": "1"}), follow=True)
    assert SAID in answer.content.decode()
    assert "submit it for review" in answer.content.decode()
    assert not is_live(draft)
    assert not Agreement.objects.exists()


def test_a_second_editor_publishes_the_words_unchanged(client, draft, second):
    as_(client, second).post(edit(draft), form(draft, **{"action-publish": "1"}))
    assert is_live(draft)
    assert Agreement.objects.get().by == second
    for language in ("en", "fr", "ar"):
        draft.refresh_from_db()
        assert client.get(draft.url.replace("/en/", f"/{language}/")).status_code == 200


@pytest.mark.parametrize("name", [*FIELDS[2:], "title", "slug"])
def test_whoever_changes_a_word_is_the_first_person_again(client, draft, cast, second, name):
    words = "other-words" if name == "slug" else "Other words"
    changed = form(draft, **{name: words, "action-publish": "1"})
    assert SAID in as_(client, second).post(edit(draft), changed, follow=True).content.decode()
    assert not is_live(draft)
    page = OutcomePage.objects.get(pk=draft.pk).get_latest_revision_as_object()
    assert getattr(page, name) == words  # kept as a draft
    as_(client, cast.editor).post(edit(page), form(page, **{"action-publish": "1"}))
    assert is_live(draft)


def test_saving_the_same_words_again_makes_nobody_their_author(client, draft, cast, second):
    as_(client, second).post(edit(draft), form(draft))
    as_(client, second).post(edit(draft), form(draft, **{"action-publish": "1"}))
    assert is_live(draft)


def test_words_changed_back_are_of_whoever_changed_them_back(client, draft, cast, second):
    first_words = draft.promised
    as_(client, second).post(edit(draft), form(draft, promised="Other words"))
    again = form(draft, promised=first_words)
    as_(client, second).post(edit(draft), again)
    client.post(edit(draft), {**again, "action-publish": "1"})
    assert not is_live(draft)


def test_a_live_page_may_be_drafted_on_and_its_new_words_need_a_second_person(client, draft, cast, second):
    as_(client, second).post(edit(draft), form(draft, **{"action-publish": "1"}))
    as_(client, cast.editor).post(edit(draft), form(draft, done="New words"))
    client.post(edit(draft), form(draft, done="New words", **{"action-publish": "1"}))
    page = OutcomePage.objects.get(pk=draft.pk)
    assert (page.live, page.done) == (True, "The pump runs")
    as_(client, second).post(edit(draft), form(draft, done="New words", **{"action-publish": "1"}))
    assert OutcomePage.objects.get(pk=draft.pk).done == "New words"


def test_a_community_not_at_risk_needs_nobody_else(client, draft, cast):
    Community.objects.update(at_risk=False)
    as_(client, cast.editor).post(edit(draft), form(draft, **{"action-publish": "1"}))
    assert is_live(draft)


# --- The review ----------------------------------------------------------------------------------------------
def submitted(client, draft, by):
    as_(client, by).post(edit(draft), form(draft, **{"action-submit": "1"}))
    return WorkflowState.objects.get().current_task_state


@pytest.mark.parametrize("dialog", [True, False])
def test_its_author_does_not_approve_it(client, draft, cast, dialog):
    task = submitted(client, draft, cast.editor)
    approve = reverse("wagtailadmin_pages:workflow_action", args=[draft.pk, "approve", task.pk])
    headers = {"x-requested-with": "XMLHttpRequest"} if dialog else {}
    answer = client.post(approve, {"comment": ""}, headers=headers)
    assert answer.status_code == (200 if dialog else 302)
    assert SAID in client.get(edit(draft)).content.decode()
    assert not is_live(draft)
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS


def test_its_author_does_not_approve_it_from_the_form(client, draft, cast):
    submitted(client, draft, cast.editor)
    fields = form(draft, **{"action-workflow-action": "1", "workflow-action-name": "approve"})
    answer = client.post(edit(draft), fields, follow=True)
    assert SAID in answer.content.decode()
    assert not is_live(draft)


def test_a_second_editor_approves_it(client, draft, cast, second):
    task = submitted(client, draft, cast.editor)
    approve = reverse("wagtailadmin_pages:workflow_action", args=[draft.pk, "approve", task.pk])
    as_(client, second).post(approve, {"comment": "Read."})
    assert is_live(draft)


def test_a_review_of_what_must_stay_inside_ends_in_a_sentence(client, draft, cast, second):
    task = submitted(client, draft, cast.editor)
    Contact.objects.create(community=cast.village, role="chief", name="Borehole Canary")  # known since then
    approve = reverse("wagtailadmin_pages:workflow_action", args=[draft.pk, "approve", task.pk])
    answer = as_(client, second).post(approve, {"comment": ""}, follow=True)
    assert "the name of a contact" in answer.content.decode()
    assert not is_live(draft)


# --- Other ways ----------------------------------------------------------------------------------------------
def test_bulk_publishing_is_held_to_it(client, draft, cast, second):
    bulk = (
        reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        + f"?id={draft.pk}&next=/office/pages/{draft.get_parent().pk}/"
    )
    answer = as_(client, cast.editor).post(bulk, {"include_descendants": ""}, follow=True)
    assert SAID in answer.content.decode()
    assert not is_live(draft)
    as_(client, second).post(bulk, {"include_descendants": ""})
    assert is_live(draft)


def test_bulk_publishing_of_the_list_above_is_held_to_it(client, draft, cast):
    index = draft.get_parent().pk
    bulk = (
        reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        + f"?id={index}&next=/office/pages/{index}/"
    )
    as_(client, cast.editor).post(bulk, {"include_descendants": "on"}, follow=True)
    assert not is_live(draft)


def test_the_interface_for_machines_is_held_to_it(client, draft, cast, second):
    address = reverse("wagtailadmin_api:pages:action", args=[draft.pk, "publish"])
    answer = as_(client, cast.editor).post(address)
    assert answer.status_code == 400
    assert SAID in answer.content.decode()
    assert not is_live(draft)


@pytest.mark.parametrize("who", ["author", "nobody"])
def test_publishing_a_revision_is_held_to_it(draft, cast, who):
    revision = draft.get_latest_revision()
    with pytest.raises(ValidationError, match=SAID):
        revision.publish(user=cast.editor if who == "author" else None)
    assert not is_live(draft)


def test_words_of_nobody_known_are_published_by_nobody(draft, cast, second):
    Revision.objects.for_instance(draft).update(user=None)
    with pytest.raises(ValidationError):
        draft.get_latest_revision().publish(user=second)


def test_a_copy_is_held_to_it(draft, cast, second):
    draft.get_latest_revision().publish(user=second)
    copy = OutcomePage.objects.get(pk=draft.pk).copy(
        user=cast.editor, keep_live=False, update_attrs={"slug": "copy-of-it", "title": "Other"}
    )
    with pytest.raises(ValidationError):
        copy.specific.get_latest_revision().publish(user=cast.editor)


# --- Going live by itself ------------------------------------------------------------------------------------
def due(draft, by):
    """Set to go live by itself, at a moment that has come."""
    draft.go_live_at = timezone.now() + datetime.timedelta(hours=1)
    draft.save_revision(user=by).publish(user=by)
    passed = timezone.now() - datetime.timedelta(minutes=1)
    Page.objects.filter(pk=draft.pk).update(go_live_at=passed)
    for revision in Revision.objects.for_instance(draft).exclude(approved_go_live_at=None):
        revision.content["go_live_at"] = passed.isoformat()
        revision.approved_go_live_at = passed
        revision.save()


def test_what_its_author_scheduled_does_not_go_live(draft, cast, story):
    due(draft, cast.editor)
    other = outcomes.draft_from(story.kept(cast.far), by=cast.editor)
    due(other, cast.editor)
    call_command("publish_scheduled")
    assert not is_live(draft)
    assert is_live(other)  # one that is held back keeps no other from going live
    assert not Revision.objects.exclude(approved_go_live_at=None).exists()


def test_what_a_second_editor_scheduled_goes_live(draft, cast, second):
    due(draft, second)
    call_command("publish_scheduled")
    assert is_live(draft)


def test_a_community_that_became_at_risk_meanwhile_holds_it_back(draft, cast):
    Community.objects.update(at_risk=False)
    due(draft, cast.editor)
    Community.objects.filter(pk=cast.village.pk).update(at_risk=True)
    call_command("publish_scheduled")
    assert not is_live(draft)


def test_a_withdrawn_page_does_not_go_live_by_itself(draft, cast, second, story):
    due(draft, second)
    outcomes.withdraw(draft, by=cast.editor, reason="x")
    assert not Revision.objects.exclude(approved_go_live_at=None).exists()
    call_command("publish_scheduled")
    assert not is_live(draft)


# --- A page that was withdrawn before --------------------------------------------------------------------------
WITHDRAWN = "A page about this promise was withdrawn before"


@pytest.fixture
def anew(site, story, cast, second):
    """Drafted by the first editor, of a promise whose page the second one withdrew."""
    commitment = story.kept(cast.village)
    outcomes.withdraw(
        outcomes.draft_from(commitment, by=cast.editor), by=second, reason="The chief: reasonzq"
    )
    return outcomes.draft_from(commitment, by=cast.editor)


def test_what_was_withdrawn_is_not_published_again_by_its_author_nor_by_who_withdrew_it(
    client, anew, cast, second
):
    third = User.objects.create_user("third@example.org", PASSWORD, name="Third editor")
    accounts.post(third, Role.EDITOR, by=None, starts=days_ago(400))
    for user in (cast.editor, second):
        answer = as_(client, user).post(edit(anew), form(anew, **{"action-publish": "1"}), follow=True)
        assert WITHDRAWN in answer.content.decode()
        assert not is_live(anew)
        with pytest.raises(ValidationError, match=WITHDRAWN):
            anew.get_latest_revision().publish(user=user)
    as_(client, third).post(edit(anew), form(anew, **{"action-publish": "1"}))
    assert is_live(anew)


def test_its_form_says_so(client, anew, cast):
    html = as_(client, cast.editor).get(edit(anew)).content.decode()
    assert WITHDRAWN in html
    assert "This community is at risk" not in html


def test_deleting_the_withdrawn_page_changes_nothing(anew, cast, second):
    OutcomePage.objects.exclude(translation_key=anew.translation_key).filter(alias_of=None).get().delete()
    for user in (cast.editor, second):
        with pytest.raises(ValidationError, match=WITHDRAWN):
            anew.get_latest_revision().publish(user=user)


def test_a_further_promise_of_a_withdrawn_page_is_held_to_it(site, story, cast):
    first, further = (story.kept(cast.village, text=text) for text in ("A pump", "A road"))
    outcomes.withdraw(outcomes.draft_from(first, further, by=cast.editor), by=cast.editor, reason="x")
    with pytest.raises(ValidationError, match=WITHDRAWN):
        outcomes.draft_from(further, by=cast.editor).get_latest_revision().publish(user=cast.editor)


def test_colleagues_read_when_by_whom_and_why(client, site, story, cast, second):
    commitment = story.kept(cast.village)
    page = reverse("commitment:inspect", args=[commitment.pk])
    assert "withdrawn on" not in as_(client, cast.editor).get(page).content.decode()
    outcomes.withdraw(
        outcomes.draft_from(commitment, by=cast.editor), by=second, reason="The chief: reasonzq"
    )
    said = f"Its page was withdrawn on {date_format(timezone.localdate(), 'j F Y')} by Second editor."
    for user, address, why in (
        (cast.editor, reverse("cms:ready"), True),
        (cast.editor, page, True),
        (cast.supervisor, page, True),
        (cast.manager, page, True),
        (cast.officer, page, False),
        (cast.focal_point, page, False),  # people may have been afraid of this very agency
    ):
        html = as_(client, user).get(address).content.decode()
        assert said in html and ("The chief: reasonzq" in html) == why
    past = client.get(page, {"as_of": days_ago(3).isoformat()}).content.decode()
    assert "reasonzq" not in past
    client.logout()
    for address in addresses():
        assert "reasonzq" not in client.get(address).content.decode()


# --- The words of the record ---------------------------------------------------------------------------------
CANARIES = [
    "canaryaskedzq",
    "canaryanswerzq",
    "canarypromisezq",
    "canaryshownzq",
    "canarycancelzq",
    "canaryowedzq",
]
KEPT_BACK = "The words are kept back to protect people here."


@pytest.fixture
def words_of_one(site, story, cast, second):
    """Words that one person alone put into the record of a community at risk, with a live page that tells of two of
    its promises in words that a second person agreed to."""
    Community.objects.filter(pk=cast.village.pk).update(at_risk=True)
    cast.village.refresh_from_db()
    told = [story.kept(cast.village, text=text) for text in ("A pump", "A road")]
    told[1].evidence.update(shows=1)
    page = outcomes.draft_from(*told, by=cast.editor)
    page.get_latest_revision().publish(user=second)
    asked = story.concern(cast.village)
    loop.answer(asked, text="canaryanswerzq", by=cast.supervisor)
    wording.reword(asked, words={"public_text": "canaryaskedzq"}, by=cast.editor)
    for commitment in told:
        wording.reword(commitment, words={"public_text": "canarypromisezq"}, by=cast.editor)
        wording.reword(commitment.evidence.get(), words={"public_note": "canaryshownzq"}, by=cast.editor)
    story.cancel(story.promise(cast.village, text="canaryowedzq"), reason="canarycancelzq")
    story.promise(cast.village, text="canaryowedzq")
    return page


def answers(client, page):
    page.refresh_from_db()
    return {url: client.get(url).content.decode() for url in [*addresses(), page.url, "/en/outcomes/feed/"]}


def test_no_word_of_one_person_is_public(client, words_of_one, cast):
    found = answers(client, words_of_one)
    for url, html in found.items():
        assert [word for word in CANARIES if word in html] == [], url
    community = reverse("public:community", args=[cast.village.public_reference])
    for url in (community, "/en/", words_of_one.url):
        assert KEPT_BACK in found[url], url
    assert "The pump runs" in found[words_of_one.url]  # agreed to by a second person
    assert "We could not do this" not in found[community]
    assert '<b class="step__what">Answered</b>' in found[community]


def test_the_days_agencies_and_standings_stay(client, words_of_one, cast):
    html = client.get(reverse("public:community", args=[cast.village.public_reference])).content.decode()
    for said in (cast.water.label, date_format(days_ago(100), "j F Y"), "Overdue", "Withdrawn"):
        assert said in html, said


def test_where_nobody_is_at_risk_they_are_public(client, words_of_one, cast):
    Community.objects.update(at_risk=False)
    every = "".join(answers(client, words_of_one).values())
    assert [word for word in CANARIES if word not in every] == []
    assert KEPT_BACK not in every


# --- The register --------------------------------------------------------------------------------------------
def test_the_register_is_filtered_by_it(client, draft, cast):
    html = as_(client, cast.manager).get(reverse("community:index") + "?at_risk=true").content.decode()
    assert cast.village.code in html
    assert cast.quiet.code not in html


def test_the_public_is_not_told(client, draft, second, cast):
    draft.get_latest_revision().publish(user=second)
    community = reverse("public:community", args=[cast.village.public_reference])
    draft.refresh_from_db()
    for url in ("/en/", draft.url, community):
        assert "at risk" not in client.get(url).content.decode().lower()
