"""Writes tests/encoders/parity.npy anew: the 50 texts by sentence-transformers in float32.

BROADSHEET_TORCH_PYTHON benchmarks/parity.py MODEL_FOLDER     (an interpreter with sentence-transformers)
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent


def main(folder: str) -> None:
    """Encode and save, float32 (50, 384)."""
    sys.path.insert(0, str(ROOT / "tests" / "kits"))
    import torch
    from sentence_transformers import SentenceTransformer

    from parity_texts import TEXTS

    model = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": torch.float32})
    rows = model.encode(TEXTS, normalize_embeddings=True, batch_size=1, show_progress_bar=False)
    np.save(ROOT / "tests" / "encoders" / "parity.npy", rows.astype(np.float32))
    print(f"{rows.shape} by sentence-transformers on torch {torch.__version__}")


if __name__ == "__main__":
    main(sys.argv[1])
