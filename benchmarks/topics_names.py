"""Names of topics next to two baselines: do they say what the papers are about, as people do?

./run.sh bench topics names          (the first run encodes 102,289 papers, which takes an hour)

real labels: papers under each session or category -> does the name, or one of the first five phrases, share a word
with what people call it?   clusters: the same for the label of most of a cluster's papers; is the name a keyword that
authors gave to papers of it? does it find the cluster, as a query among all?   lists of ten phrases: their diversity
(Dieng et al. 2020) and, on papers that were held out, their coherence (NPMI: Bouma 2009; Lau et al. 2014)

Baselines: class-based TF-IDF on words and pairs of words, which is what BERTopic shows by default (Grootendorst 2022),
and words by the signed root of G squared. Settings were chosen on one half of the groups; the tables are of the other.
"""

from __future__ import annotations

import re
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import log
from typing import NamedTuple

import numpy as np
from common import need_data
from search import rows
from sklearn.feature_extraction.text import CountVectorizer

from broadsheet import names
from broadsheet.core.metrics import bootstrap, difference
from broadsheet.core.text import folded, readable
from broadsheet.core.vectors import Vectors, unit
from broadsheet.core.words import words
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.corpus.topics import clusters as kmeans
from broadsheet.lexicon.stems import Stems
from broadsheet.topics.clusters import fit, place
from broadsheet.topics.naming import Paper, name_topics
from broadsheet.topics.stopwords import WEAK

CATEGORIES = {  # as arXiv calls them
    "cs.AI": "Artificial Intelligence", "cs.AR": "Hardware Architecture", "cs.CC": "Computational Complexity",
    "cs.CE": "Computational Engineering, Finance, and Science", "cs.CG": "Computational Geometry",
    "cs.CL": "Computation and Language", "cs.CR": "Cryptography and Security",
    "cs.CV": "Computer Vision and Pattern Recognition", "cs.CY": "Computers and Society", "cs.DB": "Databases",
    "cs.DC": "Distributed, Parallel, and Cluster Computing", "cs.DL": "Digital Libraries",
    "cs.DM": "Discrete Mathematics",
    "cs.DS": "Data Structures and Algorithms", "cs.ET": "Emerging Technologies",
    "cs.FL": "Formal Languages and Automata Theory", "cs.GR": "Graphics", "cs.GT": "Computer Science and Game Theory",
    "cs.HC": "Human-Computer Interaction", "cs.IR": "Information Retrieval", "cs.IT": "Information Theory",
    "cs.LG": "Machine Learning", "cs.LO": "Logic in Computer Science", "cs.MA": "Multiagent Systems",
    "cs.MM": "Multimedia",
    "cs.MS": "Mathematical Software", "cs.NA": "Numerical Analysis", "cs.NE": "Neural and Evolutionary Computing",
    "cs.NI": "Networking and Internet Architecture", "cs.OS": "Operating Systems", "cs.PF": "Performance",
    "cs.PL": "Programming Languages", "cs.RO": "Robotics", "cs.SC": "Symbolic Computation", "cs.SD": "Sound",
    "cs.SE": "Software Engineering", "cs.SI": "Social and Information Networks", "cs.SY": "Systems and Control",
    "eess.AS": "Audio and Speech Processing", "eess.IV": "Image and Video Processing", "eess.SP": "Signal Processing",
    "eess.SY": "Systems and Control", "math.CO": "Combinatorics", "math.OC": "Optimization and Control",
    "math.ST": "Statistics Theory", "quant-ph": "Quantum Physics", "stat.AP": "Statistics Applications",
    "stat.CO": "Statistics Computation", "stat.ME": "Statistics Methodology", "stat.ML": "Machine Learning",
    "physics.soc-ph": "Physics and Society", "math.LO": "Logic", "math.NA": "Numerical Analysis",
    "math.PR": "Probability",
}  # fmt: skip
LEAST = 15  # papers of a label
SHOWN = 40
SMALL = 80  # clusters of papers with keywords
STEMS = Stems("english")
EMPTY = {stem for word in WEAK for stem in STEMS.of(word)} | {"i", "ii", "iii", "iv", "v", "x", "1", "2", "3", "4"}


class Row(NamedTuple):
    """A paper of the real sets: its texts, its label in a person's words, its authors' keywords."""

    id: str
    title: str
    text: str
    label: str
    keywords: tuple[str, ...]


Listed = dict[int, tuple[str, tuple[str, ...]]]
"""For each topic its name and its phrases."""
Method = Callable[[Sequence[Row], Sequence[int], Sequence[int]], Listed]


def read(name: str) -> list[Row]:
    """The papers of a set, with readable texts."""
    made = []
    for row in rows(need_data() / name / "papers.jsonl.gz"):
        topics = row["topics"]
        label = (
            CATEGORIES.get(row["extra"].get("primary", ""), "") if name == "papers_arxiv_cs" else "".join(topics[:1])
        )
        words = tuple(each for each in row["keywords"] or () if ":" not in each)  # one with a colon is a subject area
        made.append(Row(row["id"], readable(row["title"]), readable(row["abstract"] or ""), label, words))
    return made


# What names topics


def ours(papers: Sequence[Row], topics: Sequence[int], fields: Sequence[int]) -> Listed:
    """The names of Broadsheet, without keywords, which other methods do not get either."""
    found = name_topics(given(papers, topics, fields, keywords=False))
    return {topic: (name.name, name.phrases) for topic, name in found.items() if topic >= 0}


def given(
    papers: Sequence[Row], topics: Sequence[int], fields: Sequence[int], *, keywords: bool = True
) -> Iterator[Paper]:
    """Papers as they are named by; fields have negative ids."""
    for each, topic, field in zip(papers, topics, fields, strict=True):
        yield Paper(topic, -1 - field, each.title, each.text, each.keywords if keywords else ())


def words_and_pairs(papers: Sequence[Row], topics: Sequence[int], fields: Sequence[int]) -> Listed:
    """Class-based TF-IDF: the words of a topic as one text; tf * log(1 + A / f), A the mean number of words a topic."""
    joined: dict[int, list[str]] = defaultdict(list)
    for each, topic in zip(papers, topics, strict=True):
        joined[topic].append(f"{each.title}. {each.text}")
    order = sorted(joined)
    counter = CountVectorizer(ngram_range=(1, 2), stop_words="english", min_df=2 if len(order) > 2 else 1)
    counts = counter.fit_transform([" ".join(joined[topic]) for topic in order]).astype(float)
    weight = np.log(1 + counts.sum() / len(order) / np.asarray(counts.sum(axis=0)).ravel())
    terms = counter.get_feature_names_out()
    listed = {}
    for at, topic in enumerate(order):
        row = counts[at].toarray().ravel()
        best = np.argsort(-(row / row.sum() * weight), kind="stable")[:10]
        listed[topic] = (str(terms[best[0]]), tuple(map(str, terms[best])))
    return listed


def words_by_g(papers: Sequence[Row], topics: Sequence[int], fields: Sequence[int]) -> Listed:
    """The words that a topic's papers hold most beyond what all papers do, by the signed root of G squared."""
    inside: dict[int, Counter[str]] = defaultdict(Counter)
    for each, topic in zip(papers, topics, strict=True):
        said = {
            word for word in map(folded, words(f"{each.title} {each.text}")) if len(word) > 2 and not word.isdigit()
        }
        inside[topic].update(said)
    sizes, everywhere = Counter(topics), sum(inside.values(), Counter[str]())
    listed = {}
    for topic, counts in inside.items():
        gain = {word: n * log(n / sizes[topic] * len(topics) / everywhere[word]) for word, n in counts.items()}
        best = tuple(sorted(gain, key=lambda word: (-gain[word], word))[:10])
        listed[topic] = (best[0], best)
    return listed


METHODS: dict[str, Method] = {"broadsheet": ours, "c-TF-IDF 1-2": words_and_pairs, "words by G": words_by_g}


# What is measured


def shares_word(texts: Iterable[str], label: str) -> bool:
    """Whether one of the texts has a word of a label that says something."""
    said = set(STEMS.of(label)) - EMPTY
    return any(said & set(STEMS.of(text)) for text in texts)


def ten_words(phrases: Sequence[str]) -> list[str]:
    """The first ten words of a list of phrases, each once: so that lists of phrases and of words compare."""
    return list(dict.fromkeys(stem for phrase in phrases for stem in STEMS.of(phrase)))[:10]


def diversity(lists: Iterable[Sequence[str]]) -> float:
    """The share of distinct entries among all of the lists (Dieng et al. 2020)."""
    entries = [entry for each in lists for entry in each]
    return len(set(entries)) / len(entries)


def coherence(lists: Sequence[Sequence[str]], texts: Iterable[str]) -> list[float]:
    """The NPMI of each list of stems: the mean over pairs of them, -1 for a pair that no text has."""
    wanted = {word for each in lists for word in each}
    found: dict[str, set[int]] = {word: set() for word in wanted}
    count = 0
    for number, text in enumerate(texts):
        count = number + 1
        for word in wanted & set(STEMS.of(text)):
            found[word].add(number)
    return [
        float(np.mean([npmi(found[a], found[b], count) for a, b in combinations(each, 2)] or [0])) for each in lists
    ]


def npmi(one: set[int], other: set[int], count: int) -> float:
    """Normalised pointwise mutual information (Bouma 2009) of two sets of texts out of ``count``."""
    both = len(one & other) / count
    if both in (0, 1):
        return -1.0 if both == 0 else 1.0
    return log(both * count * count / (len(one) * len(other))) / -log(both)


# Tables


def table(title: str, values: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
    """Print means with 95 % intervals by method and figure, and how much better the first method is than each other."""
    print(f"\n## {title}")
    (first, best), *_ = values.items()
    for method, figures in values.items():
        for figure, each in figures.items():
            low, high = bootstrap(each, seed=0)
            line = f"{method:<14} {figure:<34} {np.mean(each):6.3f} [{low:.3f}, {high:.3f}] n={len(each)}"
            if method != first:
                gap = difference(best[figure], each, seed=0)
                line += f"   {first} {gap.mean:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]"
            print(line, flush=True)


def clean(label: str) -> str:
    """A label without the number of its session."""
    return re.sub(r"\s+(?:\d|[IV]+|[iv]+)$", "", label.strip()).casefold()


def by_label(papers: Sequence[Row], half: int) -> None:
    """Papers under each real label, all labels at once: no clusters are in between."""
    labels = Counter(clean(each.label) for each in papers if each.label)
    chosen = sorted(label for label, count in labels.items() if count >= LEAST and set(STEMS.of(label)) - EMPTY)
    number = {label: at for at, label in enumerate(chosen)}
    inside = [each for each in papers if clean(each.label) in number]
    topics = [number[clean(each.label)] for each in inside]
    values = {}
    for name, method in METHODS.items():
        listed = method(inside, topics, [0] * len(topics))
        own = [(listed[at], label) for label, at in number.items() if at % 2 == half]
        values[name] = agreement(own)
    table(f"{len(inside):,} papers under {len(number)} real labels, half {half}", values)


def agreement(named: Sequence[tuple[tuple[str, tuple[str, ...]], str]]) -> dict[str, list[float]]:
    """Whether names, and names or first five phrases, share a word with the labels."""
    return {
        "name shares a word with the label": [float(shares_word([name], label)) for (name, _), label in named],
        "name or first 5 phrases do": [
            float(shares_word([name, *phrases[:5]], label)) for (name, phrases), label in named
        ],
    }


def by_cluster(papers: Sequence[Row], topics: Sequence[int], fields: Sequence[int], half: int) -> None:
    """Clusters of labelled papers against the label of most of their papers."""
    labels: dict[int, Counter[str]] = defaultdict(Counter)
    for each, topic in zip(papers, topics, strict=True):
        labels[topic][clean(each.label)] += 1
    main = {topic: counts.most_common(1)[0][0] for topic, counts in labels.items()}
    judged = [each for each, label in sorted(main.items()) if each % 2 == half and set(STEMS.of(label)) - EMPTY]
    values = {}
    for name, method in METHODS.items():
        listed = method(papers, topics, fields)
        values[name] = agreement([(listed[topic], main[topic]) for topic in judged])
    table(f"{len(main)} clusters of {len(papers):,} papers against the label of most, half {half}", values)


def by_keyword(papers: Sequence[Row], half: int) -> None:
    """Small clusters against the keywords that authors gave to their papers; no method is told these."""
    vectors = encoded(papers)
    centres = kmeans(vectors, SMALL)
    topics = (vectors @ centres.T).argmax(axis=1).tolist()
    keywords: dict[int, Counter[str]] = defaultdict(Counter)
    for each, topic in zip(papers, topics, strict=True):
        keywords[topic].update({" ".join(STEMS.of(word)) for word in each.keywords})
    own = [topic for topic in sorted(keywords) if topic % 2 == half]
    values = {
        name: as_keywords(method(papers, topics, [0] * len(topics)), keywords, own) for name, method in METHODS.items()
    }
    table(f"{len(keywords)} clusters of {len(papers):,} papers against authors' keywords, half {half}", values)


def as_keywords(listed: Listed, keywords: Mapping[int, Counter[str]], topics: Sequence[int]) -> dict[str, list[float]]:
    """How far names and phrases are what authors call their papers of the same topic."""

    def has(text: str, topic: int) -> float:
        return float(keywords[topic][" ".join(STEMS.of(text))] >= 2)

    return {
        "name is a keyword of 2 papers": [has(listed[topic][0], topic) for topic in topics],
        "share of the first 5 that are": [
            float(np.mean([has(each, topic) for each in listed[topic][1][:5]])) for topic in topics
        ],
    }


def search(papers: Sequence[Row], topics: Sequence[int], fields: Sequence[int], half: int) -> None:
    """Whether a name, as a query, finds the topic that has it: the rank of its centre among all by nearness."""
    order, member = np.unique(topics, return_inverse=True)
    vectors = encoded(papers)
    centres = unit(np.stack([vectors[member == at].mean(axis=0) for at in range(len(order))]))
    encoder = CachedEncoder.under(names.encoder("minilm"), "~/.cache/broadsheet/evaluate")
    values = {}
    for name, method in METHODS.items():
        listed = method(papers, topics, fields)
        nearness = encoder.encode([listed[topic][0] for topic in order.tolist()]) @ centres.T
        ranks = (nearness > np.diag(nearness)[:, None]).sum(axis=1) + 1
        own = (1 / ranks)[order % 2 == half]
        values[name] = {
            "reciprocal rank of the topic": own.tolist(),
            "it is the first": (own == 1).astype(float).tolist(),
        }
    table(f"the name as a query among {len(order)} topics of {len(papers):,} papers, half {half}", values)


def lists(papers: Sequence[Row], topics: Sequence[int], fields: Sequence[int]) -> None:
    """Diversity and coherence of the phrases of half of the papers; coherence on the other half."""
    even, odd = papers[::2], papers[1::2]
    print(f"\n## lists of ten, of {len(even):,} papers; NPMI on {len(odd):,} others")
    texts = [f"{each.title} {each.text}" for each in odd]
    values = {}
    for name, method in METHODS.items():
        found = [phrases for _, phrases in method(even, topics[::2], fields[::2]).values()]
        words = [ten_words(each) for each in found]
        values[name] = {"NPMI of ten words": coherence(words, texts)}
        print(
            f"{name:<14} diversity of ten words {diversity(words):.3f}, of ten phrases {diversity(found):.3f}",
            flush=True,
        )
    table("coherence", values)


def clusters(papers: Sequence[Row]) -> tuple[list[Row], list[int], list[int]]:
    """Papers with their topics and fields, as a Collection of them has these; without what fits nowhere."""
    vectors = encoded(papers)
    tree = fit(vectors)
    topics, _ = place(tree, vectors)
    inside = np.flatnonzero(topics).tolist()
    ids = topics[inside].tolist()
    return [papers[at] for at in inside], ids, [tree.fields[each] for each in ids]


def encoded(papers: Sequence[Row]) -> Vectors:
    """The vectors of papers, as a Collection would have them."""
    encoder = CachedEncoder.under(names.encoder("minilm"), "~/.cache/broadsheet/evaluate")
    texts = [f"{each.title} {each.text}".strip() for each in papers]
    return np.concatenate([encoder.encode(texts[at : at + 4_096]) for at in range(0, len(texts), 4_096)])


def speed(papers: Sequence[Row], topics: Sequence[int], fields: Sequence[int]) -> None:
    """Print the seconds and the memory of the names of all papers."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun, busy = time.perf_counter(), time.process_time()
    given = (
        Paper(a, -1 - b, each.title, each.text, each.keywords)
        for each, a, b in zip(papers, topics, fields, strict=True)
    )
    found = name_topics(given)
    seconds, busy = time.perf_counter() - begun, time.process_time() - busy
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"\n## {len(found)} names of {len(papers):,} papers: {seconds:.1f} s, {busy:.1f} s of processor; "
          f"peak memory {after / 1024:,.0f} MB, {(after - before) / 1024:,.0f} above what was there")  # fmt: skip


def show(papers: Sequence[Row], topics: Sequence[int], fields: Sequence[int]) -> None:
    """Print the names of fields and of some topics."""
    given = (
        Paper(a, -1 - b, each.title, each.text, each.keywords)
        for each, a, b in zip(papers, topics, fields, strict=True)
    )
    found = name_topics(given)
    some = np.random.default_rng(0).permutation([each for each in found if each >= 0])[:SHOWN].tolist()
    print("\n## names: 16 fields, 40 topics at random")
    for each in [*(each for each in found if each < 0), *some]:
        print(f"{'field' if each < 0 else 'topic'} {found[each].name:<40} {', '.join(found[each].phrases[:6])}")


def tables(*, half: int = 1) -> None:
    """Print all tables, on one half of the groups."""
    arxiv, conf = read("papers_arxiv_cs"), read("papers_conf")
    by_label([*arxiv, *conf], half)
    by_cluster(*clusters([each for each in conf if each.label]), half)
    by_keyword([each for each in conf if each.keywords], half)
    topics = clusters(arxiv)
    search(*topics, half)
    lists(*topics)
    show(*topics)
    speed(*clusters([*arxiv, *conf]))


if __name__ == "__main__":
    tables()
