"""Fifty texts of our own, of all lengths and scripts, whose vectors by sentence-transformers are kept in parity.npy."""

from __future__ import annotations

_SENTENCES = [
    "We study how a small newspaper of research can be set by a machine that explains its choices.",
    "The press room keeps every draft, so that a reader may ask what was left out and why.",
    "Our method sorts the papers of a day by meaning and cuts the list where relevance ends.",
    "On three collections it finds the wanted paper within the first ten in nine cases of ten.",
    "Ablations show that the title carries more than half of the effect and the abstract the rest.",
    "A second experiment replaces the encoder by a table of word vectors and loses a fifth of the gain.",
    "Training takes four minutes on two cores, and a search answers in five milliseconds.",
    "We release the code, the judgements, and the mistakes that we know of.",
    "Readers who voted for a paper on tides were more often shown papers on moons than on harbours.",
    "Limits remain: sarcasm, tables, and papers whose titles promise what their pages do not hold.",
]
_ABSTRACT = " ".join(_SENTENCES)

TEXTS = [
    "",
    " ",
    "a",
    "?",
    "Graph neural networks",
    "graph neural networks",
    "GRAPH NEURAL NETWORKS",
    "How do I find papers about long documents?",
    "papers not about attention",
    "2026-03-02",
    "10.1000/xyz-123",
    "E = mc^2 and ∑_i x_i ≤ n·max(x)",
    "naïve café, Straße, Ångström, coöperate",
    "naive cafe, strasse, angstrom",
    "東京の新聞は朝に届く。",
    "Газета выходит каждое утро.",
    "الصحيفة تصدر كل صباح",
    "η εφημερίδα",
    "신문은 매일 아침 나온다",
    "A paper 📄 about emoji 🙂 and flags 🇫🇷",
    "e\u0301 combines, é does not",
    "zero\u200bwidth and soft\u00adhyphen",
    "tab\tnewline\nreturn\r\nnull\x00end",
    "[CLS] a text that names [MASK] and [SEP] tokens [PAD]",
    "##ing is not a word",
    "supercalifragilisticexpialidocious",
    "x" * 99,
    "x" * 101,
    "a-b_c/d\\e|f",
    "\"quoted\" 'text' “here” «there»",
    "https://example.org/papers/2603.00001v2?download=pdf#page=3",
    "def f(x): return x**2  # code",
    "$\\alpha$-divergence",
    "the the the the the the the the",
    "word " * 253,
    "word " * 254,
    "word " * 255,
    "word " * 600,
    "1 2 3 4 5 6 7 8 9 10",
    *_SENTENCES[:6],
    " ".join(_SENTENCES[:3]),
    _ABSTRACT,
    f"{_ABSTRACT} {_ABSTRACT}",
    f"{_ABSTRACT} " * 5,
    _ABSTRACT.upper(),
]
assert len(TEXTS) == 50, len(TEXTS)
STATED = (0, 4, 14, 42)
"""Of these texts the states of all tokens are kept too."""
MARKED = ("a <pad> b c", "<pad>", "<s> the </s> reader <pad><pad> of papers <unk>", "<mask>")
"""Texts that name the marks of RoBERTa; its positions do not count the mark that fills up."""
