"""The digest mails: who gets one, what it says and does not say, and what becomes of one that cannot be sent."""

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from communities import accounts
from communities.models import Posting, User
from communities.sight import Role
from engagements import escalation, loop, notices
from engagements.models import Commitment, Concern, Duty, Engagement, Escalation, Notice
from engagements.models.commitments import Answer
from engagements.notices import LEASE, Sent
from tests.cast import CANARY_SEALED, days_ago

from .test_escalation import concern_due, judged, promise_due

pytestmark = pytest.mark.django_db
REFUSED = "supervisor@example.org"
WORDS = "Unmistakablewordszq"


class RefusesOne(EmailBackend):
    """A mail server that does not take one address."""

    def send_messages(self, messages):
        for message in messages:
            if REFUSED in message.to:
                raise SMTPRecipientsRefused({REFUSED: (550, b"No such mailbox")})
        return super().send_messages(messages)


@pytest.fixture
def overdue(cast):
    """A concern and a promise so late that both climbed to headquarters, and one that only fell due."""
    concern_due(30, cast)
    promise_due(30, cast)
    concern_due(3, cast)
    Concern.objects.update(text=WORDS, public_text=WORDS)
    escalation.climb()


def mails() -> dict[str, str]:
    assert all(len(message.to) == 1 for message in mail.outbox)
    return {message.to[0]: message.body for message in mail.outbox}


def tomorrow():
    """As if a day had passed since the last mail."""
    day = timedelta(days=1)
    for model in (Escalation, Concern, Commitment):
        model.objects.update(at=F("at") - day)
    for row in Notice.objects.sent():
        Notice.objects.filter(pk=row.pk).update(
            sent_on=row.sent_on - day, sent_at=row.sent_at - day, read_at=row.read_at - day
        )


# --- Who ---------------------------------------------------------------------------------------------------------
def test_it_writes_to_those_whom_it_concerns_and_nobody_else(cast, overdue):
    assert notices.send() == Sent(3, 0)
    assert set(mails()) == {f"{role}@example.org" for role in ("officer", "supervisor", "manager")}


def test_it_counts_what_climbed_and_what_fell_due(cast, overdue):
    notices.send()
    told = mails()
    for reader in ("supervisor@example.org", "manager@example.org"):
        assert "1 concern without an answer (new: 1), 30 days late" in told[reader]
        assert "1 promise not seen done (new: 1), 30 days late" in told[reader]
        assert "Overdue in the areas" not in told[reader]
    officer = told["officer@example.org"]
    assert "2 concerns without an answer (new: 2), the oldest 30 days late" in officer
    assert "Climbed to you" not in officer


def test_what_took_two_steps_is_counted_once(cast):
    row = promise_due(30, cast)
    escalation.climb(on=days_ago(5))
    loop.revise(row, reason="The pump came late", due_on=days_ago(8), by=cast.focal_point)
    escalation.climb()
    judged(cast, row, Answer.NOT_KEPT)
    assert Escalation.objects.about(row).filter(level="supervisor").count() == 3
    notices.send()
    assert "1 promise not seen done (new: 1), 8 days late" in mails()["supervisor@example.org"]
    assert "manager@example.org" not in mails()  # it went to headquarters for a day that was moved since


def test_what_climbs_while_mails_go_out_is_in_the_next_one(cast, overdue, monkeypatch):
    render = notices.render_to_string

    def meanwhile(*given):
        if not Escalation.objects.filter(concern=Concern.objects.latest("pk")).exists():
            Escalation.objects.create(
                concern=Concern.objects.latest("pk"),
                level="headquarters",
                since=days_ago(3),
                on=days_ago(0),
                days_late=3,
            )
        return render(*given)

    monkeypatch.setattr(notices, "render_to_string", meanwhile)
    notices.send()
    tomorrow()
    mail.outbox.clear()
    notices.send()
    assert "2 concerns without an answer (new: 1)" in mails()["manager@example.org"]


def test_it_counts_what_its_reader_sees(cast, overdue):
    """The counts are added up from all areas at once: they are those of the reader's own sight."""
    Concern.objects.filter(pk=concern_due(40, cast).pk).update(community=cast.far)
    escalation.climb()
    now = notices.Overdue.now(days_ago(0))

    def counts(told):
        return {count.kind: count.every for count in told}

    found = {kind: find(now.on).visible_to(cast.officer).count() for kind, find in notices.OVERDUE.items()}
    assert counts(notices.digest(cast.officer, now).fell_due) == found
    for user in (cast.supervisor, cast.manager):
        steps = Escalation.objects.all().climbed_to(user).standing()
        found = {kind: steps.filter(**{f"{kind}__isnull": False}).count() for kind in notices.OVERDUE}
        assert counts(notices.digest(user, now).climbed) == {kind: n for kind, n in found.items() if n}


@pytest.fixture
def of_every_kind(cast, overdue):
    """Also: an answer of today to what was asked long ago, no answer yet, opened again after an answer, answered
    again, a promise moved or found not kept, and what a draft and a returned meeting say."""
    answered, _waiting, opened, again = (concern_due(ago, cast) for ago in (28, 27, 26, 25))
    for row in (answered, opened, again):
        loop.answer(row, text="No money.", because="money", by=cast.focal_point)
    for row in (opened, again):
        loop.assign(row, agency=cast.water, by=cast.supervisor)
    loop.answer(again, text="In May.", by=cast.focal_point)
    loop.revise(promise_due(24, cast), reason="Rain", due_on=days_ago(-9), by=cast.focal_point)
    judged(cast, promise_due(23, cast), Answer.NOT_KEPT, ago=2)
    for state in ("draft", "returned"):
        unheard = (concern_due(22, cast), promise_due(22, cast))
        meetings = [row.engagement_id for row in unheard]
        Engagement.objects.filter(pk__in=meetings).update(state=state, return_reason="Who?")
    Duty.objects.update(due_on=days_ago(40))
    escalation.climb(on=days_ago(3))
    escalation.climb()


def listed(client, link) -> int:
    response = client.get(link.removeprefix(settings.WAGTAILADMIN_BASE_URL))
    return response.context["paginator"].count


@pytest.mark.parametrize("role", ["officer", "supervisor", "manager"])
def test_each_link_lists_as_many_as_the_mail_counts(cast, of_every_kind, client, role):
    told = notices.digest(cast.users[role], notices.Overdue.now(days_ago(0)))
    client.force_login(cast.users[role])
    assert {count.kind for count in told.counts} == {"concern", "commitment", "duty"}
    for count in told.counts:
        assert listed(client, count.url) == count.every, count.kind


def test_it_leads_into_the_office_to_what_it_counts(cast, overdue, client, settings):
    notices.send()
    links = re.findall(r"http\S+", mails()["supervisor@example.org"])
    assert len(links) == 4
    client.force_login(cast.supervisor)
    for link in links:
        assert link.startswith(settings.WAGTAILADMIN_BASE_URL)
        assert client.get(link.removeprefix(settings.WAGTAILADMIN_BASE_URL)).status_code == 200


def test_it_holds_no_place_no_name_no_topic_and_no_words(cast, overdue):
    notices.send()
    for message in mail.outbox:
        whole = message.subject + message.body
        for word in (WORDS, "Garou", "BJ-V1", "Malanville", "Water", "Officer", "Supervisor"):
            assert word not in whole, word


def test_nothing_sealed_is_counted(cast):
    from .conftest import hold

    hold(cast, ago=200, asked=[("sealed", "traders", CANARY_SEALED)])
    escalation.climb()
    assert notices.send() == Sent(0, 0) and not mail.outbox


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_it_is_in_its_readers_language(cast, overdue, language):
    User.objects.filter(pk=cast.manager.pk).update(language=language)
    notices.send()
    (message,) = [message for message in mail.outbox if message.to == ["manager@example.org"]]
    with translation.override(language):
        assert message.subject == translation.gettext("What is overdue and waits for you")
    assert translation.get_language() == "en"


# --- Once a week -------------------------------------------------------------------------------------------------
def met_last_week(cast, **more):
    """A meeting on the last Sunday, with nothing overdue."""
    from .conftest import hold

    return hold(cast, ago=timezone.localdate().weekday() + 1, **more)


def test_the_first_mail_of_a_week_leads_to_last_weeks_digest(cast, client, settings):
    met_last_week(cast)
    assert notices.send() == Sent(3, 0)
    for role in ("officer", "supervisor", "manager"):
        (message,) = [row for row in mail.outbox if row.to == [f"{role}@example.org"]]
        assert message.subject == "The digest of last week"
        link = re.search(r"digest of last week.*\n\s+(http\S+/digests/\S+)", message.body)[1]
        assert re.fullmatch(r".*\?step=week&on=\d{4}-\d\d-\d\d", link)  # no area: it would name a place
        client.force_login(cast.users[role])
        html = client.get(link.removeprefix(settings.WAGTAILADMIN_BASE_URL)).content.decode()
        assert 'value="week" selected' in html


def test_it_comes_once_a_week_and_beside_what_is_overdue(cast, overdue):
    met_last_week(cast)
    notices.send()
    assert all(message.subject == "What is overdue and waits for you" for message in mail.outbox)
    assert all("The digest of last week" in message.body for message in mail.outbox)
    mail.outbox.clear()
    Notice.objects.update(sent_on=days_ago(timezone.localdate().weekday()))  # this Monday
    notices.send()
    assert not mail.outbox


def test_a_week_in_which_nothing_was_seen_is_no_reason_to_write(cast):
    from .conftest import hold

    hold(cast, ago=timezone.localdate().weekday() + 8)  # the week before
    met_last_week(cast, review=False)  # nobody has accepted it
    assert notices.send() == Sent(0, 0)


def test_a_week_is_told_of_to_those_alone_who_see_anything_of_it(cast):
    met_last_week(cast)
    Posting.objects.filter(user=cast.officer).update(ends=days_ago(1))
    notices.send()
    assert set(mails()) == {"supervisor@example.org", "manager@example.org"}


# --- Once a day ---------------------------------------------------------------------------------------------------
def test_it_writes_once_a_day(cast, overdue):
    notices.send()
    concern_due(40, cast)
    escalation.climb()
    assert notices.send() == Sent(0, 0)
    tomorrow()
    assert notices.send() == Sent(3, 0)
    assert "2 concerns without an answer (new: 1), the oldest 40 days late" in mails()["manager@example.org"]


def test_it_does_not_write_when_nothing_is_new(cast, overdue):
    notices.send()
    tomorrow()
    Concern.objects.filter(due_on__gte=days_ago(1)).update(due_on=days_ago(3))
    assert notices.send() == Sent(0, 0)


def test_the_daily_command_run_twice_writes_once(cast, overdue, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    call_command("daily")
    call_command("daily")
    assert len(mail.outbox) == 3


def test_the_command_can_leave_it_to_the_worker(cast, overdue, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    call_command("escalate", "--queue")
    assert not mail.outbox
    assert DBTaskResult.objects.get().task_path == "engagements.notices.escalate"
    notices.escalate.call()
    assert len(mail.outbox) == 3


# --- What cannot be sent -------------------------------------------------------------------------------------------
def refuse(settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusesOne"


def test_one_failure_stops_nobody_elses_mail(cast, overdue, settings, caplog):
    refuse(settings)
    assert notices.send() == Sent(2, 1)
    assert set(mails()) == {"officer@example.org", "manager@example.org"}
    waiting = Notice.objects.waiting().get()
    assert (waiting.to, waiting.attempts, waiting.tried_on) == (cast.supervisor, 1, days_ago(0))
    assert REFUSED not in caplog.text and "SMTPRecipientsRefused" in caplog.text


def test_what_failed_is_tried_again_with_the_next_run(cast, overdue, settings):
    refuse(settings)
    notices.send()
    assert notices.send() == Sent(0, 1)
    assert Notice.objects.waiting().get().attempts == 2
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert notices.send() == Sent(1, 0)
    assert "new: 1" in mails()[REFUSED]
    assert not Notice.objects.waiting().exists()


def test_what_failed_for_days_is_in_the_next_mail(cast, overdue, settings):
    refuse(settings)
    notices.send()
    tomorrow()
    concern_due(40, cast)
    escalation.climb()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    notices.send()
    assert "2 concerns without an answer (new: 2)" in mails()[REFUSED]


# --- Two runs, and a run that died ----------------------------------------------------------------------------------
def test_what_another_run_is_sending_is_left_to_it(cast, overdue):
    Notice.objects.create(to=cast.manager, claimed_at=timezone.now())
    assert notices.send() == Sent(2, 0)
    assert "manager@example.org" not in mails()


def test_a_run_that_died_after_sending_sends_again_rather_than_never(cast, overdue):
    Notice.objects.create(to=cast.manager, claimed_at=timezone.now() - LEASE - timedelta(seconds=1))
    notices.send()
    assert "manager@example.org" in mails()


def test_of_two_runs_at_once_one_claims_the_day(cast, overdue):
    first = notices._claimed(cast.manager, days_ago(0))
    assert first and notices._claimed(cast.manager, days_ago(0)) is None
    Notice.objects.filter(pk=first).update(
        sent_at=timezone.now(), sent_on=days_ago(0), read_at=timezone.now(), claimed_at=None
    )
    assert notices._claimed(cast.manager, days_ago(0)) is None
    assert notices._claimed(cast.manager, days_ago(-1))


# --- Those who moved on ----------------------------------------------------------------------------------------------
def test_a_successor_gets_what_the_predecessor_did_not(cast, overdue, settings):
    refuse(settings)
    notices.send()
    accounts.end_posting(Posting.objects.get(user=cast.supervisor), by=cast.administrator, on=days_ago(1))
    successor = User.objects.create_user("successor@example.org", name="Successor")
    accounts.post(successor, Role.SUPERVISOR, by=None, areas=[cast.north])
    assert notices.send() == Sent(1, 0)
    assert "1 concern without an answer (new: 1)" in mails()["successor@example.org"]
    assert not Notice.objects.waiting().exists()


def test_who_is_posted_anew_is_told_everything_there(cast, overdue):
    notices.send()
    tomorrow()
    accounts.end_posting(Posting.objects.get(user=cast.officer), by=cast.administrator, on=days_ago(1))
    accounts.post(cast.officer, Role.SUPERVISOR, by=None, areas=[cast.north])
    mail.outbox.clear()
    notices.send()
    assert "1 concern without an answer (new: 1)" in mails()["officer@example.org"]


def test_who_may_not_sign_in_gets_nothing(cast, overdue):
    User.objects.filter(pk=cast.manager.pk).update(is_active=False)
    notices.send()
    assert "manager@example.org" not in mails()


def test_what_was_settled_meanwhile_is_not_counted(cast, overdue):
    for concern in Concern.objects.all():
        loop.answer(concern, text="We drill in May.", by=cast.focal_point)
    notices.send()
    assert all("concern" not in body for body in mails().values())


def test_administrators_alone_see_what_was_sent(cast, overdue):
    notices.send()
    for role, user in cast.users.items():
        assert Notice.objects.visible_to(user).exists() == (role == Role.ADMINISTRATOR)


def test_the_home_of_the_office_is_one_of_its_links(cast, overdue):
    notices.send()
    assert reverse("wagtailadmin_home") in mails()["officer@example.org"]
