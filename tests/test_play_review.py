"""Words of a review: the page's arithmetic against Keras, what a page and its twin hold, faults."""

import html
import random
import re

import keras
import numpy as np
import pytest
from figure_tools import overlapping
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from keras import layers
from play_tools import data_of, javascript

from course_utils import play

WORDS = [f"word{i}" for i in range(400)]


def network(vocabulary, *stack, seed=0):
    """A chain with weights by chance, large enough to be sure of an answer."""
    rng = np.random.default_rng(seed)
    net = keras.Sequential([keras.Input((vocabulary,)), *stack])
    for layer in net.layers:
        layer.set_weights([0.4 * rng.normal(size=w.shape) for w in layer.get_weights()])
    return net


def sigmoid_network(vocabulary=400, units=5, seed=0):
    hidden = layers.Dense(units, "relu"), layers.Dropout(0.5)
    return network(vocabulary, *hidden, layers.Dense(1, "sigmoid"), seed=seed)


def keras_says(net, subsets, vocabulary):
    """Keras's probability for sets of word numbers."""
    x = np.zeros((len(subsets), vocabulary), "float32")
    for row, numbers in zip(x, subsets, strict=True):
        row[np.where(np.asarray(numbers, int) < vocabulary, numbers, 2).astype(int)] = 1
    return np.asarray(net(x, training=False))[:, 0]


def page_says(data, subsets):
    """The page's probability for sets of its rows."""
    expression = """{
        const floats = new Float32Array((await unpacked(data.weights)).buffer);
        const logit = denseNetwork(data.layers, floats);
        return subsets.map(rows => sigmoid(logit(rows)));
    }"""
    return np.array(javascript(expression, "bytes", "multi_hot", data=data, subsets=subsets))


def rows_of(data, i):
    """The rows of review i that are on at first."""
    review = data["reviews"][i]
    return [*dict.fromkeys(review["words"]), len(data["texts"]) + i]


def problem(seed):
    """A network by chance and one to six reviews, some longer than a page shows."""
    chance = random.Random(seed)
    vocabulary, stack = chance.choice([3, 10, 120, 400]), []
    for _ in range(chance.randint(0, 3)):
        kind, bias = chance.choice(["relu", "tanh", "linear"]), chance.random() < 0.7
        stack += [layers.Dense(chance.randint(1, 6), kind, use_bias=bias), layers.Dropout(0.5)]
    net = network(vocabulary, *stack, layers.Dense(1, "sigmoid"), seed=seed)
    reviews = [
        [chance.randrange(min(400, 2 * vocabulary)) for _ in range(chance.randint(1, 200))]
        for _ in range(chance.randint(1, 6))
    ]
    return net, vocabulary, reviews, chance


@settings(max_examples=25, deadline=None, phases=[Phase.generate], derandomize=True)
@given(st.integers(0, 10**6))
def test_a_page_predicts_as_keras_does(seed):
    """Of whole reviews, with words switched off, with words added, with none."""
    net, vocabulary, reviews, chance = problem(seed)
    data = data_of(play.review_words(net, reviews, WORDS).page)
    known = lambda n: n if n < vocabulary else 2  # noqa: E731
    of_row = {row: WORDS.index(text) for row, text in enumerate(data["texts"])}
    pages, numbers = [[]], [[]]
    for i, review in enumerate(reviews):
        shown = {*map(known, review[:120])}
        rest = {*map(known, review)} - shown
        rows = rows_of(data, i)
        assert {of_row[row] for row in rows[:-1]} == shown
        kept = [row for row in rows if chance.random() < 0.6]
        more = [row for row in data["addable"] if row not in rows][:5]
        hidden = [row for row in more if of_row[row] in rest]
        assert {*hidden} <= {*data["reviews"][i]["hidden"]}
        more = [row for row in more if row not in hidden]
        for chosen in (rows, kept, kept + more):
            pages.append(chosen)
            inside = [of_row[row] for row in chosen if row in of_row]
            numbers.append(inside + [*rest] * (rows[-1] in chosen))
    assert np.abs(page_says(data, pages) - keras_says(net, numbers, vocabulary)).max() < 1e-5


def test_an_effect_is_what_leaving_the_word_out_does():
    net, review = sigmoid_network(), [1, 7, 300, 7, 44, 9]
    data = data_of(play.review_words(net, [review], WORDS).page)
    expression = """{
        const floats = new Float32Array((await unpacked(data.weights)).buffer);
        return [...effects(denseNetwork(data.layers, floats), rows)];
    }"""
    rows = rows_of(data, 0)
    found = dict(javascript(expression, "bytes", "multi_hot", data=data, rows=rows))
    assert found.pop(rows[-1]) == 0, "no word is hidden"

    def logit(numbers):
        (p,) = keras_says(net, [numbers], 400).astype(float)
        return np.log(p / (1 - p))

    for row, effect in found.items():
        number = WORDS.index(data["texts"][row])
        left = [n for n in review if n != number]
        assert effect == pytest.approx(logit(review) - logit(left), abs=1e-4)


def test_a_twin_and_its_text_name_the_strongest_words():
    weights = [np.zeros((9, 1)), np.zeros(1)]
    weights[0][4:9, 0] = [3, -2, 0.5, 0, 1]
    net = keras.Sequential([keras.Input((9,)), layers.Dense(1, "sigmoid")])
    net.set_weights(weights)
    words = ["<pad>", "<start>", "<unknown>", "", "fine", "dull", "long", "the", "new"]
    figure = play.review_words(net, [[1, 4, 7, 5, 6, 8, 4]], words)
    p = 1 / (1 + np.exp(-2.5))
    text = figure.figure.alt
    assert f"probability of “positive” {p:.3f}" in text
    assert "“fine” +3.00, “new” +1.00, “long” +0.50, “dull” −2.00" in text
    assert overlapping(figure.figure) == []


def test_unknown_words_are_shown_as_written_and_are_one_word():
    texts = {
        2: "<unknown>",
        5: "good",
        90: "glossy",
        95: "dreck",
        **{n: f"w{n}" for n in range(6, 50)},
    }
    texts |= {n: f"w{n}" for n in (0, 1, 3, 4)}
    net = sigmoid_network(50)
    data = data_of(play.review_words(net, [[90, 5, 95, 2, 5]], texts).page)
    words = data["reviews"][0]["words"]
    assert words[0] == words[2] == words[3] == data["unknown"] and words[1] == words[4]
    assert data["reviews"][0]["unknown"] == ["glossy", "dreck", "<unknown>"]
    assert data["vocabulary"] == 50 and data["texts"][data["unknown"]] == "<unknown>"


def test_words_with_the_largest_effects_can_be_added():
    net = network(400, layers.Dense(1, "sigmoid"))
    kernel = net.get_weights()[0][:, 0]
    data = data_of(play.review_words(net, [[1, 2]], WORDS).page)
    offered = {WORDS.index(data["texts"][row]) for row in data["addable"]}
    order = np.argsort(kernel[4:]) + 4
    assert offered == {*order[:150].tolist(), *order[-150:].tolist()} and len(offered) == 300


def test_a_wide_network_gets_fewer_words_until_it_fits():
    rng = np.random.default_rng(0)
    words = [f"w{i}" for i in range(10_000)]
    reviews = [rng.integers(4, 10_000, 150) for _ in range(6)]
    figure = play.review_words(sigmoid_network(10_000, units=40), reviews, words)
    data = data_of(figure.page)
    assert 100_000 < len(figure.page.encode()) <= 200_000
    assert len(data["addable"]) < 300
    assert data["layers"][0]["inputs"] < 10_000 / 5, "only the rows that are needed"


@pytest.fixture(scope="module")
def figure():
    reviews = [[1, *range(4, 150)], [1, 7, 9], [5] * 10]
    return play.review_words(sigmoid_network(), reviews, WORDS, labels=np.array([1, 0, 1]))


def test_a_page_needs_nothing_from_outside(figure):
    assert not re.search(r"https?:|<link|@import|\b(import|fetch)\(", figure.page)
    data = data_of(figure.page)
    assert data["labels"] == [1, 0, 1]
    assert [review["rest"] for review in data["reviews"]] == [27, 0, 0]


def test_jupyter_gets_a_frame_and_a_static_twin(figure):
    bundle, metadata = figure._repr_mimebundle_()
    assert sorted(bundle) == ["image/png", "text/html", "text/plain"]
    assert bundle["text/plain"] == "Playable figure: Words of a review"
    assert metadata["course"] == "playable" and len(metadata["image/png"]["alt"]) > 60
    assert html.escape(figure.page) in bundle["text/html"]
    assert overlapping(figure.figure) == []


def joined():
    x = keras.Input((9,))
    both = layers.Concatenate()([layers.Dense(2)(x), layers.Dense(3)(x)])
    return keras.Model(x, layers.Dense(1, "sigmoid")(both))


def twice():
    x = keras.Input((9,))
    layer, weak = layers.Dense(9, kernel_initializer="ones"), keras.initializers.Constant(0.05)
    return keras.Model(x, layers.Dense(1, "sigmoid", kernel_initializer=weak)(layer(layer(x))))


def given_to(net=None, reviews=((1, 2, 3),), words=WORDS, **options):
    return lambda: play.review_words(net() if net else sigmoid_network(), reviews, words, **options)


def chain(*stack):
    return lambda: network(9, *stack)


FAULTS = {
    "softmax over two classes": given_to(chain(layers.Dense(2, "softmax"))),
    "logits": given_to(chain(layers.Dense(1))),
    "a sigmoid in the middle": given_to(
        chain(layers.Dense(2, "sigmoid"), layers.Dense(1, "sigmoid"))
    ),
    "an embedding": given_to(
        lambda: keras.Sequential([keras.Input((9,)), layers.Embedding(9, 2), layers.Flatten()])
    ),
    "two branches": given_to(joined),
    "a layer used twice": given_to(twice),
    "no network": given_to(lambda: "network"),
    "seven reviews": given_to(reviews=[[1]] * 7),
    "no reviews": given_to(reviews=[]),
    "multi-hot vectors": given_to(reviews=np.zeros((1, 400))),
    "an empty review": given_to(reviews=[[]]),
    "a negative number": given_to(reviews=[[1, -1]]),
    "one number": given_to(reviews=[3]),
    "a number without a text": given_to(reviews=[[1, 400]]),
    "a number that a mapping lacks": given_to(words={2: "<unknown>", 1: "a"}),
    "a label too few": given_to(labels=[]),
    "labels in words": given_to(labels=["positive"]),
    "too wide a network": given_to(
        lambda: sigmoid_network(units=2000), reviews=[range(i, i + 60) for i in range(0, 360, 60)]
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault_of_the_words_of_a_review(case, fault):
    with pytest.raises(ValueError) as error:
        FAULTS[case]()
    sentence = str(error.value)
    assert re.search(r"asked for|give |take |build |let |use |does not end|no text", sentence)
    assert "\n" not in sentence
    fault("playable figures", f"words of a review, {case}", sentence)
