"""T12, T21: of what is uploaded only the picture remains, and nothing that is no picture, or too much of one, gets in."""

import random
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image, ImageCms

from app.extensions import babel
from app.lib import images
from app.lib.errors import NotPossible
from app.lib.images import MAX_BYTES, MAX_PIXELS, recode
from tests.factories import image


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    app = Flask("words")
    babel.init_app(app)
    with app.test_request_context():
        yield


def opened(data: bytes) -> Image.Image:
    found = Image.open(BytesIO(data))
    found.load()
    return found


def refusal(data: bytes) -> str:
    with pytest.raises(NotPossible) as problem:
        recode(data)
    assert problem.value.status == 422
    return problem.value.message


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, pixels: bytes = b"", colour: int = 2) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    body = b"".join(chunks) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + body


# --- What comes in, what is stored ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "written", "content_type"),
    [
        ("PNG", "PNG", "image/png"),
        ("JPEG", "JPEG", "image/jpeg"),
        ("WEBP", "WEBP", "image/webp"),
        ("GIF", "PNG", "image/png"),
    ],
)
def test_each_kind_is_written_anew(kind, written, content_type):
    sent = image(kind, (300, 200))
    stored = recode(sent)
    assert (stored.content_type, stored.width, stored.height) == (content_type, 300, 200)
    assert opened(stored.data).format == written
    before, after = opened(sent).convert("RGB"), opened(stored.data).convert("RGB")
    for place in ((0, 0), (150, 100), (299, 199)):
        assert max(abs(a - b) for a, b in zip(before.getpixel(place), after.getpixel(place), strict=True)) <= 12


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *[("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")],
        *[("JPEG", mode) for mode in ("L", "RGB", "CMYK")],
        *[("GIF", mode) for mode in ("L", "P", "RGB")],
        *[("WEBP", mode) for mode in ("RGB", "RGBA")],
    ],
)
@pytest.mark.parametrize("size", [(40, 30), (200, 125)])
def test_every_way_to_keep_colours_is_understood(monkeypatch, kind, mode, size):
    monkeypatch.setattr(images, "STORED_PIXELS", 10_000)
    stored = recode(image(kind, size, mode))
    assert opened(stored.data).size == (stored.width, stored.height)
    assert stored.width * stored.height <= 10_000
    assert abs(stored.width / stored.height - size[0] / size[1]) < 0.02


def test_sixteen_bits_become_eight_without_burning_out():
    grey = Image.new("I;16", (2, 1))
    grey.putpixel((0, 0), 0x8000)
    out = BytesIO()
    grey.save(out, "PNG")
    assert abs(opened(recode(out.getvalue()).data).getpixel((0, 0)) - 0x80) <= 1


def test_what_is_transparent_stays_so():
    drawn = Image.new("P", (4, 4), 0)
    drawn.putpalette([255, 0, 0, 0, 255, 0])
    drawn.putpixel((1, 1), 1)
    for kind in ("PNG", "GIF"):
        out = BytesIO()
        drawn.save(out, kind, transparency=0)
        stored = opened(recode(out.getvalue()).data).convert("RGBA")
        assert stored.getpixel((0, 0))[3] == 0
        assert stored.getpixel((1, 1)) == (0, 255, 0, 255)


def test_a_photo_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned to the right
    sent = Image.new("RGB", (60, 40), "white")
    sent.paste("black", (0, 0, 30, 40))
    out = BytesIO()
    sent.save(out, "JPEG", exif=exif)
    stored = recode(out.getvalue())
    assert (stored.width, stored.height) == (40, 60)
    upright = opened(stored.data).convert("L")
    assert upright.getpixel((20, 5)) < 50
    assert upright.getpixel((20, 55)) > 200


def test_of_what_moves_the_first_frame_is_kept():
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "green", "blue")]
    for kind in ("GIF", "WEBP", "PNG"):
        out = BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
        stored = opened(recode(out.getvalue()).data)
        assert getattr(stored, "n_frames", 1) == 1
        red, green, blue = stored.convert("RGB").getpixel((5, 5))
        assert red > 240
        assert green < 20
        assert blue < 20


@pytest.mark.parametrize(("size", "stored_size"), [((3840, 2160), (3840, 2160)), ((1080, 7000), (1080, 7000))])
def test_a_screen_and_a_long_page_of_a_phone_stay_as_they_are(size, stored_size):
    stored = recode(image("PNG", size, "P"))
    assert (stored.width, stored.height) == stored_size


def test_a_strip_is_not_longer_than_a_page_bears():
    stored = recode(png(1, 24_999_999, pixels=b"\0" * 2 * 24_999_999, colour=0))
    assert (stored.width, stored.height) == (1, 10_000)


def test_a_large_photo_becomes_smaller():
    stored = recode(image("JPEG", (5000, 4000), quality=70))
    assert (stored.width, stored.height) == (2500, 2000)


# --- T21: what is taken out ------------------------------------------------------------------------------------------------

SECRETS = (b"Exif", b"GPS", b"ICC", b"iCCP", b"acsp", b"tEXt", b"iTXt", b"zTXt", b"tIME", b"eXIf", b"adobe", b"XMP",
           b"Canary", b"PK\x03\x04", b"<script", b"<?php", b"JFXX", b"Photoshop")  # fmt: skip


def secretive(kind: str) -> bytes:
    """A picture with everything in it that cameras, programs and attackers leave there."""
    exif = Image.Exif()
    exif[0x010E], exif[0x9286] = "Canary", "Canary"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><Canary/></x:xmpmeta>'
    options = {
        "JPEG": {"exif": exif, "icc_profile": profile, "xmp": xmp, "comment": b"Canary <script>"},
        "WEBP": {"exif": exif, "icc_profile": profile, "xmp": xmp},
        "PNG": {"exif": exif, "icc_profile": profile},
        "GIF": {"comment": b"Canary <script>"},
    }
    data = image(kind, (64, 48), **options[kind])
    if kind == "PNG":
        texts = (
            chunk(b"tEXt", b"Comment\0Canary")
            + chunk(b"tIME", bytes(7))
            + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)
        )
        data = data[:33] + texts + data[33:]
    return data + b"PK\x03\x04 Canary <script>alert(1)</script><?php system(1); ?>"


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG", "GIF"])
def test_T21_no_metadata_and_nothing_behind_the_end_is_stored(kind):
    sent = secretive(kind)
    assert b"Canary" in sent
    stored = recode(sent)
    assert [secret for secret in SECRETS if secret in stored.data] == []
    found = opened(stored.data)
    assert not found.getexif()
    drawing = {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    moving = {"loop", "background", "timestamp", "duration"}  # Pillow says this of every WebP
    assert set(found.info) <= drawing | moving


def test_T21_colours_survive_the_loss_of_their_profile():
    """A profile that swaps red and green, as a screen of its own would have."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    out = BytesIO()
    Image.new("RGB", (4, 4), (255, 0, 0)).save(out, "PNG", icc_profile=bytes(profile))
    red_value, green_value, blue_value = opened(recode(out.getvalue()).data).getpixel((1, 1))
    assert green_value > 250
    assert red_value < 5
    assert blue_value < 5


def test_T21_a_broken_profile_costs_only_the_profile():
    for kind, mode in (("PNG", "P"), ("PNG", "RGBA"), ("JPEG", "CMYK"), ("WEBP", "RGB"), ("JPEG", "L")):
        assert b"nonsense" not in recode(image(kind, mode=mode, icc_profile=b"nonsense" * 40)).data


# --- T21: what is refused ----------------------------------------------------------------------------------------------------

NO_PICTURES = {
    "nothing": b"",
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a page after a signature": b"\x89PNG\r\n\x1a\n<!doctype html><script>alert(1)</script>",
    "a page that begins like a GIF": b"GIF89a/*<html><script>alert(1)</script>*/",
    "a page that begins like a JPEG": b"\xff\xd8\xff\xe0<script>alert(1)</script>",
    "a drawing with a script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a document with a script": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
    "a document with a picture in it": b"%PDF-1.7\n" + image("JPEG"),
    "a page with a picture in it": b"<html>" + image("PNG"),
    "an archive": b"PK\x03\x04" + bytes(100),
    "a program": b"MZ" + bytes(100),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "a film": b"\0\0\0\x18ftypmp42" + bytes(100),
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_T21_what_is_no_picture_is_refused_with_what_is_allowed(name):
    assert "PNG" in refusal(NO_PICTURES[name])


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM", "TGA", "PCX"])
def test_T21_other_kinds_of_pictures_are_refused(kind):
    assert refusal(image(kind, (32, 32))) == "This is not a picture we can show. PNG, JPEG, WebP and GIF work."


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.98])
def test_a_picture_that_was_cut_off_is_refused(kind, part):
    whole = image(kind, (200, 200), "L" if kind != "WEBP" else "RGB")
    assert "PNG" in refusal(whole[: int(len(whole) * part)])


def test_T12_a_broken_picture_does_no_more_than_be_refused():
    dice = random.Random(21)
    for _ in range(600):
        kind = dice.choice(["PNG", "JPEG", "WEBP", "GIF"])
        data = bytearray(image(kind, (40, 30), **({"progressive": True} if kind == "JPEG" else {})))
        for _ in range(dice.randint(1, 20)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        with suppress(NotPossible):
            assert recode(bytes(data)).width <= 10_000


# --- T12: how much -----------------------------------------------------------------------------------------------------------


def webp_flood() -> bytes:
    """A canvas of 16,383 x 16,383 with one pixel drawn on it."""
    pixel = image("WEBP", (1, 1), lossless=True)[12:]
    side = struct.pack("<I", 16_383 - 1)[:3]
    frame = bytes(6 + 6 + 3 + 1) + pixel

    def part(kind: bytes, data: bytes) -> bytes:
        return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

    parts = part(b"VP8X", bytes([2, 0, 0, 0]) + side + side) + part(b"ANIM", bytes(6)) + part(b"ANMF", frame)
    return b"RIFF" + struct.pack("<I", len(parts) + 4) + b"WEBP" + parts


def jpeg_flood() -> bytes:
    data = bytearray(image("JPEG"))
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = struct.pack(">HH", 65_500, 65_500)
    return bytes(data)


FLOODS = {
    "50,000 x 50,000": png(50_000, 50_000, pixels=bytes(1_000_000)),
    "just too many": png(5_000, 5_001),
    "a row of 2^31": png(2**31 - 1, 1),
    "GIF": b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + image("GIF")[10:],
    "WebP": webp_flood(),
    "JPEG": jpeg_flood(),
}


@pytest.mark.parametrize("name", FLOODS)
def test_T12_the_header_alone_says_that_there_are_too_many_pixels(name):
    assert refusal(FLOODS[name]) == "This picture has more than 25 megapixels. Make it smaller."


BOMBS = {
    "pixels that are not there": png(5_000, 4_990, pixels=bytes(1_000)),
    "texts": png(
        5, 5, *[chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(30_000_000))) for _ in range(5)], pixels=bytes(80)
    ),
    "a profile": png(5, 5, chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(200_000_000))), pixels=bytes(80)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_T12_what_unpacks_to_more_than_it_says_is_refused(name):
    assert "damaged" in refusal(BOMBS[name])


def test_T12_a_jpeg_of_endless_scans_is_refused_before_it_is_decoded(monkeypatch):
    picture = image("JPEG", (16, 16), progressive=True)
    scan = picture[picture.rindex(b"\xff\xda") : -2]
    monkeypatch.setattr(Image.Image, "thumbnail", lambda *_: pytest.fail("it was decoded"))
    assert "damaged" in refusal(picture[:-2] + scan * 100_000 + b"\xff\xd9")


def test_25_megapixels_are_not_too_many():
    assert MAX_PIXELS == 5_000 * 5_000
    assert recode(image("JPEG", (5_000, 5_000), "L")).width == 2_500


def test_8_megabytes_are_not_too_many_and_one_more_byte_is():
    picture = image("PNG")
    assert recode(picture + bytes(MAX_BYTES - len(picture))).width == 8
    assert refusal(picture + bytes(MAX_BYTES - len(picture) + 1)).startswith("This picture has more than 8 MB.")


MEMORY = """
import resource, sys
from flask import Flask
from app.extensions import babel
from app.lib.errors import NotPossible
from app.lib.images import recode
from tests.lib.test_images import BOMBS, FLOODS
app = Flask("words")
babel.init_app(app)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before, refused = peak(), 0
with app.test_request_context():
    for _ in range(20):
        for data in (*FLOODS.values(), *BOMBS.values()):
            try:
                recode(data)
            except NotPossible:
                refused += 1
print(refused, peak() - before)
"""


def test_T12_a_flood_that_is_refused_needs_no_memory():
    """In a process of its own, whose peak is measured after the bombs were built."""
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    refused, megabytes = map(int, done.stdout.split())
    assert refused == 20 * (len(FLOODS) + len(BOMBS))
    assert megabytes < 100


def test_T12_pictures_are_decoded_one_after_the_other(monkeypatch):
    under_way, most = 0, 0

    def decode(data: bytes) -> bytes:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        time.sleep(0.01)
        under_way -= 1
        return data

    monkeypatch.setattr(images, "_recode", decode)
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(recode, [b"picture"] * 24))) == 24
    assert most == 1
