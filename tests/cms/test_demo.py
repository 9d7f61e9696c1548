"""`manage.py load_demo`: one invented border region, with everything the product can show. Loaded once here."""

import io
import re
from collections import Counter

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from wagtail.models import ModelLogEntry

from cms import second_person
from cms.demo import people, story
from cms.models import OutcomePage
from communities.models import Area, BorderSection, Community, Contact, Posting, Presence, Tie, User
from communities.sight import Role, may
from engagements import escalation
from engagements.escalation import Climbed
from engagements.models import (
    Commitment,
    Concern,
    Duty,
    Engagement,
    Escalation,
    Question,
    SealedConcern,
    Telling,
)
from engagements.models.commitments import Standing
from services.models import (
    CardCount,
    CardScheme,
    Delivery,
    Gap,
    Milestone,
    Observation,
    Project,
    ServicePoint,
)
from services.models.gaps import GapState

FIVE = {"BJ", "NE", "NG", "BF", "TG"}
DOMAIN = ("communities", "services", "engagements", "cms")


def load() -> str:
    out = io.StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo, once for this file, rolled back at its end. Gives what the command printed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load()
        transaction.set_rollback(True)
    cache.clear()  # it remembers pages that are gone


pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    models = [model for label in DOMAIN for model in apps.get_app_config(label).get_models()]
    return {model._meta.label: model._base_manager.count() for model in models}


def test_it_prints_the_doors_the_ten_logins_and_the_password(demo):
    assert "/office/" in demo and people.PASSWORD in demo
    assert len(people.logins()) == 10 and all(address in demo for address in people.logins().values())
    assert "officer@demo.example" in demo


def test_it_changes_nothing_the_second_time(demo, django_assert_max_num_queries):
    before = counts()
    with django_assert_max_num_queries(3):
        again = load()
    assert counts() == before
    assert people.PASSWORD in again


@pytest.mark.parametrize("role", people.logins())
def test_every_login_opens_the_office(demo, role, client):
    client.post(reverse("account_login"), {"login": people.address(role), "password": people.PASSWORD})
    assert "_auth_user_id" in client.session
    assert client.get(reverse("wagtailadmin_home")).status_code == 200


def test_it_posts_one_login_per_role_a_second_editor_and_colleagues_without_a_password(demo):
    users = User.objects.order_by("pk")
    assert {u.email for u in users if u.has_usable_password()} == set(people.logins().values())
    assert all(user.name.startswith("Demo ") for user in users)
    assert Counter(Posting.objects.values_list("role", flat=True))[Role.EDITOR] == 2


def test_it_names_nobody(demo):
    contacts = list(Contact.objects.order_by("pk"))
    assert len(contacts) > 200
    assert all(contact.name == "" for contact in contacts)
    phones = [contact for contact in contacts if contact.phone]
    assert [contact.phone for contact in phones] == [people.PHONE]
    assert phones[0].agreed_on and phones[0].openings.count() == 1
    assert not any(user.phone for user in User.objects.order_by("pk"))


def test_it_draws_the_land(demo):
    assert set(Area.objects.filter(level=0).values_list("code", flat=True)) > FIVE
    assert not Area.objects.filter(boundary=None).exists()
    assert set(BorderSection.objects.values_list("status", flat=True)) == {
        "agreed",
        "disputed",
        "not_demarcated",
    }
    assert not BorderSection.objects.exclude(status="agreed").filter(wording="").exists()


def test_it_places_every_settlement(demo):
    settled = Community.objects.filter(kind="settlement")
    assert settled.count() > 120
    assert not settled.filter(area=None).exists() and not settled.filter(section=None).exists()
    assert not settled.filter(border_km=None).exists()
    assert settled.filter(population=None).exists() and not settled.filter(population=0).exists()
    assert Community.objects.filter(public_place="hidden").count() == 2
    assert Community.objects.filter(public_place="area", kind="settlement").count() > 5
    assert Community.objects.filter(publish_delay_days__gt=0).exists()


def test_its_nomadic_groups_move_with_the_season_and_have_ties_across_the_line(demo):
    groups = Community.objects.filter(kind="nomadic")
    assert groups.count() == 4 and not groups.exclude(location=None, public_place="area").exists()
    year = Presence.objects.filter(community__in=groups)
    assert {"area", "route"} <= set(year.values_list("kind", flat=True))
    assert any(stay.first_month > stay.last_month for stay in year)
    for month in range(1, 13):
        assert set(year.in_month(month).values_list("community", flat=True)) == set(
            groups.values_list("pk", flat=True)
        )
    assert any(tie.other_country != tie.community.country for tie in Tie.objects.select_related("community"))


def test_its_meetings_show_every_state_in_five_countries(demo):
    met = Engagement.objects.order_by("pk")
    assert met.count() > 100
    assert set(met.values_list("community__country", flat=True)) == FIVE
    states = Counter(met.values_list("state", flat=True))
    assert (states["draft"], states["submitted"], states["returned"]) == (1, 3, 1)
    assert met.get(state="returned").return_reason
    assert met.filter(found_nobody=True).exists()
    assert met.filter(kind="cross_border", counterpart__isnull=False).exists()
    assert met.filter(attendance_total=None, state="reviewed").exists()
    assert not met.filter(date__gt=timezone.localdate()).exists()


def test_its_commitments_show_every_standing(demo):
    standings = Counter(row.standing for row in Commitment.objects.with_answers())
    assert set(standings) == set(Standing)
    assert standings[Standing.KEPT] > 15
    kept = Commitment.objects.with_answers().kept()
    assert any(row.days_late for row in kept) and any(not row.days_late for row in kept)
    assert Commitment.objects.filter(revisions__isnull=False).exists()
    assert not Commitment.objects.filter(public_text="").exists()


def test_it_reopens_what_the_womens_group_found_not_kept(demo):
    well = Commitment.objects.with_answers().get(
        community__code="BJ-V002",
        engagement__author__email="officer@demo.example",
        public_text__startswith="Keep the well",
    )
    assert well.standing == Standing.NOT_KEPT
    assert well.evidence.filter(disputed=True).exists() and well.evidence.filter(disputed=False).exists()
    assert set(well.verdicts.values_list("group", "answer")) == {("women", 0), ("traders", 2)}


def test_its_concerns_show_every_state_and_people_were_told_or_not(demo):
    concerns = Concern.objects.order_by("pk")
    assert concerns.count() > 140
    assert set(concerns.values_list("state", flat=True)) == set(Concern.State)
    assert concerns.overdue().exists()
    refused = concerns.filter(state="cannot", community__code="BJ-V005").get()
    assert Duty.objects.closed().filter(concern=refused).exists()
    assert set(Telling.objects.values_list("reached", flat=True)) == {True, False}
    assert Duty.objects.open().fell_due().exists() and Duty.objects.closed().exists()


def test_what_is_overdue_has_climbed_as_the_days_passed(demo):
    steps = Escalation.objects.order_by("pk")
    assert set(steps.values_list("level", "why")) == {
        ("supervisor", "late"),
        ("headquarters", "late"),
        ("supervisor", "not_kept"),
    }
    assert len(set(steps.values_list("on", flat=True))) > 40
    for kind in ("concern", "commitment", "duty"):
        assert steps.exclude(**{kind: None}).standing().exists(), kind
    assert escalation.climb() == Climbed(0, 0)
    for role in ("supervisor", "manager"):
        user = User.objects.get(email=people.address(role))
        assert Escalation.objects.all().climbed_to(user).standing().exists()


def test_one_question_to_headquarters_is_answered_and_one_is_late(demo):
    assert Question.objects.answered().in_time().count() == Question.objects.all().overdue().count() == 1


def test_its_sealed_concerns_are_for_the_integrity_officer_alone(demo):
    sealed = SealedConcern.objects.all()
    assert {"corruption", "conduct"} <= set(sealed.values_list("topic__code", flat=True))
    for role, address in people.logins().items():
        user = User.objects.get(email=address)
        assert all(may(user, "view", row) == (role == Role.INTEGRITY) for row in sealed)


def test_its_services_are_fresh_stale_broken_and_never_seen(demo):
    today = timezone.localdate()
    seen = ServicePoint.objects.with_latest().select_related("type")
    ages = [(today - point.seen_on).days - point.type.fresh_days for point in seen if point.seen_on]
    assert min(ages) < 0 < max(ages)
    assert any(point.seen_on is None for point in seen)
    assert set(Observation.objects.values_list("state", flat=True)) == {
        "working",
        "partly",
        "not_working",
        "closed",
    }
    assert set(Delivery.objects.values_list("result", flat=True)) == set(Delivery.Result)
    assert Delivery.objects.filter(people_reached__in=[1, 2, 3, 4]).exists()
    assert set(Gap.objects.values_list("state", flat=True)) == set(GapState)


def test_its_cards_wait_to_be_collected_and_one_scheme_has_no_agreement(demo):
    open_one, waiting = CardScheme.objects.order_by("code")
    assert open_one.state == "open" and not open_one.missing
    assert waiting.state == "draft" and waiting.missing
    rows = CardCount.objects.current().filter(community__code="BJ-V003")
    by_step = dict(rows.values_list("step", "count"))
    assert by_step["produced"] - by_step["handed_over"] == 110
    assert [by_step[step] for step in ("eligible", "enrolled", "verified")] == [420, 310, 290]
    assert CardCount.objects.filter(count=3).exists()


def test_its_projects_have_two_currencies_and_a_late_milestone(demo):
    assert Project.objects.count() == 3
    assert set(Project.objects.values_list("currency", flat=True)) == {"XOF", "EUR"}
    assert any(m.days_late and not m.done_on for m in Milestone.objects.all())
    assert any(m.done_on for m in Milestone.objects.all())


def test_its_outcomes_are_published_in_three_languages_of_their_own_words_and_one_is_a_draft(demo):
    live = OutcomePage.objects.live().readable()
    words = Counter(page.locale.language_code for page in live if page.alias_of_id is None)
    assert words["en"] == words["fr"] == words["ar"] >= 6
    assert not any(page.alias_of_id for page in live)
    for page in live.filter(locale__language_code="ar"):
        assert re.search("[\u0600-\u06ff]", page.title) and re.search("[\u0600-\u06ff]", page.promised)
    assert OutcomePage.objects.filter(locale__language_code="en", live=False).count() == 2


def test_a_page_of_a_community_at_risk_waits_for_the_second_editor(demo, client):
    page = OutcomePage.objects.get(commitment__community__at_risk=True, locale__language_code="en")
    assert Commitment.objects.with_answers().get(pk=page.commitment_id).standing == Standing.KEPT
    state = page.current_workflow_state
    assert state.requested_by.email == people.address(Role.EDITOR) and not page.live
    revision = page.get_latest_revision()
    first, second = (
        User.objects.get(email=people.address(who)) for who in (Role.EDITOR, people.SECOND_EDITOR)
    )
    assert not second_person.may_publish(page, revision, by=first)
    assert second_person.may_publish(page, revision, by=second)
    client.force_login(second)
    assert page.title in client.get(reverse("wagtailadmin_home")).content.decode()


def test_its_outcomes_tell_of_misses_too(demo):
    written = OutcomePage.objects.live().filter(locale__language_code="en").values("commitment")
    standings = {row.standing for row in Commitment.objects.with_answers().filter(pk__in=written)}
    assert Standing.KEPT in standings and Standing.NOT_KEPT in standings


def test_one_outcome_tells_of_two_promises_and_one_shows_an_invented_photo(demo, client):
    live = OutcomePage.objects.live().readable().order_by("pk")
    several = [page for page in live if page.others.exists()]
    with_photo = [page for page in live if page.photos.exists()]
    assert len(several) == len(with_photo) == 3  # in each language
    for page in with_photo:
        html = client.get(page.url).content.decode()
        shown = re.search(r'<img src="(/../outcomes/photos/[^"]+)" alt="([^"]+)"', html)
        assert client.get(shown[1]).status_code == 200
        assert re.search("nvented|inventé|متخيَّل", shown[2])


def test_its_outcomes_are_dated_as_the_news_came(demo):
    live = OutcomePage.objects.live().filter(locale__language_code="en").select_related("commitment")
    days = [timezone.localdate(page.last_published_at) for page in live]
    assert len(set(days)) > 4
    assert (max(days) - min(days)).days > 180
    for page in live:
        assert page.first_published_at == page.last_published_at
        shown = [*page.commitment.evidence.values_list("date", flat=True), page.commitment.promised_on]
        assert max(shown) <= timezone.localdate(page.last_published_at) <= timezone.localdate()
        versions = page.get_translations()
        assert set(versions.values_list("last_published_at", flat=True)) == {page.last_published_at}


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize(
    "path", ["", "communities/", "map/", "outcomes/", "projects/", "about/", "no-such-page/"]
)
def test_every_public_page_says_that_it_is_a_demonstration(demo, client, language, path):
    html = client.get(f"/{language}/{path}").content.decode()
    with override(language):
        assert gettext("Everything that happens here is invented: what people said, what was promised, "
                       "and what came of it.") in html  # fmt: skip
    assert f'href="/{language}/data-sources/"' in html


def test_the_page_of_one_community_and_of_signing_in_say_so_too(demo, client):
    community = Community.objects.public().first().public_reference
    for address in (reverse("public:community", args=[community]), reverse("account_login")):
        assert "Everything that happens here is invented" in client.get(address).content.decode()


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_its_page_of_sources_says_what_is_invented_and_what_is_real(demo, client, language):
    html = client.get(f"/{language}/data-sources/").content.decode()
    with override(language):
        assert gettext("What is invented here") in html
        assert gettext("Where the data come from") in html


def test_a_place_that_is_not_public_by_name_stands_on_no_public_page(demo, client):
    rows = Community.objects.exclude(public_place="exact")
    names = [name for row in rows for name in (row.code, row.name, row.name_ar) if name]
    seen, waiting = set(), ["/en/", "/ar/"]
    while waiting:
        url = waiting.pop()
        if url not in seen:
            seen.add(url)
            page = client.get(url).content.decode()
            assert not [name for name in names if name in page], url
            waiting += re.findall(r'href="(/(?:en|ar)/[^"#?]*)"', page)
    assert len(seen) > 40


def test_it_says_that_it_is_there(demo):
    assert story.is_told()


@pytest.mark.parametrize(
    "model",
    [Area, BorderSection, Community, Contact, Presence, Tie, ServicePoint, Project, Milestone, CardScheme],
)
def test_the_history_of_every_row_begins_with_who_wrote_it(demo, model):
    lines = ModelLogEntry.objects.filter(content_type__model=model._meta.model_name).order_by(
        "timestamp", "pk"
    )
    first: dict[str, ModelLogEntry] = {}
    for line in lines:
        first.setdefault(line.object_id, line)
    for row in model._base_manager.all():
        line = first[str(row.pk)]
        assert (line.action, line.label, line.content_changed) == ("wagtail.create", str(row), True)


@pytest.mark.parametrize("model", [Community, ServicePoint, Project])
def test_the_history_of_a_row_shows_it(demo, client, model):
    client.force_login(User.objects.get(email=people.address("manager")))
    for row in model.objects.order_by("pk")[:2]:
        page = client.get(reverse(f"{model._meta.model_name}:history", args=[row.pk])).content.decode()
        assert "Created" in page and "Demo programme manager" in page
