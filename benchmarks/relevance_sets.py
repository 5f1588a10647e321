"""The judged lists that `relevance.py` fits and judges: seven sets, and queries about something else, fixed beforehand.

Queries about other things: 50 of each of five sets of `classify` (for CACM without Stack Overflow, whose questions are
about its field), of XQuAD in five languages, and of three kinds of nonsense: words of random letters, the words of real
queries with their letters shuffled, and words drawn from a dictionary. Nothing of them was looked at before the fit.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import pickle
import random
import re
import string
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from common import CACHE, ROOT, need_data

from broadsheet import names
from broadsheet.core.types import Document
from broadsheet.core.vectors import Vectors
from broadsheet.files.vectors import text_key
from broadsheet.lab.beir import headed, read_task
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.mine import Questions
from broadsheet.lab.relevance.lists import JudgedList, filled, lists_of, searched
from broadsheet.lab.tasks.mine import Mine

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EACH = 50  # queries about other things of a kind
SETS = ("scifact", "cranfield", "cacm", "csfcube", "trecqa", "conf-keywords", "xquad-en")
FOREIGN = ("scifact", "cranfield", "cacm", "csfcube", "trecqa")
"""Sets whose Collections are asked about other things too."""
_SOURCES = ("search/relevance.py", "search/sides.py", "core/relevance.py", "lab/relevance/lists.py")
Lists = dict[str, dict[str, list[JudgedList]]]


def observed(encoder_name: str = "minilm") -> Lists:
    """Search every set once: {set: {"here": lists, "scifact-dev": lists, kind of other queries: lists}}. What was seen
    is stored in the folder of benchmarks, until the code that sees it is another."""
    found: Lists = {}
    encoder = Remembered(encoder_name)
    sources = [(ROOT / "src" / "broadsheet" / each).read_bytes() for each in _SOURCES] + [Path(__file__).read_bytes()]
    mark = hashlib.sha256(b"".join(sources)).hexdigest()[:12]
    for name in SETS:
        path = CACHE / "relevance" / f"{re.sub(r'[^A-Za-z0-9]+', '-', encoder_name)}-{name}-{mark}.pickle"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(pickle.dumps(_observed(name, encoder)))
        found[name] = pickle.loads(path.read_bytes())
        print(f"  {name}: " + ", ".join(f"{len(lists)} {kind}" for kind, lists in found[name].items()), flush=True)
    return found


class Remembered:
    """An encoder that encodes each query once, and no document that any benchmark encoded before."""

    def __init__(self, name: str) -> None:
        self._encoder = CachedEncoder.under(names.encoder(name), CACHE.parent / "evaluate")
        self._known: dict[str, Vectors] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def encode(self, texts: Sequence[str], *, role: Any = "document") -> Vectors:
        if role != "query":
            return self._encoder.encode(texts, role=role)
        for text in texts:
            if text not in self._known:
                self._known[text] = self._encoder.encode([text], role="query")[0]
        return np.stack([self._known[text] for text in texts])


def _observed(name: str, encoder: Any) -> dict[str, list[JudgedList]]:
    whole, *parts = questions(name, encoder)
    found = {}
    with filled(Mine(whole), encoder, now=NOW) as collection:
        found["here"] = lists_of(Mine(whole), collection)
        for part in parts:
            found[part.name] = lists_of(Mine(part), collection)
        if name in FOREIGN:
            for kind, texts in other_queries(name, list(whole.queries.values())).items():
                asked = {f"{kind} {place}": text for place, text in enumerate(texts)}
                found[kind] = list(searched(collection, asked, {}))
    return found


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def questions(name: str, encoder: Any) -> list[Questions]:
    """A set as queries, documents and judgements; of SciFact the train claims, then the dev claims, then those of the
    dev claims that an abstract contradicts, and the dev claims with a name that no one knows."""
    data = need_data()
    if name == "scifact":
        return _scifact(data / name)
    if name == "trecqa":
        return [_trecqa(data / name)]
    if name == "xquad-en":
        documents = [Document(id=f"p{row['_id']}", title=row["title"].replace("_", " "), text=row["text"])
                     for row in rows(data / "xquad" / "en.paragraphs.jsonl.gz")]  # fmt: skip
        asked = list(rows(data / "xquad" / "en.questions.jsonl.gz"))[::3]
        judged = {row["_id"]: {f"p{row['doc']}": 1} for row in asked}
        return [Questions(name, "", {row["_id"]: row["text"] for row in asked}, tuple(documents), judged)]
    if name == "conf-keywords":
        return [_keywords(data / "papers_conf" / "papers.jsonl.gz", encoder)]
    task, least = read_task(data / name), 2 if name == "csfcube" else 1
    judged = {query: {paper: int(grade >= least) for paper, grade in own.items()} for query, own in task.judged.items()}
    documents = tuple(task.documents())
    if name == "csfcube":  # a query is the title of a paper, which it asks for too, though no one judged that
        titles = {each.title: each.id for each in documents}
        judged = {query: own | {titles.get(task.queries[query], query): 1} for query, own in judged.items()}
    return [Questions(name, "", task.queries, documents, judged)]


def _scifact(folder: Path) -> list[Questions]:
    documents = tuple(read_task(folder).documents())
    texts = {row["_id"]: row["text"] for row in rows(folder / "queries.jsonl.gz")}
    judged: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    with gzip.open(folder / "qrels.tsv.gz", "rt") as file:
        next(file)
        for line in file:
            query, paper, grade, split, label = line.rstrip("\n").split("\t")
            judged[split][query][paper] = int(grade)
            if label == "CONTRADICT" and split == "dev":
                judged["false premise"][query][paper] = 1
    parts = [("here", judged["train"]), ("scifact-dev", judged["dev"]), ("false premise", judged["false premise"])]
    made = [Questions(name, "", {each: texts[each] for each in own}, documents, own) for name, own in parts]
    strange = {each: _strange(texts[each], each) for each in judged["dev"]}
    return [*made, Questions("unknown entity", "", strange, documents, judged["dev"])]


def _strange(text: str, salt: str) -> str:
    """A claim whose longest word is one that does not exist."""
    drawn, longest = random.Random(salt), max(text.split(), key=len)
    return text.replace(longest, "".join(drawn.choice(string.ascii_lowercase) for _ in longest))


def _trecqa(folder: Path) -> Questions:
    papers: dict[str, str] = {}
    queries: dict[str, str] = {}
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for split in ("train", "dev", "test"):
        for row in rows(folder / f"{split}.jsonl.gz"):
            paper = papers.setdefault(row["atext"], f"d{len(papers)}")
            own = judged[queries.setdefault(row["qtext"], f"q{len(queries)}")]
            own[paper] = max(own.get(paper, 0), int(row["label"]))
    documents = [Document(id=name, title=headed(text)[0], text=headed(text)[1]) for text, name in papers.items()]
    return Questions("trecqa", "", {name: text for text, name in queries.items()}, tuple(documents), dict(judged))


def _keywords(path: Path, encoder: Any) -> Questions:
    """6,000 papers with keywords whose vectors are known; each narrow keyword asks for the papers that have it."""
    papers = [row for row in rows(path) if row["keywords"]]
    documents = [Document(id=row["id"], title=row["title"], text=row["abstract"]) for row in papers]
    known = encoder.file.read([text_key(each.content) for each in documents])
    chosen = [place for place, each in enumerate(documents) if text_key(each.content) in known] or list(range(6_000))
    random.Random(3).shuffle(chosen)
    named: dict[str, dict[str, int]] = defaultdict(dict)
    for place in chosen[:6_000]:
        for word in papers[place]["keywords"]:
            named[" ".join(word.lower().split())][documents[place].id] = 1
    narrow = [word for word, own in named.items() if 4 <= len(own) <= 100]
    asked = sorted(word for word in narrow if 3 <= len(word) <= 60 and ":" not in word)
    shown = tuple(documents[place] for place in chosen[:6_000])
    return Questions("conf-keywords", "", {word: word for word in asked}, shown, {word: named[word] for word in asked})


def other_queries(name: str, real: Sequence[str]) -> Mapping[str, list[str]]:
    """Queries about something else, by kind."""
    data, drawn = need_data(), random.Random(7)
    fields = {"banking77": "text", "agnews_test": "title", "trec_questions": "text", "emotion": "text",
              "stackoverflow20": "text"}  # fmt: skip
    found = {}
    for each, field in fields.items():
        texts = [row[field] for row in rows(data / "classify" / f"{each}.jsonl.gz")]
        if (name, each) != ("cacm", "stackoverflow20"):
            found[f"field {each}"] = drawn.sample(texts, EACH)
    for each in ("es", "de", "zh", "ar", "hi"):
        found[f"language {each}"] = drawn.sample(
            [row["text"] for row in rows(data / "xquad" / f"{each}.questions.jsonl.gz")], EACH
        )
    some = [drawn.choice(sorted(real)) for _ in range(EACH)]
    found["nonsense letters"] = [
        " ".join(_letters(drawn, max(2, len(word))) for word in text.split()[:12]) for text in some
    ]
    found["nonsense anagrams"] = [
        " ".join("".join(drawn.sample(word, len(word))) for word in text.split()[:25]) for text in some
    ]
    words = sorted(
        {str(row["word"]) for row in rows(data / "wordset" / "definitions.jsonl.gz") if str(row["word"]).isalpha()}
    )
    found["nonsense words"] = [" ".join(drawn.sample(words, drawn.randint(3, 10))) for _ in range(EACH)]
    return found


def _letters(drawn: random.Random, count: int) -> str:
    return "".join(drawn.choice(string.ascii_lowercase) for _ in range(count))
