"""An image from outside, made into a small one of ours: nothing of its file stays but what it shows.

bytes -> recognised by content, four formats only -> refused if its pixels are too many, before they are unpacked ->
the first frame, upright, on white -> at most 640 pixels a side -> WebP without metadata
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from broadsheet.core.errors import SourceError

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 640
"""Pixels of the longer side of a stored picture, at most."""
LEAST_SIDE, MOST_PIXELS = 32, 24_000_000  # of an image from outside: so many take 96 MB, and once more to turn
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_QUALITY, _METHOD = 80, 4
_WHITE = (255, 255, 255)


def webp(data: bytes) -> bytes:
    """Return the image in ``data`` (PNG, JPEG, GIF or WebP) as a WebP of at most 640 x 640 pixels.

    Of an animation it is the first frame; transparent parts become white; EXIF, colour profiles and texts are left out.
    SourceError for anything else, for an image under 32 pixels a side (such count readers, and show nothing), over 24
    million pixels, or cut off.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _require_bounds(image)
            small = _small(image)
    except UnidentifiedImageError as error:
        raise SourceError("what came is not a picture: expected PNG, JPEG, GIF or WebP") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise SourceError(f"the picture has more than the {MOST_PIXELS:,} pixels allowed") from error
    except SourceError:
        raise
    except Exception as error:  # whatever a decoder meets in a damaged file: it raises errors of a dozen kinds
        raise SourceError(f"the picture is damaged or cut off ({type(error).__name__})") from error
    made = io.BytesIO()
    small.save(made, "WEBP", quality=_QUALITY, method=_METHOD)
    return made.getvalue()


def _require_bounds(image: Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise SourceError(f"the picture has {width:,} x {height:,} pixels; at most {MOST_PIXELS:,} are read")
    if min(width, height) < LEAST_SIDE:
        raise SourceError(f"the picture has {width:,} x {height:,} pixels; expected at least {LEAST_SIDE} a side")


def _small(image: Image) -> Image:
    """The first frame in its upright position, small, on white, in a new image without the facts of the old one."""
    from PIL import Image, ImageOps

    image.draft("RGB", (2 * SIDE, 2 * SIDE))  # JPEG unpacks no more than that
    image.load()
    _require_bounds(image)  # a frame may be larger than its file says
    whole = image.point(lambda value: value / 256).convert("L") if image.mode.startswith("I;16") else image
    upright = ImageOps.exif_transpose(whole.convert("RGBA" if whole.has_transparency_data else "RGB"))
    upright.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    made = Image.new("RGB", upright.size, _WHITE)
    made.paste(upright, mask=upright if upright.mode == "RGBA" else None)
    return made
