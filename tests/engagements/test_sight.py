"""Who reads what a meeting brought, while it is a draft, under review, and reviewed."""

import pytest
from django.urls import reverse

from engagements.models import (
    Commitment,
    Concern,
    Duty,
    Engagement,
    Evidence,
    Revision,
    Telling,
    Verdict,
)
from tests.cast import CANARY_NOTE, days_ago

from .conftest import hold

ROWS = [Concern, Commitment, Duty, Evidence, Revision, Verdict, Telling]
UNREVIEWED = ["draft", "submitted", "returned"]
OF_AGENCIES = [Concern, Commitment, Evidence, Revision, Verdict]


def bring(cast, state, community=None):
    """A meeting in `state` whose promise has evidence, a revision, a verdict and a telling of its own."""
    meeting = hold(
        cast,
        ago=60,
        asked=[("water", "women", "Dry")],
        promised=[("We repair", 30)],
        review=state == "reviewed",
        community=community,
    )
    if state != "reviewed":
        Engagement.objects.filter(pk=meeting.pk).update(state=state, return_reason="Wrong day")
    promise = Commitment.objects.get(engagement=meeting)
    Evidence.objects.create(commitment=promise, kind="visit", date=days_ago(9), shows=2, by=cast.officer)
    Revision.objects.create(
        commitment=promise, due_before=promise.due_on, due_on=days_ago(1), reason="Rain", by=cast.officer
    )
    Verdict.objects.create(commitment=promise, engagement=meeting, group="women", answer=1, by=cast.officer)
    Telling.objects.create(
        duty=promise.duties.get(), date=days_ago(8), how="visit", group="women", by=cast.officer
    )
    return meeting


def seen_by(user):
    return [model.__name__ for model in ROWS if model.objects.visible_to(user).exists()]


@pytest.mark.parametrize("state", UNREVIEWED)
def test_what_an_unreviewed_meeting_brought_reaches_neither_agencies_nor_editors(cast, state):
    bring(cast, state)
    assert seen_by(cast.focal_point) == []
    assert seen_by(cast.editor) == []


@pytest.mark.parametrize("state", UNREVIEWED)
def test_an_agency_changes_nothing_that_an_unreviewed_meeting_brought(cast, state):
    bring(cast, state)
    changed = [m.__name__ for m in ROWS if m.objects.editable_by(cast.focal_point).exists()]
    assert changed == []
    assert not Commitment.objects.shown_by(cast.focal_point).exists()


def test_what_a_reviewed_meeting_brought_reaches_the_agency_and_the_editor(cast):
    bring(cast, "reviewed")
    assert seen_by(cast.focal_point) == [model.__name__ for model in OF_AGENCIES]
    assert seen_by(cast.editor) == [model.__name__ for model in ROWS]


def test_what_came_by_no_meeting_reaches_them_at_once(cast):
    bring(cast, "draft")
    for model in (Concern, Commitment):
        model.objects.update(engagement=None)
    assert seen_by(cast.focal_point) == ["Concern", "Commitment", "Evidence", "Revision"]
    assert Concern.objects.editable_by(cast.focal_point).exists()


def test_an_answer_at_an_unreviewed_meeting_stays_in_the_area(cast):
    promise = Commitment.objects.get(engagement=bring(cast, "reviewed"))
    meeting = hold(cast, ago=5, review=False)
    verdict = Verdict.objects.create(
        commitment=promise, engagement=meeting, group="youth", answer=0, by=cast.officer
    )
    telling = Telling.objects.create(
        duty=promise.duties.get(),
        date=days_ago(5),
        how="meeting",
        group="youth",
        by=cast.officer,
        engagement=meeting,
    )
    for user in (cast.focal_point, cast.editor):
        assert verdict not in Verdict.objects.visible_to(user)
        assert telling not in Telling.objects.visible_to(user)
    for user in (cast.officer, cast.supervisor, cast.manager):
        assert verdict in Verdict.objects.visible_to(user)
        assert telling in Telling.objects.visible_to(user)


def test_a_manager_reads_no_draft(cast):
    bring(cast, "draft")
    assert seen_by(cast.manager) == []
    Engagement.objects.update(state="submitted")
    assert seen_by(cast.manager) == [model.__name__ for model in ROWS]


@pytest.mark.parametrize("state", [*UNREVIEWED, "reviewed"])
@pytest.mark.parametrize("who", ["officer", "supervisor"])
def test_the_area_reads_all_of_it_whatever_its_state(cast, state, who):
    bring(cast, state)
    assert seen_by(cast.users[who]) == [model.__name__ for model in ROWS]


def test_an_editor_reads_nothing_about_a_hidden_community(cast):
    bring(cast, "reviewed", community=cast.hidden)
    assert seen_by(cast.editor) == []


# --- What an editor reads of it --------------------------------------------------------------------------------
INTERNAL = "internalzq"


@pytest.fixture
def quiet_story(cast, client):
    """A reviewed meeting in a community that is public by its district alone; the editor is signed in."""
    meeting = bring(cast, "reviewed", community=cast.quiet)
    Engagement.objects.update(summary=INTERNAL, attendance_total=4711)
    Concern.objects.update(text=INTERNAL)
    Commitment.objects.update(words=INTERNAL)
    Evidence.objects.update(note=INTERNAL, file="evidence/x.pdf")
    Revision.objects.update(reason=INTERNAL)
    client.force_login(cast.editor)
    return meeting


KINDS = {"engagement": Engagement, "concern": Concern, "commitment": Commitment, "duty": Duty}
SECRETS = ["Quietvillagezq", "BJ-V2", INTERNAL, "4711"]


def found_in(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    text = (b"".join(response) if response.streaming else response.content).decode()
    return text, [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("kind", KINDS)
def test_an_editors_lists_and_their_exports_hold_public_names_alone(quiet_story, client, kind):
    listing, secrets = found_in(client, reverse(f"{kind}:index"))
    assert "A community in Malanville" in listing
    assert secrets == []
    assert found_in(client, reverse(f"{kind}:index") + "?export=csv")[1] == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_editor_finds_nothing_by_a_name_that_is_not_public(quiet_story, client, kind):
    asked = [found_in(client, reverse(f"{kind}:index") + f"?q={words}")[0] for words in ("Quietv", "Zeppel")]
    assert len({"A community in Malanville" in answer for answer in asked}) == 1


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_an_editor_reads_of_a_row_what_may_be_public(quiet_story, client, kind, public):
    if not public:
        Concern.objects.update(public_text="")
        Commitment.objects.update(public_text="")
    for row in KINDS[kind].objects.all():
        page, secrets = found_in(client, reverse(f"{kind}:inspect", args=[row.pk]))
        assert "A community in Malanville" in page
        assert secrets == []


def test_an_editor_opens_no_file_of_evidence(quiet_story, cast, client):
    address = reverse("evidence_file", args=[Evidence.objects.get().pk])
    assert client.get(address).status_code in (302, 403)


def test_an_officer_reads_all_of_it(quiet_story, cast, client):
    client.force_login(cast.officer)
    assert "Quietvillagezq" in client.get(reverse("concern:index")).content.decode()
    concern = client.get(reverse("concern:inspect", args=[Concern.objects.get().pk]))
    assert INTERNAL in concern.content.decode()


def test_an_editors_register_holds_no_place_and_no_notes_of_those_shown_by_district(cast, client):
    client.force_login(cast.editor)
    for query in ("", "?export=csv"):
        text, secrets = found_in(client, reverse("community:index") + query)
        assert "Garou" in text and secrets == []
    assert found_in(client, reverse("community:map"))[1] == []
    assert client.get(reverse("community:inspect", args=[cast.quiet.pk])).status_code == 404
    page = client.get(reverse("community:inspect", args=[cast.village.pk])).content.decode()
    assert "Garou" in page and CANARY_NOTE not in page
