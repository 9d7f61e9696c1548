"""Tips: handed over by mail and kept nowhere. The canary is looked for in every table, log, session and file."""

import logging
import smtplib

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.urls import reverse

from communities.sight import Role
from config.settings import dev
from engagements import codes, loop, reports
from engagements.models import Addition, Concern, Handover, TrackingCode
from tests.cast import days_ago

from .test_desk import code_in
from .test_field_photos import jpeg

CANARY_TIP = "tipcanaryzq"
ADDRESS = "/office/tips/new/"


def photo():
    return SimpleUploadedFile("photo.jpg", jpeg(), content_type="image/jpeg")


class BrokenMail(EmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("gone")


@pytest.fixture
def tips(cast):
    """The police takes tips."""
    cast.police.tips_to = "tips@police.example"
    cast.police.save()
    return cast


@pytest.fixture
def desk(tips, client):
    client.force_login(tips.officer)
    return client


def tip(cast, **more):
    given = {
        "token": "",
        "category": "person",
        "area": cast.north.pk,
        "agency": cast.police.pk,
        "transfers": "1",
        "text": f"A man asks for {CANARY_TIP}",
    }
    return {**given, **more}


def everything() -> str:
    """All rows of all tables but those that the database keeps for itself."""
    found = []
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        ours = {*connection.introspection.django_table_names(), "django_cache", "django_migrations"}
        for table in sorted(ours & there):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found.append(f"{table}: {cursor.fetchall()}")
    return "\n".join(found)


def in_the_tables(cast, word=CANARY_TIP) -> bool:
    dumped = everything()
    assert cast.village.name in dumped, "the dump holds what is there"
    return word in dumped


def test_a_tip_is_mailed_and_its_receipt_read_out(tips, desk):
    response = desk.post(ADDRESS, tip(tips))
    assert response.status_code == 200
    row = Handover.objects.get()
    assert (row.category, row.area, row.agency, row.transfers) == ("person", tips.north, tips.police, 1)
    (sent,) = mail.outbox
    assert sent.to == ["tips@police.example"] and CANARY_TIP in sent.body and CANARY_TIP not in sent.subject
    assert codes.find(code_in(response)).handover == row
    assert CANARY_TIP not in response.content.decode()


def test_nothing_of_what_it_said_stays(tips, client, caplog):
    caplog.set_level(logging.DEBUG)
    database = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}
    }
    with override_settings(CACHES=database):
        call_command("createcachetable")
        cache.set("there", "cache is dumped too")
        client.force_login(tips.officer)
        client.post(ADDRESS, tip(tips))
        assert "cache is dumped too" in str(cache.get("there"))
        assert not in_the_tables(tips)
    assert CANARY_TIP not in caplog.text
    assert CANARY_TIP not in str(dict(client.session))
    assert [message.to for message in mail.outbox] == [["tips@police.example"]]


def test_sent_twice_it_is_mailed_once(tips, desk):
    token = desk.get(ADDRESS).context["form"]["token"].value()
    first, again = (desk.post(ADDRESS, tip(tips, token=token)) for _click in range(2))
    assert code_in(first) == code_in(again) != ""
    assert len(mail.outbox) == 1 and Handover.objects.count() == 1


@override_settings(EMAIL_BACKEND="tests.engagements.test_tips.BrokenMail")
def test_where_the_mail_fails_nothing_is_kept_and_the_words_stand_in_the_form(tips, desk, caplog):
    response = desk.post(ADDRESS, tip(tips))
    assert response.status_code == 422
    assert "nothing is kept" in str(response.context["form"].non_field_errors())
    assert CANARY_TIP in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert not Handover.objects.exists() and not TrackingCode.objects.exists()
    assert not in_the_tables(tips) and CANARY_TIP not in caplog.text


class Crash(EmailBackend):
    def send_messages(self, messages):
        if any("tips@" in to for message in messages for to in message.to):
            raise RuntimeError("a fault of ours")
        return super().send_messages(messages)


@override_settings(
    EMAIL_BACKEND="tests.engagements.test_tips.Crash", ADMINS=[("Admin", "admin@example.org")], DEBUG=False
)
def test_a_fault_tells_nobody_what_it_said(tips, client, caplog):
    caplog.set_level(logging.DEBUG)
    told = []
    handler = logging.Handler()
    handler.emit = lambda record: told.append(_report_of(record))
    logging.getLogger("django.request").addHandler(handler)
    client.force_login(tips.officer)
    client.raise_request_exception = False
    try:
        assert client.post(ADDRESS, tip(tips)).status_code == 500
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    assert told and CANARY_TIP not in "".join(told)
    assert mail.outbox and all(CANARY_TIP not in str(sent.message()) for sent in mail.outbox)
    assert not in_the_tables(tips) and CANARY_TIP not in caplog.text


def _report_of(record) -> str:
    """What a mail to the administrators would say of a fault, in its longest form."""
    from django.views.debug import get_exception_reporter_class

    reporter = get_exception_reporter_class(record.request)(record.request, *record.exc_info)
    return reporter.get_traceback_html() + reporter.get_traceback_text()


def test_the_form_says_what_is_kept_and_lets_no_browser_keep_it(tips, desk):
    response = desk.get(ADDRESS)
    page = response.content.decode()
    assert "Kept here:" in page and "Not kept:" in page
    assert "no-store" in response["Cache-Control"]
    assert response.context["form"].fields["text"].widget.attrs["autocomplete"] == "off"


def test_only_agencies_that_take_tips_are_offered_those_of_the_country_first(tips, desk):
    tips.niger_police.tips_to = "tips@niger.example"
    tips.niger_police.save()
    offered = list(desk.get(ADDRESS).context["form"].fields["agency"].queryset)
    assert offered == [tips.police, tips.niger_police]
    assert desk.post(ADDRESS, tip(tips, agency=tips.water.pk)).status_code == 422
    assert not mail.outbox


def test_a_district_of_others_is_refused(tips, desk):
    assert desk.post(ADDRESS, tip(tips, area=tips.south.pk)).status_code == 422
    assert not mail.outbox and not Handover.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OFFICER, Role.SUPERVISOR)])
def test_others_are_refused(tips, client, role):
    client.force_login(tips.users[role])
    assert client.get(ADDRESS).status_code != 200
    client.post(ADDRESS, tip(tips))
    assert not Handover.objects.exists() and not mail.outbox


# --- What became of it ------------------------------------------------------------------------------------------
@pytest.fixture
def handed(tips):
    code = reports.hand_over(
        text=CANARY_TIP, category="danger", area=tips.north, agency=tips.police, by=tips.officer
    )
    return Handover.objects.get(), code


def page_of(row):
    return reverse("handover:inspect", args=[row.pk])


def test_the_agency_gives_the_outcome_and_the_code_tells_it(tips, client, handed):
    row, code = handed
    row.agency = tips.water
    row.save()
    client.force_login(tips.focal_point)
    response = client.post(page_of(row), {"do": "outcome", "outcome-outcome": "acted"}, follow=True)
    assert response.status_code == 200
    row.refresh_from_db()
    assert (row.outcome, row.outcome_on) == ("acted", days_ago(0))
    assert str(reports.follow(code).steps[-1].words) == "The agency acted on it"


def test_the_officer_gives_it_too_and_once(tips, desk, handed):
    row, _code = handed
    assert "Give the outcome" in desk.get(page_of(row)).content.decode()
    desk.post(page_of(row), {"do": "outcome", "outcome-outcome": "looked"})
    assert "Give the outcome" not in desk.get(page_of(row)).content.decode()
    assert desk.post(page_of(row), {"do": "outcome", "outcome-outcome": "acted"}).status_code in (302, 403)
    row.refresh_from_db()
    assert row.outcome == "looked"


def test_another_agency_does_not_see_it(tips, client, handed):
    row, _code = handed
    client.force_login(tips.focal_point)
    assert client.get(page_of(row)).status_code == 404
    assert row.number not in client.get(reverse("handover:index")).content.decode()


def test_the_list_asks_as_much_for_one_as_for_eleven(tips, desk, handed, django_assert_max_num_queries):
    url = reverse("handover:index")
    desk.get(url)
    with django_assert_max_num_queries(60) as one:
        desk.get(url)
    for _more in range(10):
        Handover.objects.create(category="goods", area=tips.north, agency=tips.police)
    with django_assert_max_num_queries(len(one)):
        desk.get(url)


# --- A concern that is a tip ---------------------------------------------------------------------------------------
@pytest.fixture
def reported(tips):
    code = reports.take(
        reports.Told(topic=tips.water_topic, text=CANARY_TIP, channel="web", community=tips.village)
    )
    reports.add(code, text=f"and more {CANARY_TIP}")
    return Concern.objects.get(), code


def concern_page(concern):
    return reverse("concern:inspect", args=[concern.pk])


def hand(cast):
    return {"do": "tip", "tip-category": "person", "tip-agency": cast.police.pk}


def test_the_supervisor_hands_a_concern_over_and_nothing_of_it_stays(tips, client, reported, caplog):
    concern, code = reported
    client.force_login(tips.supervisor)
    assert "It is a tip" in client.get(concern_page(concern)).content.decode()
    response = client.post(concern_page(concern), hand(tips), follow=True)
    assert response.status_code == 200
    assert not Concern.objects.exists() and not Addition.objects.exists()
    assert not in_the_tables(tips) and CANARY_TIP not in caplog.text
    assert mail.outbox[0].body.count(CANARY_TIP) == 2
    assert reports.follow(code).heading == "Handed over to the agency concerned"


@override_settings(EMAIL_BACKEND="tests.engagements.test_tips.BrokenMail")
def test_a_concern_stays_where_the_mail_fails(tips, client, reported):
    concern, code = reported
    client.force_login(tips.supervisor)
    response = client.post(concern_page(concern), hand(tips))
    assert response.status_code == 422
    assert Concern.objects.get() == concern and codes.find(code).concern == concern


def test_neither_the_officer_nor_the_agency_hands_a_concern_over(tips, client, reported):
    concern, _code = reported
    for user in (tips.officer, tips.focal_point, tips.manager):
        client.force_login(user)
        assert client.post(concern_page(concern), hand(tips)).status_code in (302, 403, 404)
    assert Concern.objects.exists() and not mail.outbox


def test_what_was_assigned_is_handed_over_too(tips, client, reported):
    concern, _code = reported
    loop.assign(concern, agency=tips.water, by=tips.supervisor)
    client.force_login(tips.supervisor)
    assert "It is a tip" in client.get(concern_page(concern)).content.decode()
    client.post(concern_page(concern), hand(tips))
    assert not Concern.objects.exists() and not in_the_tables(tips)
    assert len(mail.outbox) == 1


def test_the_form_and_what_is_said_afterwards_tell_that_photos_do_not_go(tips, client):
    said = reports.Told(
        topic=tips.water_topic, text=CANARY_TIP, channel="web", community=tips.village, photos=[photo()]
    )
    reports.take(said)
    concern = Concern.objects.get()
    client.force_login(tips.supervisor)
    assert "Photos do not go with it" in client.get(concern_page(concern)).content.decode()
    answer = client.post(concern_page(concern), hand(tips), follow=True)
    assert "1 photo was not mailed: it is deleted." in answer.content.decode()
    assert not mail.outbox[0].attachments


def test_a_tip_is_mailed_by_the_backend_of_tips(tips, settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    settings.TIPS_EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    reports.hand_over(
        text=CANARY_TIP, category="danger", area=tips.north, agency=tips.police, by=tips.officer
    )
    assert CANARY_TIP not in capsys.readouterr().out and Handover.objects.exists()


def test_in_development_tips_are_printed_nowhere():
    assert dev.TIPS_EMAIL_BACKEND == "django.core.mail.backends.dummy.EmailBackend"
