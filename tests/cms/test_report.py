"""The public form: somebody without an account says what goes wrong, and follows it by a code."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from cms import report_limits, report_uploads
from communities import uploads
from communities.models import Area, Community
from engagements import loop, sealed
from engagements.models import Addition, Concern, Hotline, Report, ReportPhoto, SealedConcern, TrackingCode
from tests.cast import CANARY_HIDDEN

from .reporting import CONTACT, WORDS, a_photo, address, ask, code_in, form_of, key_for, send

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def village(cast) -> str:
    return cast.village.public_reference


@pytest.fixture
def line(cast):
    row = Hotline.objects.create(number="+229 166", agency=cast.police)
    row.areas.set([cast.region])
    return row


def words_of(response) -> str:
    return response.content.decode()


# --- The whole way ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_somebody_reports_follows_adds_and_reads_the_answer(client, cast, village, language):
    assert f"place={village}" in words_of(client.get(address(language=language), {"q": "garou"}))
    code = code_in(send(client, village, language, contact=CONTACT, latitude="11,9", longitude="3.0"))
    report = Report.objects.get()
    concern = report.concern
    assert (concern.community, concern.channel, concern.raised_by) == (cast.village, "web", "person")
    assert (concern.text, report.contact, report.language) == (WORDS, CONTACT, language)
    assert (report.point.x, report.point.y) == (3.0, 11.9)
    assert concern.recorded_by is None
    ask(client, code.lower(), language, text="Since Monday")
    assert Addition.objects.get().text == "Since Monday"
    loop.assign(concern, agency=cast.water, by=cast.supervisor)
    loop.answer(concern, text="We come on 3 July", by=cast.focal_point)
    assert "We come on 3 July" in words_of(ask(client, code, language))


def test_it_answers_with_the_code_once_and_by_when_somebody_looks(client, village):
    answer = send(client, village)
    assert answer.status_code == 200
    concern = Concern.objects.get()
    assert concern.look_by.strftime("%B %Y") in words_of(answer)
    assert f"{concern.due_on.day} {concern.due_on:%B %Y}" in words_of(answer)
    assert "/report/follow/" in words_of(answer)


def test_an_old_address_without_a_language_leads_to_the_readers_own(client):
    answer = client.get("/report/?place=BJ0101", headers={"accept-language": "fr"})
    assert answer.headers["Location"] == "/fr/report/?place=BJ0101"


# --- Where ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("words", ["Quietvillagezq", CANARY_HIDDEN, "Nomadgroupzq", "BJ-V2"])
def test_only_places_that_are_public_by_name_are_found(client, words):
    page = words_of(client.get(address(), {"q": words}))
    assert "place=" not in page
    assert "Choose the district." in page


def test_districts_and_regions_are_found_by_name(client):
    assert "?place=BJ0101" in words_of(client.get(address(), {"q": "malan"}))
    assert "?place=BJ01" in words_of(client.get(address(), {"q": "alibori"}))


def test_links_lead_from_the_country_to_the_village(client, cast, village):
    assert "?in=BJ" in words_of(client.get(address()))
    assert "?in=BJ01" in words_of(client.get(address(), {"in": "BJ"}))
    assert "?in=BJ0101" in words_of(client.get(address(), {"in": "BJ01"}))
    page = words_of(client.get(address(), {"in": "BJ0101"}))
    assert "?place=BJ0101" in page and f"?place={village}" in page
    for unnamed in (cast.quiet, cast.hidden, cast.nomads):
        assert unnamed.public_reference not in page and unnamed.name not in page


def test_a_country_alone_is_no_place(client):
    assert "This place is not found." in words_of(client.get(address(), {"place": "BJ"}))


def test_a_hidden_place_answers_as_one_that_never_existed(client, cast):
    pages = [
        words_of(client.get(address(), {"place": place}))
        for place in (cast.hidden.public_reference, "nowhere", "a\0b")
    ]
    assert "This place is not found." in pages[0]
    shown = [page.split("<main")[1] for page in pages]
    assert shown[0] == shown[1] == shown[2]


def test_the_page_of_a_community_shown_by_its_district_leads_here_and_names_it_no_closer(client, cast):
    page = words_of(client.get(f"/en/communities/{cast.quiet.public_reference}/"))
    assert f"/en/report/?place={cast.quiet.public_reference}" in page
    form = words_of(client.get(address(), {"place": cast.quiet.public_reference}))
    assert "A community in Malanville" in form and cast.quiet.name not in form
    code_in(send(client, cast.quiet.public_reference))
    assert Concern.objects.get().community == cast.quiet


def test_a_report_names_a_district_alone(client, cast):
    code_in(send(client, "BJ0101"))
    concern = Concern.objects.get()
    assert (concern.community, concern.area) == (None, cast.north)


def test_a_place_that_was_hidden_meanwhile_loses_nobody_their_words(client, cast, village):
    filled = {**form_of(client, village), "topic": "water", "text": WORDS}
    Community.objects.filter(pk=cast.village.pk).update(public_place="hidden")
    page = words_of(client.post(address(), filled))
    assert WORDS in page and "Choose the region." in page
    assert "Malanville" not in page.split("<main")[1]
    code_in(client.post(address(), {**filled, "place": "BJ01"}))
    assert Concern.objects.get().area == cast.region


# --- Wrong turns ----------------------------------------------------------------------------------------------------
def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(client, village):
    page = words_of(send(client, village, topic="", text="", contact=CONTACT, latitude="11.5"))
    for sentence in ("Choose what it is about.", "Write what happened.", "A point needs both numbers"):
        assert sentence in page
    assert CONTACT in page and "11.5" in page
    assert not Concern.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "x" * 4001},
        {"text": "nul\0"},
        {"topic": "nothing"},
        {"latitude": "91", "longitude": "3"},
        {"latitude": "nan", "longitude": "3"},
        {"latitude": "north", "longitude": "3"},
        {"token": "no-token"},
        {"contact": "x" * 201},
        {"place": ""},
        {"place": "nowhere"},
    ],
)
def test_what_cannot_be_taken_is_answered_with_a_sentence(client, village, wrong):
    answer = send(client, village, **wrong)
    assert answer.status_code == 200
    assert "Not sent yet" in words_of(answer)
    assert not Concern.objects.exists()


def test_other_methods_are_refused(client):
    assert client.put(address()).status_code == 405
    assert client.delete(address("report_follow")).status_code == 405
    assert client.post(address("report_numbers")).status_code == 405
    assert client.post(address("report_paper")).status_code == 405


def test_it_needs_no_cookie(cast, village):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    filled = {**form_of(strict, village), "topic": "water", "text": WORDS}
    assert not strict.cookies
    code_in(strict.post(address(), filled, headers={"origin": "null"}))
    assert not strict.cookies


# --- Photos ---------------------------------------------------------------------------------------------------------
def test_photos_are_drawn_anew_under_another_name(client, village):
    code_in(send(client, village, photos=[a_photo(), a_photo(form="PNG")]))
    kept = list(Report.objects.get().photos.all())
    assert len(kept) == 2
    for photo in kept:
        assert "canary" not in photo.file.name
        assert b"canaryexifzq" not in photo.file.read()


@pytest.mark.parametrize(
    ("photos", "sentence"),
    [
        ([a_photo() for _n in range(4)], "At most 3 photos."),
        ([SimpleUploadedFile("x.jpg", b"%PDF-1.4")], "this file is none"),
        ([SimpleUploadedFile("x.jpg", b"GIF89a")], "or it is damaged"),
    ],
)
def test_what_is_no_photo_is_refused_beside_the_field(client, village, photos, sentence):
    for file in photos:
        file.seek(0)
    page = words_of(send(client, village, photos=photos))
    assert sentence in page and WORDS in page
    assert not Concern.objects.exists()


def test_a_photo_that_is_too_large_is_left_out_and_the_words_stay(client, village, monkeypatch):
    monkeypatch.setattr(report_uploads, "MAX_MB", 0.001)
    large = SimpleUploadedFile("x.jpg", b"x" * 200_000)
    page = words_of(send(client, village, photos=[large]))
    assert "A photo is larger than" in page and WORDS in page
    assert not Concern.objects.exists()


def test_more_than_the_server_reads_is_answered_with_a_sentence(client, village, settings):
    settings.REPORT_LARGEST_BODY = 1000
    answer = send(client, village, text="x" * 2000)
    assert answer.status_code == 413
    assert "This is too much at once." in words_of(answer)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"x", "multipart/form-data; boundary="),
        (b"text=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
        (b"--b\r\nContent-Disposition: form-data; name=\"p\"; filename=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--b--\r\n", "multipart/form-data; boundary=b"),
    ],
)  # fmt: skip
def test_what_arrives_broken_is_answered_with_a_sentence(client, body, kind):
    for name in ("report", "report_follow"):
        answer = client.post(address(name), body, content_type=kind)
        assert answer.status_code == 400, name
        assert "Not sent yet" in words_of(answer)


def test_files_of_a_report_are_read_into_memory_alone(client, village, monkeypatch):
    seen = []
    keep = uploads.cleaned
    monkeypatch.setattr(
        uploads, "cleaned", lambda file, **how: seen.append(type(file).__name__) or keep(file, **how)
    )
    large = a_photo(form="PNG", size=(2000, 1500), compress_level=0)
    assert large.size > 2_621_440  # beyond which Django would write it to the disk
    code_in(send(client, village, photos=[large]))
    assert seen == ["InMemoryUploadedFile"]


# --- Sealed topics --------------------------------------------------------------------------------------------------
def test_a_sealed_topic_says_who_reads_it_and_is_kept_sealed(client, cast, village):
    key_for(cast)
    assert "Only the integrity officer reads this." in words_of(client.get(address(), {"place": village}))
    code = code_in(send(client, village, topic="corruption", contact=CONTACT))
    row = SealedConcern.objects.get()
    assert not Concern.objects.exists()
    sealed.answer(row, text="We looked into it", by=cast.integrity)
    assert "We looked into it" in words_of(ask(client, code))


def test_without_a_key_nothing_sealed_is_offered_and_the_independent_line_is(client, no_key, village, line):
    Hotline.objects.filter(pk=line.pk).update(is_independent=True)
    page = words_of(client.get(address(), {"place": village}))
    assert 'value="corruption"' not in page and "Only the integrity officer" not in page
    assert "+229 166" in page.split("</fieldset>")[0]
    page = words_of(send(client, village, topic="corruption"))
    assert "No sealed channel is set up here" in page and WORDS in page
    assert not SealedConcern.objects.exists() and not TrackingCode.objects.exists()


# --- What is not taken ----------------------------------------------------------------------------------------------
def test_a_tip_is_sent_to_the_telephone_and_kept_nowhere(client, village, line):
    page = words_of(send(client, village, topic="tip"))
    assert "this is not taken here" in page and 'href="tel:+229166"' in page
    assert WORDS not in page
    assert not Concern.objects.exists() and not TrackingCode.objects.exists()


def test_what_a_machine_fills_in_is_not_taken_and_says_so(client, village):
    answer = send(client, village, leave_empty="http://example.org")
    assert "This was not taken" in words_of(answer) and WORDS in words_of(answer)
    assert "example.org" not in answer.content.decode()
    assert not Concern.objects.exists() and not TrackingCode.objects.exists()


def test_a_person_whose_browser_filled_it_in_sends_it_once_more(client, village):
    answer = send(client, village, leave_empty="http://example.org")
    html = answer.content.decode()
    assert 'name="leave_empty"' not in html
    token = re.search(r'name="token" value="([0-9a-f-]{36})"', html)[1]
    again = {"token": token, "place": village, "topic": "water", "text": WORDS, "contact": ""}
    assert code_in(client.post(address(), again))
    assert Concern.objects.get().text == WORDS


def test_no_browser_fills_it_in_by_itself(client, village):
    field = re.search(
        r"<input[^>]*leave_empty[^>]*>", client.get(address(), {"place": village}).content.decode()
    )[0]
    assert 'autocomplete="off"' in field and 'tabindex="-1"' in field


def test_a_large_photo_is_kept_small(client, village):
    send(client, village, photos=[a_photo(size=(2400, 1200))])
    with Image.open(ReportPhoto.objects.get().file) as kept:
        assert sorted(kept.size) == [800, 1600]


# --- Sent twice -----------------------------------------------------------------------------------------------------
def test_the_same_form_sent_twice_is_one_report_with_one_code(client, village):
    filled = {**form_of(client, village), "topic": "water", "text": WORDS}
    codes = {code_in(client.post(address(), filled)) for _time in range(3)}
    assert len(codes) == Concern.objects.count() == 1


def test_a_form_changed_and_sent_again_is_another_report(client, village):
    filled = {**form_of(client, village), "topic": "water", "text": WORDS}
    codes = {code_in(client.post(address(), {**filled, "text": text})) for text in ("One", "Two")}
    assert len(codes) == Concern.objects.count() == 2


# --- How many -------------------------------------------------------------------------------------------------------
def test_a_whole_village_behind_one_address_is_heard(client, village):
    filled = {**form_of(client, village), "topic": "water"}
    for number in range(60):
        code_in(client.post(address(), {**filled, "text": f"Voice {number}"}))
    assert Concern.objects.count() == 60
    assert report_limits.DISTRICT_PER_HOUR >= 300


@pytest.mark.parametrize("limit", ["SITE_PER_HOUR", "DISTRICT_PER_HOUR"])
def test_beyond_that_people_keep_their_words_and_get_numbers(client, cast, village, line, monkeypatch, limit):
    monkeypatch.setattr(report_limits, limit, 1)
    code_in(send(client, village))
    answer = send(client, village, text="A second one")
    page = words_of(answer)
    assert answer.status_code == 429
    assert "Too many reports came in lately." in page and "A second one" in page and "+229 166" in page
    assert Concern.objects.count() == 1
    elsewhere = send(client, cast.far.public_reference)
    assert elsewhere.status_code == (200 if limit == "DISTRICT_PER_HOUR" else 429)


def test_beyond_its_photos_an_hour_takes_reports_without_them(client, village, monkeypatch):
    monkeypatch.setattr(report_limits, "PHOTOS_PER_HOUR", 1)
    code_in(send(client, village, photos=[a_photo()]))
    page = words_of(send(client, village, text="A second one", photos=[a_photo()]))
    assert "Send your report without them" in page and "A second one" in page
    code_in(send(client, village, text="A second one"))


# --- By telephone ---------------------------------------------------------------------------------------------------
def test_the_numbers_say_what_is_known_and_what_is_not(client, cast, line):
    page = words_of(client.get(address("report_numbers")))
    for words in (
        "Benin police",
        "Hours: not known",
        "Languages: not known",
        "Whether it is free: not known",
    ):
        assert words in page
    line.languages.set([cast.dendi])
    Hotline.objects.filter(pk=line.pk).update(hours="Day and night", is_free=True)
    page = words_of(client.get(address("report_numbers")))
    for words in ("Hours: Day and night", "Languages: Dendi", "Free of charge", "For Alibori"):
        assert words in page


def test_a_place_shows_the_numbers_that_reach_it(client, cast, village, line):
    assert "+229 166" in words_of(client.get(address(), {"place": village}))
    assert "+229 166" not in words_of(client.get(address(), {"place": cast.across.public_reference}))
    Hotline.objects.filter(pk=line.pk).update(working=False)
    assert "+229 166" not in words_of(client.get(address(), {"place": village}))
    assert "+229 166" not in words_of(client.get(address("report_numbers")))


def test_no_area_smaller_than_a_district_is_told(client, cast, line):
    commune = Area.objects.create(code="BJ010101", name="Communezq", level=3, parent=cast.north, country="BJ")
    line.areas.set([commune])
    page = words_of(client.get(address("report_numbers")))
    assert "For Malanville" in page and "Communezq" not in page


@pytest.mark.parametrize(("language", "purpose", "both"), [
    ("fr", "Eau et pompes", "Alibori, Malanville"), ("ar", "المياه والمضخات", "Alibori، Malanville"),
])  # fmt: skip
def test_the_numbers_speak_the_readers_language(client, cast, village, line, language, purpose, both):
    names = {"purpose": "Water and pumps", "purpose_fr": "Eau et pompes", "purpose_ar": "المياه والمضخات"}
    Hotline.objects.filter(pk=line.pk).update(**names)
    line.areas.set([cast.region, cast.north])
    pages = [
        client.get(address("report_numbers", language)),
        client.get(address(language=language), {"place": village}),
    ]
    pages.append(send(client, village, language, topic="tip"))
    for page in map(words_of, pages):
        assert purpose in page and "Water and pumps" not in page
        assert both in page


# --- On paper -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_paper_form_asks_what_the_page_asks(client, cast, language):
    key_for(cast)
    page = words_of(client.get(address("report_paper", language)))
    form = words_of(client.get(address(language=language), {"place": "BJ0101"}))
    assert form.count('name="topic"') - 1 == page.count("paper__box") - page.count("paper__boxes")
    assert page.count(" <b>*</b></span>") == form.count("<small>") - 1 > 0


def test_the_paper_form_offers_nothing_sealed_without_a_key(client, no_key, line):
    Hotline.objects.filter(pk=line.pk).update(is_independent=True)
    page = words_of(client.get(address("report_paper")))
    assert "do not write them here" in page and "+229 166" in page
    assert "Hand it in closed" not in page


# --- Ways in, weight, cost ------------------------------------------------------------------------------------------
def test_pages_lead_here(client, village):
    for page in ("/en/", f"/en/communities/{village}/", "/en/communities/"):
        assert 'href="/en/report/' in words_of(client.get(page))


def test_the_sitemap_names_it_and_robots_stay_out_of_following(client):
    plain = words_of(client.get("/sitemap-plain.xml"))
    assert "/ar/report/<" in plain and "/fr/report/numbers/<" in plain and "follow" not in plain
    assert "Disallow: /*/report/follow/" in words_of(client.get("/robots.txt"))


def test_its_pages_are_light(client, cast, village):
    key_for(cast)
    answers = [client.get(address(), {"place": village}), client.get(address()), send(client, village)]
    answers += [client.get(address(name)) for name in ("report_follow", "report_numbers", "report_paper")]
    assert max(len(answer.content) for answer in answers) < 20_000


def queries(client, name, **given) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address(name), given).status_code == 200
    return len(asked)


def test_ten_more_rows_cost_no_query_more(client, cast, village, line):
    pages = [("report", {"q": "Garou"}), ("report", {"in": "BJ0101"}), ("report_numbers", {})]
    pages += [("report", {"place": village}), ("report_paper", {})]
    client.get(address())  # the site's own addresses are looked up once
    before = [queries(client, name, **given) for name, given in pages]
    for number in range(10):
        Community.objects.create(
            code=f"BJ-M{number}", name=f"Garou {number}", country="BJ", area=cast.north, public_place="exact"
        )
        more = Hotline.objects.create(number=f"10{number}", agency=cast.water)
        more.areas.set([cast.north, cast.region])
        more.languages.set([cast.dendi])
    line.languages.set([cast.dendi])
    after = [queries(client, name, **given) for name, given in pages]
    assert after == before
