"""Maps of vectors: a repair of a vector space that is declared, stored, applied to every vector alike, and undone.

    recipe ("top:3", "whiten:0.5+axes:128") + mean and covariance of a vector set -> fit -> VectorMap
    VectorMap: unit rows -> the nearest centre, one or several -> rows @ its matrix + its offset -> unit rows
    inverse: the way back, where there is one
    VectorMap <-> bytes of an .npz file, checked when they are read

A recipe is one step, or several with ``+`` between them, each fitted to what the steps before it leave:

    centre        subtract the mean (Mu and Viswanath 2018)
    top:K         all but the top: subtract the mean and take out the K strongest principal axes (Mu and Viswanath 2018)
    whiten:S      scale the principal axes by variance ** (-S / 2): 0 changes nothing but the mean, 1 makes all axes
                  alike (Su et al. 2021, "Whitening Sentence Representations"; Huang et al. 2021, "WhiteningBERT")
    standardise   subtract the mean and divide each stored axis by its standard deviation
    drop:I,J      set the axes I, J ... to zero (Kovaleva et al. 2021); ``drop:outliers`` finds them first
    axes:D        the first D principal axes, for shorter vectors
    rotate:SEED   a random rotation, which changes no cosine: a control
    clusters:C,K  C clusters (k-means), each of which loses its mean and its K strongest axes (Rajaee and Pilehvar 2021,
                  "A Cluster-based Approach for Improving Isotropy"); a step on its own, and fitted to rows
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import ModelError, UsageError, nearest
from broadsheet.core.vectors import Vectors, unit

Floats = NDArray[np.float64]

LARGEST = 300_000_000  # bytes of the arrays of a stored map
_FORMAT = 1
_LONGEST_RECIPE = 2_000  # characters
_EMPTY = 1e-10  # of the strongest axis' variance: an axis with less holds no data
_SOUND = 1e-6  # of the largest singular value: with a smaller one there is no way back
_FAR = 3.0  # standard deviations from the other axes that make an axis an outlier
_FIELDS = {"format", "recipe", "matrix", "offset", "centres"}
_MOST_CLUSTERS = 64
_ROUNDS = 50  # of k-means


@dataclass(frozen=True, slots=True)
class Moments:
    """The ``mean`` (dim,) and the ``covariance`` (dim, dim) of ``count`` vectors, float64."""

    count: int
    mean: Floats
    covariance: Floats

    def mapped(self, matrix: Floats, offset: Floats) -> Moments:
        """Return the moments of the same vectors after ``x @ matrix + offset``."""
        return Moments(self.count, self.mean @ matrix + offset, matrix.T @ self.covariance @ matrix)

    @property
    def outliers(self) -> NDArray[np.int64]:
        """Return the axes whose mean or standard deviation is more than three standard deviations from those of the
        other axes, ascending (Kovaleva et al. 2021; Hämmerl et al. 2023)."""
        facts = (self.mean, np.sqrt(np.maximum(np.diagonal(self.covariance), 0)))
        return np.flatnonzero(np.any([np.abs(each - each.mean()) > _FAR * each.std() for each in facts], axis=0))


@dataclass(frozen=True, eq=False)
class VectorMap:
    """A fitted map, made by ``recipe``: ``matrix`` (parts, dim, dim out) and ``offset`` (parts, dim out), of which a
    vector takes those of the nearest of the ``centres`` (parts, dim); all float64. Most maps have one part."""

    recipe: str
    matrix: Floats
    offset: Floats
    centres: Floats

    def __post_init__(self) -> None:
        shape = self.matrix.shape
        fits = len(shape) == 3 and 0 not in shape and self.centres.shape == shape[:2]
        if not fits or self.offset.shape != (shape[0], shape[2]):
            shapes = f"matrix {shape}, offset {self.offset.shape} and centres {self.centres.shape}"
            raise ModelError(f"The map {self.recipe!r} has {shapes}; expected (p, n, m), (p, m) and (p, n).")
        if not all(np.isfinite(each).all() for each in (self.matrix, self.offset, self.centres)):
            raise ModelError(f"The map {self.recipe!r} contains numbers that are not finite. Fit it again.")

    @property
    def dim(self) -> int:
        """Return the number of dimensions of its results."""
        return int(self.matrix.shape[2])

    @cached_property
    def digest(self) -> str:
        """Return the sha256 of its recipe and numbers, as hex: equal maps give equal vectors."""
        whole = hashlib.sha256(repr((_FORMAT, self.recipe, self.matrix.shape)).encode())
        for array in (self.matrix, self.offset, self.centres):
            whole.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
        return whole.hexdigest()

    @cached_property
    def invertible(self) -> bool:
        """Return whether ``inverse`` exists: it has one part, which loses no direction."""
        if self.matrix.shape[:2] != (1, self.dim):
            return False
        sizes = np.linalg.svd(self.matrix[0], compute_uv=False)
        return bool(sizes[-1] > _SOUND * sizes[0])

    def linear(self, rows: NDArray[np.floating]) -> Floats:
        """Map rows (n, dim) and leave their lengths as they come, float64 (n, dim out)."""
        if rows.ndim != 2 or rows.shape[1] != self.matrix.shape[1]:
            raise UsageError(f"The map {self.recipe!r} takes vectors of {self.matrix.shape[1]}; got {rows.shape}.")
        if len(self.centres) == 1:
            return np.asarray(rows @ self.matrix[0] + self.offset[0])
        out, part = np.empty((len(rows), self.dim)), nearest_centre(rows, self.centres)
        for each in np.unique(part):
            out[part == each] = rows[part == each] @ self.matrix[each] + self.offset[each]
        return out

    def apply(self, rows: NDArray[np.floating]) -> Vectors:
        """Map unit rows (n, dim) to unit rows, float32 (n, dim out)."""
        return unit(self.linear(rows))

    def inverse(self, rows: NDArray[np.floating]) -> Vectors:
        """Return the unit rows (n, dim) that ``apply`` made ``rows`` of; UsageError where there is no way back.

        The length that ``apply`` took off is the one positive t for which offset and direction give length 1 again.
        """
        if not self.invertible:
            raise UsageError(f"The map {self.recipe!r} cannot be undone: it loses directions. Encode the texts again.")
        back = np.linalg.inv(self.matrix[0])
        along, base = rows.astype(np.float64) @ back, -self.offset[0] @ back
        square, half = np.einsum("ij,ij->i", along, along), along @ base
        inside = np.maximum(half**2 + square * (1 - base @ base), 0)
        return unit(base + ((np.sqrt(inside) - half) / square)[:, None] * along)

    def to_npz(self) -> bytes:
        """Return the content of the .npz file in which it is stored."""
        file = io.BytesIO()
        facts = {"format": np.int64(_FORMAT), "recipe": np.str_(self.recipe)}
        np.savez(file, **facts, matrix=self.matrix, offset=self.offset, centres=self.centres)  # type: ignore[arg-type]
        return file.getvalue()


def from_npz(data: bytes, where: str) -> VectorMap:
    """Read a stored map; ModelError naming ``where`` when it is damaged, too large or of a newer version."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(each.file_size for each in archive.infolist())
        if size > LARGEST:
            raise ModelError(f"{where} holds {size:,} bytes; a map has at most {LARGEST:,}. Do not trust this file.")
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            values = {name: stored[name] for name in _FIELDS & set(stored.files)}
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, NotImplementedError) as error:
        raise ModelError(f"{where} is not a stored map ({error}). Fit it again: broadsheet geometry --try") from None
    return _checked(values, where)


def _checked(values: dict[str, NDArray[np.generic]], where: str) -> VectorMap:
    if missing := sorted(_FIELDS - set(values)):
        raise ModelError(f"{where} lacks {', '.join(missing)}: it is not a stored map. Fit it again.")
    if values["format"].tolist() != _FORMAT:
        raise ModelError(f"{where} has the format {values['format']}, not {_FORMAT}: upgrade Broadsheet.")
    recipe = str(values["recipe"])
    if len(recipe) > _LONGEST_RECIPE or not recipe.isprintable():
        raise ModelError(f"{where} has a recipe of {len(recipe):,} characters; expected a line like top:3.")
    arrays = [values[name] for name in ("matrix", "offset", "centres")]
    if any(each.dtype != np.float64 for each in arrays):
        raise ModelError(f"{where}: matrix, offset and centres must be float64. Fit it again.")
    return VectorMap(recipe, *(each.astype(np.float64) for each in arrays))


def fit(recipe: str, moments: Moments, rows: NDArray[np.floating] | None = None) -> VectorMap:
    """Fit a recipe to the moments of a vector set, ``clusters`` to its ``rows`` (n, dim); UsageError for a step that is
    unknown or does not fit the set."""
    if moments.count < 2 or not np.isfinite(moments.covariance).all():
        raise UsageError(f"A map needs at least two whole vectors to be fitted to; got {moments.count:,}.")
    if recipe.startswith("clusters:"):
        return _clusters(recipe.removeprefix("clusters:"), rows)
    matrix, offset, names = np.eye(len(moments.mean)), np.zeros(len(moments.mean)), []
    for step in recipe.split("+"):
        name, turn, shift = _step(step.strip(), moments.mapped(matrix, offset))
        names.append(name)
        matrix, offset = matrix @ turn, offset @ turn + shift
    return VectorMap("+".join(names), matrix[None], offset[None], np.zeros((1, len(moments.mean))))


Linear = tuple[str, Floats, Floats]


def _step(text: str, moments: Moments) -> Linear:
    """The whole name of a step, its matrix and its offset."""
    word, _, value = text.partition(":")
    if word not in _STEPS:
        raise UsageError(f"Unknown step {text[:60]!r} of a map: expected one like top:3. {nearest(word, _STEPS)}")
    return _STEPS[word](value, moments)


def _centred(name: str, matrix: Floats, moments: Moments) -> Linear:
    return name, matrix, -moments.mean @ matrix


def _centre(_: str, moments: Moments) -> Linear:
    return _centred("centre", np.eye(len(moments.mean)), moments)


def _top(value: str, moments: Moments) -> Linear:
    count = _whole("top", value, most=len(moments.mean) - 1)
    axes = principal(moments.covariance)[1][:, :count]
    return _centred(f"top:{count}", np.eye(len(moments.mean)) - axes @ axes.T, moments)


def _whiten(value: str, moments: Moments) -> Linear:
    strength = float(value) if re.fullmatch(r"[01](\.\d{1,6})?", value) else -1.0
    if not 0 <= strength <= 1:
        raise UsageError(f"whiten:{value[:40]} is not understood; expected a strength from 0 to 1, like whiten:0.5.")
    variances, axes = principal(moments.covariance)
    scales = _filled(variances) ** (-strength / 2)
    return _centred(f"whiten:{strength:g}", (axes * scales) @ axes.T, moments)


def _standardise(_: str, moments: Moments) -> Linear:
    return _centred("standardise", np.diag(_filled(np.diagonal(moments.covariance)) ** -0.5), moments)


def _filled(variances: Floats) -> Floats:
    """The variances, those of empty axes as the least of the others, so that there is a way back."""
    filled = variances > _EMPTY * variances.max()
    return np.where(filled, variances, variances[filled].min()) if filled.any() else np.ones_like(variances)


def _drop(value: str, moments: Moments) -> Linear:
    dim = len(moments.mean)
    chosen = moments.outliers.tolist() if value == "outliers" else [_whole("drop", each, most=dim - 1, least=0) for each
                                                                    in value.split(",")]  # fmt: skip
    if not 0 < len(set(chosen)) < dim:
        what = "No axis is an outlier" if not chosen else f"{len(set(chosen))} of {dim} axes would be dropped"
        raise UsageError(f"{what}: drop:{value[:40]} has nothing to do here.")
    kept = np.ones(dim)
    kept[chosen] = 0
    return f"drop:{','.join(map(str, sorted(set(chosen))))}", np.diag(kept), np.zeros(dim)


def _axes(value: str, moments: Moments) -> Linear:
    count = _whole("axes", value, most=len(moments.mean))
    return _centred(f"axes:{count}", principal(moments.covariance)[1][:, :count], moments)


def _rotate(value: str, moments: Moments) -> Linear:
    seed, dim = _whole("rotate", value, most=2**31, least=0), len(moments.mean)
    turned, signs = np.linalg.qr(np.random.default_rng(seed).standard_normal((dim, dim)))
    return f"rotate:{seed}", turned * np.sign(np.diagonal(signs)), np.zeros(dim)


_STEPS: dict[str, Callable[[str, Moments], Linear]] = {
    "centre": _centre, "top": _top, "whiten": _whiten, "standardise": _standardise, "drop": _drop, "axes": _axes,
    "rotate": _rotate,
}  # fmt: skip


def _clusters(value: str, rows: NDArray[np.floating] | None) -> VectorMap:
    """Clusters by k-means, each without its mean and its strongest axes."""
    if rows is None:
        raise UsageError(f"clusters:{value[:40]} is fitted to vectors, not to their moments alone.")
    first, _, second = value.partition(",")
    count = _whole("clusters", first, most=min(_MOST_CLUSTERS, len(rows)))
    top = _whole("clusters", second, most=rows.shape[1] - 1, least=0)
    centres = k_means(rows, count)
    matrices = np.stack([_without_top(rows[nearest_centre(rows, centres) == each], top) for each in range(count)])
    offsets = -np.einsum("pn,pnm->pm", centres, matrices)
    return VectorMap(f"clusters:{count},{top}", matrices, offsets, centres)


def _without_top(rows: NDArray[np.floating], top: int) -> Floats:
    whole = np.eye(rows.shape[1])
    if len(rows) < 2 or not top:
        return whole
    axes = principal(np.cov(rows.T.astype(np.float64), bias=True))[1][:, :top]
    return np.asarray(whole - axes @ axes.T)


def k_means(rows: NDArray[np.floating], count: int) -> Floats:
    """Return ``count`` centres (count, dim) of rows (n, dim) by k-means (Lloyd 1982), begun at rows drawn at random,
    the same every time. A centre that loses all its rows stays where it is."""
    wide = rows.astype(np.float64)
    centres = wide[np.sort(np.random.default_rng(0).choice(len(wide), count, replace=False))]
    part = np.full(len(wide), -1)
    for _ in range(_ROUNDS):
        now = nearest_centre(wide, centres)
        if (now == part).all():
            break
        part = now
        for each in np.unique(part):
            centres[each] = wide[part == each].mean(axis=0)
    return centres


def nearest_centre(rows: NDArray[np.floating], centres: Floats) -> NDArray[np.int64]:
    """Return the nearest of the centres (parts, dim) of each row (n, dim): int64 (n,)."""
    return np.asarray((rows @ centres.T - np.square(centres).sum(axis=1) / 2).argmax(axis=1), dtype=np.int64)


def principal(covariance: Floats) -> tuple[Floats, Floats]:
    """Return the variances (dim,) along the principal axes, strongest first, and the axes (dim, dim) as columns."""
    variances, axes = np.linalg.eigh(covariance)
    axes = axes[:, ::-1]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(len(axes))])  # the solver leaves them open
    return np.maximum(variances[::-1], 0), axes * signs


def _whole(word: str, value: str, *, most: int, least: int = 1) -> int:
    number = int(value) if re.fullmatch(r"\d{1,10}", value, re.ASCII) else least - 1
    if not least <= number <= most:
        raise UsageError(f"{word}:{value[:40]} is not understood; expected a whole number from {least} to {most}.")
    return number
