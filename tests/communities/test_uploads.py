"""Files brought as proof: what is taken, and what is left of it."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from communities import uploads

CANARY = "canaryexifzq"


def photo(form="JPEG", size=(60, 40), **saved) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = CANARY  # the maker of the camera
    exif[0x0112] = 6  # held sideways
    exif.get_ifd(0x8825)[1] = "N"  # a place
    held = io.BytesIO()
    Image.new("RGB", size, "brown").save(held, form, exif=exif, **saved)
    return held.getvalue()


def sentence(content: bytes, name="x.jpg") -> str:
    with pytest.raises(ValidationError) as refused:
        uploads.cleaned(ContentFile(content, name=name))
    return refused.value.message_dict["file"][0]


@pytest.mark.parametrize(("form", "suffix"), [("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp")])
def test_it_keeps_a_photo_upright_without_its_metadata_or_its_name(form, suffix):
    content = photo(form)
    assert CANARY.encode() in content
    kept = uploads.cleaned(ContentFile(content, name=f"{CANARY}.html"))
    again = Image.open(kept)
    assert (again.format, again.size, dict(again.getexif())) == (form, (40, 60), {})
    assert CANARY.encode() not in kept.open().read()
    assert CANARY not in kept.name and kept.name.endswith(suffix)


def test_it_leaves_out_the_words_written_into_a_photo():
    said = PngInfo()
    said.add_text("Author", CANARY)
    for content in (photo("PNG", pnginfo=said), photo("JPEG", comment=CANARY.encode())):
        assert CANARY.encode() in content
        assert CANARY.encode() not in uploads.cleaned(ContentFile(content, name="x")).read()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_copy_for_the_public_is_smaller_upright_and_without_metadata(form):
    content = photo(form, size=(900, 600))
    assert CANARY.encode() in content
    copy = uploads.smaller(ContentFile(content), 300)
    again = Image.open(copy)
    assert (again.format, again.size, dict(again.getexif())) == ("JPEG", (200, 300), {})
    assert CANARY.encode() not in copy.open().read()


def test_it_scales_down_what_is_larger_than_asked_for():
    for size, kept in (((900, 600), (200, 300)), ((60, 40), (40, 60))):
        small = uploads.cleaned(ContentFile(photo("PNG", size=size)), longest=300)
        assert Image.open(small).size == kept


def test_it_keeps_a_pdf():
    kept = uploads.cleaned(ContentFile(b"%PDF-1.7 x", name="minutes of Garou.pdf"))
    assert kept.read() == b"%PDF-1.7 x"
    assert kept.name.endswith(".pdf") and "Garou" not in kept.name


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", photo()[:300]],
)
def test_it_goes_by_the_content_not_by_the_name(content):
    assert "Send a photo (JPEG, PNG, WebP) or a PDF" in sentence(content)


def test_it_refuses_what_is_too_large():
    assert "larger than 10 MB" in sentence(b"%PDF-" + b"x" * 10 * 2**20)
    assert "too many pixels" in sentence(photo("PNG", size=(10_000, 5_001)))
