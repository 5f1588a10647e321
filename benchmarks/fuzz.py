"""Hostile input without end: python benchmarks/fuzz.py [--inputs N] [--queries N] [--folders N] [--seed N] [--jobs N].

Changed texts go through every registered reader and through the reader of uploads, changed queries through the parser
and a search, changed model folders through everything that precedes a graph. A crash is any exception but the
project's own; a hang is an input that takes over 1 s of the processor; memory is what a worker ever held, at most
500 MB. The same seed gives the same inputs. Exits with 1 if there was any crash, hang or excess, and says how to see it.
Own texts are the seeds; with BROADSHEET_DATA set, pieces of the real samples in ``feeds`` are too.
"""

# ruff: noqa: E501 - seeds are as long as they are

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import resource
import shutil
import signal
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import entry_points
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from common import DATA, head, versions
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from broadsheet import __version__, names, shelf
from broadsheet.collection import open_collection
from broadsheet.core.errors import BroadsheetError
from broadsheet.core.query import ask
from broadsheet.core.types import BadRecord, Document
from broadsheet.encoders.bert import BertEncoder
from broadsheet.encoders.folder import read_weights
from broadsheet.encoders.static import StaticEncoder
from broadsheet.people.library_file import read_library
from broadsheet.search.hybrid import search
from broadsheet.sync import sync

SEED, SLOW, MOST = 20_261_129, 1.0, 500.0  # seconds of the processor for one input; MB of a worker
STUCK = 60  # seconds after which a worker that hangs in a library is ended
SHARES = {"bibtex": 0.1, "feed": 0.15, "upload": 0.03}  # of inputs: readers that take longer get fewer; others 1
CHUNK, LONGEST, PIECE = 500, 200_000, 2_000
NASTY = [
    b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", b"\n", b"\t", b'"', b"'", b"{", b"}", b"[", b"]", b"<", b">",
    b"&", b"&#0;", b"&#xD800;", b"&x;", b"]]>", b"<!--", b"<![CDATA[", b"<!ENTITY x 'y'>", b",", b";", b"=", b"@", b"#", b"\\",
    b"%", b"$", b"~", b"-1", b"0", b"1e400", b"NaN", b"null", b"true", b"9" * 400, b"0000-00-00", b"9999-99-99",
    b"10.1234/", b"arXiv:", b"https://", b"//", b"../", b"ER  - ", b"TY  - ", b"UK  - x", b"PT J", b"@comment{", b"\\'",
    "\u202e".encode(), "\u0301".encode() * 9, "\u200b".encode(), "ﷺ".encode(), "İß".encode(), "中文".encode(),
    "\U0001f9d1\u200d\U0001f4bb".encode(), "\u2028".encode(), "\ufffe".encode(), "ﬁ".encode(), b"utf-16", b"encoding=",
]  # fmt: skip


def three(before: str, each: str, after: str = "", between: str = "") -> bytes:
    """A file of three records, in each of which ``%`` is one word of three."""
    return (before + between.join(each.replace("%", word) for word in ("One", "Two", "Three")) + after).encode()


SEEDS: dict[str, tuple[str, list[bytes]]] = {
    "bibtex": ("refs.bib", [
        three("@string{j = {Owls}}\n", '@article{%, title={% {Owls} and \\"a $x_1$}, author={Ada Roe and Bo de Lee}, '
              "journal=j # \"y\", year=2020, month=feb, doi={10.1234/%}, crossref={z}, url={http://a.test/%}}\n"),
        three("", "@InProceedings(%, title = \"% \\& mice\", editor = {{The Society}}, booktitle = {Proc. of %}, "
              "pages = {1--9}, eprint = {2401.0000%}, archivePrefix = {arXiv})\n"),
    ]),
    "ris": ("refs.ris", [
        three("", "TY  - JOUR\nTI  - % owls\nAU  - Roe, Ada\nUR  - http://a.test\nDA  - 2020/1/2/\nDO  - 10.1234/%\nER  - \n"),
        three("FN x\nVR 1.0\n", "PT J\nTI % owls\nAU Roe, A\n   Lee, B\nPY 2020\nDI 10.1234/%\nER\n\n", "EF"),
        three("", "PMID- 1\nTI  - % owls\nAU  - Roe A\nFAU - Roe, Ada\nDP  - 2020 Jan\nAB  - Words of\n      owls.\n\n"),
    ]),
    "csv": ("papers.csv", [
        three("title,authors,date,doi,n\n", '"% owls","Roe, Ada; Lee, Bo",2020-01-02,10.1234/%,1\n'),
        three("sep=;\nTitle;Abstract;Author(s);Publication Year\n", '"% owls";"of ""night""";"Roe, A.";2020\n'),
        three("PT\tAU\tTI\tSO\tPY\tDI\n", "J\tRoe, A\t% owls\tOwls\t2020\t10.1234/%\n"),
    ]),
    "jsonl": ("papers.jsonl", [
        three("", '{"title": "% owls", "authors": [{"name": "Ada"}], "year": 2020, "x": {"y": [1]}, "url": "http://a.test"}\n'),
        three("[", '{"title": "% owls", "authors": ["Ada"], "date": 1600000000}', "]", ",\n"),
        three("[", '{"type": "article-journal", "title": "% owls", "author": [{"family": "Roe", "given": "Ada"}], '
              '"issued": {"date-parts": [[2020, 1]]}, "DOI": "10.1234/%"}', "]", ",\n"),
    ]),
    "page": ("page.txt", [three("", "% owls\n\nText of % in- jected owls. See arXiv:2401.00001.\n\n"),
                          three("<html><head><title>% owls</title></head><body>", "<p>Text of %</p>", "</body></html>")]),
    "hf": ("2026-01-02.json", [
        three("[", '{"title": "% owls", "numComments": 1, "publishedAt": "2026-01-02T00:00:00Z", "paper": {"id": '
              '"2601.0000%", "upvotes": 3, "authors": [{"name": "A"}], "summary": "s"}}', "]", ",")]),
    "openreview": ("openreview.json", [
        three('{"notes": [', '{"id": "%", "cdate": 1700000000000, "content": {"title": {"value": "% owls"}, "authors": '
              '{"value": ["A B"]}, "venue": {"value": "X 2026"}}}', "]}", ",")]),
    "openalex": ("openalex.json", [
        three('{"results": [', '{"id": "https://openalex.org/W1", "title": "% owls", "publication_date": "2020-02-01", '
              '"doi": "https://doi.org/10.1234/%", "authorships": [{"author": {"display_name": "A"}}], '
              '"abstract_inverted_index": {"a": [0], "b": [1]}}', "]}", ",")]),
    "arxiv": ("arxiv.xml", [
        three('<feed xmlns="http://www.w3.org/2005/Atom">', "<entry><id>http://arxiv.org/abs/2401.00001v2</id><title>% owls"
              "</title><published>2024-01-02T00:00:00Z</published><summary>s</summary><author><name>Ada Roe</name>"
              "</author><category term='cs.IR'/></entry>", "</feed>")]),
    "acl": ("acl.xml", [
        three('<collection id="2020.owls"><volume id="1" ingest-date="2020-01-02"><meta><booktitle>B</booktitle>'
              "<year>2020</year></meta>", '<paper id="1"><title>% <fixed-case>O</fixed-case>wls</title><author><first>Ada'
              "</first><last>Roe</last></author><url>2020.owls-1.1</url></paper>", "</volume></collection>")]),
    "feed": ("feed.xml", [
        three('<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Owls</title>',
              "<item><title>% owls</title><link>http://a.test/%</link><dc:creator>A B</dc:creator><category>x</category>"
              "<pubDate>Tue, 06 Jan 2026 10:00:00 GMT</pubDate><description>&lt;p&gt;T&lt;/p&gt;</description></item>",
              "</channel></rss>"),
        three('<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>', "<entry><id>urn:x:%</id><title>% owls</title>"
              "<updated>2026-01-05T00:00:00Z</updated><content type='html'>&lt;p&gt;W&lt;/p&gt;</content></entry>", "</feed>"),
    ]),
}  # fmt: skip
ENDINGS = {".bib": "bibtex", ".ris": "ris", ".csv": "csv", ".rss": "feed", ".atom": "feed", ".xml": "feed"}
QUERIES = [
    "neural networks", "author:Roe", "author:Kaiming He", 'title:"owls at night" venue:ACL', "since:2020-01 until:2021",
    "graphs -trees", '"exact phrase" OR other', "NOT this AND that", "arXiv:2401.00001v2", "https://doi.org/10.1234/abc",
    "source:arxiv category:cs.IR has:code votes:>3", "C++ GPT-4 R", "深層学習 graphs", "retreival of infromation", "(a OR b) c",
    "https://arxiv.org/abs/2401.00001 and 10.1234/x", "naïve Straße ﬁne", "since:yesterday", "abstract:words -title:owls",
]  # fmt: skip


@dataclass
class Tally:
    """What happened to the inputs of one kind: how many came out how, the slowest, and each fault once."""

    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    peak: float = 0.0
    faults: dict[str, str] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Add what another worker found."""
        self.counts += other.counts
        self.slowest, self.peak = max(self.slowest, other.slowest), max(self.peak, other.peak)
        self.faults = other.faults | self.faults


def mutated(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """A seed with up to six changes: bytes flipped, taken out, repeated, moved, cut off, or taken from another."""
    data = chance.choice(seeds)
    if data[:1] in b"[{" and chance.random() < 0.5 and (changed := _changed_json(chance, data)):
        return changed[:LONGEST]
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + int(chance.expovariate(1 / 12)))
        data = CHANGES[chance.randrange(len(CHANGES))](chance, data, start, end, chance.choice(seeds))
    return data[:LONGEST]


CHANGES: list[Callable[[random.Random, bytes, int, int, bytes], bytes]] = [
    lambda c, d, a, b, _: d[:a] + bytes(byte ^ c.randrange(1, 256) for byte in d[a:b]) + d[b:],
    lambda _, d, a, b, __: d[:a] + d[b:],
    lambda _, d, a, b, __: d[:b] + d[a:b] + d[b:],
    lambda c, d, a, b, _: d[:a] + d[a:b] * c.choice((3, 30, 3_000 if c.random() < 0.1 else 9)) + d[b:],
    lambda c, d, a, _, o: d[:a] + o[c.randrange(len(o)) :],
    lambda c, d, a, _, __: d[:a] if c.random() < 0.3 else d,
    lambda c, d, a, b, _: d[:a] + c.choice(NASTY) + d[b:],
    lambda c, d, a, _, __: d[:a] + c.choice(NASTY) + d[a:],
    lambda c, d, *_: b"\n".join(_swapped(c, d.split(b"\n"))),
    lambda c, d, *_: b",".join(_swapped(c, d.split(b","))),
]


def _changed_json(chance: random.Random, data: bytes) -> bytes:
    """JSON with other values in some places, still JSON; nothing for what is none."""
    try:
        values = json.loads(data)
    except ValueError:
        return b""
    for _ in range(chance.randint(1, 4)):
        _set(chance, values)
    return json.dumps(values).replace("Infinity", "1e400").encode()


def _swapped(chance: random.Random, parts: list[bytes]) -> list[bytes]:
    one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]
    return parts


def judged(tally: Tally, name: str, work: Callable[[], str]) -> None:
    """Do one input and count how it came out."""
    start = time.process_time()
    signal.alarm(STUCK)
    try:
        tally.counts[work()] += 1
    except BroadsheetError:
        tally.counts["refused"] += 1
    except BaseException as error:  # a panic of a library is none of the usual exceptions
        if isinstance(error, KeyboardInterrupt):
            raise
        frame = error.__traceback__
        while frame and frame.tb_next:
            frame = frame.tb_next
        at = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else ""
        _fault(tally, "crashes", f"{type(error).__name__} at {at}", f"{name}: {str(error)[:120]!r}")
    signal.alarm(0)
    taken, peak = time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    tally.slowest = max(tally.slowest, taken)
    if taken > SLOW:
        _fault(tally, "hangs", f"over {SLOW:g} s", f"{name}: {taken:.1f} s")
    if peak > MOST >= tally.peak:
        _fault(tally, "excesses", f"over {MOST:g} MB", f"{name}: {peak:.0f} MB")
    tally.peak = max(tally.peak, peak)


def _fault(tally: Tally, kind: str, key: str, example: str) -> None:
    tally.counts[kind] += 1
    tally.faults.setdefault(f"{kind}: {key}", example)


def _numbers(part: tuple[int, int, int], what: str) -> Iterator[tuple[str, random.Random]]:
    """Names of a part's inputs, each with its own chance: the same for the same seed, whatever the number of workers."""
    seed, start, end = part
    for number in range(start, end):
        yield f"{what} {number}", random.Random(f"{seed} {what} {number}")


def records(kind: str, seeds: tuple[str, list[bytes]], part: tuple[int, int, int]) -> Tally:
    """Read changed files with one reader."""
    tally, (title, texts) = Tally(), seeds
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / title
        path.write_bytes(b"")
        read = _reader(kind, path)
        for name, chance in _numbers(part, kind):
            data = mutated(chance, texts)
            path.write_bytes(data)
            judged(tally, name, lambda data=data: _outcome(read(data)))
    return tally


def _reader(kind: str, path: Path) -> Callable[[bytes], Any]:
    if kind == "upload":
        return lambda data: (read_library(data, path.name), [])[1]
    source = names.source(f"{kind}:{path}")
    return lambda _: source.fetch(None)


def _outcome(read: Any) -> str:
    found = list(read)
    if not all(isinstance(each, Document | BadRecord) for each in found):
        raise TypeError("neither a Document nor a BadRecord")
    return "papers" if any(isinstance(each, Document) for each in found) else "none"


def queries(folder: str, part: tuple[int, int, int]) -> Tally:
    """Parse and search changed queries."""
    tally = Tally()
    seeds = [query.encode() for query in QUERIES]
    with open_collection(folder, encoder="hash") as collection:
        for name, chance in _numbers(part, "query"):
            query = mutated(chance, seeds)[: chance.choice((60, 300, 20_000))].decode("utf-8", "replace")

            def work(query: str = query) -> str:
                ask(query)
                return "papers" if len(search(collection, query, k=5)) else "none"

            judged(tally, name, work)
    return tally


def folders(made: str, part: tuple[int, int, int]) -> Tally:
    """Read changed model folders as far as a graph, and encode with what is static."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as place:
        for name, chance in _numbers(part, "folder"):
            kind = chance.choice(("bert", "static"))
            folder = Path(place) / "m"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(Path(made) / kind, folder)
            _harmed(chance, folder)
            judged(tally, name, lambda kind=kind, folder=folder: _model(kind, folder))
    return tally


def _model(kind: str, folder: Path) -> str:
    texts = ["a" * 3_000, "graph paper, and words. " * 30, ""]
    if kind == "static":
        StaticEncoder(folder, name="static:m").encode(texts)
    else:
        encoder = BertEncoder(folder, name="bert:m", version="m")
        encoder.tokens(texts)
        read_weights(encoder.facts)
    return "read"


def _harmed(chance: random.Random, folder: Path) -> None:
    """Change one file of a folder: its bytes, or one value of its JSON."""
    path = chance.choice(sorted(each for each in folder.rglob("*") if each.is_file()))
    if path.suffix == ".json" and chance.random() < 0.7:
        values = json.loads(path.read_text())
        for _ in range(chance.randint(1, 3)):
            _set(chance, values)
        path.write_text(json.dumps(values).replace("Infinity", "1e400"))
    elif path.suffix == ".safetensors" and chance.random() < 0.5:
        tensors = load_file(path)
        name = chance.choice(sorted(tensors))
        kind = chance.choice(["f2", "f8", "i1", "u1", "i8", "c8", "?"])
        tensors[name] = chance.choice([tensors[name].astype(kind), tensors[name].reshape(-1), tensors[name] * np.nan])
        save_file(tensors, path)
    else:
        path.write_bytes(mutated(chance, [path.read_bytes()]))


VALUES = [
    None,
    True,
    -1,
    0,
    1,
    3,
    7,
    10**9,
    10**30,
    1.5,
    float("inf"),
    "",
    "x",
    "bert",
    "x" * 5_000,
    [],
    [1],
    ["gelu"],
    {},
    {"a": 1},
]
STEPS = [
    {"type": "Precompiled", "precompiled_charsmap": "AAAA"}, {"type": "Lowercase"}, {"type": "NFKC"}, {"type": "Prepend", "prepend": "▁"},
    {"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 16}, {"type": "ByteLevel", "add_prefix_space": True},
    {"type": "Replace", "pattern": {"Regex": "(a+)+b"}, "content": ""}, {"type": "Metaspace", "replacement": "▁"},
    {"type": "Split", "pattern": {"Regex": "(a|aa)+$"}, "behavior": "Isolated", "invert": False}, {"type": "Whitespace"},
]  # fmt: skip


def _set(chance: random.Random, values: Any) -> None:
    """Walk down at random and put another value, or a list of steps, in a place."""
    place = values
    while isinstance(place, dict | list) and place:
        key = chance.choice(sorted(place) if isinstance(place, dict) else range(len(place)))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or chance.random() < 0.4:
            steps = [chance.choice(STEPS) for _ in range(chance.randint(1, 7))]
            sequence = {"type": "Sequence", "normalizers": steps, "pretokenizers": steps}
            place[key] = deepcopy(sequence if chance.random() < 0.3 else chance.choice(VALUES))
            return
        place = inner


def seeds_of() -> dict[str, tuple[str, list[bytes]]]:
    """The seeds of every registered reader. One without seeds of its own gets those of all."""
    known = {kind: (title, list(texts)) for kind, (title, texts) in SEEDS.items()}
    every = [text for _, texts in SEEDS.values() for text in texts]
    for entry in entry_points(group=names.SOURCES):
        known.setdefault(entry.name, (f"input.{entry.name}", every))
    for kind, text in _real():
        known[kind][1].append(text)
    return known | {"upload": ("refs.bib", every)}


def _real() -> Iterator[tuple[str, bytes]]:
    """Beginnings of the real samples, for the readers that their names tell."""
    folder = DATA / "feeds"
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.name.endswith(".tar.gz"):
            with tarfile.open(path) as archive:
                files = [each for each in archive if each.isfile() and Path(each.name).suffix in ENDINGS][:60]
                for each in files:
                    data = archive.extractfile(each)
                    if data:
                        yield ENDINGS[Path(each.name).suffix], data.read(PIECE)
        elif path.name.startswith("acl_"):
            yield "acl", path.read_bytes()[:PIECE]
        elif path.suffix == ".gz":
            kind = {"arxiv": "arxiv", "papers": "bibtex"}.get(
                path.name[:6].rstrip("_"), "hf" if "hf" in str(path.parent) else ""
            )
            if kind:
                with gzip.open(path) as file:
                    yield kind, file.read(PIECE)


def make_models(folder: Path) -> None:
    """Write a sound folder of either kind: a BERT of one layer, and a table of vectors."""
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        *"abcdefghijklmnopqrstuvwxyz.,",
        *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz"),
    ]
    tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.BertNormalizer(lowercase=True), normalizers.Replace("``", '"')]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    size, random_ = 8, np.random.default_rng(1)
    config = {
        "model_type": "bert", "hidden_size": size, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16,
        "vocab_size": len(words), "max_position_embeddings": 40, "type_vocab_size": 2, "hidden_act": "gelu",
        "layer_norm_eps": 1e-12, "pad_token_id": 0,
    }  # fmt: skip
    for kind in ("bert", "static"):
        (folder / kind / "1_Pooling").mkdir(parents=True)
        tokenizer.save(str(folder / kind / "tokenizer.json"))
        (folder / kind / "config.json").write_text(json.dumps(config if kind == "bert" else {"max_length": 64}))
    (folder / "bert" / "sentence_bert_config.json").write_text('{"max_seq_length": 12, "do_lower_case": false}')
    (folder / "bert" / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": true}')
    (folder / "bert" / "config_sentence_transformers.json").write_text('{"prompts": {"query": "q: "}}')
    steps = [
        {"path": path, "type": f"sentence_transformers.models.{kind}"}
        for path, kind in (("", "Transformer"), ("1_Pooling", "Pooling"))
    ]
    (folder / "bert" / "modules.json").write_text(json.dumps(steps))
    facts = BertEncoder(_with_weights(folder / "bert", {}), name="bert:m", version="m").facts
    from broadsheet.encoders.folder import layout

    _with_weights(
        folder / "bert", {name: random_.normal(size=shape).astype("f4") for name, shape in layout(facts).items()}
    )
    _with_weights(folder / "static", {"embeddings": random_.normal(size=(len(words), 4)).astype("f4")})


def _with_weights(folder: Path, tensors: dict[str, Any]) -> Path:
    save_file(tensors, folder / "model.safetensors")
    return folder


def parts(seed: int, total: int) -> list[tuple[int, int, int]]:
    """The inputs from 0 to ``total`` in parts for the workers."""
    return [(seed, start, min(start + CHUNK, total)) for start in range(0, total, CHUNK)]


def run(
    pool: ProcessPoolExecutor, name: str, work: Callable[..., Tally], given: Any, some: list[tuple[int, int, int]]
) -> Tally:
    """Do all parts of one kind, and print its line."""
    start, tally = time.perf_counter(), Tally()
    for each in pool.map(work, *(repeat(value) for value in given), some):
        tally.add(each)
    outcomes = " ".join(f"{tally.counts[key]:>9,}" for key in ("papers", "read", "none", "refused", "crashes", "hangs"))
    taken = time.perf_counter() - start
    print(
        f"{name:12} {sum(end - begin for _, begin, end in some):>9,} {outcomes} {tally.slowest * 1e3:>9,.0f} {tally.peak:>6,.0f} {taken:>7,.0f}",
        flush=True,
    )
    for fault, example in tally.faults.items():
        print(f"    {fault} ({example})", flush=True)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (
        ("inputs", 950_000),
        ("queries", 45_000),
        ("folders", 5_000),
        ("seed", SEED),
        ("jobs", os.cpu_count() or 1),
    ):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--only", default="", help="one reader, or query or folder")
    wanted = parser.parse_args()
    seeds, start, total = seeds_of(), time.perf_counter(), Tally()
    real = f"; real samples from {DATA / 'feeds'}" if (DATA / "feeds").is_dir() else "; no real samples"
    head(
        "Fuzz", f"broadsheet {__version__}, {versions('feedparser', 'tantivy', 'tokenizers', 'safetensors')}",
        f"seed {wanted.seed}, {wanted.jobs} workers; {sum(len(texts) for _, texts in seeds.values()):,} seed texts{real}",
    )  # fmt: skip
    print(
        f"{'what':12} {'inputs':>9} {'papers':>9} {'read':>9} {'none':>9} {'refused':>9} {'crashes':>9} {'hangs':>9} {'worst ms':>9} {'MB':>6} {'s':>7}"
    )
    whole = sum(SHARES.get(kind, 1.0) for kind in seeds)
    with tempfile.TemporaryDirectory() as place, ProcessPoolExecutor(wanted.jobs, get_context("spawn")) as pool:
        with open_collection(Path(place) / "c", encoder="hash") as collection:
            shelf.add(collection, now=datetime(2026, 1, 1, tzinfo=UTC))
            sync(collection)
        make_models(Path(place) / "models")
        jobs = [
            (kind, records, (kind, texts), -int(-wanted.inputs * SHARES.get(kind, 1.0) // whole))
            for kind, texts in seeds.items()
        ]
        jobs += [
            ("query", queries, (str(Path(place) / "c"),), wanted.queries),
            ("folder", folders, (str(Path(place) / "models"),), wanted.folders),
        ]
        try:
            for name, work, given, count in jobs:
                if wanted.only in ("", name):
                    total.add(run(pool, name, work, given, parts(wanted.seed, count)))
        except BrokenProcessPool:
            print(f"    a worker died, or hung in a library for {STUCK} s")
            return 1
    counts = total.counts
    faults = counts["crashes"] + counts["hangs"] + counts["excesses"]
    print(f"\n{counts['crashes']:,} crashes, {counts['hangs']:,} hangs over {SLOW:g} s, {counts['excesses']:,} workers over {MOST:g} MB; "
          f"slowest {total.slowest * 1e3:,.0f} ms, most memory {total.peak:,.0f} MB; {time.perf_counter() - start:,.0f} s, seed {wanted.seed}")  # fmt: skip
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
