"""The inbox: what came in, in the order of its clock; deciding on it; what repeats it; who may."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from communities.models import Community
from communities.sight import Role
from engagements import codes, inbox, loop, reports
from engagements.models import Addition, Assignment, Concern, Duty, Mandate, ReportPhoto, Topic
from tests.cast import days_ago

from .conftest import hold
from .test_field_photos import jpeg

INBOX = "/office/inbox/"
CONTACT = "contactzq 90 12 34 56"


def take(cast, *, community=None, area=None, text="The pump is dry", ago=0, **more):
    """A report by the public form; returns its concern and its code."""
    place = {"area": area} if area else {"community": community or cast.village}
    told = reports.Told(
        topic=more.pop("topic", cast.water_topic),
        text=text,
        channel=more.pop("channel", "web"),
        raised_on=days_ago(ago),
        **place,
        **more,
    )
    code = reports.take(told)
    return Concern.objects.latest("pk"), code


def school():
    return Topic.objects.create(code="school", name="School")


def late(concern, hours):
    Concern.objects.filter(pk=concern.pk).update(look_by=timezone.now() - datetime.timedelta(hours=hours))


@pytest.fixture
def as_(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def desk(cast, as_):
    """The supervisor's browser."""
    return as_(cast.supervisor)


def decide(client, concern, do, query="", **data):
    data.setdefault("rested_on", inbox.standing(Concern.objects.get(pk=concern.pk)))
    return client.post(f"{INBOX}?c={concern.pk}{query}", {"do": do, **data})


def listed(response):
    return [line["row"].pk for line in response.context["lines"]]


def text_of(response):
    return " ".join(response.content.decode().split())


# --- The list ------------------------------------------------------------------------------------------------
def test_it_lists_what_came_in_by_every_channel_the_longest_late_first(cast, desk):
    web, sms, paper = (take(cast, channel=channel)[0] for channel in ("web", "sms", "paper"))
    asked = hold(cast, asked=[("water", "women", "Still dry")]).concerns.get()
    for row, hours in ((web, -5), (sms, 30), (paper, 5), (asked, 300)):
        late(row, hours)
    response = desk.get(INBOX)
    assert listed(response) == [asked.pk, sms.pk, paper.pk, web.pk]
    assert "should have been looked at 5\xa0hours ago" in response.content.decode()
    assert "Text message" in text_of(response) and "At a meeting" in text_of(response)


def test_it_shows_neither_what_lies_elsewhere_nor_what_a_meeting_under_review_brought(cast, desk):
    take(cast, community=cast.far)
    take(cast, area=cast.south)
    hold(cast, asked=[("water", "women", "Still dry")], review=False)
    assert listed(desk.get(INBOX)) == []
    assert "Everything that came in was looked at." in text_of(desk.get(INBOX))


def test_it_lists_what_names_a_district_alone(cast, desk):
    row, _code = take(cast, area=cast.north)
    assert listed(desk.get(INBOX)) == [row.pk]
    assert "In which community?" in text_of(desk.get(INBOX))


def test_it_lists_what_waits_for_an_agency_by_the_day_it_is_due_and_says_how_late(cast, desk):
    soon, due = take(cast)[0], take(cast, ago=30)[0]
    for row in (soon, due):
        loop.assign(row, agency=cast.water, by=cast.supervisor)
    response = desk.get(f"{INBOX}?state=assigned")
    assert listed(response) == [due.pk, soon.pk]
    assert "9 days late" in text_of(response)
    assert listed(desk.get(INBOX)) == []


def test_it_pages_by_key_and_back(cast, desk, monkeypatch):
    monkeypatch.setattr(inbox, "PAGE", 3)
    rows = [take(cast)[0] for _n in range(7)]
    same = timezone.now()  # clocks that ran out at once: the number decides
    Concern.objects.filter(pk__in=[row.pk for row in rows[:5]]).update(look_by=same)
    first = desk.get(INBOX)
    assert listed(first) == [row.pk for row in rows[:3]]
    assert first.context["page"].earlier is None
    second = desk.get(INBOX + first.context["page"].further.address())
    assert listed(second) == [row.pk for row in rows[3:6]]
    last = desk.get(INBOX + second.context["page"].further.address())
    assert listed(last) == [rows[6].pk] and last.context["page"].further is None
    back = desk.get(INBOX + last.context["page"].earlier.address())
    assert listed(back) == [row.pk for row in rows[3:6]]
    assert listed(desk.get(INBOX + back.context["page"].earlier.address())) == [row.pk for row in rows[:3]]


@pytest.mark.parametrize(
    "key", ["x", "~", "2026-01-01~1", "2026-13-45T00:00~5", "2026-01-01T00:00~5", "~9" * 30]
)
def test_it_begins_again_where_an_address_names_no_place_in_the_list(cast, desk, key):
    row, _code = take(cast)
    assert listed(desk.get(INBOX, {"after": key})) == [row.pk]


def test_it_filters_by_topic_and_district(cast, desk):
    other_topic = school()
    one, other = take(cast)[0], take(cast, topic=other_topic)[0]
    assert listed(desk.get(f"{INBOX}?topic={other_topic.code}")) == [other.pk]
    assert listed(desk.get(f"{INBOX}?district=BJ0101")) == [one.pk, other.pk]
    assert listed(desk.get(f"{INBOX}?district=BJ0102")) == []


def test_it_counts_up_to_a_bound(cast):
    for _n in range(3):
        take(cast)
    rows = inbox.not_looked_at(cast.supervisor)
    assert inbox.counted(rows, 3) == "3"
    assert inbox.counted(rows, 2) == "2+"


def test_it_asks_as_often_for_eleven_as_for_one(cast, desk):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            desk.get(INBOX)
        return len(queries)

    take(cast)
    asked()
    one = asked()
    for n in range(10):
        _row, code = take(cast, community=[cast.village, cast.quiet, cast.hidden][n % 3], text=f"{n} is dry")
        reports.add(code, text="Still")
    assert asked() == one


# --- Added to since ----------------------------------------------------------------------------------------------
ADDED = f"{INBOX}?state=added"


@pytest.mark.parametrize("to", ["itself", "repeat"])
def test_what_was_added_after_an_answer_is_listed_and_marked_until_it_is_read(cast, desk, to):
    row, code = take(cast)
    other, other_code = take(cast, text="The pump is dry too")
    loop.join(other, into=row, by=cast.supervisor)
    loop.answer(row, text="On Monday.", by=cast.supervisor)
    assert listed(desk.get(ADDED)) == []
    reports.add(code if to == "itself" else other_code, text="Nobody came on Mondayzq")
    response = desk.get(ADDED)
    assert listed(response) == [row.pk] and "Nobody came on Mondayzq" in text_of(response)
    assert "answered on" in text_of(response) and "They added to it since it was decided" in text_of(response)
    assert (f"Added to {other.number} on" in text_of(response)) is (to == "repeat")
    page = desk.get(reverse("concern:inspect", args=[row.pk]))
    assert "Nobody came on Mondayzq" in text_of(page) and "added to since" in text_of(page)
    up_to = response.context["forms"]["read"]["up_to"].value()
    reports.add(code, text="And another while it is read")
    assert decide(desk, row, "read", "&state=added", up_to=up_to).status_code == 302
    assert [addition.waits for addition in Addition.objects.order_by("pk")] == [False, True]
    assert listed(desk.get(ADDED)) == [row.pk]
    decide(desk, row, "read", "&state=added", up_to=Addition.objects.latest("pk").pk)
    assert listed(desk.get(ADDED)) == []
    assert ModelLogEntry.objects.filter(action="engagements.read").count() == 2


def test_what_waits_for_an_agency_is_marked_where_it_was_added_to(cast, desk):
    row, code = take(cast)
    loop.assign(row, agency=cast.water, by=cast.supervisor)
    assert "added to since" not in text_of(desk.get(f"{INBOX}?state=assigned"))
    reports.add(code, text="It is worse")
    assert "added to since" in text_of(desk.get(f"{INBOX}?state=assigned"))


def test_the_agency_finds_what_was_added_to_since(cast, as_):
    (row, code), (other, _code) = take(cast), take(cast)
    for concern in (row, other):
        loop.assign(concern, agency=cast.water, by=cast.supervisor)
    reports.add(code, text="It is worse")
    shown = text_of(as_(cast.focal_point).get(f"{reverse('concern:index')}?added=true"))
    assert f"/inspect/{row.pk}/" in shown and f"/inspect/{other.pk}/" not in shown


def test_nobody_but_its_supervisor_says_that_it_was_read(cast, as_):
    row, code = take(cast)
    loop.answer(row, text="On Monday.", by=cast.supervisor)
    reports.add(code, text="Nobody came")
    for user in (cast.officer, cast.focal_point, cast.manager):
        with pytest.raises(PermissionDenied):
            reports.read_additions(row, up_to=Addition.objects.get().pk, by=user)
    assert Addition.objects.get().waits


# --- Who may ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", sorted(set(Role.values) - {"supervisor"}))
def test_nobody_but_supervisors_opens_it(cast, as_, role):
    row, _code = take(cast)
    client = as_(cast.users[role])
    assert client.get(INBOX).status_code != 200
    decide(client, row, "give", agency=cast.water.pk)
    row.refresh_from_db()
    assert row.state == "new"


def test_nobody_signed_out_opens_it(cast, client):
    assert client.get(INBOX).status_code == 302


def test_it_takes_no_other_method(cast, desk):
    assert desk.put(INBOX).status_code == 405


def test_somebody_elses_row_is_not_there(cast, desk):
    row, _code = take(cast, community=cast.far)
    assert desk.get(f"{INBOX}?c={row.pk}").status_code == 404
    assert decide(desk, row, "give", agency=cast.water.pk).status_code == 404
    assert desk.get(f"{INBOX}?c=none").status_code == 404
    row.refresh_from_db()
    assert row.state == "new"


def test_it_refuses_a_decision_that_nobody_knows(cast, desk):
    row, _code = take(cast)
    assert decide(desk, row, "delete").status_code != 200
    assert Concern.objects.filter(pk=row.pk, state="new").exists()


# --- Deciding ------------------------------------------------------------------------------------------------
def test_it_proposes_the_agency_of_the_mandate(cast, desk):
    take(cast)
    assert "Water Directorate answers here, within 21 days." in text_of(desk.get(INBOX))


def test_it_says_where_agencies_overlap(cast, desk):
    Mandate.objects.create(topic=cast.water_topic, area=cast.region, agency=cast.police, days=7)
    take(cast)
    page = text_of(desk.get(INBOX))
    assert "More than one agency answers for this here." in page
    assert "Give it to Water Directorate" in page and "Give it to Benin police" in page


def test_it_says_where_no_agency_answers(cast, desk):
    Mandate.objects.all().delete()
    take(cast)
    assert "No agency answers for this here." in text_of(desk.get(INBOX))


def test_giving_it_to_an_agency_leads_to_the_next_with_the_filters_kept(cast, desk):
    first, second, third = (take(cast)[0] for _n in range(3))
    response = decide(desk, second, "give", "&topic=water", agency=cast.water.pk)
    assert response["Location"] == f"{INBOX}?topic=water&c={third.pk}#chosen"
    page = text_of(desk.get(response["Location"]))
    assert f"C{second.pk} was given to Water Directorate, which must answer by" in page
    second.refresh_from_db()
    assert (second.state, second.agency, second.assignments.count()) == ("assigned", cast.water, 1)
    after_the_last = decide(desk, third, "give", agency=cast.water.pk)
    assert after_the_last["Location"].endswith(f"?c={first.pk}#chosen")


def test_it_counts_each_passing_on(cast, desk):
    row, _code = take(cast)
    for agency in (cast.water, cast.police, cast.water):
        decide(desk, row, "give", "&state=assigned", agency=agency.pk)
    assert Assignment.objects.filter(concern=row).count() == 3
    assert "Passed on 2 times." in text_of(desk.get(f"{INBOX}?state=assigned&c={row.pk}"))


def test_topic_and_urgency_are_corrected_and_it_stays_where_it_is(cast, desk):
    row, _code = take(cast)
    other_topic = school()
    response = decide(desk, row, "sort", topic=other_topic.pk, urgency="now")
    assert response["Location"].endswith(f"?c={row.pk}#chosen")
    row.refresh_from_db()
    assert (row.topic, row.urgency) == (other_topic, "now")


def test_nobody_sorts_a_concern_to_a_sealed_topic(cast, desk):
    row, _code = take(cast)
    assert decide(desk, row, "sort", topic=cast.sealed_topic.pk, urgency="now").status_code == 422


def test_what_names_a_district_is_placed_in_a_community(cast, desk):
    row, _code = take(cast, area=cast.north)
    page = text_of(desk.get(f"{INBOX}?c={row.pk}&q=garo"))
    assert "Garou" in page and "Quietvillagezq" not in page
    decide(desk, row, "place", community=cast.village.pk)
    row.refresh_from_db()
    assert (row.community, row.area) == (cast.village, None)
    assert row.duties.get().community == cast.village


def test_nobody_places_it_out_of_their_sight(cast, desk):
    row, _code = take(cast, area=cast.north)
    assert decide(desk, row, "place", community=cast.far.pk).status_code == 422
    row.refresh_from_db()
    assert row.community is None


def test_it_is_answered_or_refused_with_a_reason(cast, desk):
    one, other = take(cast)[0], take(cast)[0]
    decide(desk, one, "answer", text="The pump was repaired on Monday.")
    assert decide(desk, other, "cannot", text="The site floods.", because="").status_code == 422
    response = decide(desk, other, "cannot", text="The site floods.", because="ground")
    assert "was refused: The ground does not allow it." in text_of(desk.get(response["Location"]))
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, other.state, other.because) == ("answered", "cannot", "ground")
    assert Duty.objects.open().count() == 2


def test_what_was_typed_stays_where_a_decision_is_refused(cast, desk):
    row, _code = take(cast)
    response = decide(desk, row, "answer", text="Call us on +229 90 12 34 56 then.")
    assert response.status_code == 422
    assert "Call us on +229 90 12 34 56 then." in text_of(response)
    assert "a phone number" in text_of(response)


def test_it_says_so_where_somebody_else_dealt_with_it_meanwhile(cast, desk):
    row, _code = take(cast)
    seen = inbox.standing(row)
    loop.assign(row, agency=cast.police, by=cast.supervisor)
    response = decide(desk, row, "give", agency=cast.water.pk, rested_on=seen)
    assert response.status_code == 422
    assert f"Somebody else dealt with this meanwhile. C{row.pk} is with Benin police." in text_of(response)
    assert Assignment.objects.filter(concern=row).count() == 1


def test_what_was_written_is_not_lost_where_somebody_else_answered_meanwhile(cast, desk):
    row, _code = take(cast)
    seen = inbox.standing(row)
    loop.answer(row, text="Done already.", by=cast.supervisor)
    response = decide(desk, row, "answer", text="We repair it.", rested_on=seen)
    assert response.status_code == 422
    assert "We repair it." in text_of(response) and "was answered on" in text_of(response)


# --- How it came ---------------------------------------------------------------------------------------------
def test_how_to_reach_them_is_opened_by_post_shown_once_and_logged(cast, desk):
    row, _code = take(cast, contact=CONTACT)
    assert CONTACT not in text_of(desk.get(INBOX))
    response = decide(desk, row, "contact")
    assert CONTACT in text_of(response)
    assert "no-store" in response["Cache-Control"]
    assert CONTACT not in text_of(desk.get(f"{INBOX}?c={row.pk}"))
    entry = ModelLogEntry.objects.get(action="engagements.open_contact")
    assert entry.user == cast.supervisor and CONTACT not in str(entry.data)


def test_nobody_opens_how_to_reach_somebody_elsewhere(cast, desk):
    row, _code = take(cast, contact=CONTACT, community=cast.far)
    assert decide(desk, row, "contact").status_code == 404
    assert not ModelLogEntry.objects.filter(action="engagements.open_contact").exists()


def test_what_was_added_later_stands_with_it(cast, desk):
    _row, code = take(cast)
    reports.add(code, text="They came and left again.")
    assert "They came and left again." in text_of(desk.get(INBOX))


@pytest.mark.parametrize("role", sorted(Role.values))
def test_its_photos_are_served_to_those_who_deal_with_it(cast, as_, role):
    row, _code = take(cast, photos=[ContentFile(jpeg(), "pump.jpg")])
    loop.assign(row, agency=cast.water, by=cast.supervisor)
    photo = ReportPhoto.objects.get()
    response = as_(cast.users[role]).get(reverse("report_photo_file", args=[photo.pk]))
    deals = role in {"officer", "supervisor", "manager", "focal_point"}
    assert (response.status_code == 200) == deals
    if deals:
        assert "no-store" in response["Cache-Control"]
        response.close()


# --- Repeats -------------------------------------------------------------------------------------------------
def test_it_proposes_what_says_the_same_in_the_same_place_the_most_alike_first(cast):
    row, _code = take(cast, text="The pump near the school is broken")
    nearly, _code = take(cast, text="Pump broken, near the school")
    some, _code = take(cast, text="Women walk far since the pump near the market broke")
    take(cast, text="Soldiers took money")
    found = inbox.repeats_among(inbox.beside(row, cast.supervisor))
    assert [like.concern for like in found] == [nearly, some]
    assert found[0].said == "nearly the same words"


def test_it_proposes_nothing_of_another_place_topic_or_year_nor_what_is_joined(cast):
    text = "The pump near the school is broken"
    row, _code = take(cast, text=text)
    take(cast, text=text, community=cast.quiet)
    take(cast, text=text, area=cast.north)
    take(cast, text=text, ago=181)
    take(cast, text=text, topic=school())
    joined, _code = take(cast, text=text)
    living, _code = take(cast, text=text, ago=170)
    loop.join(joined, into=living, by=cast.supervisor)
    assert [like.concern for like in inbox.repeats_among(inbox.beside(row, cast.supervisor))] == [living]


def test_it_compares_what_names_a_district_with_the_districts_own(cast):
    row, other = (take(cast, text="Wells are dry in all the villages", area=cast.north)[0] for _n in range(2))
    take(cast, text="Wells are dry in all the villages")
    assert [like.concern for like in inbox.repeats_among(inbox.beside(row, cast.supervisor))] == [other]


def test_it_does_not_propose_what_was_answered_before_this_came(cast, desk):
    answered, _code = take(cast, text=(text := "The pump by the market is dry"), ago=9)
    loop.answer(answered, text="It was repaired.", by=cast.supervisor)
    again, _code = take(cast, text=text)
    assert inbox.beside(again, cast.supervisor) == []
    response = decide(desk, again, "join", into=answered.pk)
    assert response.status_code == 422 and "was answered already, before this came" in text_of(response)


def test_it_proposes_five_at_most_and_joins_none_by_itself(cast, desk):
    rows = [take(cast)[0] for _n in range(8)]
    assert len(inbox.repeats_among(inbox.beside(rows[0], cast.supervisor))) == 5
    desk.get(INBOX)
    assert not Concern.objects.filter(state="merged").exists()


def test_everyone_whose_report_was_joined_is_still_to_be_told_and_reads_the_answer(cast, desk):
    living, _code = take(cast)
    repeats = [take(cast, text="Our pump is dry too") for _n in range(3)]
    for row, _code in repeats:
        response = decide(desk, row, "join", into=living.pk)
        assert response.status_code == 302
    page = text_of(desk.get(reverse("concern:inspect", args=[living.pk])))
    assert all(f"/office/concern/inspect/{row.pk}/" in page for row, _code in repeats)
    assert "Asked 4 times. 4 are still to be told." in page

    loop.answer(living, text="The pump was repaired.", by=cast.supervisor)
    for row, _code in repeats:
        assert row.duties.get() in Duty.objects.open()
    told = repeats[0][0].duties.get()
    loop.tell(told, on=days_ago(0), how="visit", group="women", by=cast.officer)
    standing = reports.follow(codes.read(repeats[1][1]))
    assert standing.heading == "Answered"
    assert standing.steps[-1].text == "The pump was repaired."
    still = [row.duties.get() in Duty.objects.open() for row, _code in repeats]
    assert still == [False, False, True]
    assert "Asked 4 times. 2 are still to be told." in text_of(
        desk.get(reverse("concern:inspect", args=[living.pk]))
    )


def test_nobody_joins_what_lies_elsewhere(cast, desk):
    row, _code = take(cast)
    elsewhere, _code = take(cast, community=cast.quiet)
    out_of_sight, _code = take(cast, community=cast.far)
    for into in (elsewhere, out_of_sight):
        assert decide(desk, row, "join", into=into.pk).status_code == 422
    row.refresh_from_db()
    assert row.state == "new"


# --- The way in ----------------------------------------------------------------------------------------------
def test_the_menu_and_the_home_page_say_what_nobody_looked_at(cast, desk):
    row, _code = take(cast)
    late(take(cast, area=cast.north)[0], 50)
    page = text_of(desk.get("/office/"))
    assert "Inbox (2)" in page
    assert "Came in and nobody looked yet" in page
    assert page.index("should have been looked at 2 days ago") < page.index(f"?c={row.pk}")


def test_no_one_else_finds_it_on_the_menu(cast, as_):
    take(cast)
    assert "/office/inbox/" not in text_of(as_(cast.officer).get("/office/"))


def test_the_page_of_a_concern_tells_how_it_came_and_where_it_went(cast, as_):
    row, code = take(cast, channel="hotline", transfers=2, contact=CONTACT)
    reports.add(code, text="Still nothing.")
    loop.assign(row, agency=cast.police, by=cast.supervisor)
    loop.assign(row, agency=cast.water, by=cast.supervisor)
    page = text_of(as_(cast.officer).get(reverse("concern:inspect", args=[row.pk])))
    for words in ("Still nothing.", "given to Benin police on", "given to Water Directorate on", "2 times"):
        assert words in page
    assert CONTACT not in page


def test_an_editor_reads_nothing_of_how_it_came(cast, as_):
    row, code = take(cast, text="Our pump is dryzq")
    reports.add(code, text="Stillzq nothing.")
    page = text_of(as_(cast.editor).get(reverse("concern:inspect", args=[row.pk])))
    assert "Stillzq" not in page and "dryzq" not in page


def test_communities_that_are_hidden_are_placed_like_any_other(cast, desk):
    row, _code = take(cast, area=cast.north)
    decide(desk, row, "place", community=cast.hidden.pk)
    assert Community.objects.get(concerns=row) == cast.hidden


def test_what_was_added_while_somebody_decided_is_read_first(cast, desk):
    row, code = take(cast)
    seen = inbox.standing(row)
    reports.add(code, text="And the well as well.")
    refused = decide(desk, row, "answer", text="We mend it.", rested_on=seen)
    assert refused.status_code == 422 and Concern.objects.get().state == "new"


# --- Words for the public -------------------------------------------------------------------------------------------
def test_its_words_for_the_public_are_written_where_it_is_decided_on(cast, desk):
    row, _code = take(cast, text=f"The pump is dry, ask {CONTACT}")
    assert not Concern.objects.public().exists()
    refused = decide(desk, row, "words", public_text=f"Ask {CONTACT}")
    assert refused.status_code == 422 and not Concern.objects.public().exists()
    kept = decide(desk, row, "words", public_text="The pump by the market is dry.")
    assert kept.status_code == 302 and kept["Location"].endswith(f"c={row.pk}#chosen")
    assert Concern.objects.public().get().public_text == "The pump by the market is dry."
