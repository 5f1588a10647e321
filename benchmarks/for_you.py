"""For you against its baselines, on readers made up from the real topic labels of papers_conf; and how fast it is.

    ./run.sh bench for_you [READERS]      (500 by default; the classifiers take a second or two a reader)

Baselines: the average of everything liked, and a linear classifier per list as arxiv-sanity-lite trains it (LinearSVC,
balanced, C = 0.01, all other papers negative), over tf-idf of 1- and 2-grams of title, abstract and authors, and over
the same vectors as ours. Settings were chosen on the topics of the other half (`lab.readers.topics_of`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from common import CACHE, head, need_data, versions

from broadsheet import names
from broadsheet.core.types import Document
from broadsheet.core.vectors import unit
from broadsheet.foryou.interests import centre, common
from broadsheet.foryou.profile import Background, Liked, Pool, Profile, picks, profile_of
from broadsheet.lab import readers as lab
from broadsheet.lab.cache import CachedEncoder

READERS, WITH_LISTS, DECLINING = 500, 250, 250
SEED = 21  # never used while tuning, which had 1


def main() -> None:
    """Print one heap of likes, a list for each topic, declining, and the speed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else READERS
    head(
        "for you",
        f"versions: {versions('broadsheet', 'numpy', 'openvino', 'scikit-learn', 'scipy')}",
        "data: papers_conf, the papers with a topic label; MiniLM",
    )
    documents = labelled()
    papers = lab.papers_of(documents, CachedEncoder(names.encoder("minilm"), CACHE))
    classifiers = {
        "SVM, tf-idf": classifier(words(documents), dual=True),
        "SVM, vectors": classifier(papers.vectors, dual=False),
    }
    methods = {
        lab.OURS: lab.ForYou(papers),
        lab.AVERAGE: lab.average(papers.vectors),
        "average, centred": lab.average(centre(papers.vectors, common(papers.vectors))),
    }
    made = lab.make_readers(papers, count, seed=SEED)
    print(f"topics: {len(lab.topics_of(papers, 'tuning'))} to tune on, {len(lab.topics_of(papers))} to report\n")
    show("All likes in one heap", lab.measure(papers, made, methods | classifiers))
    lists = [replace(reader, named=True) for reader in made[:WITH_LISTS]]
    show("A list for each topic, known to the ranking", lab.measure(papers, lists, methods | classifiers))
    gap = lab.measure_declining(papers, made[:DECLINING])
    print(f"R@20 after the first five wrong papers were declined: {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]")
    speed()


def labelled() -> list[Document]:
    """The papers with a topic."""
    source = names.source(f"jsonl:{need_data() / 'papers_conf' / 'papers.jsonl.gz'}")
    return [each for each in source.fetch(None) if isinstance(each, Document) and each.categories]


def words(documents: list[Document]) -> Any:
    """tf-idf as arxiv-sanity-lite computes it."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    made = TfidfVectorizer(
        strip_accents="unicode", stop_words="english", token_pattern=r"(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b",
        ngram_range=(1, 2), max_features=20_000, sublinear_tf=True, min_df=5, max_df=0.1,
    )  # fmt: skip
    return made.fit_transform([f"{each.content} {' '.join(each.authors)}" for each in documents])


def classifier(features: Any, *, dual: bool) -> Callable[[lab.Reader], lab.Rank]:
    """A linear classifier for each list of a reader, the papers by the highest of their decisions."""
    from sklearn.svm import LinearSVC

    def decided(liked: np.ndarray) -> np.ndarray:
        wanted = np.zeros(features.shape[0])
        wanted[liked] = 1
        made = LinearSVC(class_weight="balanced", C=0.01, max_iter=10_000, dual=dual).fit(features, wanted)
        return made.decision_function(features)

    def method(reader: lab.Reader) -> lab.Rank:
        lists = np.array(reader.lists) if reader.named else np.full(len(reader.liked), "all")
        each = [decided(reader.liked[lists == name]) for name in dict.fromkeys(lists.tolist())]
        return lab.by_score(np.max(each, axis=0))

    return method


def show(title: str, found: lab.Result) -> None:
    """Print one table."""
    print(f"{title}: {found.readers} readers of {found.topics} topics, {found.papers:,} papers")
    for row in found.rows:
        gap = row.above
        ours = f"ours is {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}] above" if gap else ""
        print(
            f"  {row.pool:10} {row.measure:9} {row.method:22} {row.value:.4f} [{row.low:.4f}, {row.high:.4f}]  {ours}"
        )
    print(flush=True)


def speed(count: int = 300) -> None:
    """Print what profiles and picks cost: 200 papers of a day, 30 likes in three bunches, 384 dimensions."""
    random = np.random.default_rng(0)
    sample, day = unit(random.normal(size=(1_000, 384))), unit(random.normal(size=(200, 384)))
    against = Background(common(sample), centre(sample, common(sample)), "made")
    pool = Pool(np.arange(200) + 1, day, centre(day, against.mean), "made")
    bunches = random.normal(size=(count, 3, 384))
    likes = [unit(np.repeat(each, 10, axis=0) + random.normal(size=(30, 384))) for each in bunches]
    begun = time.process_time()
    made = [_profile(vectors, against) for vectors in likes]
    between = time.process_time()
    for each in made:
        picks(each, pool, 20)
    ended = time.process_time()
    built, picked = (between - begun) / count, (ended - between) / count
    print(f"{np.mean([len(each.interests) for each in made]):.1f} interests a reader: a profile {built * 1e3:.2f} "
          f"ms, picks of 200 papers {picked * 1e3:.2f} ms; 10,000 readers {picked * 1e4:.0f} s, with their profiles "
          f"{(built + picked) * 1e4:.0f} s, in processor time")  # fmt: skip


def _profile(vectors: np.ndarray, against: Background) -> Profile:
    liked = [Liked(row + 10_000) for row in range(len(vectors))]
    return profile_of(against, liked, vectors, declined=(np.empty(0, dtype=np.int64), vectors[:0]))


if __name__ == "__main__":
    main()
