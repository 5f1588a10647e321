"""Images from outside: what is taken, what is refused, and that nothing but the picture stays."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from broadsheet.core.errors import SourceError
from broadsheet.pictures.image import LEAST_SIDE, MOST_PIXELS, SIDE, webp

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def packed(image: Image.Image, form: str, **options: object) -> bytes:
    made = io.BytesIO()
    image.save(made, form, **options)
    return made.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def near(one: object, other: tuple[int, ...]) -> bool:
    return bool(np.abs(np.subtract(one, other)).max() < 8)  # WebP loses a little


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_four_formats_become_a_small_webp(form: str) -> None:
    made = opened(webp(packed(Image.new("RGB", (1300, 700), RED), form)))
    assert (made.format, made.size) == ("WEBP", (SIDE, 345))
    assert near(made.getpixel((300, 170)), RED)


def test_a_small_image_keeps_its_size() -> None:
    assert opened(webp(packed(Image.new("RGB", (200, 100), BLUE), "PNG"))).size == (200, 100)


def test_no_metadata_stay_and_the_picture_is_upright() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a secret place"  # turned by a quarter; a description
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = Image.new("RGB", (300, 100), RED)
    photo.paste(BLUE, (0, 0, 150, 100))
    data = packed(photo, "JPEG", exif=exif, icc_profile=profile, comment=b"a secret place")
    assert b"a secret place" in data
    made = webp(data)
    image = opened(made)
    assert image.size == (100, 300)
    assert near(image.getpixel((50, 50)), BLUE)
    assert near(image.getpixel((50, 250)), RED)
    assert not image.getexif()
    assert not {"exif", "icc_profile", "xmp", "comment"} & set(image.info)
    assert b"secret" not in made
    texts = PngInfo()
    texts.add_text("Comment", "a secret place", zip=False)
    assert b"secret" not in webp(packed(photo, "PNG", pnginfo=texts))


def test_an_animation_stands_at_its_first_frame() -> None:
    frames = [Image.new("RGB", (90, 60), colour) for colour in (RED, BLUE, WHITE)]
    for form in ("GIF", "WEBP", "PNG"):
        made = opened(webp(packed(frames[0], form, save_all=True, append_images=frames[1:])))
        assert getattr(made, "n_frames", 1) == 1
        assert near(made.getpixel((40, 30)), RED)


def test_what_is_transparent_becomes_white_and_16_bits_keep_their_greys() -> None:
    assert near(opened(webp(packed(Image.new("RGBA", (80, 80), (0, 0, 0, 0)), "PNG"))).getpixel((9, 9)), WHITE)
    ramp = np.linspace(0, 65535, 200 * 100).reshape(100, 200).astype(np.uint16)
    made = opened(webp(packed(Image.fromarray(ramp), "PNG")))
    assert near(made.getpixel((100, 50)), (128, 128, 128))
    assert near(opened(webp(packed(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG"))).getpixel((9, 9)), RED)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!doctype html><title>Not an image</title><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><script>alert(1)</script></svg>',
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n",
        b"\x89PNG\r\n\x1a\n",
        packed(Image.new("RGB", (64, 64)), "BMP"),
        packed(Image.new("RGB", (64, 64)), "TIFF"),
    ],
)
def test_other_files_are_not_pictures(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"not a picture|damaged"):
        webp(data)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF"])
def test_a_picture_that_ends_early_is_refused(form: str) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8))
    whole = packed(noise, form)
    with pytest.raises(SourceError, match="damaged or cut off"):
        webp(whole[: len(whole) // 2])


def bomb(side: int) -> bytes:
    """A PNG that says how large it is, with nothing in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = side.to_bytes(4) + side.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [6_000, 11_000, 40_000])  # above our bound, where Pillow warns, where it refuses
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    assert side * side > MOST_PIXELS
    with pytest.raises(SourceError, match=r"pixels allowed|are read"):
        webp(bomb(side))


def test_a_picture_that_counts_readers_is_refused() -> None:
    with pytest.raises(SourceError, match="at least 32 a side"):
        webp(packed(Image.new("RGB", (1, 1)), "GIF"))
    with pytest.raises(SourceError, match="at least 32 a side"):
        webp(packed(Image.new("RGB", (600, LEAST_SIDE - 1)), "PNG"))
