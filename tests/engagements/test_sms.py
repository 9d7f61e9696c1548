"""Text messages: one signed door for gateways, one report or addition for each message, a short reply."""

import hashlib
import hmac
import json
import logging
import time
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings
from django.utils import translation

from communities.models import Language
from engagements import codes, loop, reference, reports, sealed, sms
from engagements.models import Addition, Concern, Hotline, SealedConcern, Telling, Topic
from tests import keys
from tests.cast import CANARY_SEALED

from .test_tips import everything

SECRET, TOKEN = "gateway-secret-1", "gateway-token-1"
CALLER = "+22997000111222"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def door(settings):
    settings.SMS_SECRETS, settings.SMS_TOKENS, settings.SMS_PER_HOUR = ["old-secret", SECRET], [TOKEN], 600
    cache.clear()


@pytest.fixture
def line(cast):
    """The cast's topics have no French and Arabic names of their own: all are as the office gets them."""
    for code, _name, name_fr, name_ar, _days, _sealed in reference.TOPICS:
        Topic.objects.filter(code=code).update(name_fr=name_fr, name_ar=name_ar)
    reference.load()
    row = Hotline.objects.create(number="+000 21 21", agency=cast.police, takes_messages=True)
    row.areas.add(cast.north)
    return row


def signed(body: bytes, *, secret=SECRET, at=None) -> dict:
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Signature": f"sha256={digest}", "X-Timestamp": stamp}


def send(client, text, *, headers=None, as_json=False, at=None, secret=SECRET, **more):
    fields = {"from": CALLER, "to": "+0002121", "text": text, "id": f"m-{text[:20]}", **more}
    fields = {name: value for name, value in fields.items() if value is not None}
    body = json.dumps(fields).encode() if as_json else urlencode(fields).encode()
    kind = "application/json" if as_json else "application/x-www-form-urlencoded"
    headers = signed(body, secret=secret, at=at) if headers is None else headers
    return client.post("/sms/", body, content_type=kind, headers=headers)


def code_of(response) -> str:
    reply = response.json()["reply"]
    return codes.read(next(word for word in reply.split() if word.count("-") == 3).strip("."))


# --- The door -------------------------------------------------------------------------------------------------
def test_a_message_becomes_a_report_where_its_line_is(cast, client, line):
    response = send(client, "Water: the pump of Garou is dry")
    assert response.status_code == 200
    concern = Concern.objects.get()
    assert (concern.topic.code, concern.channel, concern.area) == ("water", "sms", cast.north)
    assert (concern.text, concern.recorded_by) == ("Water: the pump of Garou is dry", None)
    assert (concern.report.hotline, concern.report.language) == (line, "en")
    assert codes.find(code_of(response)).concern == concern
    assert response.json()["parts"] <= 2 and response.json()["alphabet"] == "GSM"


def test_json_is_read_as_a_form_is(cast, client, line):
    assert send(client, "Water is far", as_json=True).status_code == 200
    assert Concern.objects.count() == 1


def test_the_number_of_the_caller_is_kept_nowhere(cast, client, line, caplog):
    caplog.set_level(logging.DEBUG)
    send(client, "Water is far")
    send(client, "Water is far", secret="wrong")
    assert CALLER not in everything() + caplog.text
    assert CALLER.lstrip("+") not in everything() + caplog.text
    assert "Water is far" not in caplog.text
    assert not client.cookies


@pytest.mark.parametrize(
    "wrong", [{"secret": "another"}, {"headers": {}}, {"headers": {"X-Signature": "sha256=é"}}]
)
def test_what_is_not_signed_is_refused(cast, client, line, wrong):
    assert send(client, "Water is far", **wrong).status_code == 403
    assert not Concern.objects.exists()


def test_a_signature_of_other_words_is_refused(cast, client, line):
    assert send(client, "Water is far", headers=signed(b"something else")).status_code == 403


@pytest.mark.parametrize("late", [-400, 400])
def test_a_signature_holds_for_five_minutes(cast, client, line, late):
    assert send(client, "Water is far", at=time.time() + late).status_code == 403
    assert send(client, "Water is far", at=time.time() + late / 2).status_code == 200


def test_each_secret_of_the_list_opens(cast, client, line):
    assert send(client, "Water is far", secret="old-secret").status_code == 200


def test_a_token_opens_over_tls_alone(cast, client, line):
    body = json.dumps({"text": "Water is far", "to": "0002121", "id": "7"})
    headers = {"Authorization": f"Token {TOKEN}"}
    sent = {"content_type": "application/json", "headers": headers}
    assert client.post("/sms/", body, **sent).status_code == 403
    assert client.post("/sms/", body, secure=True, **sent).status_code == 200
    headers["Authorization"] = "Token wrong"
    assert client.post("/sms/", body, secure=True, **sent).status_code == 403
    headers["Authorization"] = f"Token {TOKEN}"
    without = json.dumps({"text": "Water is far", "to": "0002121"})
    assert client.post("/sms/", without, secure=True, **sent).status_code == 400


@override_settings(SMS_SECRETS=[], SMS_TOKENS=[])
def test_without_secrets_there_is_no_door(cast, client, line):
    assert send(client, "Water is far").status_code == 404


def test_a_secret_is_no_token_and_an_empty_one_opens_nothing(cast, client, line):
    for token in (SECRET, ""):
        answer = client.post("/sms/", {}, headers={"Authorization": f"Token {token}"}, secure=True)
        assert answer.status_code == 403


def test_nothing_but_a_post_is_answered(cast, client, line):
    assert client.get("/sms/").status_code == 405


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{", 400),
        ("application/json", b"[1]", 400),
        ("text/plain", b"hello", 415),
        ("application/json", b'{"text": "' + b"x" * 40_000 + b'"}', 413),
    ],
)
def test_what_cannot_be_read_is_refused(cast, client, line, kind, body, status):
    answer = client.post("/sms/", body, content_type=kind, headers=signed(body))
    assert answer.status_code == status and "error" in answer.json()


# --- Sent again ---------------------------------------------------------------------------------------------------
def test_the_same_message_sent_again_is_one_report_with_the_same_reply(cast, client, line):
    first, again = (send(client, "Water is far", id="77") for _try in range(2))
    assert first.json() == again.json()
    assert Concern.objects.count() == 1


def test_without_an_id_the_signature_tells_it(cast, client, line):
    at = time.time()
    first, again = (send(client, "Water is far", id=None, at=at) for _try in range(2))
    assert first.json() == again.json() and Concern.objects.count() == 1
    send(client, "Water is far", id=None, at=at + 1)
    assert Concern.objects.count() == 2


def test_an_id_used_again_for_other_words_is_another_message(cast, client, line):
    send(client, "Water is far", id="1")
    send(client, "Water is salty", id="1")
    assert Concern.objects.count() == 2


def test_a_line_takes_so_many_an_hour(cast, client, line, settings):
    settings.SMS_PER_HOUR = 2
    statuses = [send(client, f"Water is far {number}", id=str(number)).status_code for number in range(3)]
    assert statuses == [200, 200, 429]


# --- The line ----------------------------------------------------------------------------------------------------
def test_the_number_is_known_however_it_is_written(cast, line):
    assert {sms.line_of(number) for number in ("+0002121", "000 21 21", "000-21-21", "")} == {line}


def test_an_unknown_line_is_said_to_the_gateway(cast, client, line):
    assert send(client, "Water is far", to="+999").status_code == 422
    Hotline.objects.create(number="+000 3", agency=cast.water, takes_messages=True)
    assert send(client, "Water is far", to=None).status_code == 422
    assert not Concern.objects.exists()


def test_a_line_of_several_areas_lies_around_them(cast, line):
    assert sms.place_of(line) == cast.north
    line.areas.add(cast.south)
    assert sms.place_of(line) == cast.region
    line.areas.add(cast.niger)
    assert sms.place_of(line) == cast.north


# --- The words ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "topic", "language"),
    [
        ("WATER the pump is dry", "water", "en"),
        ("eau: la pompe est en panne", "water", "fr"),
        ("École sans maître", "education", "fr"),
        ("ecole sans maitre", "education", "fr"),
        ("الماء مقطوع منذ أسبوع", "water", "ar"),
        ("ماء مقطوع", "water", "ar"),
        ("المدرسة بعيدة", "education", "ar"),
        ("Identity papers take a year", "identity", "en"),
        ("Papiers d'identité perdus", "identity", "fr"),
        ("Corruption at the landing", "corruption", ""),
        ("الفساد في الميناء", "corruption", "ar"),
        ("violence tonight", "violence", ""),  # the word is theirs in two languages
        ("violences faites aux femmes chez nous", "violence", "fr"),
        ("grazing fields on the route", "grazing", "en"),
        ("The teacher is ill", None, ""),
        ("", None, ""),
    ],
)
def test_the_first_word_says_the_topic_in_any_language(cast, line, text, topic, language):
    if topic == "education" and language == "ar":
        Topic.objects.filter(code="education").update(name_ar="المدرسة")
    found, spoken, _more = sms.topic_of(text)
    assert (found and found.code, spoken) == (topic, language)


def test_what_names_no_topic_is_something_else(cast, client, line):
    send(client, "The teacher is ill")
    assert Concern.objects.get().topic.code == "other"


def test_a_word_alone_is_asked_for_more(cast, client, line):
    for text in ("Water", "", "  ", "!!"):
        assert "Nothing was taken in" in send(client, text).json()["reply"]
    assert not Concern.objects.exists()


def test_the_reply_is_in_the_language_of_the_word_or_of_the_line(cast, client, line):
    send(client, "Eau sale")
    assert Concern.objects.get().report.language == "fr"
    french, _made = Language.objects.get_or_create(code="fra", defaults={"name": "French"})
    line.languages.add(french)
    assert sms.language_of(line) == "fr"
    send(client, "Rien de tout cela")
    assert Concern.objects.latest("pk").report.language == "fr"


def test_a_text_too_long_is_not_taken_in(cast, client, line):
    response = send(client, "Water " + "x" * reports.LONGEST)
    assert response.status_code == 200 and "4000" in response.json()["reply"]
    assert not Concern.objects.exists()


def test_an_empty_sign_stops_nothing(cast, client, line):
    assert send(client, "Water\x00 is far", as_json=True).status_code == 200


# --- Sealed --------------------------------------------------------------------------------------------------------
@pytest.fixture
def key(cast):
    public, private = keys.another_pair()
    sealed.set_key(public, by=cast.integrity)
    return private


def test_what_is_sealed_is_sealed_at_once(cast, client, line, key):
    response = send(client, f"Corruption {CANARY_SEALED}")
    assert "Sealed" in response.json()["reply"] and not Concern.objects.exists()
    row = SealedConcern.objects.get()
    assert (row.channel, row.area) == ("sms", cast.north)
    assert CANARY_SEALED not in everything()
    assert codes.find(code_of(response)).sealed == row


SEALED_SAID = {"en": "Sealed", "fr": "Sous scell", "ar": "مختوم"}
TOLD_BY_WORDS = [
    ("officer took money at the post", "corruption", "en"),
    ("They ask for a BRIBE each market day", "corruption", "en"),
    ("on a payé l'agent pour passer", "corruption", "fr"),
    ("Ils ont demande de l argent au poste", "corruption", "fr"),
    ("un pot-de-vin pour chaque charrette", "corruption", "fr"),
    ("الحارس طلب مالاً عند المعبر", "corruption", "ar"),
    ("دفعنا رشوةً أمس", "corruption", "ar"),
    ("police hit me", "conduct", "en"),
    ("yesterday two soldiers insulted my brother", "conduct", "en"),
    ("agent m'a frappé", "conduct", "fr"),
    ("Les GENDARMES nous ont menaces", "conduct", "fr"),
    ("والشرطي ضربني عند الجسر", "conduct", "ar"),
    ("أعوان الجمارك شتموني", "conduct", "ar"),
    ("viol", "violence", "fr"),
    ("ma fille a ete violee", "violence", "fr"),
    ("mon mari me frappe", "violence", "fr"),
    ("gbv my sister", "violence", "en"),
    ("the patrol shot at us in the field", "conduct", "en"),
    ("des soldats ont tiré sur nous", "conduct", "fr"),
    ("an agent touched me at the well", "violence", "en"),
    ("تعرّضت أختي للاغتصاب", "violence", "ar"),
    ("violence contre ma soeur", "violence", "fr"),
    ("violence against my sister", "violence", "en"),
]


@pytest.mark.parametrize(("text", "topic", "language"), TOLD_BY_WORDS)
def test_words_of_a_sealed_matter_seal_it_wherever_they_stand(cast, client, line, key, text, topic, language):
    response = send(client, text)
    assert not Concern.objects.exists()
    row = SealedConcern.objects.get()
    assert row.topic.code == topic and codes.find(code_of(response)).sealed == row
    assert response.json()["parts"] <= 2
    assert response.json()["reply"].startswith(SEALED_SAID[language])


def test_the_reply_to_a_matter_sealed_by_its_words_says_how_to_send_it_openly(cast, client, line, key):
    reply = send(client, "police hit me").json()["reply"]
    assert "only the integrity officer reads it" in reply
    assert reply.endswith("Not secret? Send it again, beginning with: Something else")
    assert "Not secret?" not in send(client, "corruption at the landing").json()["reply"]
    send(client, "Something else: police hit me")
    assert Concern.objects.get().topic.code == "other"


@pytest.mark.parametrize(
    "text",
    [
        "Something else. Police hit me",
        "Autre chose : l'agent m'a frappé",
        "water: the pump is dry",
        "the police station has no roof",
        "the officer helped us",
        "agent de santé absent",
        "they hit the pump with a cart",
        "la violence du fleuve a emporté le pont",
        "violoncelle",
    ],
)
def test_words_that_tell_of_nothing_sealed_and_what_is_meant_openly_seal_nothing(
    cast, client, line, key, text
):
    send(client, text)
    assert Concern.objects.count() == 1 and not SealedConcern.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Something bad happened: the police beat me",
        "Autre policier m'a frappé hier",
        "أمر الشرطي ضربني",
        "Safety: police hit me",
        "eau: l'agent m'a frappé",
        "Work: a soldier raped her",
    ],
)
def test_the_word_of_an_open_topic_opens_nothing_that_tells_of_a_sealed_matter(cast, client, line, key, text):
    send(client, text)
    assert SealedConcern.objects.count() == 1 and not Concern.objects.exists()


def test_without_a_key_what_words_seal_is_not_kept_and_the_independent_line_is_named(
    cast, no_key, client, line
):
    Hotline.objects.create(number="+000 999", agency=cast.water, is_independent=True)
    reply = send(client, f"police hit me {CANARY_SEALED}").json()["reply"]
    assert "+000 999" in reply and "Not secret?" in reply
    assert not Concern.objects.exists() and CANARY_SEALED not in everything()


def test_every_rule_names_a_sealed_topic_and_holds_for_its_own_words():
    sealed_topics = {code for code, *_names, is_sealed in reference.TOPICS if is_sealed}
    assert {code for code, _language, _groups in sms.sealed_words.RULES} == sealed_topics
    for code, language, groups in sms.sealed_words.RULES:
        said = " ".join(group.split(", ")[0] for group in groups)
        assert sms.sealed_words.meant(sms.folded(said), sms.folded)[0] == code, (language, said)


def test_a_long_message_is_looked_through_at_once():
    words = sms.folded("la police " * 2_000)
    began = time.perf_counter()
    assert sms.sealed_words.meant(words, sms.folded) == ("", "")
    assert time.perf_counter() - began < 1


def test_a_sealed_answer_is_not_sent_by_text(cast, client, line, key):
    code = code_of(send(client, "Corruption at the landing"))
    sealed.answer(SealedConcern.objects.get(), text=CANARY_SEALED, by=cast.integrity)
    reply = send(client, code).json()["reply"]
    assert reply.startswith("Answered.") and CANARY_SEALED not in reply
    assert not SealedConcern.objects.get().notes.filter(how="code").exists()


def test_without_a_key_the_independent_line_is_named(cast, no_key, client, line):
    Hotline.objects.create(number="+000 999", agency=cast.water, is_independent=True)
    reply = send(client, "Corruption at the landing").json()["reply"]
    assert "+000 999" in reply and not SealedConcern.objects.exists()


# --- A code ------------------------------------------------------------------------------------------------------
@pytest.fixture
def code(cast, client, line):
    return code_of(send(client, "Water: the pump is dry", id="first"))


def test_a_code_alone_asks_where_it_stands(cast, client, code):
    reply = send(client, codes.grouped(code).lower()).json()["reply"]
    assert "not looked at yet" in reply
    assert Concern.objects.count() == 1 and not Addition.objects.exists()


@pytest.mark.parametrize("joint", [" ", "-", "", ". "])
def test_words_after_a_code_are_added_once(cast, client, code, joint):
    written = codes.grouped(code).replace("-", joint if joint in (" ", "-", "") else "-")
    for _try in range(2):
        reply = send(client, f"{written} it is still dry", id="9").json()["reply"]
        assert reply == "Added to your report."
    assert [row.text for row in Addition.objects.all()] == ["it is still dry"]


def test_an_answer_that_fits_is_sent_and_counts_as_told(cast, client, code):
    concern = Concern.objects.get()
    loop.assign(concern, agency=cast.water, by=cast.supervisor)
    loop.answer(concern, text="The pump is mended on Monday.", by=cast.supervisor)
    assert "mended on Monday" in send(client, code).json()["reply"]
    assert Telling.objects.get().how == "code"


def test_an_answer_too_long_is_not_told_by_text(cast, client, code):
    concern = Concern.objects.get()
    loop.assign(concern, agency=cast.water, by=cast.supervisor)
    loop.answer(concern, text="The pump " + "is mended and " * 30 + "done.", by=cast.supervisor)
    response = send(client, code).json()
    assert "too long" in response["reply"] and response["parts"] <= 2
    assert not Telling.objects.exists()


def test_a_slip_in_a_code_is_said_and_makes_no_report(cast, client, code):
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    for written in (codes.grouped(wrong), codes.grouped(code)[:-1], "7K4M-9QWX-2D3F hello"):
        assert "Nothing was taken in" in send(client, written).json()["reply"]
    assert Concern.objects.count() == 1


def test_a_code_of_nobody_is_no_report(cast, client, code):
    other = next(new for new in (codes.new() for _many in range(99)) if any(sign.isdigit() for sign in new))
    assert "No report has this code" in send(client, other).json()["reply"]
    assert "No report has this code" in send(client, f"{other} more").json()["reply"]
    assert Concern.objects.count() == 1


@pytest.mark.parametrize(
    "text", ["they stop cars here every day", "responsibilities are unclear", "2 men came"]
)
def test_ordinary_words_are_no_code(cast, client, line, text):
    send(client, text)
    assert Concern.objects.get().text == text


# --- How long a text is --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "alphabet", "characters", "parts"),
    [
        ("", "GSM", 0, 1),
        ("a" * 160, "GSM", 160, 1),
        ("a" * 161, "GSM", 161, 2),
        ("a" * 306, "GSM", 306, 2),
        ("a" * 307, "GSM", 307, 3),
        ("éèàùòì" * 26, "GSM", 156, 1),
        ("€" * 80, "GSM", 160, 1),
        ("€" * 81, "GSM", 162, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM", 306, 3),  # no character is cut in two
        ("ê" * 70, "UCS-2", 70, 1),
        ("ê" * 71, "UCS-2", 71, 2),
        ("م" * 134, "UCS-2", 134, 2),
        ("م" * 135, "UCS-2", 135, 3),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
    ],
)
def test_a_text_is_counted_by_its_script(text, alphabet, characters, parts):
    assert sms.sms_parts(text) == sms.Size(alphabet, characters, parts)


@pytest.mark.parametrize("text", ["ê" * 200, "م" * 300, "a" * 900, "’«»…—" * 100])
def test_a_reply_fits_two_parts(text):
    assert sms.sms_parts(sms.fitted(text)).parts <= 2


def test_plain_signs_stand_for_fine_ones():
    assert sms.fitted("l’eau est là") == "l'eau est là"


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_no_reply_of_ours_is_cut(cast, client, line, key, language, monkeypatch):
    """In each language, as far as it is translated."""
    line.number = "+000 21 21 21 21"
    line.save()
    monkeypatch.setattr(sms, "language_of", lambda _line: language)
    cut, whole = [], sms.fitted

    def watched(text):
        shown = whole(text)
        if shown.endswith("...") and not text.endswith(("...", "…")):
            cut.append(text)
        return shown

    monkeypatch.setattr(sms, "fitted", watched)
    code = sms.receive("Xyz happened", line=line, name="1").split("Code")[0]
    guessed = ["police hit me", "agent m'a frappé", "ضربني الشرطي"]
    for text in (
        "",
        "corruption at the landing",
        *guessed,
        "7K4M-9QWX-2D3F-HJ5T",
        "0000-0000-0000-0000",
        "x" * 5000,
    ):
        sms.receive(text, line=line, name=text[:9])
    with translation.override(language):
        for reply in ("We cannot keep this secret here, so nothing was taken in. Call %(number)s.",):
            assert sms.sms_parts(whole(translation.gettext(reply))).parts <= 2
    assert code and not cut
