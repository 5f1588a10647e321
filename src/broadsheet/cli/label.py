"""Texts and papers under labels, from a memory that a person edits: label."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from broadsheet import config
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, print_json, table
from broadsheet.core.errors import UsageError
from broadsheet.core.memory import REASONS
from broadsheet.core.protocols import Encoder as Encodes
from broadsheet.core.text import clipped
from broadsheet.core.types import Document, Manifest
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.text_lines import read
from broadsheet.lab.text_lines import texts as texts_of
from broadsheet.labels.file import MemoryFile
from broadsheet.labels.text import Filed, LabelMemory, Voted
from broadsheet.search.hybrid import search
from broadsheet.wiring.collection import configured_encoder, open_configured
from broadsheet.wiring.paper import paper

MemoryPath = Annotated[
    Path, typer.Argument(metavar="MEMORY", help="A .csv, .tsv or .jsonl file with label, text and description.")
]
Texts = Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="Texts to file, or to add or remove.")]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help="File the texts of a file: a text on each line, or .jsonl, .csv or .tsv; - is standard input.",
    ),
]
Field = Annotated[str, typer.Option("--field", metavar="NAME", help="The field or column that holds the text.")]
Add = Annotated[str, typer.Option("--add", metavar="LABEL", help="Add the texts as examples of this label.")]
Describe = Annotated[str, typer.Option("--describe", metavar="LABEL", help="Say with the text what the label means.")]
Remove = Annotated[
    str, typer.Option("--remove", metavar="LABEL", help="Remove the texts from this label; without texts, the label.")
]
Listing = Annotated[bool, typer.Option("--list", help="List the labels of the memory.")]
Query = Annotated[str, typer.Option("--query", metavar="QUERY", help="File the papers that this search finds.")]
Papers = Annotated[bool, typer.Option("--papers", help="File the newest papers of the Collection.")]
Ids = Annotated[list[str] | None, typer.Option("--paper", metavar="ID", help="File this paper; may be repeated.")]
Several = Annotated[bool, typer.Option("--several", help="Give a text every label that its nearest examples vote for.")]
Count = Annotated[int, typer.Option("-k", "--count", metavar="N", min=1, max=10_000, help="How many papers at most.")]
Encoder = Annotated[str | None, typer.Option("--encoder", metavar="NAME", help="Default: the Collection's, or minilm.")]

_MOST_TEXTS = 100_000
_MOST_VECTORS = 200_000  # that are stored: 300 MB of MiniLM's
_SHOWN, _EXAMPLE = 60, 48  # characters of a text, and of an example next to it


def label(
    memory: MemoryPath,
    text: Texts = None,
    file: From = None,
    field: Field = "",
    add: Add = "",
    describe: Describe = "",
    remove: Remove = "",
    listing: Listing = False,
    papers: Papers = False,
    query: Query = "",
    ids: Ids = None,
    several: Several = False,
    k: Count = 20,
    encoder: Encoder = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """File texts or papers under labels, by descriptions of the labels, by examples, or by both.

    Each text gets a label, how sure the memory is of it, and the three examples that decided; where it is unsure, the
    nearest labels. Nothing is trained: a new label works at once, and what is removed has no influence any longer.
    The vectors are stored, so that a second run encodes nothing. Papers have vectors already.

    Example: broadsheet label desk.csv "why was I charged twice"
    """
    if add or describe or remove:
        _edit(memory, text or [], add=add, describe=describe, remove=remove, as_json=as_json)
    elif listing:
        _list(MemoryFile.read(memory), as_json)
    elif papers or query or ids:
        if text or file or several:
            raise UsageError("--papers, --query and --paper file papers, without texts and without --several")
        _file_papers(memory, query, ids or [], k, encoder=encoder, data=data, as_json=as_json)
    else:
        texts = _read(text or [], file, field)
        _file_texts(memory, texts, several=several, encoder=encoder, data=data, as_json=as_json)


def _edit(path: Path, texts: Sequence[str], *, add: str, describe: str, remove: str, as_json: bool) -> None:
    if sum(map(bool, (add, describe, remove))) > 1:
        raise UsageError("--add, --describe and --remove change the memory in turn; give one of them")
    file = MemoryFile.read(path, new=not remove)
    name = add or describe or remove
    if add:
        if not texts:
            raise UsageError(f"--add {add!r} needs a text: the example. For a description, use --describe")
        changed = sum(file.add(add, text) for text in texts)
    elif describe:
        if len(texts) != 1:
            raise UsageError(f"--describe {describe!r} needs one text: the description; got {len(texts)}")
        changed = int(file.describe(describe, texts[0]))
    else:
        changed = sum(file.remove(text, label=remove) for text in texts) if texts else file.forget(remove)
    if changed:
        file.save()
    if as_json:
        print_json({"memory": str(path), "label": name, "changed": changed})
    else:
        done = "removed from" if remove else "added to"
        note(f"{_rows(changed)} {done} {path} for {name}." if changed else f"{path} is unchanged.")


def _rows(count: int) -> str:
    return "1 row was" if count == 1 else f"{count:,} rows were"


def _list(file: MemoryFile, as_json: bool) -> None:
    contents = file.contents()
    counts = {name: sum(each.label == name for each in contents.examples) for name in contents.labels}
    if as_json:
        print_json(
            [
                {"label": name, "examples": counts[name], "description": contents.descriptions.get(name, "")}
                for name in contents.labels
            ]
        )
        return
    rows = ([name, f"{counts[name]:,}", contents.meaning(name)] for name in contents.labels)
    table(["label", "#examples", "described by"], rows)


def _read(texts: Sequence[str], file: str | None, field: str) -> list[tuple[str, str]]:
    """The texts to file with their ids; those of the arguments and of a file."""
    if field and file is None:
        raise UsageError("--field is for the texts of a file: give one with --from")
    if not texts and file is None:
        if sys.stdin.isatty():
            raise UsageError("give a text, a file with --from, or papers with --papers, --query or --paper")
        file = "-"
    found = [(str(number), text) for number, text in enumerate(texts, 1)]
    for each in _lines(file, field) if file else ():
        found.append(each)
        if len(found) > _MOST_TEXTS:
            raise UsageError(f"{file} has more than {_MOST_TEXTS:,} texts; file them in parts")
    return found


def _lines(file: str, field: str) -> Iterator[tuple[str, str]]:
    if file == "-":
        return texts_of(sys.stdin.buffer, "-.jsonl" if field else "-", "standard input", field=field)
    return read(Path(file).expanduser(), field=field)


def _file_texts(
    memory: Path,
    texts: Sequence[tuple[str, str]],
    *,
    several: bool,
    encoder: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    made, cache = configured_encoder(encoder, data), config.collection_folder(data) / "cache"
    opened, words = _opened(memory, made, cache), [text for _, text in texts]
    if several:
        _print_votes(texts, list(opened.vote(words)), as_json)
        return
    filed = list(opened.file(words))
    if as_json:
        rows = zip(texts, filed, strict=True)
        print_json([{"id": name, "text": text, **_shape(each)} for (name, text), each in rows])
    else:
        _print(words, filed)


def _print_votes(texts: Sequence[tuple[str, str]], votes: Sequence[Voted], as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "id": name,
                    "text": text,
                    "labels": [{"label": label, "share": round(share, 4)} for label, share in each.labels],
                    "because": [
                        {"labels": list(labels), "text": example, "cosine": round(cosine, 4)}
                        for example, labels, cosine in each.voters
                    ],
                }
                for (name, text), each in zip(texts, votes, strict=True)
            ]
        )
        return
    rows = (
        [
            clipped(text, _SHOWN),
            ", ".join(f"{label} ({share:.2f})" for label, share in each.labels),
            "; ".join(f"{clipped(example, _EXAMPLE)} ({cosine:.2f})" for example, _, cosine in each.voters[:REASONS]),
        ]
        for (_, text), each in zip(texts, votes, strict=True)
    )
    table(["text", "labels", "nearest voters"], rows)


def _file_papers(
    memory: Path,
    query: str,
    ids: Sequence[str],
    k: int,
    *,
    encoder: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    with open_configured(data, create=False) as collection:
        if encoder and encoder != collection.encoder_name:
            raise UsageError(f"the papers have vectors of {collection.encoder_name}; leave out --encoder")
        if ids:
            chosen = [paper(collection, each) for each in ids]
        elif query:
            chosen = [each.document for each in search(collection, query, k=k).items]
        else:
            chosen = collection.store.papers.newest(k)
        opened = _opened(memory, collection.encoder, collection.cache)
        filed = opened.file_papers(collection, chosen)
    if missing := sum(each is None for each in filed):
        note(f"{missing:,} of {len(filed):,} papers have no vector yet: run `broadsheet sync`.")
    known = [(document, each) for document, each in zip(chosen, filed, strict=True) if each]
    if as_json:
        print_json([{"id": each.id, "title": each.shown_title, **_shape(filing)} for each, filing in known])
    else:
        _print([_title(each) for each, _ in known], [filing for _, filing in known])


def _opened(path: Path, encoder: Encodes, cache: Path) -> LabelMemory:
    """The memory of a file, its vectors stored where the encoder says which they are."""
    contents = MemoryFile.read(path).contents()
    if contents.repeated:
        note(f"{path}: {_rows(contents.repeated)} there twice and count once.")
    if isinstance(getattr(encoder, "manifest", None), Manifest):
        encoder = CachedEncoder.under(encoder, cache / "texts")
        encoder.file.most = _MOST_VECTORS
    return LabelMemory(contents, encoder)


def _title(document: Document) -> str:
    return f"{document.id}  {document.shown_title}"


def _shape(filed: Filed) -> dict[str, Any]:
    return {
        "label": filed.label,
        "confidence": round(filed.confidence, 4),
        "nearest": [{"label": name, "score": round(score, 4)} for name, score in filed.nearest],
        "description": filed.description,
        "because": [
            {"label": each.example.label, "text": each.example.text, "cosine": round(each.cosine, 4)}
            for each in filed.because
        ],
    }


def _print(texts: Sequence[str], filed: Sequence[Filed]) -> None:
    rows = ([clipped(text, _SHOWN), _named(each), f"{each.confidence:.2f}", _why(each)]
            for text, each in zip(texts, filed, strict=True))  # fmt: skip
    table(["text", "label", "#sure", "because"], rows)


def _named(filed: Filed) -> str:
    if filed.label is not None:
        return filed.label
    return f"unsure: {', '.join(name for name, _ in filed.nearest)}" if filed.nearest else "unsure"


def _why(filed: Filed) -> str:
    if filed.because:
        return "; ".join(f"{clipped(each.example.text, _EXAMPLE)} ({each.cosine:.2f})" for each in filed.because)
    return f"described as {clipped(filed.description, _EXAMPLE)}" if filed.description else "the text is empty"
