"""What ``--json`` prints. These shapes are stable: fields may be added, but none is renamed or removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from broadsheet.core import records
from broadsheet.core.types import Document, Result, Results, Run

if TYPE_CHECKING:
    from broadsheet.alerts.trial import Rate, Trial
    from broadsheet.core.topic import Topic
    from broadsheet.daily.day import Feed
    from broadsheet.near.about import About as AboutPaper
    from broadsheet.near.novelty import Novelty
    from broadsheet.near.pairs import NearPairs
    from broadsheet.topics.about import About
    from broadsheet.topics.rising import Rising


def document(value: Document) -> dict[str, Any]:
    """A paper: the fields of a Document (``id``, ``title``, ``text``, ``authors`` ...), empty ones left out. ``names``
    has the parts of the authors' names: ``given``, ``family``, ``particle``, ``suffix``, or ``literal``."""
    return records.to_dict(value)


def result(value: Result) -> dict[str, Any]:
    """A paper that was found: ``document``, and why it was found, as the table below says."""
    return {**records.match_to_dict(value), "document": document(value.document)}


def results(value: Results) -> dict[str, Any]:
    """A ranked list: ``query``, ``mode`` (how the search was done), ``offset``, ``more`` (whether results follow),
    ``note`` (why it differs from what you asked for, or is empty), ``searched`` (the corrected query that the items are
    for, or empty), ``suggestion`` (a corrected query that was not searched), ``missing`` (identifiers in the query that
    are not here), ``cutoff`` (how many places hold all that could matter, or null), ``answerable`` (the probability
    that any paper is about the query, or null), ``topics`` (of the first hundred papers of the whole list: ``id``,
    ``name`` and how many ``papers``), ``relevant`` (how many places are above the end, or null), ``sort`` (their
    order), ``named`` (the ``authors`` and ``topics`` that the query names), ``facets`` (with ``--facets``: each a
    ``kind`` and ``choices`` with ``value``, ``name`` and ``papers``) and ``items`` (results)."""
    return {
        "query": value.query,
        "mode": value.mode,
        "offset": value.offset,
        "more": value.more,
        "note": value.note,
        "searched": value.searched,
        "suggestion": value.suggestion,
        "cutoff": value.cutoff,
        "answerable": value.answerable,
        "missing": list(value.missing),
        "topics": [each._asdict() for each in value.topics],
        "relevant": value.relevant,
        "sort": value.sort,
        "named": {
            "authors": [each._asdict() for each in value.named.writers],
            "topics": [each._asdict() for each in value.named.topics],
        },
        "facets": [
            {"kind": each.kind, "choices": [choice._asdict() for choice in each.choices]} for each in value.facets
        ],
        "items": [result(item) for item in value.items],
    }


def feed(value: Feed) -> dict[str, Any]:
    """A day, week or month: ``period``, ``previous`` and ``next`` (the nearest that have papers, or null), ``sort``,
    ``total``, ``offset``, ``more``, ``note`` (why it is empty) and ``items``, each with ``day``, ``votes``,
    ``document`` and ``also`` (the same work's other papers)."""
    return {
        "period": value.period.name,
        "previous": value.previous.name if value.previous else None,
        "next": value.next.name if value.next else None,
        "sort": value.sort,
        "total": value.total,
        "offset": value.offset,
        "more": value.more,
        "note": value.note,
        "items": [
            {
                "day": card.day.isoformat(),
                "votes": card.votes,
                "document": document(card.document),
                "also": [document(other) for other in card.others],
            }
            for card in value.cards
        ],
    }


def near(value: AboutPaper) -> dict[str, Any]:
    """What is near a paper: ``copies`` (``document``, ``confidence``, the probability that it is the same work, and
    whether it counts as the ``same``), ``novelty`` and ``revisions``, the newest first (``source``, ``at``,
    ``versions``, ``share`` of the words that changed, and ``title`` and ``text`` as pieces of a ``kind``: ``same``,
    ``removed`` or ``added``)."""
    return {
        "copies": [
            {"document": document(each.document), "confidence": each.confidence, "same": each.same}
            for each in value.copies
        ],
        "novelty": novelty(value.novelty),
        "revisions": [
            {
                "source": each.source,
                "at": each.at.isoformat(),
                "versions": [each.before.version, each.after.version],
                "share": each.share,
                "title": [piece._asdict() for piece in each.title],
                "text": [piece._asdict() for piece in each.text],
            }
            for each in value.revisions
        ],
    }


def novelty(value: Novelty) -> dict[str, Any]:
    """How new a paper is: ``words``, its ``day``, the ``days`` before it that were looked at, the ``count`` of works of
    its kind in them and in its month (``this_month``), ``among`` how many papers, the cosine from which a paper is of
    its kind (``level``), the nearest of them (``earlier``: ``id``, ``title``, ``day``, ``cosine``), and why nothing is
    known (``note``)."""
    return {
        "words": value.in_words,
        "day": value.day.isoformat() if value.day else None,
        "days": value.days,
        "count": value.count,
        "this_month": value.this_month,
        "among": value.among,
        "level": value.level,
        "earlier": [
            {
                "id": each.document.id,
                "title": each.document.shown_title,
                "day": each.day.isoformat(),
                "cosine": each.cosine,
            }
            for each in value.earlier
        ],
        "note": value.note,
    }


def near_pairs(value: NearPairs) -> dict[str, Any]:
    """Near pairs: ``pairs``, nearest first, how many there are (``total``), and among how many ``papers``. A pair has
    ``one`` and ``other`` (``id`` and ``title``), the ``cosine``, the ``confidence`` that they are one work (a
    probability), and whether they count as the ``same``."""
    return {
        "pairs": [
            {
                "one": {"id": each.one.id, "title": each.one.shown_title},
                "other": {"id": each.other.id, "title": each.other.shown_title},
                "cosine": each.cosine,
                "confidence": each.confidence,
                "same": each.same,
            }
            for each in value.pairs
        ],
        "total": value.total,
        "papers": value.papers,
    }


def topic(value: Topic) -> dict[str, Any]:
    """A topic or field: ``id``, ``level``, ``name``, ``own_name`` (that the program found), ``parent`` (its field, or
    null), ``phrases``, ``papers`` (how many) and ``pinned``."""
    return {
        "id": value.id,
        "level": value.level,
        "name": value.name,
        "own_name": value.own_name or value.name,
        "parent": value.parent,
        "phrases": list(value.phrases),
        "papers": value.papers,
        "pinned": value.pinned,
    }


def rising_topic(value: Rising) -> dict[str, Any]:
    """A topic that rises: ``topic``, ``recent`` (papers of these days), ``expected`` (how many its past predicts),
    ``votes``, ``score`` (a cautious estimate of its growth) and ``why``."""
    return {
        "topic": topic(value.topic),
        "recent": value.recent,
        "expected": round(value.expected, 2),
        "votes": value.votes,
        "score": round(value.score, 4),
        "why": value.why,
    }


def about(value: About, merged: Sequence[tuple[int, str]], newest: Sequence[Document]) -> dict[str, Any]:
    """What a topic or field is: ``topic``, ``field`` (or null), ``topics`` (of a field), ``neighbours`` (each with
    ``topic`` and ``cosine``), ``weeks`` (each with ``monday`` and ``papers``), ``authors`` (``name``, ``papers``),
    ``merged`` (``id``, ``name``: what can be separated again) and ``newest`` (papers)."""
    return {
        "topic": topic(value.topic),
        "field": topic(value.field) if value.field else None,
        "topics": [topic(each) for each in value.topics],
        "neighbours": [{"topic": topic(each), "cosine": round(cosine, 4)} for each, cosine in value.neighbours],
        "weeks": [{"monday": monday.isoformat(), "papers": count} for monday, count in value.weeks],
        "authors": [{"name": name, "papers": count} for name, count in value.authors],
        "merged": [{"id": number, "name": name} for number, name in merged],
        "newest": [document(each) for each in newest],
    }


def trial(value: Trial) -> dict[str, Any]:
    """An alert tried on past days: ``alert`` (its text, also ``query``), ``without``, ``first`` and ``last`` (days, or
    null), ``looked`` (how many papers those days have), ``note``, ``newest`` (results, newest day first), and ``rate``,
    ``stricter`` and ``looser`` (or null), each with ``minimum`` (a word or a cosine), ``days``, ``papers``, ``silent``
    (days without a paper) and ``a_day``; ``before`` is the same by the bands of cosines that words once were (null for
    a cosine), and ``shared`` counts its papers that are still sent; ``rates`` are those of the words fair, good and
    strong; ``above`` and ``below`` are results, the papers just above and just below the minimum."""
    return {
        "alert": value.alert.text,
        "query": value.alert.text,  # the former name of `alert`
        "without": list(value.alert.without),
        "rate": _rate(value.rate),
        "stricter": _rate(value.stricter),
        "looser": _rate(value.looser),
        "before": _rate(value.before),
        "shared": value.shared,
        "first": value.first.isoformat() if value.first else None,
        "last": value.last.isoformat() if value.last else None,
        "looked": value.looked,
        "note": value.note,
        "newest": [result(item) for item in value.newest],
        "rates": [_rate(each) for each in value.rates],
        "above": [result(item) for item in value.above],
        "below": [result(item) for item in value.below],
    }


def _rate(value: Rate | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {
        "minimum": value.minimum,
        "days": value.days,
        "papers": value.papers,
        "silent": value.silent,
        "a_day": round(value.a_day, 3),
    }


def explanation(value: Any) -> Any:
    """Why something matches: each field of what ``explain`` found, a paper as its ``id`` and ``title``, a place in a
    ranked list as the table below says."""
    if isinstance(value, Document):
        return {"id": value.id, "title": value.shown_title}
    if isinstance(value, Results):
        return results(value)
    if isinstance(value, Result):
        return records.match_to_dict(value)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return value._asdict()
    if isinstance(value, tuple):
        return [explanation(each) for each in value]
    if is_dataclass(value):
        return {each.name: explanation(getattr(value, each.name)) for each in fields(value)}
    return value


def run(value: Run) -> dict[str, Any]:
    """One ingest of one source: ``source``, ``started``, ``ended`` (null: it did not end), ``new``, ``changed``,
    ``same``, ``bad``, ``clashes`` (counts) and ``error`` (empty when it ended well). ``clashes`` are records whose
    identifier is another paper's; each is stored as a paper of its own."""
    return {
        "source": value.source,
        "started": value.started.isoformat(),
        "ended": value.ended.isoformat() if value.ended else None,
        "new": value.new,
        "changed": value.changed,
        "same": value.same,
        "bad": value.bad,
        "clashes": value.clashes,
        "error": value.error,
    }


PRINTED = {
    "search": "one ranked list",
    "similar": "one ranked list",
    "explain": "of a query and a paper: `query`, `document` (`id` and `title`), `result` (its place; null beyond 200), "
    "`terms`, `meaning`, `shares`, `sentence`, `tokens`, `lost` and `notes`; of two papers: `cosine`, `shares`, "
    "`meaning`, `aligned`, `one`, `other` and `notes`; of a query or a paper alone: `query`, `concepts`, `results` "
    "(one ranked list) and `notes`; of a list: `papers` (how many have a vector), `concepts`, `nearness`, `outliers` "
    "and `notes`",
    "show": "one paper, and its `topic` (null, or `id` and `name`)",
    "near show": "what is near a paper",
    "near pairs": "near pairs",
    "feed": "one day, week or month",
    "tried": "one trial of an alert",
    "trending": "an object with `total`, `offset`, `more`, `note`, `first` and `last` (the days that are ranked), "
    "`rule` and `origin` (in words) and `items`, each with `rank`, `previous` (its rank a day earlier, or null), "
    "`new`, `recent` (votes in the last two days, or null), `curve` (each `day` with its `interest`, or null), `day`, "
    "`votes`, `document`, `score`, `interest`, `terms` (`name`, `worth`, `why`), `text`, `topic` and `around`",
    "ingest": "a list of runs",
    "library": "an object with `list` (its number), `name`, the counts `papers`, `saved` (new in the list), `known` "
    "and `new`, and `bad` (a list of objects with `where` and `reason`)",
    "sync": "an object with the counts `indexed`, `encoded`, `kept`, `removed` and `cut`, the `tokens` that a model "
    "server read, `estimated` of them by estimate, `note` (what could not be made, and why), and `topics`: the counts "
    "`placed`, `adrift` (papers that fit in no topic), `new` and `ended` (topics), `refit` (all were found again) and "
    "`reason` (why topics are not up to date; empty: they are)",
    "aspects build": "an object with the counts `read`, `kept` and `removed`, and `roles` (the weights that read them)",
    "aspects show": "an object with the counts `papers`, `sentences`, `having` (papers by role), `bytes` and `wait` "
    "(changes since the last build), and `roles` (what is known of the weights); of a paper a list of sentences, each "
    "with `text`, `role` and `probability`",
    **dict.fromkeys(
        ("relevance fit", "relevance show"),
        "an object with the curves `meaning`, `both` and `answer` (`constant`, and a weight for each feature), "
        "`scale`, `cutoff` (the probability at which lists end, or null), `missed`, `made`, `data`, `queries`, `facts` "
        "(what was measured), `own` (whether it is of this Collection) and `stale` (why to fit it again, or empty)",
    ),
    "topics list": "a list of topics and fields; with `--rising` a list of topics that rise",
    "topics show": "what one topic or field is",
    "topics papers": "an object with `topic`, `offset`, `more` and `items` (a list of papers)",
    "sources list": "a list of objects with `name`, `added` and `run` (the last run, or null)",
    "status": "an object with one finding (`level`: ok, warn or fail; `said`; `advice`; `facts`) for each of "
    "`collection`, `lexicon`, `space`, `tokens`, `sparse`, `topics`, `sources`, `jobs` and `bad_records`, with `runs` "
    "(a list of runs), `problems` (a list of objects with `source`, `where`, `reason`, `raw`) and `clashes` (a list of "
    "objects with `source`, `name` (the identifier), `id` (of the paper as it is stored) and `reason`)",
    "doctor": "a list of findings, each with `area`, `name`, `level`, `said`, `advice` and `facts`",
    "jobs": "a list of objects with `job`, `started`, `ended`, `well` (when it last ended well), `said`, `error` and "
    "`seconds`",
    "verify": "a list of findings, each with `name`, `level`, `said`, `advice` and `facts`",
    "digest status": "an object with `subscribers`, `paused` (why, or null), `periods` (counts by state), "
    "`unsettled` (a list of objects with `period`, `address`, `state`, `said` and `changed`) and `refusing` (hosts "
    "that sent emails back within two weeks: a list of objects with `host`, `emails`, `readers` and `detail`)",
    "digest suppressions": "a list of objects with `address`, `reason`, `detail` and `since`",
    "people list": "a list of objects with `address`, `name`, `role` and `joined` (null: invited, not signed in yet)",
    "people tokens list": "a list of objects with `number`, `name`, `writes` and `made`",
    "shelf": "a list of objects with `id`, `title`, `topics` and `offer`",
    "stages": "a list of objects with `stage`, `used`, `milliseconds` (null where nothing was timed), `most` "
    "(what it may take), `about`, `model` (empty: none) and, of learned weights, `papers` and `bytes` (else null)",
    "encoders list": "a list of objects with `name`, `kind` (`encoder` or `scorer`), `ready`, `dim`, `max_length`, "
    "`precision` and `why` (not ready)",
    "encoders add": "an object with `name` (of the encoder), `repository`, `commit`, `architecture`, `layers`, `dim`, "
    "`max_length`, `pooling`, `prompts`, `licence`, `size` (bytes) and `files`",
    **dict.fromkeys(
        ("tokens build", "tokens drop", "tokens show"),
        "an object with `bits` (a dimension; 0: none were chosen), `papers` that have token vectors of `total`, their "
        "`tokens`, `size` (bytes on the disk) and `why` (searches do not use them; empty: they do)",
    ),
    **dict.fromkeys(
        ("pictures fetch", "pictures show", "pictures drop"),
        "an object with `pictures`, `bytes` (on the disk) and `failed` (addresses that brought none)",
    ),
    "geometry": "an object with `name`, `rows`, `dim`, `sample`, `seed`, `findings` (each with `group`, `name`, "
    "`value`, `low`, `high`, `verdict`: fine, look, act, fact or absent, and `meaning`) and `spectrum` (shares of the "
    "variance); with `--try` an object with `task`, `measure`, `queries`, `documents`, `held_out`, `value`, `hubness`, "
    "`alignment` and `uniformity` (each with `value`, `low`, `high`), `repairs` and `chosen` (each with `name`, `map`, "
    "`first`, `value`, `above` and `hubness`), `kept`, `skipped`, `sentence` and `stored`",
    "agree": "an object with `names`, `texts`, `total`, `pairs` (each with `one`, `other` and `values`: `measure`, "
    "`value`, `low`, `high`), `matrices` (a table for each measure), `tree` (joins) and `apart` (for each pair the "
    "texts on which the two differ most)",
    "corpus depth": "an object with `texts`, `mean`, `central` and `outliers` (lists of `id`, `depth`, `text`)",
    "corpus drift": "an object with `a`, `b`, `one` and `other` (how many texts), `depth`, `mmd` and `classifier` "
    "(each with its value and `p`), `topics` and `words` that moved",
    "corpus duplicates": "a list of objects with `one`, `other` (places), `kind`, `margin`, `cosine`, `words`, `ids` "
    "and `texts`",
    "corpus like": "an object with `texts`, `sets` (nearest first), `correlations` of the measures, `agreement`, "
    "`left_out` and `sentence`",
    "corpus difficulty": "an object with `a`, `b`, `pairs` (of queries), `balance` (how far each measure is apart), "
    "`one`, `other` and `gap` (each before and after matching: `value`, `low`, `high`) and `balanced`",
    "encode": "an object with `file`, `encoder`, `manifest` (its key), `role`, `rows`, `dim`, `empty` and `cut` (how "
    "many texts were empty, or longer than the encoder reads), and the `tokens` that a model server read now, "
    "`estimated` of them by estimate",
    "similarity": "an object with `encoder` (null for matrices) and `pairs` (a list of cosines) or, with `--matrix`, "
    "`matrix` (a list of lists)",
    "label": "a list of objects with `id`, `text` (of a paper `title`), `label` (null: unsure), `confidence`, "
    "`nearest` (labels with their `score`), `description` (of the nearest label) and `because` (examples, each with "
    "`label`, `text` and `cosine`), with `--several` `labels` (each with `label` and `share`) and `because` (examples, "
    "each with `labels`, `text` and `cosine`); with `--list` a list of objects with `label`, `examples` (how many) and "
    "`description`; with `--add`, `--describe` or `--remove` an object with `memory`, `label` and `changed` (how many "
    "rows)",
    "distil": "an object with `folder`, `teacher`, `dim`, `words`, `seen` (words met in the texts) and `texts`",
    "evaluate": "a list of objects with `set`, `setting`, `measure`, `value`, `low`, `high`, `queries`, `split` and "
    "`behind` (null, or how far `hybrid` is above: `mean`, `low`, `high`, `p`); for `trending` an object with `first`, "
    "`last`, `days`, `papers`, `left_out`, `learned` and `rows`, each with `method`, `measure`, `value`, `low`, `high` "
    "and `above` (for each baseline `mean`, `low`, `high`, `p`); for `foryou` an object with `readers`, `topics`, "
    "`papers` and `rows`, each with `pool`, `method`, `measure`, `value`, `low`, `high` and `above` (how far `for you` "
    "is above it: `mean`, `low`, `high`, `p`; null for `for you`); for sets and suites an object with `values`, "
    "`leaderboard`, `comparisons`, `controls` and, with `--costs`, `costs` and `traits`; with `--tasks` a list of "
    "objects with `kind`, `name`, `items`, `present`, `language`, `licence` and `suites`; with `--choose` an object "
    "with `candidates` (best first: `subject`, `value`, `low`, `high`, `chance`, `gap`, `tied`, `breaks` and `probe`), "
    "`sets`, `figure`, `items`, `limits`, `left_out` and `controls`",
    "results list": "a list of objects with `run`, `key`, `task`, `kind`, `data`, `subject`, `subject_key`, `seed`, "
    "`version`, `started`, `ended` (null while items may be missing) and `notes`",
    "compare": "an object with `sets` (a list of comparisons, each with `set`, `figure`, `one`, `other`, `gain`, "
    "`low`, `high`, `p`, `adjusted`, `items`, `resolution`, `verdict`), `gain`, `low`, `high`, `sign` and `sentence`",
}
"""What each command prints with ``--json``; ``export`` prints one paper per line without the option."""
