"""Which weights read the roles of sentences under an encoder: those fitted on its vectors, else on words alone."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from broadsheet.core.errors import ModelError
from broadsheet.core.roles import RoleModel
from broadsheet.core.types import Manifest

_WORDS = "words"
_BY_WEIGHTS = {"53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db": "minilm"}


def roles_for(manifest: Manifest) -> RoleModel:
    """Return the weights for an encoder. Those of words and place alone serve every encoder that has none of its
    own."""
    name = _BY_WEIGHTS.get(manifest.weights, _WORDS)
    model = _read(name)
    return model if model.dim in (0, manifest.dim) else _read(_WORDS)


@cache
def _read(name: str) -> RoleModel:
    text = files(__package__).joinpath(f"{name}.json").read_text("utf-8")
    try:
        values = json.loads(text)
    except ValueError as error:
        raise ModelError(f"the weights of sentence roles in {name}.json are damaged: {error}") from None
    return RoleModel.of(values)
