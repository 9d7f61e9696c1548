"""The site's history: administrators read who changed what they manage, and nothing about anybody's meetings."""

import pytest
from django.urls import reverse
from wagtail.log_actions import log

from communities import sight
from communities.models import Contact, Posting, User
from engagements.models import Concern, Engagement, Topic
from services.models import ServiceType

URL = reverse("wagtailadmin_reports:site_history")


def test_an_administrator_reads_who_changed_users_postings_and_reference_data(client, cast):
    for row in (cast.officer, Posting.objects.first(), cast.water, cast.north, cast.health, cast.water_topic):
        log(row, "wagtail.edit", user=cast.manager)
    client.force_login(cast.administrator)
    response = client.get(URL)
    assert response.status_code == 200
    told = {entry.content_type.model for entry in response.context["object_list"]}
    assert told == {"user", "posting", "agency", "area", "servicetype", "topic"}
    cast.manager.refresh_from_db()
    assert cast.manager.name in response.content.decode()


def test_it_tells_an_administrator_nothing_of_communities_contacts_or_concerns(client, cast):
    for row in (cast.village, cast.contact):
        log(row, "wagtail.edit", user=cast.officer)
    client.force_login(cast.administrator)
    for url in (URL, f"{URL}?export=csv"):
        page = b"".join(client.get(url)).decode()
        assert cast.village.code not in page and "contact" not in page.lower()


def test_what_administrators_manage_holds_nothing_sealed_or_of_a_person(db):
    managed = set(sight.administered())
    assert {User, Posting, ServiceType, Topic} <= managed
    assert not managed & {Contact, Concern, Engagement}


@pytest.mark.parametrize("role", ["officer", "supervisor", "manager", "registrar", "integrity", "liaison"])
def test_it_tells_others_nothing_and_is_not_in_their_menu(client, cast, role):
    log(cast.water, "wagtail.edit", user=cast.manager)
    client.force_login(cast.users[role])
    assert list(client.get(URL).context["object_list"]) == []
    assert URL not in client.get("/office/").content.decode()


def test_it_is_in_the_administrators_menu_and_wagtails_reports_are_not(client, cast):
    client.force_login(cast.administrator)
    page = client.get("/office/").content.decode()
    assert URL in page
    assert reverse("wagtail_localize:translations_report") not in page
