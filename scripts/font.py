"""Makes the site's own serif face from a package of fonts: python scripts/font.py PACKAGE.tgz

PACKAGE.tgz is version 5.3.1 of the npm package @fontsource-variable/source-serif-4, as `npm pack` fetches it; its
SHA-256 is checked. Needs fontTools 4.68.0 and brotli 1.2.1, in an environment of their own: the program itself needs
neither. The same input and versions give the same bytes.

Four files: Latin, which every page needs, and further letters, Greek and italics, which a browser fetches when a page
has them. Each keeps kerning and ligatures, and the weights from 400 to 700 (italics: 400). The licence reserves the
name "Source" for unchanged fonts, so the face gets a name of its own.
"""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

SHA256 = "8c452853c74be1e43e9fbfe76321c26f4678a2d431e93209ff1d9faec03fd96f"
STATIC = Path(__file__).resolve().parent.parent / "src" / "broadsheet" / "web" / "static"
FAMILY = "Broadsheet Serif"
MOST = 80_000  # bytes of all files together
LATIN = (
    "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+0160-0161,U+0178,U+017D-017E,U+02C6,U+02DA,U+02DC,U+2010-2015,"
    "U+2018-201E,U+2020-2022,U+2026,U+2030,U+2032-2033,U+2039-203A,U+2044,U+20AC,U+2122,U+2190-2193,U+2212"
)
FILES = {  # name -> file in the package, weights, characters
    "serif-1": ("source-serif-4-latin-wght-normal", (400, 700), LATIN),
    "serif-letters-1": ("source-serif-4-latin-ext-wght-normal", (400, 700), "U+0100-017F,U+0218-021B,U+1E9E"),
    "serif-greek-1": ("source-serif-4-greek-wght-normal", (400, 700), "U+0370-03FF"),
    "serif-italic-1": ("source-serif-4-latin-wght-italic", (400, 400), LATIN),
}
"""The number in a name must grow when its bytes change: browsers keep a file for a year."""
_RENAMED = {1: FAMILY, 3: "BroadsheetSerif-1", 4: FAMILY, 6: "BroadsheetSerif", 16: FAMILY, 25: "BroadsheetSerif"}


def main() -> None:
    """Write the files, and say how large they are."""
    package = Path(sys.argv[1]).read_bytes()
    if (found := hashlib.sha256(package).hexdigest()) != SHA256:
        raise SystemExit(f"{sys.argv[1]} has the SHA-256 {found}; expected {SHA256}")
    total = 0
    with tarfile.open(fileobj=io.BytesIO(package)) as files:
        for name, (origin, weights, characters) in FILES.items():
            member = files.extractfile(f"package/files/{origin}.woff2")
            assert member
            data = made(member.read(), weights, characters)
            (STATIC / f"{name}.woff2").write_bytes(data)
            total += len(data)
            print(f"{name}.woff2 {len(data):,} bytes")
    print(f"{total:,} bytes together")
    if total > MOST:
        raise SystemExit(f"at most {MOST:,} are allowed: take fewer characters")


def made(data: bytes, weights: tuple[int, int], characters: str) -> bytes:
    """Return a font with some of its weights and characters, under its own name, as WOFF2."""
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    low, high = weights
    font = instancer.instantiateVariableFont(font, {"wght": low if low == high else weights})
    options = subset.Options()
    options.layout_features = ["kern", "liga", "mark", "ccmp", "locl"]
    options.hinting, options.flavor, options.name_IDs = False, "woff2", ["*"]
    options.recalc_timestamp = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(characters.replace("U+", "")))
    subsetter.subset(font)
    for record in list(font["name"].names):
        if record.nameID in _RENAMED:
            font["name"].setName(
                _RENAMED[record.nameID], record.nameID, record.platformID, record.platEncID, record.langID
            )
        elif record.nameID not in (0, 2, 5, 13, 14, 17) and record.nameID < 256:
            font["name"].removeNames(record.nameID)
    written = io.BytesIO()
    subset.save_font(font, written, options)
    return written.getvalue()


if __name__ == "__main__":
    main()
