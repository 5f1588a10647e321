"""What the words of papers show of themselves."""

from __future__ import annotations

import re

import numpy as np

from broadsheet.topics.vocabulary import Ids, Tokens, Vocabulary


def made(text: str) -> tuple[Vocabulary, Tokens, Ids]:
    surfaces = Ids()
    tokens = np.array([surfaces[each] for each in re.findall(r"[\w'-]+|\S", text)], dtype=np.int32)
    return Vocabulary(list(surfaces), tokens, np.ones(len(tokens), dtype=bool)), tokens, surfaces


def lemma(vocabulary: Vocabulary, surfaces: Ids, word: str) -> str:
    return vocabulary.forms[vocabulary.lemma[vocabulary.form[surfaces[word]]]]


def inside(text: str) -> list[str]:
    vocabulary, tokens, _ = made(text)
    return [vocabulary.surfaces[each] for each in tokens[vocabulary.inside(tokens)].tolist()]


def test_plurals_and_british_forms_have_the_lemma_of_the_other_form_where_it_is_there() -> None:
    vocabulary, _, surfaces = made(
        "networks network queries query matrices matrix classes class analysis physics Bayes behaviours behavior "
        "behaviors modelling modeling optimisation optimization databases database buses lens"
    )
    pairs = {
        "networks": "network", "queries": "query", "matrices": "matrix", "classes": "class", "behaviours": "behavior",
        "modelling": "modeling", "optimisation": "optimization", "databases": "database", "analysis": "analysis",
        "physics": "physics", "Bayes": "bayes", "buses": "buses", "lens": "lens",
    }  # fmt: skip
    assert {word: lemma(vocabulary, surfaces, word) for word in pairs} == pairs


def test_a_rare_form_is_not_the_singular_of_a_frequent_one() -> None:
    vocabulary, _, surfaces = made("new " * 60 + "semantics semantic news" + " pros" * 60 + " pro")
    assert lemma(vocabulary, surfaces, "semantics") == "semantics"
    assert lemma(vocabulary, surfaces, "pros") == "pros"


def test_words_are_written_in_their_usual_case_if_they_ever_are() -> None:
    vocabulary, _, surfaces = made(
        "A. Graph is a graph; the graph of BERT. Bert and BERT. OWL of OWL, barn owl, Barn Owl"
    )

    def written(*places: str) -> str:
        return vocabulary.text(
            np.array([[surfaces[each] for each in place.split()] for place in places], dtype=np.int32)
        )

    assert written("Graph Bert", "graph BERT") == "graph BERT"
    assert written("barn owl", "Barn Owl", "barn owl") == "barn owl"
    assert written("Graph") == "graph"


def test_verbs_are_left_out_where_they_are_verbs() -> None:
    assert inside("We model the data to parse sentences") == ["data", "sentences"]
    assert inside("The model of sentences. A model. A language model.").count("model") == 3
    assert inside("The graph is learned quickly by a learned model") == ["graph", "learned", "model"]


def test_an_adjective_without_a_noun_is_left_out() -> None:
    assert inside("The protocol is secure. It has security. They are secure protocols") == [
        "protocol", "security", "secure", "protocols",
    ]  # fmt: skip


def test_what_the_papers_use_as_a_verb_is_one_everywhere() -> None:
    text = "To frobnicate the graph. " * 9
    assert "frobnicate" not in inside(f"{text} The frobnicate graph.")


def test_numbers_letters_marks_and_adverbs_are_no_words_of_names() -> None:
    assert inside("3D family x 42 highly 机 https (CNN)") == ["3D", "family", "机", "CNN"]


def test_adjectives_are_not_nouns() -> None:
    vocabulary, tokens, _ = made("neural networks of sparse graphs. neural graphs, sparse networks, the user's graphs")
    nouns = vocabulary.nouns(tokens, vocabulary.inside(tokens))
    assert {form for form, noun in zip(vocabulary.forms, nouns.tolist(), strict=True) if noun} == {"networks", "graphs"}


def test_no_words_at_all() -> None:
    vocabulary, tokens, _ = made("")
    assert vocabulary.inside(tokens).shape == vocabulary.nouns(tokens, vocabulary.inside(tokens)).shape == (0,)
