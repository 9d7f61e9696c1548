"""Photos on outcome pages: an editor picks them from the evidence, and they are gone with the page."""

import io

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from cms import kept, outcomes
from cms.models import OutcomePage, OutcomePhoto
from communities import accounts
from communities.models import Community, User
from communities.sight import Role
from engagements import loop
from engagements.models import Evidence
from tests.cast import CANARY_HIDDEN, CANARY_NAME, CANARY_PHONE, PASSWORD, days_ago
from tests.communities.test_uploads import CANARY, photo
from tests.test_doors import row_for

FIELDS = ("title", "slug", "said", "promised", "done", "next_steps")
SHOWN = "A woman fills a bucket at the pump"
CANARY_EXIF = CANARY.encode()


def give_photo(cast, commitment, *, on=70, content=None, name="canaryphotozq.jpg"):
    return loop.show(
        commitment,
        kind="photo",
        on=days_ago(on),
        shows=3,
        file=ContentFile(content or photo(), name=name),
        by=cast.focal_point,
    )


@pytest.fixture
def pump(site, story, cast):
    return story.kept(cast.village, text="Mend the pump")


@pytest.fixture
def evidence(pump, cast):
    return give_photo(cast, pump)


@pytest.fixture
def draft(evidence, pump, cast):
    return outcomes.draft_from(pump, by=cast.editor)


@pytest.fixture
def as_editor(client, cast):
    client.force_login(cast.editor)
    return client


@pytest.fixture
def second(cast):
    user = User.objects.create_user("second@example.org", PASSWORD, name="Second editor")
    accounts.post(user, Role.EDITOR, by=None, starts=days_ago(400))
    client = Client()
    client.force_login(user)
    return client


def edit(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def form(page, **changes):
    page = OutcomePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    fields = {name: getattr(page, name) for name in FIELDS}
    return {**fields, "seo_title": "", "search_description": "", "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0, **changes}  # fmt: skip


def tick(evidence, description=SHOWN):
    return {f"photo_{evidence.pk}-show": "on", f"photo_{evidence.pk}-description": description}


def publish(client, page, **changes):
    return client.post(edit(page), form(page, **changes, **{"action-publish": "1"}), follow=True)


@pytest.fixture
def published(as_editor, draft, evidence):
    publish(as_editor, draft, **tick(evidence))
    draft.refresh_from_db()
    assert draft.live
    return draft


def address(page):
    return reverse("public:outcome_photo", args=[page.photos.get().translation_key])


def anyone(url):
    return Client().get(url)


# --- Choosing ------------------------------------------------------------------------------------------------
def test_the_form_offers_the_photos_of_the_pages_promises_and_no_other(
    as_editor, draft, evidence, story, cast
):
    other = give_photo(cast, story.kept(cast.village, text="Raise the road"))
    visit = story.show(evidence.commitment)
    html = as_editor.get(edit(draft)).content.decode()
    for name in ("show", "description"):
        assert html.count(f'name="photo_{evidence.pk}-{name}"') == 1
    assert "face" in html and "number plate" in html
    for row in (other, visit):
        assert f'name="photo_{row.pk}-show"' not in html


def test_nothing_is_shown_that_no_editor_picked(as_editor, draft):
    publish(as_editor, draft)
    draft.refresh_from_db()
    assert draft.live
    assert not OutcomePhoto.objects.exists()
    assert "<figure" not in anyone(draft.url).content.decode()


def test_what_was_picked_is_on_the_page_in_every_language(published):
    for language in ("en", "fr", "ar"):
        html = anyone(published.url.replace("/en/", f"/{language}/")).content.decode()
        assert f'alt="{SHOWN}" lang="en"' in html
        shown = reverse("public:outcome_photo", args=[published.photos.get().translation_key])
        assert shown.removeprefix("/en/") in html
    assert OutcomePhoto.objects.count() == 3


def test_publishing_again_keeps_its_address(as_editor, published, evidence):
    before = address(published)
    for words in ("Other words", "Yet other words"):
        publish(as_editor, published, **tick(evidence, words))
    published.refresh_from_db()
    assert address(published) == before
    assert published.photos.get().description == "Yet other words"
    assert OutcomePhoto.objects.count() == 3


def test_a_description_is_asked_for(as_editor, draft, evidence):
    answer = publish(as_editor, draft, **tick(evidence, " "))
    assert "Say what the photo shows" in answer.content.decode()
    assert not OutcomePage.objects.get(pk=draft.pk).live


def test_ticking_alone_is_a_change_to_save(as_editor, draft, evidence):
    publish(as_editor, draft, **tick(evidence, "As it was"))
    publish(as_editor, draft)
    assert not OutcomePhoto.objects.exists()


@pytest.mark.parametrize(
    "words",
    [f"Call {CANARY_PHONE}", f"{CANARY_NAME} at the pump", f"The road to {CANARY_HIDDEN}", "a@example.org"],
)
def test_its_description_is_screened_like_every_word(as_editor, draft, evidence, words):
    html = publish(as_editor, draft, **tick(evidence, words)).content.decode()
    assert "Take it out: the page is public." in html
    assert not OutcomePage.objects.get(pk=draft.pk).live


def test_a_page_whose_photo_names_a_place_that_is_no_longer_public_is_gone(as_editor, draft, evidence, cast):
    publish(as_editor, draft, **tick(evidence, f"The pump of {cast.village.name}"))
    draft.refresh_from_db()
    shown = address(draft)
    assert anyone(shown).status_code == 200
    Community.objects.filter(pk=cast.village.pk).update(public_place="area")
    assert anyone(draft.url).status_code == 410
    assert anyone(shown).status_code == 404


def test_a_photo_of_another_promise_cannot_be_slipped_in(as_editor, draft, story, cast):
    for community in (cast.village, cast.hidden):
        other = give_photo(cast, story.kept(community, text="Raise the road"))
        publish(as_editor, draft, **tick(other))
    assert not OutcomePhoto.objects.exists()


def test_a_pdf_is_no_photo(as_editor, pump, cast):
    paper = give_photo(cast, pump, content=b"%PDF-1.4 canary", name="a.pdf")
    page = outcomes.draft_from(pump, by=cast.editor)
    assert f'name="photo_{paper.pk}-show"' not in as_editor.get(edit(page)).content.decode()


def test_a_preview_shows_what_is_ticked_through_the_editors_door(as_editor, draft, evidence):
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[draft.pk])
    assert as_editor.post(preview, form(draft, **tick(evidence))).json()["is_valid"]
    html = as_editor.get(preview).content.decode()
    assert reverse("cms:evidence_photo", args=[draft.pk, evidence.pk]) in html


# --- What is handed out --------------------------------------------------------------------------------------
def test_the_copy_tells_nothing_but_the_picture(published, evidence):
    answer = anyone(address(published))
    content = answer.content
    assert answer["Content-Type"] == "image/jpeg"
    assert "Content-Disposition" not in answer
    assert CANARY_EXIF not in content and b"Exif" not in content
    picture = Image.open(io.BytesIO(content))
    assert not picture.getexif() and "comment" not in picture.info


def test_a_large_photo_is_handed_out_small(as_editor, pump, cast):
    held = io.BytesIO()
    Image.new("RGBA", (3000, 1500), (0, 80, 0, 90)).save(held, "PNG")
    large = give_photo(cast, pump, content=held.getvalue(), name="a.png")
    page = outcomes.draft_from(pump, by=cast.editor)
    seen = as_editor.get(reverse("cms:evidence_photo", args=[page.pk, large.pk]))
    assert Image.open(io.BytesIO(seen.content)).size == (1200, 600)


def test_it_is_kept_for_a_minute_at_most_and_found_by_no_search(published):
    answer = anyone(address(published))
    assert set(answer["Cache-Control"].split(", ")) == {"private", "max-age=60"}
    assert "noindex" in answer["X-Robots-Tag"]
    assert not answer.cookies


def test_neither_the_feed_nor_the_sitemap_holds_it(published):
    key = str(published.photos.get().translation_key)
    for url in (reverse("public:outcomes_feed"), "/sitemap-pages.xml", "/en/outcomes/", "/en/"):
        assert key not in anyone(url).content.decode()


# --- Taken back ----------------------------------------------------------------------------------------------
def test_a_draft_shows_it_to_nobody_outside(as_editor, draft, evidence):
    as_editor.post(edit(draft), form(draft, **tick(evidence)))
    assert anyone(address(draft)).status_code == 404


def test_withdrawing_takes_it_away_in_every_language(published, cast):
    shown = address(published)
    assert anyone(shown).status_code == 200
    outcomes.withdraw(published, by=cast.editor, reason="A face")
    for language in ("en", "fr", "ar"):
        assert anyone(shown.replace("/en/", f"/{language}/")).status_code == 404


def test_unpublishing_and_unticking_take_it_away(as_editor, published, evidence):
    shown = address(published)
    publish(as_editor, published)
    assert anyone(shown).status_code == 404
    publish(as_editor, published, **tick(evidence))
    published.refresh_from_db()
    shown = address(published)
    assert anyone(shown).status_code == 200
    published.unpublish()
    assert anyone(shown).status_code == 404


def test_it_goes_with_what_it_proves(published, evidence):
    shown = address(published)
    Evidence.objects.filter(pk=evidence.pk).update(disputed=True)
    assert anyone(shown).status_code == 404
    assert shown not in anyone(published.url).content.decode()
    Evidence.objects.filter(pk=evidence.pk).update(disputed=False, date=days_ago(0))
    Community.objects.update(publish_delay_days=30)
    assert anyone(shown).status_code == 404


def test_it_goes_when_the_community_is_hidden(published, cast):
    shown = address(published)
    Community.objects.filter(pk=cast.village.pk).update(public_place="hidden")
    assert anyone(shown).status_code == 404


def test_a_file_that_is_gone_is_not_found(published, evidence):
    evidence.file.storage.delete(evidence.file.name)
    assert anyone(address(published)).status_code == 404


def test_no_copy_is_kept_among_the_files(published, evidence):
    before = set(every_file(evidence.file.storage))
    assert anyone(address(published)).status_code == 200
    assert set(every_file(evidence.file.storage)) == before


def every_file(storage, folder=""):
    folders, files = storage.listdir(folder)
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from every_file(storage, f"{folder}/{name}".lstrip("/"))


def test_an_unknown_key_is_not_found(site):
    assert anyone("/en/outcomes/photos/00000000-0000-4000-8000-000000000000.jpg").status_code == 404


def test_a_photographed_document_is_no_photo_of_what_was_done(as_editor, draft, evidence):
    Evidence.objects.filter(pk=evidence.pk).update(kind="document")
    seen = as_editor.get(reverse("cms:evidence_photo", args=[draft.pk, evidence.pk]))
    assert seen.status_code == 404
    assert f'name="photo_{evidence.pk}-show"' not in as_editor.get(edit(draft)).content.decode()


def test_two_revisions_can_be_told_apart_by_their_photos(as_editor, draft, evidence):
    as_editor.post(edit(draft), form(draft, **tick(evidence)))
    revisions = draft.revisions.order_by("pk").values_list("pk", flat=True)
    address = reverse("wagtailadmin_pages:revisions_compare", args=[draft.pk, revisions[0], revisions[1]])
    html = as_editor.get(address).content.decode()
    assert tick(evidence)[f"photo_{evidence.pk}-description"] in html


# --- A second person -----------------------------------------------------------------------------------------
@pytest.fixture
def by_district(draft, cast):
    Community.objects.filter(pk=cast.village.pk).update(public_place="area")
    return draft


def test_so_does_one_of_a_nomadic_group(as_editor, draft, evidence, cast):
    Community.objects.filter(pk=cast.village.pk).update(kind="nomadic")
    assert not Community.objects.get(pk=cast.village.pk).shows_place
    publish(as_editor, draft, **tick(evidence))
    assert not OutcomePage.objects.get(pk=draft.pk).live


def test_a_photo_of_a_place_not_shown_by_name_needs_a_second_person(as_editor, by_district, evidence, second):
    html = publish(as_editor, by_district, **tick(evidence)).content.decode()
    assert "look at the photo and approve it" in html
    assert not OutcomePage.objects.get(pk=by_district.pk).live
    publish(second, by_district, **tick(evidence))
    by_district.refresh_from_db()
    assert by_district.live
    for language in ("en", "fr", "ar"):
        assert anyone(address(by_district).replace("/en/", f"/{language}/")).status_code == 200


def test_without_a_photo_it_needs_nobody_else(as_editor, by_district):
    publish(as_editor, by_district)
    assert OutcomePage.objects.get(pk=by_district.pk).live


def test_whoever_describes_or_picks_it_anew_is_the_first_person_again(
    as_editor, by_district, evidence, second
):
    publish(as_editor, by_district, **tick(evidence))
    publish(second, by_district, **tick(evidence, "Other words"))
    assert not OutcomePage.objects.get(pk=by_district.pk).live
    publish(as_editor, by_district, **tick(evidence, "Other words"))
    assert OutcomePage.objects.get(pk=by_district.pk).live


def test_a_photo_of_a_place_that_became_less_public_waits_for_a_second_person(
    as_editor, published, evidence, second, cast
):
    shown = address(published)
    Community.objects.filter(pk=cast.village.pk).update(public_place="area")
    html = anyone(published.url).content.decode()
    assert "<figure" not in html and "Mend the pump" in html
    assert anyone(shown).status_code == 404
    publish(second, published, **tick(evidence))
    assert anyone(shown).status_code == 200


# --- Translations --------------------------------------------------------------------------------------------
def test_a_page_of_its_own_words_holds_its_own_photos(as_editor, published, evidence, cast):
    french = published.get_translations().get(locale__language_code="fr").specific
    ConvertAliasPageAction(french, user=cast.editor).execute(skip_permission_checks=True)
    publish(as_editor, french, **tick(evidence, "Une femme remplit un seau"))
    html = anyone(french.url).content.decode()
    assert 'alt="Une femme remplit un seau" lang="fr"' in html
    publish(as_editor, published)  # in English it is taken off
    assert "<figure" not in anyone(published.url).content.decode()
    assert "<figure" in anyone(french.url).content.decode()


def test_translators_find_the_description_beside_the_other_words(published):
    source, _made = TranslationSource.update_or_create_from_instance(published)
    strings = {row.string.data: row.string for row in StringSegment.objects.filter(source=source)}
    french = Locale.objects.get(language_code="fr")
    for words, string in strings.items():
        for segment in StringSegment.objects.filter(source=source, string=string):
            StringTranslation.objects.create(
                translation_of=string, locale=french, context=segment.context, data=f"fr: {words}"
            )
    Translation.objects.create(source=source, target_locale=french)
    source.create_or_update_translation(french, publish=True)
    page = published.get_translations().get(locale=french).specific
    assert f'alt="fr: {SHOWN}" lang="fr"' in anyone(page.url).content.decode()
    assert anyone(address(page)).status_code == 200


def test_more_pages_with_photos_are_read_for_names_at_no_more_cost(
    published, evidence, story, cast, as_editor
):
    def asked():
        kept.forget()
        with CaptureQueriesContext(connection) as queries:
            kept.pages()
        return len(queries)

    before = asked()
    page = outcomes.draft_from(story.kept(cast.village, text="Raise the road"), by=cast.editor)
    publish(as_editor, page)
    assert asked() == before


# --- The editors' door ---------------------------------------------------------------------------------------
def test_both_addresses_have_their_row():
    assert row_for("public:outcome_photo") == "public"
    assert row_for("cms:evidence_photo") == frozenset({"editor"})


@pytest.mark.parametrize("role", sorted(Role.values))
def test_the_photos_to_choose_from_open_for_editors_alone(client, draft, evidence, cast, role):
    client.force_login(cast.users[role])
    answer = client.get(reverse("cms:evidence_photo", args=[draft.pk, evidence.pk]))
    assert (answer.status_code == 200) == (role == "editor")


def test_an_editor_opens_no_other_evidence_that_way(as_editor, draft, evidence, story, cast):
    rows = [
        give_photo(cast, story.kept(place, text="Raise the road")) for place in (cast.village, cast.hidden)
    ]
    for page, pk in [(draft.pk, row.pk) for row in rows] + [(draft.pk, 999999), (999999, evidence.pk)]:
        assert as_editor.get(reverse("cms:evidence_photo", args=[page, pk])).status_code == 404


def test_it_is_opened_and_nothing_else(as_editor, draft, evidence, published):
    assert as_editor.post(reverse("cms:evidence_photo", args=[draft.pk, evidence.pk])).status_code == 405
    assert Client().post(address(published)).status_code == 405
