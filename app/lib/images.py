"""From whatever was uploaded as a picture to one we can serve: decoded, turned upright, made smaller, written anew.

What is stored are our own bytes: no metadata (place, camera, thumbnail, colour profile), nothing hidden behind the end.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO
from math import sqrt
from threading import Lock
from typing import Any

from flask_babel import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from app.lib.errors import NotPossible

# trust.md 1.4
MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 25_000_000
# What is stored at most: the screen of a 4K display stays as it is, and a long page of a phone stays legible.
STORED_PIXELS = 3840 * 2160
STORED_SIDE = 10_000
# Each scan of a progressive JPEG goes over all its pixels: real ones have ten, 8 MB have room for 200,000.
MAX_SCANS = 100

# Format as Pillow names it → what we write. Of anything that moves the first frame is kept: readers could not stop it.
_WRITTEN = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "GIF": "PNG", "WEBP": "WEBP"}
_OPTIONS: dict[str, dict[str, Any]] = {"JPEG": {"quality": 85, "optimize": True}, "PNG": {}, "WEBP": {"quality": 85}}
_MODES = {"JPEG": ("L", "RGB"), "PNG": ("1", "L", "LA", "P", "RGB", "RGBA"), "WEBP": ("RGB", "RGBA")}
_SRGB = ImageCms.createProfile("sRGB")

# The header alone decides; Pillow asks this too, where a format has more than one header.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

# One at a time in a process: a picture takes up to a second and 200 MB, and readers must not notice.
_turn = Lock()


@dataclass(frozen=True)
class Recoded:
    """A picture as we wrote it."""

    data: bytes
    content_type: str
    width: int
    height: int


def recode(data: bytes) -> Recoded:
    """Return an uploaded picture (PNG, JPEG, WebP, GIF; told by its content) written anew.

    Raises NotPossible (422), with a sentence that says what is allowed, for everything else.
    """
    if len(data) > MAX_BYTES:
        raise NotPossible(_("This picture has more than 8 MB. Make it smaller, or show a part of it."), 422)
    with _turn:
        try:
            return _recode(data)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise NotPossible(_("This picture has more than 25 megapixels. Make it smaller."), 422) from None
        except UnidentifiedImageError:
            raise NotPossible(_("This is not a picture we can show. PNG, JPEG, WebP and GIF work."), 422) from None
        except Exception:  # noqa: BLE001 - broken files make Pillow raise about anything
            raise NotPossible(_("This picture is damaged. Save it again as PNG or JPEG."), 422) from None


def _recode(data: bytes) -> Recoded:
    with Image.open(BytesIO(data), formats=["PNG", "JPEG", "WEBP", "GIF"]) as image:
        written = _WRITTEN[image.format or ""]
        if written == "JPEG" and data.count(b"\xff\xda") > MAX_SCANS:
            raise ValueError("too many scans")
        upright = _plain(ImageOps.exif_transpose(_smaller(_eight_bits(image))), _MODES[written])
    out = BytesIO()
    upright.save(out, written, **_OPTIONS[written])
    return Recoded(out.getvalue(), Image.MIME[written], upright.width, upright.height)


def _eight_bits(image: Image.Image) -> Image.Image:
    return image.point(lambda value: value / 257).convert("L") if image.mode.startswith("I;16") else image


def _smaller(image: Image.Image) -> Image.Image:
    width, height = image.size
    scale = min(sqrt(STORED_PIXELS / (width * height)), STORED_SIDE / max(width, height))
    if scale < 0.85:
        image.draft(
            None, (width // 2, height // 2)
        )  # a JPEG can be decoded at half its size, for a quarter of the memory
    if scale < 1:
        if image.mode in ("1", "P"):  # between the colours of a palette there are none
            image = image.convert("L" if image.mode == "1" else "RGBA" if image.has_transparency_data else "RGB")
        image.thumbnail((max(1, int(width * scale)), max(1, int(height * scale))), Image.Resampling.LANCZOS)
    return image


def _plain(image: Image.Image, modes: tuple[str, ...]) -> Image.Image:
    """The picture in one of these modes and in the colours of the web, without anything that is not a colour."""
    if profile := image.info.get("icc_profile"):
        clear = image.has_transparency_data
        image = image.convert("RGBA" if clear else "RGB") if image.mode == "P" else image
        try:
            wanted = "RGBA" if clear else "RGB"
            image = ImageCms.profileToProfile(image, BytesIO(profile), _SRGB, outputMode=wanted) or image
        except ImageCms.PyCMSError:
            pass  # a profile that does not fit: the colours are taken as they are
    if image.mode not in modes:
        image = image.convert("RGBA" if image.has_transparency_data and "RGBA" in modes else "RGB")
    image.info = {name: value for name, value in image.info.items() if name == "transparency"}
    return image
