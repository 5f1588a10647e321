"""Labels by descriptions, by a few examples, or by both: against baselines that read words, on the test parts.

    ./run.sh bench label [--models | --papers | --lists | --pages]

    described: descriptions of the labels alone; against counts of their words, and tf-idf cosines to them
    5 examples of each label, ten draws: against tf-idf with logistic regression on the same five
    unsure: half of the labels are not known; does the confidence tell their texts, texts of other sets, and errors?
    edits: what a new label costs, and whether a removed example leaves anything behind
    --models: the same by six encoders, each with its time and memory
    --papers: categories of papers, several for each, by the votes of neighbours
    --lists: do a simulated reader's papers go into the right list? (readers of lab/readers.py, topics not tuned on)
    --pages: what a suggestion costs on a page of 20,000 papers

The settings were chosen on train parts, with other draws. Intervals are 95 %, over draws and texts, paired where two
are compared. Vectors are stored: only the first run is slow. BANKING77: Casanueva et al. 2020; TREC: Li and Roth 2002;
AG News: Zhang et al. 2015; StackOverflow: Xu et al. 2015; emotion: Saravia et al. 2018.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
from common import CACHE, ROOT, head, latency, need_data, timed, verdict, versions
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score

from broadsheet import names
from broadsheet.collection import open_collection
from broadsheet.core.memory import SURE, Memory, vote
from broadsheet.core.metrics import Floats, bootstrap, difference
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.cost import peak_megabytes
from broadsheet.lab.papers import documents_of
from broadsheet.lab.readers import Papers, Reader, make_readers, papers_of
from broadsheet.lab.sets import known
from broadsheet.lab.tasks.classification import Classification
from broadsheet.lab.tasks.judged import order
from broadsheet.labels.file import MemoryFile
from broadsheet.labels.lists import MOST_LISTS, MOST_PAPERS, RARE, suggest
from broadsheet.labels.text import LabelMemory
from broadsheet.people.lists import put_numbers
from broadsheet.sync import sync

VECTORS = CACHE.parent / "evaluate"
FOUR = ("banking77", "stackoverflow", "agnews", "trec")
"""The sets of the bar. Emotions are hard to tell by topic, and are shown with them."""
SETS = (*FOUR, "emotion")
EACH, MORE, DRAWS, ROUNDS = 5, 20, 10, 1_000
FEW_DRAWS, TIMED = 3, 256  # of the table of encoders: its draws, and the texts that are encoded again for their time
MODELS = {
    "minilm": "minilm",
    "minilm, 3 of 6 layers": "minilm?layers=3",
    "static-256": f"static:{CACHE / 'belief/static-256'}",
    "static-64": f"static:{CACHE / 'belief/static-64'}",
    "hash": "hash",
    "e5-small": f"bert:{CACHE.parent / 'models/e5-small'}",
}
"""`belief.py` makes the static ones, `e5.py` brings the last."""
READERS, PAPERS = 150, 100  # simulated, and papers that each is asked about, in the lists and not
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ASKED, KNOWN, FIRST = 1_000, 5_000, 8_000  # papers of arXiv, by a hash: those asked; those known, from this place on


@dataclass(frozen=True)
class Data:
    """A set of labelled texts; the label of each by its place, and what describes the labels."""

    train: Sequence[str]
    train_of: Rows
    test: Sequence[str]
    test_of: Rows
    descriptions: Sequence[str]

    def drawn(self, draw: int, each: int = EACH) -> Rows:
        """A few texts of each label to learn from, in the order of labels."""
        own = (np.flatnonzero(self.train_of == label) for label in range(len(self.descriptions)))
        return np.concatenate(
            [np.random.default_rng([draw, label]).permutation(rows)[:each] for label, rows in enumerate(own)]
        )


@cache
def data(name: str) -> Data:
    """Read a set, in the parts that the lab has."""
    sets = known(need_data())
    task, given = Classification(sets[name]), sets[f"{name}-described"].options.get("descriptions", {})
    return Data(
        [each.text for each in task.train],
        np.array([each.label for each in task.train]),
        [each.text for each in task.read()],
        np.array([each.label for each in task.read()]),
        [given.get(label, label.replace("_", " ")) for label in task.labels],
    )


@cache
def encoder(model: str = "minilm") -> CachedEncoder:
    """An encoder that remembers."""
    return CachedEncoder.under(names.encoder(model, cache=CACHE / "models"), VECTORS)


def memory(own: Data, rows: Rows, *, described: bool, model: str = "minilm") -> Memory:
    """The memory of some examples, with the descriptions of all labels or of none."""
    words = encoder(model).encode(own.descriptions)
    examples = encoder(model).encode([own.train[row] for row in rows]) if len(rows) else words[:0]
    return Memory(examples, own.train_of[rows], words if described else np.zeros_like(words))


def credit(scores: Floats, of: Rows) -> Floats:
    """Whether the best label is right, (m,); of several that are best, one by chance."""
    top = scores == scores.max(axis=1, keepdims=True)
    return np.asarray(top[np.arange(len(of)), of] / top.sum(axis=1))


NOTHING = np.empty(0, dtype=np.int64)


def by_description(own: Data) -> dict[str, Floats]:
    """Whether each test text is right by the descriptions of labels alone, by ours and by the baselines."""
    words = TfidfVectorizer(sublinear_tf=True).fit([*own.train, *own.descriptions])
    counts = (words.transform(own.descriptions) > 0).astype(float)
    texts = words.transform(own.test)
    return {
        "described": credit(memory(own, NOTHING, described=True).scores(encoder().encode(own.test)), own.test_of),
        "counts": credit(((texts > 0).astype(float) @ counts.T).toarray(), own.test_of),
        "tf-idf": credit((texts @ words.transform(own.descriptions).T).toarray(), own.test_of),
    }


def print_described() -> None:
    """Print accuracy by descriptions alone."""
    print("## descriptions alone: accuracy, above the better baseline")
    print(f"{'set':<14} {'memory':>7} {'counts':>7} {'tf-idf':>7}   above the better, of texts")
    for name in SETS:
        ours, *others = by_description(data(name)).values()
        gap = difference(ours, max(others, key=np.mean), seed=0, rounds=ROUNDS)
        values = " ".join(f"{each.mean():7.3f}" for each in (ours, *others))
        print(f"{name:<14} {values}   {told(gap.mean, gap.low, gap.high)} of {len(ours):,}")
    print()


def told(value: float, low: float, high: float) -> str:
    """A difference with its interval."""
    return f"{value:+.3f} [{low:+.3f}, {high:+.3f}] {'above' if low > 0 else 'below' if high < 0 else 'equal'}"


def by_examples(own: Data, draw: int) -> dict[str, Floats]:
    """Whether each test text is right by five examples of each label, and with the descriptions."""
    rows, vectors = own.drawn(draw), encoder().encode(own.test)
    texts, of = [own.train[row] for row in rows], own.train_of[rows]
    both = [*texts, *own.descriptions]
    return {
        "5": credit(memory(own, rows, described=False).scores(vectors), own.test_of),
        "5 + described": credit(memory(own, rows, described=True).scores(vectors), own.test_of),
        "tf-idf, LR": credit(linear(texts, of, own.test), own.test_of),
        "tf-idf, LR + described": credit(
            linear(both, np.concatenate([of, np.arange(len(own.descriptions))]), own.test), own.test_of
        ),
    }


def linear(texts: Sequence[str], of: Rows, asked: Sequence[str]) -> Floats:
    """Chances of each label (m, labels) by logistic regression on tf-idf, with the C that did best on train parts."""
    words = TfidfVectorizer(sublinear_tf=True).fit(texts)
    model = LogisticRegression(C=10, max_iter=ROUNDS).fit(words.transform(texts), of)
    return np.asarray(model.predict_proba(words.transform(asked)))


def print_examples() -> None:
    """Print accuracy by five examples, and how many sets are above the baseline."""
    print(f"## {EACH} examples of each label, {DRAWS} draws: accuracy, and above logistic regression on the same")
    print(f"{'set':<14} {'5':>6} {'LR':>6}  above{'':<27}{'5+desc':>6} {'LR+desc':>7}  above")
    met = 0
    for name in SETS:
        drawn = [by_examples(data(name), draw) for draw in range(DRAWS)]
        ours, both, theirs, theirs_both = (np.stack([each[method] for each in drawn]) for method in drawn[0])
        one, two = gap_of(ours, theirs), gap_of(both, theirs_both)
        met += name in FOUR and one[1] > 0
        print(
            f"{name:<14} {ours.mean():6.3f} {theirs.mean():6.3f}  {told(*one):<31} {both.mean():6.3f} "
            f"{theirs_both.mean():7.3f}  {told(*two)}"
        )
    verdict("sets of the four on which five examples are above logistic regression", met, 3, most=False)
    print()


def gap_of(one: Floats, other: Floats) -> tuple[float, float, float]:
    """The mean difference (draws, texts) with its interval, which draws both draws and texts again."""
    gaps, random = one - other, np.random.default_rng(0)
    draws, texts = gaps.shape
    chosen = random.multinomial(draws, np.full(draws, 1 / draws), size=ROUNDS) / draws
    counted = random.multinomial(texts, np.full(texts, 1 / texts), size=ROUNDS) / texts
    low, high = np.quantile(((chosen @ gaps) * counted).sum(axis=1), [0.025, 0.975])
    return float(gaps.mean()), float(low), float(high)


def unsure(name: str, draw: int, each: int) -> dict[str, float]:
    """AUROC of the confidence, when half of the labels are not known, and what being sure is worth."""
    own, random = data(name), np.random.default_rng([7, draw])
    labels = np.sort(random.permutation(len(own.descriptions))[len(own.descriptions) // 2 :])
    place = np.full(len(own.descriptions), -1)
    place[labels] = np.arange(len(labels))
    rows = own.drawn(draw, each)
    rows = rows[place[own.train_of[rows]] >= 0]
    examples = encoder().encode([own.train[row] for row in rows])
    made = Memory(examples, place[own.train_of[rows]], encoder().encode([own.descriptions[each] for each in labels]))
    scores, of = made.scores(encoder().encode(own.test)), place[own.test_of]
    sure, right, here = made.confidences(scores), scores.argmax(axis=1) == of, of >= 0
    far = made.confidences(made.scores(encoder().encode(others(name))))
    chances = linear([own.train[row] for row in rows], place[own.train_of[rows]], own.test).max(axis=1)
    return {
        "unknown": roc_auc_score(here, sure),
        "unknown, cosine": roc_auc_score(here, (encoder().encode(own.test) @ examples.T).max(axis=1)),
        "unknown, LR": roc_auc_score(here, chances),
        "far": roc_auc_score([1] * int(here.sum()) + [0] * len(far), [*sure[here], *far]),
        "errors": roc_auc_score(right[here], sure[here]),
        "sure": float((sure[here] >= SURE).mean()),
        "right if sure": float(right[here & (sure >= SURE)].mean()),
        "sure, unknown": float((sure[~here] >= SURE).mean()),
        "sure, far": float((far >= SURE).mean()),
    }


def others(name: str) -> list[str]:
    """Texts of the other sets, as many of each."""
    return [text for each in FOUR if each != name for text in data(each).test[:400]]


def print_unsure() -> None:
    """Print how well the confidence tells what the memory does not know."""
    for each in (EACH, MORE):
        print(f"## unsure: {each} examples and descriptions of half of the labels, {DRAWS} draws: AUROC")
        found = {name: [unsure(name, draw, each) for draw in range(DRAWS)] for name in SETS}
        columns = list(found[FOUR[0]][0])
        print(f"{'set':<14} " + " ".join(f"{column:>15}" for column in columns))
        for name, rows in found.items():
            values = np.array([list(row.values()) for row in rows])
            cells = (f"{mean:9.3f}±{spread:.3f}" for mean, spread in zip(values.mean(0), values.std(0), strict=True))
            print(f"{name:<14} " + " ".join(cells))
        for column in ("unknown", "far", "errors"):
            for name in FOUR:
                value = float(np.mean([row[column] for row in found[name]]))
                verdict(f"AUROC, {column}, {name}", value, 0.85, most=False)
    print()


def print_edits() -> None:
    """Print what a new label costs, and how many answers differ after removals from a memory that never held them."""
    own = data("banking77")
    rows = own.drawn(0)
    old = rows[own.train_of[rows] > 0]
    vectors = encoder().encode(own.test)
    start = time.perf_counter()
    made = memory(own, rows, described=True)
    taken = time.perf_counter() - start
    answers = made.scores(vectors).argmax(axis=1) == 0
    print(f"## edits\na label is added to {len(old)} examples of 76 others: trained 0 s, the memory is read again in "
          f"{taken * 1e3:.0f} ms; {answers[own.test_of == 0].mean():.0%} of its texts are found")  # fmt: skip
    equal, most = deletions(own, rows), len(own.test)
    verdict(f"answers of {most:,} that equal those of a memory that never held the removed", equal, most, most=False)
    print()


def deletions(own: Data, rows: Rows) -> int:
    """How many answers are the same after removing a third of the examples from the file as without them."""
    lines = [(str(own.descriptions[own.train_of[row]]), own.train[row]) for row in rows]
    gone = set(np.random.default_rng(0).permutation(len(lines))[: len(lines) // 3].tolist())
    left = [each for place, each in enumerate(lines) if place not in gone]
    texts = {text for _, text in left}
    with tempfile.TemporaryDirectory() as folder:
        edited, never = (MemoryFile.read(Path(folder) / name, new=True) for name in ("edited.csv", "never.csv"))
        for label, text in lines:
            edited.add(label, text)
        edited.save()
        edited = MemoryFile.read(edited.path)
        for place in gone:
            edited.remove(lines[place][1], label=lines[place][0])
        edited.save()
        for label, text in reversed([each for each in left if each[1] in texts]):
            never.add(label, text)
        never.save()
        one, other = (LabelMemory(MemoryFile.read(each.path).contents(), encoder()) for each in (edited, never))
        return sum(a == b for a, b in zip(one.file(own.test), other.file(own.test), strict=True))


def print_models() -> None:
    """Print for each encoder what it gives, and what it costs in a process of its own."""
    print(f"## encoders: mean accuracy on {', '.join(FOUR)}; {FEW_DRAWS} draws; {TIMED} texts encoded without a cache")
    print(f"{'encoder':<22} {'described':>9} {'5+desc':>7} {'texts/s':>8} {'load s':>7} {'peak MB':>8}")
    for name, model in MODELS.items():
        spent = json.loads(
            subprocess.run(
                [sys.executable, __file__, "--worker", model], capture_output=True, text=True, check=True, cwd=ROOT
            ).stdout
        )
        zero, few = [], []
        for each in FOUR:
            own = data(each)
            vectors = encoder(model).encode(own.test)
            zero.append(credit(memory(own, NOTHING, described=True, model=model).scores(vectors), own.test_of).mean())
            few += [
                credit(memory(own, own.drawn(draw), described=True, model=model).scores(vectors), own.test_of).mean()
                for draw in range(FEW_DRAWS)
            ]
        print(
            f"{name:<22} {np.mean(zero):9.3f} {np.mean(few):7.3f} {spent['rate']:8.0f} {spent['load']:7.2f} "
            f"{spent['megabytes']:8.0f}   by set: {' '.join(f'{value:.3f}' for value in zero)}",
            flush=True,
        )
    print()


def work(model: str) -> None:
    """Print what an encoder costs on its own, as JSON."""
    texts = [text for name in FOUR for text in data(name).test[: TIMED // len(FOUR)]]
    start = time.perf_counter()
    made = names.encoder(model, cache=CACHE / "models")
    made.encode(texts[:1])
    ready = time.perf_counter()
    made.encode(texts)
    taken = time.perf_counter() - ready
    print(json.dumps({"load": ready - start, "rate": len(texts) / taken, "megabytes": peak_megabytes()}))


def print_papers() -> None:
    """Print F1 of the categories of papers by votes, against the most frequent categories."""
    source = names.source(f"jsonl:{need_data() / 'papers_arxiv_cs' / 'papers.jsonl.gz'}")
    papers = [each for each in source.fetch(None) if isinstance(each, Document) and each.categories]
    found = [papers[place] for place in order([each.id for each in papers])]
    asked, here = found[:ASKED], found[FIRST : FIRST + KNOWN]
    labels = sorted({name for each in here for name in each.categories})
    truth, given = (np.array([[name in each.categories for name in labels] for each in part]) for part in (asked, here))
    vectors, examples = (encoder().encode([each.content for each in part]) for part in (asked, here))
    votes = list(vote(vectors, examples, given))
    ours = np.zeros_like(truth)
    for row, each in zip(ours, votes, strict=True):
        row[[label for label, _ in each.labels]] = True
    often = np.argsort(-given.mean(axis=0))
    print(f"## papers: {len(labels)} categories of arXiv, {ASKED:,} papers asked, {KNOWN:,} known, F1 (micro, each)")
    rows = {"votes of neighbours": ours}
    for most in (1, 2, 3):
        rows[f"{most} most frequent"] = np.tile(np.isin(np.arange(len(labels)), often[:most]), (ASKED, 1))
    for name, guess in rows.items():
        micro = f1_score(truth, guess, average="micro")
        print(f"{name:<22} {micro:.3f} {each_f1(truth, guess).mean():.3f}")
    _, *others_ = (each_f1(truth, guess) for guess in rows.values())
    gap = difference(each_f1(truth, ours), max(others_, key=np.mean), seed=0, rounds=ROUNDS)
    print(f"above the better: {told(gap.mean, gap.low, gap.high)}; each answer has its {len(votes[0].voters)} voters\n")


def each_f1(truth: np.ndarray, guess: np.ndarray) -> Floats:
    """F1 of each row."""
    return np.asarray(2 * (truth & guess).sum(axis=1) / np.maximum(truth.sum(axis=1) + guess.sum(axis=1), 1))


def print_lists() -> None:
    """Print how often a paper of a reader's list is suggested for it, and how often another paper for any."""
    papers = papers_of(documents_of(known(need_data())["papers-conf-readers"]), encoder())
    usual = papers.vectors[np.random.default_rng(0).permutation(len(papers.vectors))[:200]]
    found = [suggested(papers, reader, usual) for reader in make_readers(papers, READERS)]
    print(f"## lists: {READERS} readers, 2 to 4 lists of 3 to 20 papers; {PAPERS} more papers of them, {PAPERS} others")
    for name in found[0]:
        values = np.array([each[name] for each in found])
        low, high = bootstrap(values[np.isfinite(values)], seed=0, rounds=ROUNDS)
        print(f"{name:<48} {np.nanmean(values):.3f} [{low:.3f}, {high:.3f}]")
    print()


def suggested(papers: Papers, reader: Reader, usual: Vectors) -> dict[str, float]:
    """What becomes of papers of a reader's lists, and of others: by the rule of labels/lists.py."""
    random = np.random.default_rng(int(reader.liked.sum()))
    names_ = list(reader.topics)
    of = np.array([names_.index(each) for each in reader.lists])
    inside = np.isin(papers.topics, names_)
    more = random.permutation(np.setdiff1d(np.flatnonzero(inside), reader.liked))[:PAPERS]
    asked = np.concatenate([more, random.permutation(np.flatnonzero(~inside))[:PAPERS]])
    truth = np.array([names_.index(each) if each in names_ else -1 for each in papers.topics[asked]])
    made = Memory(papers.vectors[reader.liked], of, encoder().encode(names_))
    scores, typical = made.scores(papers.vectors[asked]), made.scores(usual)
    guess = scores.argmax(axis=1)
    rare = scores.max(axis=1) >= (typical.mean(axis=0) + RARE * typical.std(axis=0))[guess]
    told_, here = rare & (made.confidences(scores) >= SURE), truth >= 0
    nearest = (papers.vectors[asked] @ papers.vectors[reader.liked].T).argmax(axis=1)
    return {
        "the nearest list is right, of its papers": float((guess == truth)[here].mean()),
        "the nearest paper's list is right (1-NN)": float((of[nearest] == truth)[here].mean()),
        "a list is suggested, of its papers": float(told_[here].mean()),
        "a list is suggested, of other papers": float(told_[~here].mean()),
        "suggestions that are right, of its papers": share((guess == truth)[here & told_]),
        "suggestions that are right, of both": share((guess == truth)[told_]),
    }


def share(right: np.ndarray) -> float:
    """The share that is right, not a number where there is nothing."""
    return float(right.mean()) if len(right) else np.nan


def print_pages() -> None:
    """Print what one suggestion takes, for readers of few and of many lists."""
    documents = documents_of(known(need_data())["papers-conf-readers"])[:20_000]
    print(f"## pages: {len(documents):,} papers, 384 dimensions, a suggestion for each of 200")
    with tempfile.TemporaryDirectory() as folder, open_collection(folder, encoder="hash:384") as collection:
        collection.store.papers.put(documents, now=NOW)
        sync(collection)
        ids = [each.id for each in documents]
        for lists, papers in ((3, 10), (10, 20), (MOST_LISTS, MOST_PAPERS)):
            person = collection.store.people.add(f"r{lists}@example.org", "reader", now=NOW).number
            for place in range(lists):
                own = collection.store.papers.numbers(ids[place * papers : (place + 1) * papers])
                put_numbers(collection, person, numbers=list(own.values()), into=f"list {place}", now=NOW)
            asked = [paper for each in ids[-200:] if (paper := collection.store.papers.get(each))]
            suggest(collection, person, asked[0])
            taken = timed(lambda paper, person=person: suggest(collection, person, paper), asked)
            latency(f"{lists} lists of {papers} papers", taken)
            if lists == MOST_LISTS:
                verdict("ms of a suggestion, of the most lists that count", float(np.median(taken)), 50, most=True)
    print()


PARTS = {"--models": print_models, "--papers": print_papers, "--lists": print_lists, "--pages": print_pages}


def main() -> None:
    """Measure and print."""
    arguments = sys.argv[1:]
    if "--worker" in arguments:
        work(arguments[-1])
        return
    head("label: by descriptions, by examples, and unsure", versions("broadsheet", "numpy", "scikit-learn", "openvino"))
    chosen = [part for name, part in PARTS.items() if name in arguments]
    for part in chosen or (print_described, print_examples, print_unsure, print_edits):
        part()


if __name__ == "__main__":
    main()
