"""Alerts in two wordings: whether a wish in a few words and the same wish as a sentence send the same papers.

    ./run.sh bench alert_wordings

Ten pairs over the papers of hf_daily, and ten over the IJCAI papers of papers_conf on which choices were made. All were
written before any result was seen. For each strength: the Jaccard index of what both wordings of a pair would have sent
(Jaccard 1901; two silent ones are equal), by the bands of the Space as it was before, and by the probability of
relevance; the difference paired by wish, with its 95 % interval.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime

import alerts
import numpy as np
from common import head, need_data, versions

from broadsheet import names
from broadsheet.alerts.alert import Alert
from broadsheet.collection import Collection, open_collection
from broadsheet.core.types import Document, Filters
from broadsheet.ingest import ingest
from broadsheet.sync import sync

Pairs = Sequence[tuple[str, str]]
REPORTED: Pairs = (
    ("diffusion video generation", "I want to hear about models that generate videos by diffusion."),
    ("web agents", "How can agents built on language models use websites and operate a browser for us?"),
    (
        "reinforcement learning mathematical reasoning",
        "Language models are trained with reinforcement learning until they reason better about mathematics.",
    ),
    ("text-to-speech", "Systems that turn written text into a voice that sounds natural."),
    ("vision-language-action robot manipulation", "Models that see, read an instruction and move a robot's arm."),
    ("KV cache compression", "Ways to shrink the memory of keys and values while a language model writes long texts."),
    ("3D Gaussian splatting", "Scenes in three dimensions are reconstructed from photographs as a cloud of Gaussians."),
    ("hallucination detection", "How do we notice that a language model states something that is not true?"),
    ("protein design", "Machine learning that designs new proteins or predicts how they fold."),
    ("code generation benchmark", "Tests that measure how well language models write computer programs."),
)
CHOSEN_ON: Pairs = (
    ("fair division", "How can goods be shared among several people so that no one envies another?"),
    ("knowledge graph embedding", "Entities and relations of a knowledge graph are represented as vectors."),
    ("multi-agent path finding", "Many robots must find routes to their goals without running into one another."),
    ("session-based recommendation", "What will a visitor click next, judged by the few clicks of the current visit?"),
    ("object detection", "Methods that find things in a picture and draw a box around each of them."),
    ("machine translation", "Texts are translated automatically from one language into another."),
    ("SAT solving", "Programs that decide whether a formula of propositional logic can be made true."),
    ("traffic forecasting", "Predicting how fast cars will move on the roads of a city in the next hour."),
    ("federated learning", "Models are trained on many devices together while the data stay where they are."),
    ("domain adaptation", "A classifier trained on one kind of data should work on another without new labels."),
)
