"""Samples dealt into folds: the page's arithmetic against scikit-learn, its twin, faults."""

import html
import re
from itertools import chain

import numpy as np
import pytest
from figure_tools import overlapping
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from play_tools import data_of, javascript
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from course_utils import play
from course_utils.play.folds import SEED, _orders, _scores


def table(n=60, d=3, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)) * 10.0 ** rng.integers(-3, 4, d) + rng.normal(size=d) * 5
    return x, x @ rng.normal(size=d) + rng.normal(size=n) * 3 + 20


def sklearn_scores(x, y, order, k):
    model = make_pipeline(StandardScaler(), LinearRegression())
    scoring = "neg_mean_absolute_error"
    return -cross_val_score(model, x[order], y[order], cv=KFold(k), scoring=scoring)


def page_deals(data, k, deals):
    """What the page computes: for each deal its order and {parts, scores, mean}."""
    expression = """{
        const read = async part => new Float64Array((await unpacked(part)).buffer);
        const [x, y] = [await read(data.x), await read(data.y)], found = [];
        let state = data.seed, order = Array.from(y, (_, i) => i);
        for (let i = 0; i < deals; i++) {
            if (i) [order, state] = shuffledOrder(y.length, state);
            const {parts, scores, mean} = crossValidation(x, y, data.names.length, order, k);
            found.push({order, parts, scores, mean});
        }
        return found;
    }"""
    return javascript(expression, "bytes", "least_squares", data=data, k=k, deals=deals)


@st.composite
def tables(draw):
    chance = draw(st.randoms(use_true_random=False))
    d, k = chance.randint(1, 12), chance.randint(2, 10)
    x, y = table(chance.randint(max(20, 2 * d + 4), 80), d, seed=chance.randint(0, 10**6))
    if chance.random() < 0.3:
        x[:, 0] = chance.choice([0.0, 7.3, -1e6])
    if chance.random() < 0.3:
        x[:, -1] = 3 * x[:, 0] - 1
    return x, y, k


@settings(max_examples=25, deadline=None, phases=[Phase.generate], derandomize=True)
@given(tables())
def test_fold_scores_are_those_of_scikit_learn(given_table):
    x, y, k = given_table
    data = data_of(play.folds(x, y, k=k).page)
    for deal in page_deals(data, k, 3):
        expected = sklearn_scores(x, y, deal["order"], k)
        assert deal["scores"] == pytest.approx(expected, rel=1e-6)
        assert deal["mean"] == pytest.approx(expected.mean(), rel=1e-6)
        assert _scores(x, y, np.array(deal["order"]), k) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("k", range(2, 11))
def test_folds_hold_the_samples_of_scikit_learn(k):
    x, y = table(47)
    first, second = page_deals(data_of(play.folds(x, y).page), k, 2)
    for part, (_, validation) in zip(first["parts"], KFold(k).split(x), strict=True):
        assert part == validation.tolist(), "the first deal leaves the samples in their order"
    for part, (_, validation) in zip(second["parts"], KFold(k).split(x), strict=True):
        assert part == [second["order"][i] for i in validation]
    assert sorted(chain.from_iterable(second["parts"])) == [*range(47)]


def test_the_twin_and_the_page_deal_alike():
    x, y = table(53)
    deals = page_deals(data_of(play.folds(x, y).page), 4, 30)
    assert [deal["order"] for deal in deals] == [order.tolist() for order in _orders(53, 30)]
    assert len({*map(tuple, (deal["order"] for deal in deals))}) == 30


def test_every_sample_comes_to_every_place():
    """Of 4,000 shuffles of five samples, each pair of sample and place in about a fifth."""
    expression = """{
        let state = seed, order;
        return Array.from({length: 4000}, () => ([order, state] = shuffledOrder(5, state))[0]);
    }"""
    orders = np.array(javascript(expression, "least_squares", seed=SEED))
    counts = np.array([np.bincount(orders[:, i], minlength=5) for i in range(5)])
    assert np.abs(counts - 800).max() < 5 * np.sqrt(800 * 0.8)
    kinds = np.unique(orders, axis=0, return_counts=True)[1]
    assert len(kinds) == 120 and (kinds - 33.3).max() < 40


def test_weights_are_those_of_standardized_features():
    x, y = table(80, 4)
    data = data_of(play.folds(x, y).page)
    expression = """{
        const read = async part => new Float64Array((await unpacked(part)).buffer);
        const [x, y] = [await read(data.x), await read(data.y)], rows = Array.from(y.keys());
        return Array.from(fold(x, y, 4, rows.slice(20), rows.slice(0, 20)).weights);
    }"""
    model = make_pipeline(StandardScaler(), LinearRegression()).fit(x[20:], y[20:])
    found = javascript(expression, "bytes", "least_squares", data=data)
    assert found == pytest.approx(model[-1].coef_, rel=1e-7)


def test_of_a_large_table_the_first_500_samples_are_taken():
    x, y = table(900)
    data = data_of(play.folds(x, y, names=["a", "b", "c"], unit="m").page)
    assert (data["given"], data["names"], data["unit"]) == (900, ["a", "b", "c"], "m")
    (deal,) = page_deals(data, 5, 1)
    assert deal["scores"] == pytest.approx(sklearn_scores(x[:500], y[:500], range(500), 5))


def test_the_twin_tells_the_range_of_folds_and_of_means():
    x, y = table(100)
    figure = play.folds(x, y, k=5, unit="cm").figure
    scores = np.array([sklearn_scores(x, y, order, 5) for order in _orders(100, 30)])
    for value in (scores.min(), scores.max(), *(f(scores.mean(axis=1)) for f in (np.min, np.max))):
        assert f"{value:.4g}" in figure.alt
    assert "(cm)" in figure.alt and overlapping(figure) == []


def test_jupyter_gets_a_page_that_needs_nothing_and_a_static_twin():
    figure = play.folds(*table(), names="abc")
    assert not re.search(r"https?:(?!//www.w3.org/2000/svg)|<link|@import|\b(import|fetch)\(",
                         figure.page)  # fmt: skip
    assert len(figure.page.encode()) < 200_000
    bundle, metadata = figure._repr_mimebundle_()
    assert sorted(bundle) == ["image/png", "text/html", "text/plain"]
    assert bundle["text/plain"] == "Playable figure: Deal the samples into folds"
    assert metadata["course"] == "playable" and len(metadata["image/png"]["alt"]) > 60
    assert html.escape(figure.page) in bundle["text/html"]


def deals(n=60, d=3, **options):
    return lambda: play.folds(*table(n, d), **options)


def spoiled(value):
    x, y = table()
    x[3, 1] = value
    return lambda: play.folds(x, y)


FAULTS = {
    "one column": lambda: play.folds(np.arange(30.0), np.arange(30.0)),
    "a target for each feature": lambda: play.folds(*(table()[0],) * 2),
    "fewer targets": lambda: play.folds(table()[0], table()[1][:-1]),
    "missing values": spoiled(np.nan),
    "infinite values": spoiled(np.inf),
    "words": lambda: play.folds([["near", "bay"]] * 30, np.zeros(30)),
    "one fold": deals(k=1),
    "eleven folds": deals(k=11),
    "folds and a half": deals(k=2.5),
    "ten samples": deals(10),
    "more features than samples": deals(60, 30),
    "two names for three features": deals(names=["a", "b"]),
    "a table too large": deals(500, 60),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault_of_the_folds(case, fault):
    with pytest.raises(ValueError) as error:
        FAULTS[case]()
    sentence = str(error.value)
    assert re.search(r"asked for|give |fill |need |numbers", sentence) and "\n" not in sentence
    fault("playable figures", f"folds, {case}", sentence)
