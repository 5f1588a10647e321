"""A folder with a sentence encoder of the BERT family, read with mistrust: facts, words and weights.

config.json, modules.json, 1_Pooling, sentence_bert_config.json -> Facts, or a ModelError that names what is missing
model.safetensors -> arrays whose names and shapes were checked before one byte was read; nothing is ever unpickled
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from broadsheet.core.errors import ModelError, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_JSON_BYTES = 1 << 20
_LONGEST_PROMPT = 2_000  # characters before every text
_LONGEST_NAME = 200  # characters of a sub-folder's path
_MOST_NAMES = 2_000  # of tensors that are compared with a missing one
_KINDS = {"bert": 0, "roberta": 1, "xlm-roberta": 1, "camembert": 1}  # 1: positions begin after the padding's
Pooling = Literal["mean", "cls", "max", "last", "weighted"]
_STEPS = {"Transformer", "Pooling", "Normalize"}
ACTIVATIONS = {
    "gelu": "erf", "gelu_python": "erf", "gelu_new": "tanh", "gelu_fast": "tanh", "gelu_pytorch_tanh": "tanh",
    "relu": "relu", "silu": "silu", "swish": "silu",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the small files of a model folder say; everything the graph and the manifest need but the weights.

    ``layers`` run; the states of those in ``mix`` are averaged, where it is empty the last one's are taken.
    """

    folder: Path
    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    kinds: int
    offset: int
    activation: str
    epsilon: float
    pooling: Pooling
    max_length: int
    lower: bool = False
    prompts: Mapping[str, str] = field(default_factory=dict)
    mix: tuple[int, ...] = ()

    @property
    def weights(self) -> Path:
        """Return the file with the weights."""
        return self.folder / "model.safetensors"


def read_json(path: Path, *, limit: int = _JSON_BYTES) -> Any:
    """Return the content of a small JSON file; ModelError says what is wrong with it."""
    try:
        with path.open("rb") as file:
            raw = file.read(limit + 1)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}. Is this the folder of a model?") from None
    if len(raw) > limit:
        raise ModelError(f"{path} is larger than {limit:,} bytes: too large for the description of a model.")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is not JSON: {error}. Copy the model again.") from None


def require_model(folder: Path) -> None:
    """Raise ModelError unless the folder is there and keeps its weights in safetensors."""
    if not folder.is_dir():
        raise ModelError(f"No model folder at {folder}. A model is a folder with model.safetensors and tokenizer.json.")
    if not (folder / "model.safetensors").is_file():
        pickled = [p.name for p in folder.glob("*.bin")] + [p.name for p in folder.glob("*.pt*")]
        reason = f"{pickled[0]} is a pickle and is not read" if pickled else "it has no weights"
        raise ModelError(f"{folder} has no model.safetensors ({reason}). Save the model with safetensors.")


def read_facts(folder: Path) -> Facts:
    """Return facts of the encoder in ``folder``; ModelError if a file is missing or asks for what is not offered."""
    require_model(folder)
    config = _Config(folder / "config.json", _object(folder / "config.json"))
    limits = _optional(folder / "sentence_bert_config.json")
    offset, positions = _offset(config), config.size("max_position_embeddings", 1 << 16)
    hidden, heads = config.size("hidden_size", 1 << 14), config.size("num_attention_heads", 256)
    if hidden % heads:
        raise ModelError(f"{config.path}: hidden_size {hidden} cannot be divided among {heads} heads.")
    return Facts(
        folder=folder, hidden=hidden, heads=heads, layers=config.size("num_hidden_layers", 256),
        inner=config.size("intermediate_size", 1 << 16), words=config.size("vocab_size", 1 << 21),
        positions=positions, kinds=config.size("type_vocab_size", 64), offset=offset,
        activation=ACTIVATIONS[config.choice("hidden_act", ACTIVATIONS)],
        epsilon=config.number("layer_norm_eps", 1e-12), pooling=_pooling(folder),
        max_length=_max_length(folder, limits, positions - offset), lower=bool(limits.get("do_lower_case", False)),
        prompts=_prompts(folder),
    )  # fmt: skip


@dataclass(frozen=True)
class _Config:
    """config.json with its values checked as they are taken."""

    path: Path
    values: Mapping[str, Any]

    def size(self, key: str, limit: int) -> int:
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= limit:
            raise ModelError(f"{self.path}: {key} is {repr(value)[:80]}; expected a whole number from 1 to {limit}.")
        return value

    def number(self, key: str, default: float) -> float:
        value = self.values.get(key, default)
        if not isinstance(value, int | float) or not 0 < value < 1:
            raise ModelError(f"{self.path}: {key} is {repr(value)[:80]}; expected a number between 0 and 1.")
        return float(value)

    def choice(self, key: str, known: Mapping[str, object]) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or value not in known:
            way_out, shown = "Other models run as st:NAME with the extra [torch].", str(value)[:60]
            raise ModelError(f"{self.path}: {key} is {repr(value)[:80]}. {nearest(shown, known)} {way_out}")
        return value


def _object(path: Path) -> dict[str, Any]:
    values = read_json(path)
    if not isinstance(values, dict):
        raise ModelError(f"{path} holds {type(values).__name__}; expected an object of names and values.")
    return values


def _optional(path: Path) -> dict[str, Any]:
    return _object(path) if path.is_file() else {}


def _prompts(folder: Path) -> dict[str, str]:
    """Return what precedes a text in each role; for documents, the first of three names in use."""
    prompts = _optional(folder / "config_sentence_transformers.json").get("prompts")
    texts = {k: v for k, v in prompts.items() if isinstance(v, str) and v} if isinstance(prompts, dict) else {}
    if max(map(len, texts.values()), default=0) > _LONGEST_PROMPT:
        path = folder / "config_sentence_transformers.json"
        raise ModelError(f"{path}: a prompt has over {_LONGEST_PROMPT:,} characters. Do not trust this model.")
    documents = [texts[name] for name in ("document", "passage", "corpus") if name in texts]
    query = {"query": texts["query"]} if "query" in texts else {}
    return query | ({"document": documents[0]} if documents else {})


def _offset(config: _Config) -> int:
    kind = config.choice("model_type", _KINDS)
    position = config.values.get("position_embedding_type", "absolute")
    if position != "absolute":
        raise ModelError(f"{config.path}: position_embedding_type is {repr(position)[:80]}; expected 'absolute'.")
    return (config.size("pad_token_id", 1 << 21) + 1) if _KINDS[kind] else 0


def _pooling(folder: Path) -> Literal["mean", "cls"]:
    pooled = "1_Pooling"
    if (folder / "modules.json").is_file():
        modules = read_json(folder / "modules.json")
        steps = _steps(folder, modules)
        pooled = steps.get("Pooling", "")
    facts = _optional(folder / pooled / "config.json") if pooled and (folder / pooled).is_dir() else {}
    modes = {"cls": "pooling_mode_cls_token", "mean": "pooling_mode_mean_tokens"}
    other = [k for k, v in facts.items() if k.startswith("pooling_mode_") and v is True and k not in modes.values()]
    chosen = facts.get("pooling_mode") or [name for name, key in modes.items() if facts.get(key) is True] or "mean"
    chosen = chosen[0] if isinstance(chosen, list) and len(chosen) == 1 else chosen
    if other or chosen not in ("mean", "cls"):
        raise ModelError(f"{folder / pooled}: pooling is {other or chosen}; expected mean or cls.")
    return "cls" if chosen == "cls" else "mean"


def _steps(folder: Path, modules: Any) -> dict[str, str]:
    """Kind -> sub-folder of the steps of modules.json; a step that is not known here would be left out silently."""
    rows = modules if isinstance(modules, list) else []
    steps = {str(row.get("type")).rsplit(".", 1)[-1]: str(row.get("path")) for row in rows if isinstance(row, dict)}
    unknown = set(steps) - _STEPS
    if unknown or "Transformer" not in steps:
        reason = ", ".join(sorted(unknown)) or "no Transformer"
        raise ModelError(f"{folder / 'modules.json'} asks for {reason}; expected Transformer, Pooling, Normalize.")
    if any(len(path) > _LONGEST_NAME or not path.isprintable() for path in steps.values()):
        raise ModelError(f"{folder / 'modules.json'} has a path that no folder can have. Copy the model again.")
    if any(Path(path).is_absolute() or ".." in Path(path).parts for path in steps.values()):
        raise ModelError(f"{folder / 'modules.json'} points outside its folder. Do not trust this model.")
    return steps


def _max_length(folder: Path, limits: dict[str, Any], positions: int) -> int:
    """sentence_bert_config.json decides (tokenizer.json of MiniLM says 128, config.json 512; both are wrong)."""
    limit = limits.get("max_seq_length") or _optional(folder / "tokenizer_config.json").get("model_max_length")
    length = limit if isinstance(limit, int) and not isinstance(limit, bool) else positions
    if length < 3:
        raise ModelError(f"{folder}: the maximum length is {length}; expected at least 3 tokens.")
    return min(length, positions)


def sha256(path: Path) -> str:
    """Return the sha256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def layout(facts: Facts) -> dict[str, tuple[int, ...]]:
    """Return name -> shape of every tensor that the encoder needs."""
    hidden, inner = facts.hidden, facts.inner
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (facts.words, hidden),
        "embeddings.position_embeddings.weight": (facts.positions, hidden),
        "embeddings.token_type_embeddings.weight": (facts.kinds, hidden),
        **_pair("embeddings.LayerNorm", hidden),
    }
    for layer in range(facts.layers):
        at = f"encoder.layer.{layer}"
        for name in ("query", "key", "value"):
            shapes |= _pair(f"{at}.attention.self.{name}", hidden, hidden)
        shapes |= _pair(f"{at}.attention.output.dense", hidden, hidden)
        shapes |= _pair(f"{at}.attention.output.LayerNorm", hidden)
        shapes |= _pair(f"{at}.intermediate.dense", inner, hidden)
        shapes |= _pair(f"{at}.output.dense", hidden, inner)
        shapes |= _pair(f"{at}.output.LayerNorm", hidden)
    return shapes


def _pair(name: str, *shape: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}


def read_weights(facts: Facts) -> dict[str, NDArray[np.float32]]:
    """Return the encoder's tensors as float32 by name; ModelError if one is missing or has another shape or kind."""
    return dict(_weights(facts))


def _weights(facts: Facts) -> Iterator[tuple[str, NDArray[np.float32]]]:
    import numpy as np
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(facts.weights, framework="numpy") as file:
            prefix = _prefix(set(file.keys()), facts)
            for name, shape in layout(facts).items():
                part = file.get_slice(prefix + name)
                found, kind = tuple(part.get_shape()), part.get_dtype()
                if found != shape or kind not in ("F32", "F16"):
                    raise ModelError(f"{facts.weights}: {name} is {kind} {found}; expected F32 or F16 {shape}.")
                tensor = np.ascontiguousarray(file.get_tensor(prefix + name), dtype=np.float32)
                if not np.isfinite(tensor).all():
                    raise ModelError(
                        f"{facts.weights}: {name} contains numbers that are not finite. Copy the model again."
                    )
                yield name, tensor
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{facts.weights} is damaged or incomplete: {error}. Copy the model again.") from None


def _prefix(names: set[str], facts: Facts) -> str:
    """Some files put the model's kind before every name; the missing tensor is named where none fits."""
    wanted = layout(facts)
    missing = {p: [n for n in wanted if p + n not in names] for p in ("", "bert.", "roberta.")}
    best = min(missing, key=lambda p: len(missing[p]))
    if missing[best]:
        name, close = missing[best][0], sorted(names)[:_MOST_NAMES]
        raise ModelError(f"{facts.weights} has no tensor {name} ({len(missing[best])} missing). {nearest(name, close)}")
    return best
