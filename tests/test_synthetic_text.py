"""The synthetic reviews and newswires: form, words, classes, and how hard they are."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils import datasets
from course_utils.datasets import CARDS, processed
from course_utils.synthetic import STAND_INS, grammar
from course_utils.synthetic.base import tables

NAMES = ("imdb", "reuters")
SOURCES = {"imdb": "reviews", "reuters": "newswires"}
COUNTS = {"imdb": (25_000, 25_000), "reuters": (8_982, 2_246)}


@pytest.fixture(scope="module")
def whole():
    """As many texts as the real sets have."""
    return {name: STAND_INS[name](*COUNTS[name], 0) for name in NAMES}


def texts(rows: datasets.Ragged, words: np.ndarray) -> list[str]:
    return [" ".join(words[row[1:]]) for row in rows]


def same_texts(a: datasets.Ragged, b: datasets.Ragged) -> bool:
    return len(a) == len(b) and all(np.array_equal(a[i], b[i]) for i in range(len(a)))


def bag(rows: datasets.Ragged):
    """Which of 10,000 words occur in each text: (texts, 10000), sparse."""
    from scipy.sparse import csr_matrix

    text = np.repeat(np.arange(len(rows)), np.diff(rows.offsets))
    tokens = rows.tokens[rows.offsets[0] : rows.offsets[-1]]
    counts = csr_matrix((np.ones(len(text)), (text, tokens)), (len(rows), 10_000))
    return counts.sign()


def predicted(data: dict, train: int) -> np.ndarray:
    """The classes of the test texts, predicted by naive Bayes trained on `train` texts."""
    from sklearn.naive_bayes import MultinomialNB

    classifier = MultinomialNB(alpha=0.1).fit(bag(data["x_train"][:train]), data["y_train"][:train])
    return classifier.predict(bag(data["x_test"]))


@pytest.mark.parametrize("name", NAMES)
def test_form_is_that_of_the_real_set(name, capsys):
    data = datasets.load(name, "synthetic", train=1_300, test=300)
    arrays = {key: getattr(data, key) for key in ("x_train", "y_train", "x_test", "y_test")}
    processed.check(CARDS[name], arrays | data.extras, Path("synthetic.npz"))
    assert data.source == "synthetic" and data.class_names == CARDS[name].class_names
    assert data.extras["words"].shape == (10_000,)
    for part, rows in (("train", 1_300), ("test", 300)):
        x, y = arrays[f"x_{part}"], arrays[f"y_{part}"]
        assert isinstance(x, datasets.Ragged) and len(x) == rows and y.dtype == np.uint8
        assert x.tokens.dtype == np.uint16 and x.offsets.dtype == np.int64
        assert x.offsets[0] == 0 and x.offsets[-1] == len(x.tokens)
        assert (x.tokens[x.offsets[:-1]] == grammar.START).all()
        assert (x.tokens == grammar.START).sum() == rows
        assert not np.isin(x.tokens, [0, 3]).any() and x.tokens.max() < 10_000
        assert np.diff(x.offsets).min() >= 8


@pytest.mark.real_data
@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_cannot_tell_the_types_from_the_real_ones(real_data, name):
    real = datasets.load(name, "real", train=50, test=50)
    made = datasets.load(name, "synthetic", train=50, test=50)
    assert set(made.extras) == set(real.extras)
    assert made.x_train.tokens.dtype == real.x_train.tokens.dtype
    assert made.x_train.offsets.dtype == real.x_train.offsets.dtype
    assert made.y_test.dtype == real.y_test.dtype
    assert made.extras["words"][:4].tolist() == real.extras["words"][:4].tolist()
    assert made.extras["words"].dtype.kind == real.extras["words"].dtype.kind
    assert sorted(map(str, made.class_names))[:1] and isinstance(made.class_names, tuple)


@pytest.mark.parametrize("name", NAMES)
def test_words_are_readable_and_ranked_by_how_often_they_occur(whole, name):
    words, x = whole[name]["words"], whole[name]["x_train"]
    assert words[:4].tolist() == ["<pad>", "<start>", "<unknown>", "<unused>"]
    assert len(set(words.tolist())) == 10_000
    assert all(re.fullmatch(r"[a-z]{1,14}[13]?|\d{1,4}", word) for word in words[4:])
    counts = np.bincount(x.tokens, minlength=10_000)
    assert (counts[4:5_000] > 0).all()
    level = [counts[a:b].mean() for a, b in ((4, 20), (20, 100), (100, 500), (500, 2_000))]
    level += [counts[2_000:6_000].mean(), counts[6_000:].mean()]
    assert (np.diff(level) < 0).all() and level[0] > 1_000 * level[-1]  # as in a language
    assert 0 < counts[2] < 0.01 * len(x.tokens)


@pytest.mark.parametrize("name", NAMES)
def test_texts_follow_the_grammar(whole, name):
    words = whole[name]["words"]
    decoded = texts(whole[name]["x_train"][:300], words)
    lines = "\n".join(tables(SOURCES[name])["sentences"].values()).split("\n")
    patterns = [line.partition(" ")[2] for line in lines if line]
    assert len(patterns) > 30
    known = [re.sub(r"\ba\b", "an?", re.sub(r"-?[A-Z]+", r"\\S+", line)) for line in patterns]
    speech = re.compile(rf"(?:(?:{'|'.join(known)})(?: |$))+")
    for text in decoded:
        assert speech.fullmatch(text), text
        assert not re.search(r"\ba [aeiou]|\ban [^aeiou]", text), text


def test_made_up_words_are_new_and_count_as_asked():
    taken = {"bamber"}
    first = grammar.made_up("noun", 2_000, taken)
    second = grammar.made_up("noun", 1_000, taken)
    assert len(set(first + second)) == 3_000 and "bamber" not in first + second
    assert taken == {"bamber", *first, *second}
    assert first == grammar.made_up("noun", 2_000, {"bamber"})


@given(st.integers(0, 2**32), st.lists(st.floats(0.01, 1), min_size=2, max_size=60))
def test_stratified_labels_are_within_one_of_their_share(seed, shares):
    shares = np.array(shares) / np.sum(shares)
    labels = grammar.stratified(np.random.default_rng(seed), shares)
    counts = np.bincount(labels, minlength=len(shares))
    assert counts.sum() == grammar.CHUNK == len(labels)
    assert (abs(counts - shares * grammar.CHUNK) <= 1 + 1e-6).all()


def test_a_slot_is_filled_as_its_variant_says():
    slots = {
        "X": grammar.Slot(["up", "side", "down"], np.array([[1.0, 3, 0], [0, 0, 1]])),
        "Y": grammar.Slot(["by", "ever"], np.array([2.0, 2])),
    }
    patterns = ["a X then -X", "on Y"]
    small = grammar.Grammar(patterns, np.array([[1.0, 0], [1, 1]]), slots, np.ones(2))
    assert sorted(small.words[4:]) == sorted(
        ["a", "an", "up", "side", "down", "by", "ever", "then", "on"]
    )
    variants = np.tile([0, 1], 4_000)
    rows = small.write(np.random.default_rng(0), variants, np.full(4_000, 2))
    decoded = texts(rows, small.words)
    first = r"(an up|a side) then down "
    second = r"(a down then (up|side)|on (by|ever))"
    assert all(re.fullmatch(first + second, text) for text in decoded)
    share = {word: np.mean([word in text.split() for text in decoded]) for word in small.words[4:]}
    assert abs(np.mean(["down then" in text for text in decoded]) - 0.5) < 0.03
    assert abs(np.mean([text.startswith("a side") for text in decoded]) - 0.75) < 0.03
    assert abs(share["on"] - 0.5) < 0.03 and abs(share["by"] - 0.25) < 0.03


@pytest.mark.parametrize("name", NAMES)
def test_no_two_alike(whole, name):
    rows = [row.tobytes() for part in ("x_train", "x_test") for row in whole[name][part]]
    assert len(set(rows)) == sum(COUNTS[name])
    other = {row.tobytes() for row in STAND_INS[name](1_500, 0, 1)["x_train"]}
    assert len(other) == 1_500 and not other & set(rows), "another seed drew the same text"


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_texts_and_longer_begins_with_shorter(whole, name):
    for train, test in ((1, 3), (1_023, 1_025), (2_100, 0), (np.int64(5), np.uint8(5))):
        again = STAND_INS[name](train, test, 0)
        for part, count in (("train", train), ("test", test)):
            assert same_texts(again[f"x_{part}"], whole[name][f"x_{part}"][: int(count)])
            assert np.array_equal(again[f"y_{part}"], whole[name][f"y_{part}"][: int(count)])
            assert len(again[f"x_{part}"].tokens) == again[f"x_{part}"].offsets[-1]
        assert np.array_equal(again["words"], whole[name]["words"])


def test_reviews_are_half_and_half_and_as_long_as_paragraphs(whole):
    for part in ("train", "test"):
        assert abs(whole["imdb"][f"y_{part}"].mean() - 0.5) < 0.005
        lengths = np.diff(whole["imdb"][f"x_{part}"].offsets)
        assert 90 < np.median(lengths) < 130 and lengths.max() > 3 * np.median(lengths)


def test_newswires_are_as_unequal_as_the_real_ones(whole):
    for part, least in (("train", 8), ("test", 1)):
        counts = np.bincount(whole["reuters"][f"y_{part}"], minlength=46)
        assert len(counts) == 46 and counts.min() >= least and counts.argmax() == 3
        assert abs(((counts / counts.sum()) ** 2).sum() - 0.19) < 0.01
        shuffled = np.random.default_rng(0).permutation(whole["reuters"][f"y_{part}"])
        assert abs((shuffled == whole["reuters"][f"y_{part}"]).mean() - 0.19) < 0.03
    counts = np.bincount(STAND_INS["reuters"](2_000, 0, 3)["y_train"], minlength=46)
    assert counts.min() >= 1  # a small sample has all topics as well


def test_reviews_need_many_examples(whole):
    """Counting praise and blame is not enough; every word leans, most of them a little."""
    data = whole["imdb"]
    number = {word: i for i, word in enumerate(data["words"].tolist())}
    value = np.zeros(10_000)
    for words in tables("reviews")["attitudes"].values():
        value[[number[word] for word in words["praise"].split()]] = 1
        value[[number[word] for word in words["blame"].split()]] = -1
    x, y = data["x_test"], data["y_test"]
    balance = np.add.reduceat(value[x.tokens], x.offsets[:-1])
    counted = ((balance > 0) == y)[balance != 0].mean()
    accuracies = [(predicted(data, train) == y).mean() for train in (1_000, 4_000, 25_000)]
    assert 0.7 < counted < 0.85 and 0.87 < accuracies[2] < 0.91
    assert accuracies[0] + 0.02 < accuracies[1] < accuracies[2] - 0.02


def test_newswires_are_confused_with_related_ones(whole):
    data = whole["reuters"]
    guess, truth = predicted(data, 8_982), data["y_test"]
    right = guess == truth
    assert 0.78 < right.mean() < 0.88
    family = np.array([line.split()[2] for line in tables("newswires")["topics"].splitlines()])
    akin = (family[guess] == family[truth])[~right].mean()
    by_chance = (family[np.random.default_rng(0).permutation(guess)] == family[truth])[
        ~right
    ].mean()
    assert akin > 0.5 and akin > 3 * by_chance


@pytest.mark.parametrize("name", NAMES)
def test_another_seed_speaks_the_same_language(whole, name):
    from sklearn.naive_bayes import MultinomialNB

    known, new = whole[name], STAND_INS[name](2_000, 0, 2)
    assert np.array_equal(known["words"], new["words"])
    classifier = MultinomialNB(alpha=0.1).fit(bag(known["x_train"]), known["y_train"])
    assert classifier.score(bag(new["x_train"]), new["y_train"]) > 0.78
