"""Topics: list them, show one with its papers, and an editor's acts on the own machine."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from broadsheet import config
from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.tables import print_papers
from broadsheet.cli.terminal import clean, note, out, print_json, progress, table
from broadsheet.collection import Collection
from broadsheet.core.topic import Topic
from broadsheet.core.types import Document
from broadsheet.daily.counts import with_local_counts
from broadsheet.people import topics as acts
from broadsheet.topics import rising, tree
from broadsheet.topics.about import About, about, listing, reason
from broadsheet.topics.papers import papers_in
from broadsheet.wiring.collection import open_configured

Words = Annotated[list[str], typer.Argument(metavar="TOPIC", help="A topic or field, by its number or its name.")]
Which = Annotated[str, typer.Argument(metavar="TOPIC", help="A topic or field, by its number or its name.")]
Merged = Annotated[str, typer.Argument(metavar="NUMBER", help="The number that the topic had before it was merged.")]
Into = Annotated[str, typer.Argument(metavar="INTO", help="The topic or field that goes on, by number or name.")]
NewName = Annotated[str, typer.Argument(metavar="NAME", help="The new name.")]
Rises = Annotated[
    bool, typer.Option("--rising", help="Only topics with more new papers than their past predicts, the surest first.")
]
Days = Annotated[
    int,
    typer.Option("--days", metavar="N", min=1, max=rising.MOST_DAYS, help="With --rising: over how many days."),
]
Sort = Annotated[str, typer.Option("--sort", metavar="ORDER", help="nearest (to the centre), newest or votes.")]
Few = Annotated[int, typer.Option("-k", "--count", metavar="N", min=0, max=100, help="How many newest papers at most.")]
OwnName = Annotated[bool, typer.Option("--undo", help="Go back to the name that the program found.")]
Unpin = Annotated[bool, typer.Option("--undo", help="Let the topic go again.")]
Rebuild = Annotated[
    bool,
    typer.Option(
        "--rebuild", help="Find all topics again, from all papers. What continues keeps its number and its name."
    ),
]
_BLOCKS = "▁▂▃▄▅▆▇█"


def list_all(rises: Rises = False, days: Days = 7, data: Data = None, as_json: AsJson = False) -> None:
    """List fields with their topics, or the topics that rise.

    `broadsheet topics` alone does the same.

    Example: broadsheet topics list --rising
    """
    with open_configured(data, create=False) as collection:
        if rises:
            _list_rising(collection, _local(data), days, as_json)
        else:
            _list_tree(collection, as_json)


def _list_rising(collection: Collection, now: datetime, days: int, as_json: bool) -> None:
    found = rising.rising(collection, now=now, days=days, k=50)
    if as_json:
        print_json([json.rising_topic(each) for each in found])
    elif found:
        rows = [
            [str(each.topic.id), each.topic.name, f"{each.recent:,}", f"{each.expected:.1f}", f"{each.votes:,}"]
            for each in found
        ]
        table(["#number", "topic", "#papers", "#expected", "#votes"], rows)
    else:
        note(rising.reason(collection, now=now, days=days))


def _list_tree(collection: Collection, as_json: bool) -> None:
    groups = listing(collection)
    if as_json:
        every = [each for group in groups for each in (group.field, *group.topics) if each]
        print_json([json.topic(each) for each in every])
        return
    rows: list[list[str | Text]] = []
    for group in groups:
        if group.field:
            rows.append([str(group.field.id), Text(_shown(group.field), style="bold"), f"{group.field.papers:,}"])
        rows += [[str(each.id), Text(f"  {_shown(each)}"), f"{each.papers:,}"] for each in group.topics]
    if rows:
        table(["#number", "field and its topics", "#papers"], rows)
    else:
        note(reason(collection))


def show(which: Words, k: Few = 5, data: Data = None, as_json: AsJson = False) -> None:
    """Show what a topic or field is, and its newest papers.

    Its words, its papers of each week, who writes in it, what is near it, and what was merged into it.

    Example: broadsheet topics show word embeddings
    """
    with open_configured(data, create=False) as collection:
        topic = acts.named(collection.store, " ".join(which))
        found = about(collection, topic.id, now=_local(data))
        merged = collection.store.topics.merged(topic.id)
        papers = _documents(collection, papers_in(collection, topic.id, sort="newest")[:k])
    if as_json:
        print_json(json.about(found, merged, papers))
        return
    out().print(Text(clean(found.topic.name), style="bold"))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in _facts(found, merged):
        grid.add_row(name, Text("\n".join(map(clean, value.splitlines()))))
    out().print(Padding(grid, (0, 0, 1, 0)))
    print_papers(papers)


def _facts(found: About, merged: list[tuple[int, str]]) -> list[tuple[str, str]]:
    topic, counts = found.topic, [count for _, count in found.weeks]
    rows = [
        ("number", f"{topic.id}{', pinned' if topic.pinned else ''}"),
        ("own name", topic.own_name if topic.own_name != topic.name else ""),
        ("field", _numbered(found.field) if found.field else ""),
        ("papers", f"{topic.papers:,}"),
        ("words", ", ".join(topic.phrases)),
        (
            "weeks",
            f"{_curve(counts)}\n{_count(sum(counts))} in the last {len(counts)} weeks, at most {max(counts):,} a week",
        ),
        ("authors", ", ".join(f"{name} ({count})" for name, count in found.authors)),
        ("topics", "\n".join(map(_numbered, found.topics))),
        ("near", "\n".join(f"{_numbered(each)}, {cosine:.2f}" for each, cosine in found.neighbours)),
        ("merged", "\n".join(f"{number} {name}" for number, name in merged)),
    ]
    return [(name, value) for name, value in rows if value]


def _curve(counts: list[int]) -> str:
    """A line of blocks, as high as the counts; only a count of 0 has the lowest."""
    most = max(1, *counts)
    return "".join(_BLOCKS[-(-each * (len(_BLOCKS) - 1) // most)] for each in counts)


def papers(
    which: Words,
    sort: Sort = "nearest",
    k: options.Count = 20,
    offset: options.Offset = 0,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List the papers of a topic or field.

    Example: broadsheet topics papers 12 --sort newest
    """
    with open_configured(data, create=False) as collection:
        topic = acts.named(collection.store, " ".join(which))
        numbers = papers_in(collection, topic.id, sort=sort)
        found = _documents(collection, numbers[offset : offset + k])
    if as_json:
        more = offset + k < len(numbers)
        items = [json.document(each) for each in found]
        print_json({"topic": json.topic(topic), "offset": offset, "more": more, "items": items})
        return
    out().print(Text(f"{clean(topic.name)}: {_count(len(numbers))}\n", style="bold"))
    print_papers(found, first=offset + 1)
    if offset + k < len(numbers):
        note(f"For more: --offset {offset + k}")


def rename(which: Which, name: NewName = "", undo: OwnName = False, data: Data = None) -> None:
    """Give a topic or field a name of yours, which it keeps.

    Example: broadsheet topics rename 12 "Word vectors"
    """
    with open_configured(data, create=False) as collection:
        topic = acts.rename(collection, topic=which, name=name, undo=undo)
    note(f"The {topic.level} {topic.id} is called {clean(topic.name)} now.")


def pin(which: Which, undo: Unpin = False, data: Data = None) -> None:
    """Pin a topic or field: it keeps its centre and its name whatever papers come.

    Example: broadsheet topics pin 12
    """
    with open_configured(data, create=False) as collection:
        topic = acts.pin(collection, topic=which, undo=undo)
    note(f"{_title(topic)} is {'pinned' if topic.pinned else 'not pinned'} now.")


def merge(which: Which, into: Into, data: Data = None) -> None:
    """Merge a topic into another one, or a field into another field.

    Its number goes on working: it stands for the other one then.

    Example: broadsheet topics merge 31 12
    """
    with open_configured(data, create=False) as collection:
        gone, home = acts.named(collection.store, which), acts.merge(collection, topic=which, into=into)
    note(f"{_title(gone)} is part of {_title(home)} now. To undo: broadsheet topics separate {gone.id}")


def separate(number: Merged, data: Data = None) -> None:
    """Undo the merge of a topic or field.

    Example: broadsheet topics separate 31
    """
    with open_configured(data, create=False) as collection:
        topic = acts.separate(collection, topic=number)
    note(f"{_title(topic)} is a {topic.level} of its own again, with {_count(topic.papers)}.")


def split(which: Which, data: Data = None) -> None:
    """Split a topic in two.

    The larger part keeps the number, and the name if you gave it one; otherwise both get names of their own.

    Example: broadsheet topics split 12
    """
    with open_configured(data, create=False) as collection:
        topic = acts.named(collection.store, which)
        leaves = acts.split(collection, topic=topic.id, now=options.now())
        stays = acts.named(collection.store, topic.id)
    note(f"{_title(stays)} keeps {_count(stays.papers)}; {_title(leaves)} is new and has {leaves.papers:,}.")


def find(rebuild: Rebuild = False, data: Data = None) -> None:
    """Place new papers in topics, and find new topics.

    A site that is served does it by itself after each sync.

    Example: broadsheet topics find --rebuild
    """
    with open_configured(data, create=False) as collection, progress("Topics") as report:
        done = tree.bring_up(collection, now=options.now(), progress=report, rebuild=rebuild)
    note(tree.words(done))


def _local(data: Data) -> datetime:
    """The time in the zone whose weeks and days the site counts."""
    return options.now().astimezone(config.load(config.collection_folder(data)).time_zone)


def _documents(collection: Collection, numbers: list[int]) -> list[Document]:
    """The papers of these row numbers, with the votes of people here."""
    found = collection.store.papers.by_numbers(numbers)
    return with_local_counts(collection, [[found[each]] for each in numbers if each in found])


def _shown(topic: Topic) -> str:
    return f"{clean(topic.name)}{' (pinned)' if topic.pinned else ''}"


def _numbered(topic: Topic) -> str:
    return f"{topic.id} {topic.name}"


def _title(topic: Topic) -> str:
    return f"{clean(topic.name)} ({topic.id})"


def _count(papers: int) -> str:
    return f"{papers:,} paper{'' if papers == 1 else 's'}"
