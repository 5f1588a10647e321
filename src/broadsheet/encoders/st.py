"""Any sentence-transformers model, on torch (the extra ``[torch]``): for what the built-in encoders cannot run."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.protocols import Role, Vectors
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import unit
from broadsheet.encoders.folder import sha256
from broadsheet.encoders.hub import RECORD
from broadsheet.encoders.switches import refuse


def named(rest: str, *, models: Path | None = None, cache: Path | None = None) -> TorchEncoder:  # noqa: ARG001
    """``st:NAME``: a hub name or a folder, there or in ``models``."""
    if not refuse(rest, "st"):
        raise UsageError("st: needs a model: st:ORG/NAME or st:/path/to/model.")
    own = models / rest if models and not Path(rest).is_absolute() and (models / rest).is_dir() else None
    if own and (own / RECORD).is_file():  # the vectors of a model from the hub are those of its cache, as before
        own = None
    return TorchEncoder(str(own or rest), name=f"st:{rest}")


class TorchEncoder:
    """Wrap ``SentenceTransformer``; its own prompts serve the roles. Loads only safetensors and no foreign code."""

    def __init__(self, model: str, *, name: str) -> None:
        self.name, self._where = name, model
        self._lock = threading.Lock()  # the tokenizers beneath are not made for several threads

    @cached_property
    def _model(self) -> Any:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError:
            raise ModelError(f'{self.name} needs torch. Install it: pip install "broadsheet[torch]"') from None
        try:
            return SentenceTransformer(
                self._where, trust_remote_code=False, model_kwargs={"use_safetensors": True, "dtype": "float32"}
            )
        except Exception as error:  # whatever the library, the hub or the file system has to say
            first = next(iter(str(error).splitlines()), type(error).__name__)
            raise ModelError(f"{self.name} cannot be loaded: {first} Give a folder or a hub name.") from None

    @cached_property
    def manifest(self) -> Manifest:
        """Return what must be equal for two vectors to be comparable; this loads the model."""
        model = self._model
        return Manifest(
            encoder=self.name, version=_version(model), weights=_weights(self._where),
            dim=int(model.get_embedding_dimension()), pooling="its own",
            prompts={k: v for k, v in (model.prompts or {}).items() if v},
            max_length=model.get_max_seq_length(),
        )  # fmt: skip

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Return unit rows, float32 (n, dim), in the order given."""
        if not texts:
            return np.zeros((0, self.manifest.dim), np.float32)
        with self._lock:
            encode = self._model.encode_query if role == "query" else self._model.encode_document
            return unit(encode(_clean(texts), show_progress_bar=False, convert_to_numpy=True))

    def too_long(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return bool (n,): which texts have more tokens than the model reads."""
        limit = self._model.get_max_seq_length()
        if limit is None:
            return np.zeros(len(texts), dtype=bool)
        with self._lock:
            lengths = [len(self._model.tokenizer(text, verbose=False).input_ids) for text in _clean(texts)]
        return np.array([length > limit for length in lengths], dtype=bool)


def _version(model: Any) -> str:
    """The commit of a model from the hub, empty for a folder."""
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    return str(getattr(config, "_commit_hash", None) or "")


def _weights(where: str) -> str:
    """The sha256 of a folder's weights; a model from the hub is named by its commit."""
    path = Path(where) / "model.safetensors"
    return sha256(path) if path.is_file() else ""


def _clean(texts: Sequence[str]) -> list[str]:
    return [text.encode("utf-8", "replace").decode() for text in texts]
