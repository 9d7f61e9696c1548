"""The meeting screen, the pages of the loop, the lists and the home panels, as their users open them."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagements import loop, meetings, reports
from engagements.models import Commitment, Concern, Duty, Engagement
from engagements.models.commitments import Answer, Shown
from tests.cast import CANARY_SEALED, days_ago

from .conftest import hold


def screen(cast, **more):
    """What a browser posts: five fields, one concern, one commitment in answer to it."""
    blank = {"topic": "", "raised_by": "", "text": "", "public_text": "", "urgency": "normal"}
    rows = {
        "concerns-TOTAL_FORMS": 2,
        "concerns-INITIAL_FORMS": 0,
        "commitments-TOTAL_FORMS": 2,
        "commitments-INITIAL_FORMS": 0,
        "concerns-0-topic": cast.water_topic.pk,
        "concerns-0-raised_by": "women",
        "concerns-0-text": "The pump is dry",
        "concerns-0-public_text": "The pump is dry.",
        "concerns-0-urgency": "normal",
        **{f"concerns-1-{name}": value for name, value in blank.items()},
        "commitments-0-words": "We repair it by May",
        "commitments-0-public_text": "Repair of the pump.",
        "commitments-0-agency": cast.water.pk,
        "commitments-0-due_on": days_ago(-30).isoformat(),
        "commitments-0-about": "new-0",
        "commitments-0-accepted_by": "chief",
        "commitments-1-words": "",
    }
    five = {
        "kind": "policing",
        "date": days_ago(1).isoformat(),
        "place": "usual",
        "attendance": "counted",
        "attendance_total": 40,
    }
    return {**rows, **five, **more}


@pytest.fixture
def as_(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def log_url(community):
    return reverse("engagement:log_for", args=[community.pk])


def test_the_officer_logs_a_meeting_on_one_screen(cast, as_):
    response = as_(cast.officer).post(log_url(cast.village), screen(cast, submit="1"), follow=True)
    assert response.status_code == 200
    meeting = Engagement.objects.get()
    assert (meeting.state, meeting.attendance_total) == ("submitted", 40)
    assert Commitment.objects.get().concern == Concern.objects.get()


def test_the_same_form_sent_twice_is_one_meeting(cast, as_):
    client = as_(cast.officer)
    opened = [client.get(log_url(cast.village)).context["screen"].form["uid"].value() for _form in range(2)]
    assert opened[0] != opened[1]
    first, again = (client.post(log_url(cast.village), screen(cast, uid=opened[0])) for _click in range(2))
    assert first["Location"] == again["Location"] == page_of("engagement", Engagement.objects.get())
    assert (Concern.objects.count(), Commitment.objects.count()) == (1, 1)
    client.post(log_url(cast.village), screen(cast, uid=opened[1]))
    assert Engagement.objects.count() == 2


def test_a_form_as_somebody_else_sent_it_opens_nothing_of_theirs(cast, as_):
    theirs = hold(cast)
    response = as_(cast.supervisor).post(log_url(cast.village), screen(cast, uid=theirs.uid))
    assert response.status_code == 422
    assert Engagement.objects.count() == 1


def test_five_fields_are_enough(cast, as_):
    data = screen(
        cast,
        **{
            "concerns-0-topic": "",
            "concerns-0-raised_by": "",
            "concerns-0-text": "",
            "concerns-0-public_text": "",
            "commitments-0-words": "",
            "commitments-0-public_text": "",
            "commitments-0-agency": "",
            "commitments-0-due_on": "",
            "commitments-0-about": "",
            "commitments-0-accepted_by": "",
            "attendance": "not_counted",
            "attendance_total": "",
        },
    )
    as_(cast.officer).post(log_url(cast.village), data)
    assert Engagement.objects.get().attendance_total is None


def test_a_meeting_is_of_today_unless_said_otherwise(cast, as_):
    form = as_(cast.officer).get(log_url(cast.village)).context["screen"].form
    assert form["date"].value() == days_ago(0)
    meeting = hold(cast, ago=10, review=False)
    meetings.return_meeting(meeting, reason="How many?", by=cast.supervisor)
    form = as_(cast.officer).get(reverse("engagement:mend", args=[meeting.pk])).context["screen"].form
    assert form["date"].value() == days_ago(10)


def test_rows_that_may_stay_empty_mark_nothing_as_required(cast, as_):
    page = as_(cast.officer).get(log_url(cast.village)).content.decode()
    for heading in ("asked", "promised"):
        section = page.split(f'<section aria-labelledby="{heading}"')[1].split("</section>")[0]
        assert "w-required-mark" not in section, heading
    assert "w-required-mark" in page


@pytest.mark.parametrize(
    "name",
    [
        "concerns-0-topic",
        "concerns-0-raised_by",
        "concerns-0-text",
        "commitments-0-words",
        "commitments-0-agency",
        "commitments-0-due_on",
    ],
)
def test_a_row_that_is_begun_needs_the_rest(cast, as_, name):
    response = as_(cast.officer).post(log_url(cast.village), screen(cast, **{name: ""}))
    assert response.status_code == 422
    kind, row, field = name.split("-")
    assert list(getattr(response.context["screen"], kind)[int(row)].errors) == [field]
    assert not Engagement.objects.exists()


@pytest.mark.parametrize(("language", "day"), [("en", "3 March 2026"), ("fr", "3 mars 2026")])
@pytest.mark.parametrize("kind", ["engagement", "concern", "commitment"])
def test_a_page_writes_its_days_in_the_readers_language(cast, as_, told_once, kind, language, day):
    on = datetime.date(2026, 3, 3)
    Engagement.objects.update(date=on)
    Concern.objects.update(raised_on=on, due_on=on)
    Commitment.objects.update(promised_on=on, due_on=on)
    row = {"engagement": Engagement, "concern": Concern, "commitment": Commitment}[kind].objects.get()
    page = as_(cast.officer).get(page_of(kind, row), headers={"accept-language": language}).content.decode()
    assert day in page and "2026-03-03" not in page


def test_what_was_typed_stays_when_something_is_wrong(cast, as_):
    data = screen(cast, **{"commitments-0-due_on": "soon"})
    response = as_(cast.officer).post(log_url(cast.village), data)
    assert response.status_code == 422
    assert "The pump is dry" in response.content.decode()
    assert not Engagement.objects.exists()


def test_a_promise_about_an_empty_concern_is_refused_beside_its_field(cast, as_):
    response = as_(cast.officer).post(log_url(cast.village), screen(cast, **{"commitments-0-about": "new-1"}))
    assert "That concern is empty." in response.content.decode()


def test_a_verbs_refusal_comes_back_as_a_sentence(cast, as_):
    response = as_(cast.officer).post(log_url(cast.village), screen(cast, date=days_ago(-3).isoformat()))
    assert "logged after it took place" in response.content.decode()


@pytest.mark.parametrize(
    "who", ["manager", "editor", "focal_point", "registrar", "integrity", "liaison", "administrator"]
)
def test_the_meeting_screen_is_for_the_field(cast, as_, who):
    response = as_(cast.users[who]).get(log_url(cast.village))
    assert response.status_code in (302, 403)
    as_(cast.users[who]).post(log_url(cast.village), screen(cast))
    assert not Engagement.objects.exists()


def test_a_community_out_of_sight_is_not_there(cast, as_):
    assert as_(cast.officer).get(log_url(cast.far)).status_code == 404


def test_the_next_meeting_asks_about_earlier_promises_and_duties(cast, as_, told_once):
    commitment, duty = Commitment.objects.get(), Duty.objects.get(commitment__isnull=False)
    page = as_(cast.officer).get(log_url(cast.village)).content.decode()
    assert f"verdict-{commitment.pk}-answer" in page
    assert "30 days late" in page
    data = screen(
        cast,
        **{
            f"verdict-{commitment.pk}-answer": int(Answer.KEPT),
            f"verdict-{commitment.pk}-group": "women",
            f"telling-{duty.pk}-told": "reached",
            f"telling-{duty.pk}-group": "women",
        },
    )
    as_(cast.officer).post(log_url(cast.village), data)
    assert commitment.verdicts.get().group == "women"
    assert duty.tellings.get().reached


def test_an_answer_without_its_group_is_refused(cast, as_, told_once):
    commitment = Commitment.objects.get()
    data = screen(cast, **{f"verdict-{commitment.pk}-answer": int(Answer.KEPT)})
    assert "Give both" in as_(cast.officer).post(log_url(cast.village), data).content.decode()


def page_of(name, row):
    return reverse(f"{name}:inspect", args=[row.pk])


def act(client, page, row, move, /, **fields):
    return client.post(page_of(page, row), {"do": move, **{f"{move}-{k}": v for k, v in fields.items()}})


@pytest.mark.parametrize("who", ["focal_point", "supervisor"])
def test_an_agency_promises_on_its_page_what_a_report_asked_for(cast, as_, who):
    reports.take(
        reports.Told(topic=cast.water_topic, text="The pump is dry", channel="web", community=cast.village)
    )
    concern = Concern.objects.get()
    fields = {
        "words": "We mend it",
        "public_text": "The pump is mended.",
        "due_on": days_ago(-30).isoformat(),
    }
    act(as_(cast.supervisor), "concern", concern, "promise", **fields)
    assert not concern.commitments.exists(), "no agency is to answer yet"
    loop.assign(concern, agency=cast.water, by=cast.supervisor)
    assert (
        "Promise what is to be done"
        in as_(getattr(cast, who)).get(page_of("concern", concern)).content.decode()
    )
    act(as_(getattr(cast, who)), "concern", concern, "promise", **fields)
    promised = concern.commitments.get()
    assert (promised.agency, promised.community, promised.due_on) == (cast.water, cast.village, days_ago(-30))
    assert promised.duties.exists() and promised.recorded_by == getattr(cast, who)
    for other in ("officer", "editor", "manager", "liaison"):
        act(as_(getattr(cast, other)), "concern", concern, "promise", **fields)
    assert concern.commitments.count() == 1


def test_a_promise_that_names_a_phone_or_a_past_day_is_refused_beside_its_field(cast, as_):
    reports.take(
        reports.Told(topic=cast.water_topic, text="The pump is dry", channel="web", community=cast.village)
    )
    concern = Concern.objects.get()
    loop.assign(concern, agency=cast.water, by=cast.supervisor)
    fields = {"words": "We mend it", "public_text": "Call 90 12 34 56", "due_on": days_ago(3).isoformat()}
    page = act(as_(cast.focal_point), "concern", concern, "promise", **fields)
    assert page.status_code == 422 and not concern.commitments.exists()
    assert "The due date comes after the day of the promise." in page.content.decode()
    page = act(
        as_(cast.focal_point), "concern", concern, "promise", **{**fields, "due_on": days_ago(-3).isoformat()}
    )
    assert page.status_code == 422 and not concern.commitments.exists()


def test_an_agency_answers_nothing_that_was_added_to_since_it_opened_the_page(cast, as_):
    told = reports.Told(topic=cast.water_topic, text="The pump is dry", channel="web", community=cast.village)
    code = reports.take(told)
    concern = Concern.objects.get()
    loop.assign(concern, agency=cast.water, by=cast.supervisor)
    page, agency = page_of("concern", concern), as_(cast.focal_point)
    seen = agency.get(page).context["rested_on"]
    reports.add(code, text="The officer asked me for money.")
    answer = {"do": "answer", "answer-text": "We mend it."}
    refused = agency.post(page, {**answer, "rested_on": seen})
    assert (
        refused.status_code == 422
        and "This has changed since you opened the page" in refused.content.decode()
    )
    assert "The officer asked me for money." in refused.content.decode()
    assert Concern.objects.get().state == "assigned"
    assert agency.post(page, {**answer, "rested_on": refused.context["rested_on"]}).status_code == 302
    assert Concern.objects.get().state == "answered"


def test_what_was_answered_before_stands_on_its_page(cast, as_, told_once):
    concern = told_once.concerns.get()
    loop.answer(concern, text="There is no money.", because="money", by=cast.focal_point)
    loop.assign(concern, agency=cast.water, by=cast.supervisor)
    loop.answer(concern, text="We drill after all.", by=cast.focal_point)
    for reader in (cast.supervisor, cast.focal_point):
        page = as_(reader).get(page_of("concern", concern)).content.decode()
        assert "There is no money." in page and "We drill after all." in page


def test_the_supervisor_returns_and_the_officer_mends(cast, as_):
    meeting = hold(cast, review=False)
    act(as_(cast.supervisor), "engagement", meeting, "return", reason="How many women came?")
    page = as_(cast.officer).get(page_of("engagement", meeting)).content.decode()
    assert "How many women came?" in page
    mend = reverse("engagement:mend", args=[meeting.pk])
    assert mend in page
    as_(cast.officer).post(mend, screen(cast, women=20, submit="1"))
    meeting.refresh_from_db()
    assert meeting.state == "submitted"
    act(as_(cast.supervisor), "engagement", meeting, "review")
    meeting.refresh_from_db()
    assert meeting.state == "reviewed"


def test_the_officer_cannot_review(cast, as_):
    meeting = hold(cast, review=False)
    assert act(as_(cast.officer), "engagement", meeting, "review").status_code in (302, 403)
    meeting.refresh_from_db()
    assert meeting.state == "submitted"


def test_the_focal_point_answers_and_adds_evidence(cast, as_, told_once):
    concern, commitment = Concern.objects.get(), Commitment.objects.get()
    client = as_(cast.focal_point)
    act(client, "concern", concern, "answer", text="The pump comes in May.")
    act(
        client,
        "commitment",
        commitment,
        "show",
        kind="visit",
        on=days_ago(2).isoformat(),
        shows=int(Shown.FULL),
        public_note="The pump runs.",
    )
    concern.refresh_from_db()
    assert concern.state == "answered"
    assert commitment.evidence.get().shows == Shown.FULL


def test_evidence_of_tomorrow_comes_back_with_a_sentence(cast, as_, told_once):
    commitment = Commitment.objects.get()
    response = act(
        as_(cast.focal_point),
        "commitment",
        commitment,
        "show",
        kind="visit",
        on=days_ago(-2).isoformat(),
        shows=3,
    )
    assert response.status_code == 422
    assert not commitment.evidence.exists()


def test_evidence_is_a_photo_or_a_pdf_and_is_kept_without_its_name(cast, as_, told_once):
    commitment = Commitment.objects.get()
    client = as_(cast.focal_point)
    given = {"kind": "document", "on": days_ago(2).isoformat(), "shows": 3}
    page = SimpleUploadedFile("minutes.pdf", b"<html><script>alert(1)</script>", "application/pdf")
    response = act(client, "commitment", commitment, "show", **given, file=page)
    assert response.status_code == 422 and "this file is neither" in response.content.decode()
    assert not commitment.evidence.exists()
    minutes = SimpleUploadedFile("minutes-of-Garou.pdf", b"%PDF-1.7 minutes")
    act(client, "commitment", commitment, "show", **given, file=minutes)
    kept = commitment.evidence.get().file
    assert kept.read() == b"%PDF-1.7 minutes" and "Garou" not in kept.name


def test_another_agencys_commitment_is_not_there(cast, as_, told_once):
    Commitment.objects.update(agency=cast.police)
    assert as_(cast.focal_point).get(page_of("commitment", Commitment.objects.get())).status_code == 404


def test_the_officer_tells_from_the_duty(cast, as_, told_once):
    duty = Duty.objects.filter(concern__isnull=False).get()
    loop.answer(duty.concern, text="We drill in May.", by=cast.focal_point)
    act(
        as_(cast.officer),
        "duty",
        duty,
        "tell",
        on=days_ago(0).isoformat(),
        how="visit",
        group="women",
        reached="on",
    )
    assert duty in Duty.objects.closed()
    assert act(
        as_(cast.editor), "duty", duty, "tell", on=days_ago(0).isoformat(), how="visit", group="chief"
    ).status_code in (302, 403)
    assert duty.tellings.count() == 1


def test_a_sealed_concern_shows_to_nobody_else(cast, as_):
    hold(cast, asked=[("sealed", "traders", CANARY_SEALED)])
    for user in cast.users.values():
        client = as_(user)
        for kind in ("concern", "duty"):
            listing = client.get(reverse(f"{kind}:index"))
            if listing.status_code == 200:
                assert listing.context["object_list"].count() == 0
                assert CANARY_SEALED not in listing.content.decode()


@pytest.mark.parametrize("kind", ["engagement", "concern", "commitment", "duty"])
def test_lists_count_their_queries(cast, as_, kind, django_assert_max_num_queries):
    def fill(number):
        for _row in range(number):
            hold(cast, asked=[("water", "women", "Dry")], promised=[("We repair", 5)])

    client = as_(cast.supervisor)
    fill(1)
    url = reverse(f"{kind}:index")
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        assert client.get(url).status_code == 200
    fill(10)
    with CaptureQueriesContext(connection) as eleven:
        assert client.get(url).status_code == 200
    assert len(eleven) <= len(one) + 1


@pytest.mark.parametrize("kind", ["engagement", "concern", "commitment", "duty"])
@pytest.mark.parametrize("who", ["manager", "editor"])
def test_lists_are_read_along_the_index_of_their_order(cast, as_, kind, who, told_once):
    """No list may sort a whole table, nor read a shape, to show a page of it."""
    if connection.vendor != "sqlite":
        pytest.skip("a plan of PostgreSQL depends on its statistics")
    client, url = as_(cast.users[who]), reverse(f"{kind}:index")
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    page = next(
        q["sql"] for q in asked if f'FROM "engagements_{kind}"' in q["sql"] and "ORDER BY" in q["sql"]
    )
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {page}")
        plan = " ".join(detail for _id, parent, _unused, detail in cursor.fetchall() if parent == 0)
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan
    shapes = ('"boundary"', '"location"', '"line"')
    assert [q["sql"] for q in asked if any(shape in q["sql"] for shape in shapes)] == []


def test_every_role_has_a_home(cast, as_, told_once):
    for role, user in cast.users.items():
        response = as_(user).get("/office/")
        assert response.status_code == 200, role
    page = as_(cast.officer).get("/office/").content.decode()
    assert "Quietvillagezq" in page
    assert "30 days late" in page


def test_the_supervisors_home_shows_what_is_to_be_reviewed(cast, as_):
    meeting = hold(cast, review=False)
    assert page_of("engagement", meeting) in as_(cast.supervisor).get("/office/").content.decode()


def test_the_supervisor_corrects_the_words_for_the_public_on_the_page(cast, as_, told_once):
    concern = Concern.objects.get()
    assert (
        "Correct the words for the public"
        in as_(cast.supervisor).get(page_of("concern", concern)).content.decode()
    )
    act(as_(cast.supervisor), "concern", concern, "reword", public_text="A pump that works")
    concern.refresh_from_db()
    assert (concern.public_text, concern.text) == ("A pump that works", "The pump is dry")


def test_the_words_of_each_piece_of_evidence_are_corrected_on_the_page_of_the_commitment(
    cast, as_, told_once
):
    commitment = Commitment.objects.get()
    first, second = (
        loop.show(
            commitment, kind="visit", on=days_ago(ago), shows=1, public_note="Oldzq", by=cast.focal_point
        )
        for ago in (2, 1)
    )
    action = f"reword_evidence_{first.pk}"
    for who in (cast.editor, cast.supervisor):
        html = as_(who).get(page_of("commitment", commitment)).content.decode()
        assert action in html and f"reword_evidence_{second.pk}" in html
    act(as_(cast.supervisor), "commitment", commitment, action, public_note="Newzq")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.public_note, second.public_note) == ("Newzq", "Oldzq")
    answer = act(as_(cast.supervisor), "commitment", commitment, action, public_note="Call 97 12 34 56")
    assert "Take it out" in answer.content.decode()
    html = as_(cast.officer).get(page_of("commitment", commitment)).content.decode()
    assert "reword_evidence" not in html
    assert act(as_(cast.officer), "commitment", commitment, action, public_note="Mine").status_code in (
        302,
        403,
    )
    first.refresh_from_db()
    assert first.public_note == "Newzq"


def test_the_officer_is_not_offered_to_correct_them(cast, as_, told_once):
    concern = Concern.objects.get()
    html = as_(cast.officer).get(page_of("concern", concern)).content.decode()
    assert "Correct the words for the public" not in html
    assert act(as_(cast.officer), "concern", concern, "reword", public_text="Mine").status_code in (302, 403)
    concern.refresh_from_db()
    assert concern.public_text != "Mine"
