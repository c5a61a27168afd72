"""Every figure says in words what it shows; every wrong input is told in a sentence."""

import inspect
import math
import re

import keras
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_utils import plots
from course_utils.plots import alt
from course_utils.plots.series import lines
from course_utils.runner.pages import page

POINTS, LABELS = np.array([[0.0, 0], [2, 0], [-2, 1]]), np.array([0, 1, 1])
TWO = {"LeNet": [0.71, 0.9, 0.97], "a dense network": [0.6, 0.7, 0.8]}
HISTORY = {"accuracy": [0.5, 0.9], "val_accuracy": [0.6, 0.8]}
IMAGE, KERNEL = np.arange(16).reshape(4, 4), np.array([[1, 2], [3, 4]])


def small():
    inputs = keras.Input((8, 8, 1))
    stack = [keras.layers.Conv2D(4, 3), keras.layers.Flatten(), keras.layers.Dense(2)]
    return keras.Sequential([inputs, *stack])


# name: (call, what the text must hold beside the title: every label of a series, and findings)
EVERY = {
    "lines": (
        lambda **k: plots.lines([300, 1800, 5900], TWO, "training digits", "test accuracy", **k),
        [*TWO, "training digits", "rises from 0.71 at 300 to 0.97 at 5,900"],
    ),
    "curves": (
        lambda **k: plots.curves({"LeNet": HISTORY, "dense": HISTORY}, **k),
        ["LeNet", "dense", "best 0.8000 in epoch 2", "rises from 0.5 at epoch 1 to 0.9 at epoch 2"],
    ),
    "plot_with_range": (
        lambda **k: plots.plot_with_range([1, 2], {"wide": [[1, 3], [5, 7]], "low": [0, 0]}, **k),
        ["wide rises from 2 at 1 to 6 at 2", "low goes from 0", "range over 1 to 2 seeds"],
    ),
    "dot_plot": (
        lambda **k: plots.dot_plot({"LeNet": [0.9, 0.94], "dense": [0.8]}, "accuracy",
                                   reference={"LeNet": 0.95}, **k),
        ["LeNet 0.9200 (0.9 to 0.94), literature 0.95", "dense 0.8000"],
    ),
    "confusion": (
        lambda **k: plots.confusion([0, 0, 0, 1], [0, 1, 1, 1], ["cat", "dog"], **k),
        ["cat", "dog", "2 of 4 samples", "2 of true class cat are predicted as dog"],
    ),
    "scatter": (
        lambda **k: plots.scatter({"LeNet-5": (2.5, 0.59), "ResNet": (26.7, 0.67)}, **k),
        ["LeNet-5 2.5, 0.59", "ResNet 26.7, 0.67"],
    ),
    "counts": (lambda **k: plots.counts([0, 1, 1], ["cat", "dog"], **k), ["cat: 1", "dog: 2"]),
    "histogram": (
        lambda **k: plots.histogram({"one": [1, 2], "two": [3, 5]}, marks={"low": 1.5}, **k),
        ["one: 2 values from 1 to 2", "two: 2 values from 3 to 5, mean 4", "low is marked at 1.5"],
    ),
    "images": (
        lambda **k: plots.images(np.zeros((2, 28, 28)), titles=["seven", "nine"], **k),
        ["2 images of 28 × 28", "seven", "nine"],
    ),
    "kernels": (
        lambda **k: plots.kernels(np.full((5, 5, 1, 20), -0.25), **k),
        ["20 kernels of 5 × 5", "from -0.25 to -0.25"],
    ),
    "model_graph": (
        lambda **k: plots.model_graph(small(), **k),
        ["4 layers and 3 connections", "Conv2D 6 × 6 × 4", "Dense 2", "330 parameters"],
    ),
    "matrix": (lambda **k: plots.matrix(KERNEL, **k), ["2 × 2, row by row: 1 2; 3 4"]),
    "matrices": (
        lambda **k: plots.matrices([KERNEL, IMAGE], ["filter", "image"], **k),
        ["filter, 2 × 2", "image, 4 × 4, row by row: 0 1 2 3"],
    ),
    "sliding": (
        lambda **k: plots.sliding(IMAGE, KERNEL, np.full((3, 3), 7), [(1, 2)], **k),
        ["4 × 4", "2 × 2", "output 7 at (1, 2) comes from rows 1 to 2 and columns 2 to 3"],
    ),
    "responses": (
        lambda **k: plots.responses({"a line": np.eye(4)}, {"twos": np.full((3, 3), 2)},
                                    lambda p, f: p * f[0, 0], **k),
        ["a line", "twos 2"],
    ),
    "signals": (
        lambda **k: plots.signals(np.arange(3), {"sound": [0, 1, 2], "response": [1, 1, 0]},
                                  "time (s)", **k),
        ["sound rises", "response falls", "time (s)"],
    ),
    "sheet": (
        lambda **k: plots.sheet({"at first": lambda x: x, "turned: $Wx$": lambda x: -x},
                                POINTS, LABELS, **k),
        ["“at first”", "“turned: Wx”", "x -2 to 2 and y -1 to 0"],
    ),
    "regions": (
        lambda **k: plots.regions({"right half": lambda x: (x[:, 0] > 0) * 1.0}, POINTS,
                                  LABELS, **k),
        ["right half says class 1 on 50% of the plane"],
    ),
    "descent": (
        lambda **k: plots.descent(np.square, {"slow": [3, 2], "fast": [3, -1, 0]}, **k),
        ["slow: in 1 steps", "fast: in 2 steps weight 3 becomes 0 and loss 9 becomes 0"],
    ),
}  # fmt: skip


def test_every_public_function_is_tried():
    public = {name for name in plots.__all__ if callable(getattr(plots, name))}
    assert public - {"explorer", "use_style"} == set(EVERY)


@pytest.mark.parametrize("name", EVERY)
def test_alt_text_is_made_from_the_data(name):
    draw, words = EVERY[name]
    figure = draw(title="A title of 7")
    data, metadata = figure._repr_mimebundle_()
    text = metadata["image/png"]["alt"]
    assert text == figure.alt and 40 <= len(text) <= 600
    assert [word for word in [*words, "“A title of 7”"] if word not in text] == [], text
    assert set(data) == {"image/png", "text/plain"}
    assert 40 <= len(draw().alt) <= 600


@pytest.mark.parametrize("name", EVERY)
def test_the_caller_may_say_it_better(name):
    assert EVERY[name][0](alt="My own words.").alt == "My own words."
    assert "alt" in inspect.signature(getattr(plots, name)).parameters


def test_a_page_has_the_alternative_text(tmp_path):
    """A figure's; and in place of the explorer, which is dead without a kernel, its image."""
    figure = plots.lines([1, 2], {'"quoted" & <odd>': [1, 2]}, title="One")
    box = plots.explorer({"a": np.eye(9)}, {"f": np.ones((3, 3))}, lambda p, k: p, np.rot90)
    outputs = []
    for shown in (figure, box):
        data, metadata = shown._repr_mimebundle_()
        outputs.append(new_output("display_data", data, metadata=metadata))
    nb = new_notebook(cells=[new_code_cell("figure", outputs=outputs)])
    state = {"model_name": "BoxModel", "model_module": "@jupyter-widgets/controls", "state": {}}
    states = {"version_major": 2, "version_minor": 0, "state": {box.model_id: state}}
    nb.metadata.widgets = {"application/vnd.jupyter.widget-state+json": states}
    nbformat.write(nb, tmp_path / "one.ipynb")
    page(tmp_path / "one.ipynb", tmp_path / "one.html")
    text = (tmp_path / "one.html").read_text(encoding="utf-8")
    found = [image["alt"] for image in BeautifulSoup(text, "html.parser").select("img")]
    assert found == [figure.alt, box.figure.alt]
    assert "No description" not in text and "<title>one</title>" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.0, "0"), (1e-14, "0"), (0.12345, "0.1235"), (5900, "5,900"), (9e99, "9e+99")],
)
def test_numbers_are_short(value, text):
    assert alt.number(value) == text


def test_help_says_all_parameters_once():
    for name in EVERY:
        function = getattr(plots, name)
        sections = [line for line in function.__doc__.split("\n") if line.startswith("    ---")]
        assert len(sections) == 4, name  # Parameters, Returns, Raises, Examples
        told = re.findall(r"^    ([\w, ]+?)(?: :|$)", function.__doc__, re.MULTILINE)
        told = {each for names in told for each in names.split(", ")}
        assert set(inspect.signature(function).parameters) <= told, name


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=300), st.lists(st.floats(), min_size=3, max_size=3)
    ),
    st.text(max_size=80),
)
def test_any_series_is_described_in_words_that_fit(series, title):
    said = [alt.trend(label, [10, 20, 30], values) for label, values in series.items()]
    text = alt.describe("Line plot of values against x", title, said, series)
    assert len(text) <= 600 and text.startswith("Line plot of values against x")
    labels = [" ".join(label.split()) for label in series]
    if sum(map(len, series)) + len(title) + 4 * len(series) < 400:
        assert all(label in text for label in labels)


def test_many_long_labels_are_named_as_far_as_they_fit():
    labels = [f"network number {i}, trained for a long time" for i in range(10)]
    figure = plots.lines([1, 2], {label: [0.123456, 0.654321] for label in labels})
    assert len(figure.alt) <= 600 and all(label in figure.alt for label in labels)
    many = plots.images(np.zeros((60, 8, 8)), titles=[f"true {i}, predicted 3" for i in range(60)])
    assert len(many.alt) <= 600 and "true 0, predicted 3" in many.alt and " more." in many.alt


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1, 5, 2], "x rises from 1 at 10 to 2 at 30, highest 5 at 20"),
        ([2, 2, 2], "x goes from 2 at 10 to 2 at 30"),
        ([5, 0, 4], "x falls from 5 at 10 to 4 at 30, lowest 0 at 20"),
        ([math.nan, 3, 1], "x falls from 3 at 20 to 1 at 30"),
        ([math.nan, math.nan, 7], "x is 7 at 30"),
        ([math.nan] * 3, "x has no finite value"),
    ],
)
def test_a_trend_in_words(values, words):
    assert alt.trend("x", [10, 20, 30], values) == words


# --- faults ---------------------------------------------------------------------------------------

NAN, ONES = float("nan"), np.ones((3, 3))
SENTENCES = {
    "lines without series": (lambda: plots.lines([1], {}), "no series"),
    "lines of another length": (lambda: plots.lines([1, 2], {"loss": [1]}), r"'loss' needs \(2,\)"),
    "lines of words": (lambda: plots.lines([1], {"loss": ["high"]}), "'loss' holds something else"),
    "lines in ragged rows": (lambda: plots.lines([1], {"a": [[1], [1, 2]]}), "in rows alike"),
    "no points": (lambda: plots.lines([], {"loss": []}), "no points"),
    "curves of a metric that was not measured": (
        lambda: plots.curves({"LeNet": {"loss": [1]}}), "has 'accuracy': they have loss"),
    "curves of no history": (lambda: plots.curves({}), "no histories"),
    "a range of another shape": (
        lambda: plots.plot_with_range([1, 2], {"odd": np.zeros((3, 2))}), r"'odd' needs \(2, see"),
    "a logarithmic axis with 0": (
        lambda: plots.plot_with_range([0, 1], {"a": [1, 2]}, log=True), "no place for 0"),
    "points at 0 on a logarithmic axis": (
        lambda: plots.scatter({"a": (0, 1)}, log=True), "no place for 0"),
    "points that are not finite": (lambda: plots.scatter({"a": (1, NAN)}), "finite numbers"),
    "points with three numbers": (lambda: plots.scatter({"a": (1, 2, 3)}), "pairs"),
    "no points to scatter": (lambda: plots.scatter({}), "no points"),
    "literature without a measurement": (
        lambda: plots.dot_plot({"dense": [0.9]}, reference={"LeNet": 0.99}), "measured row: LeNet"),
    "a row without a value": (lambda: plots.dot_plot({"dense": []}), "no values of 'dense'"),
    "probabilities in place of classes": (
        lambda: plots.confusion([0, 1], np.eye(2), ["a", "b"]), "take .argmax"),
    "predictions for other samples": (
        lambda: plots.confusion([0, 1], [0], ["a", "b"]), r"differ in number: \[2, 1\]"),
    "names in place of classes": (
        lambda: plots.confusion(["cat"], ["dog"], ["cat", "dog"]), "'y_true' holds something else"),
    "a class that is NaN": (lambda: plots.counts([0, NAN], ["a"]), "not class indices"),
    "classes below 0": (lambda: plots.counts([-1, 0], ["a"]), "not class indices"),
    "no labels": (lambda: plots.counts([], ["a"]), "no labels"),
    "a histogram of nothing": (lambda: plots.histogram({"a": []}), "'a' needs"),
    "a histogram with NaN": (lambda: plots.histogram({"a": [1, NAN]}), "finite values"),
    "no images": (lambda: plots.images([]), "no images"),
    "one image without its axis": (lambda: plots.images(np.zeros((28, 28))), r"not \(28,\)"),
    "titles in another number": (
        lambda: plots.images(np.zeros((2, 8, 8)), titles=["one"]), "2 images but 1 titles"),
    "kernels without channels": (lambda: plots.kernels(ONES), r"not \(3, 3\)"),
    "a model that is not built": (
        lambda: plots.model_graph(keras.Sequential([keras.layers.Dense(3)])), "no input shape yet"),
    "an array of words": (lambda: plots.matrix([["a", "b"]]), "rows and columns is asked for"),
    "a window beyond the array": (
        lambda: plots.matrix(ONES, windows=[(2, 2, 2, 2)]), "leaves the array"),
    "an output of another shape": (
        lambda: plots.sliding(ONES, ONES, ONES), r"these settings give \(1, 1\)"),
    "a position beyond the output": (
        lambda: plots.sliding(ONES, ONES, [[9]], [(0, 1)]), "no position"),
    "no filter": (lambda: plots.responses({"a": ONES}, {}, np.dot), "no pictures and filters"),
    "a response that is no image": (
        lambda: plots.responses({"a": ONES}, {"f": ONES}, np.multiply.outer), "rows and columns"),
    "signals of another length": (
        lambda: plots.signals(np.arange(3), {"s": [1, 2]}, "t"), "'s' needs"),
    "points in three dimensions": (
        lambda: plots.regions({"n": len}, np.zeros((3, 3)), LABELS), r"points \(3, 3\) and labels"),
    "a network with two outputs": (
        lambda: plots.regions({"net": lambda x: x}, POINTS, LABELS), "'net' gives"),
    "a stage that drops a number": (
        lambda: plots.sheet({"s": lambda x: x[:, :1]}, POINTS, LABELS), "stage 's' makes"),
    "a third class in a plane": (
        lambda: plots.regions({"n": len}, POINTS, LABELS * 2), "labels are 0 and 1, not 0, 2"),
    "a network that became NaN": (
        lambda: plots.regions({"net": lambda x: x[:, 0] * NAN}, POINTS, LABELS), "not finite"),
    "a stage that became NaN": (
        lambda: plots.sheet({"s": lambda x: x * NAN}, POINTS, LABELS), "stage 's' gives"),
    "a walk that diverged": (
        lambda: plots.descent(np.square, {"rate 9": [1, 1e200]}), "the loss along 'rate 9' gives"),
    "a walk to infinity": (
        lambda: plots.descent(np.square, {"rate 9": [1, np.inf]}), "the walk 'rate 9' gives"),
    "an infinite number in a cell": (lambda: plots.matrix([[1, np.inf]]), "infinite number"),
    "a walk without a step": (lambda: plots.descent(np.square, {"w": []}), "no weights in 'w'"),
}  # fmt: skip


@pytest.mark.parametrize("case", SENTENCES)
def test_fault_what_cannot_be_drawn_is_told_in_a_sentence(case, fault):
    draw, words = SENTENCES[case]
    with pytest.raises(ValueError, match=words) as error:
        draw()
    fault("figures", case, str(error.value))


def test_fault_a_class_without_a_name_is_shown(fault):
    figure = plots.confusion([0, 1, 2], [0, 1, 3], ["cat", "dog"])
    axes = figure.axes[0]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["cat", "dog", "class 2", "class 3"]
    assert {t.get_position(): t.get_text() for t in axes.texts}[3, 2] == "1"
    fault("figures", "a confusion matrix with classes that have no name", figure.alt)
    bars = plots.counts([0, 2], ["cat"]).axes[0].get_xticklabels()
    assert [t.get_text() for t in bars] == ["cat", "class 1", "class 2"]


def test_fault_the_best_epoch_is_a_number(fault):
    """An epoch that became NaN is not the best; where all did, none is marked."""
    histories = {"some": {"val_loss": [2.0, NAN, 1.5]}, "none": {"val_loss": [NAN, NAN]}}
    figure = plots.curves(histories, "loss")
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels[:2] == ["some, best 1.5000 in epoch 3", "none"]
    highest = plots.curves({"some": {"val_accuracy": [0.5, NAN, 0.7]}}).legends[0].get_texts()
    assert highest[0].get_text() == "some, best 0.7000 in epoch 3"
    lowest = plots.lines([1, 2, 3], {"a": [2, NAN, 1]}, lowest=True).legends[0].get_texts()
    assert lowest[0].get_text() == "a, lowest at 3: 1.000"
    fault("figures", "training curves with NaN", figure.alt)


@pytest.mark.parametrize(
    ("draw", "text"),
    [
        (lambda t: plots.images(np.zeros((1, 8, 8)), titles=[t], title=t), "IMG $1$ and $2$.png"),
        (lambda t: plots.lines([1, 2], {t: [1, 2], "b": [2, 1]}, t, t, t), "price in $, cost in $"),
        (lambda t: plots.dot_plot({t: [1, 2]}, t, t), "a $50 lens, a $60 lens"),
        (lambda t: plots.confusion([0, 1], [0, 1], [t, "b"], t), "x_1 $ $"),
        (lambda t: plots.counts([0, 1], [t, "b"], t), r"\alpha $\beta$"),
        (lambda t: plots.scatter({t: (1, 2)}, t, t, t, log=True), "$1 to $2"),
    ],
)
def test_fault_dollars_are_no_formulas(draw, text, fault):
    import matplotlib.text

    figure = draw(text)
    figure.png()
    shown = [t for t in figure.findobj(matplotlib.text.Text) if t.get_text() == text]
    assert len(shown) >= 2 and not any(t.get_parse_math() for t in shown)
    assert text in figure.alt
    fault("figures", f"a name with $: {text}", figure.alt)


def test_formulas_in_the_stages_of_a_sheet_stay_formulas():
    figure = plots.sheet({"$Wx+b$": lambda x: x}, POINTS, LABELS)
    assert figure.axes[0].title.get_parse_math()


def test_a_logarithmic_axis_has_plain_numbers():
    figure = plots.scatter({"a": (0.1, 1), "b": (1000, 2)}, log=True)
    figure.png()
    shown = {t.get_text() for t in figure.axes[0].get_xticklabels()}
    assert {"0.1", "1", "1,000"} <= shown and not any("$" in text for text in shown)


def test_fault_one_seed_has_no_range(fault):
    one = plots.plot_with_range([1, 2], {"LeNet": [[0.5], [0.6]]})
    assert not one.axes[0].collections and one.legends[0].get_title().get_text() == "one seed"
    two = plots.plot_with_range([1, 2], {"LeNet": [[0.5, 0.6], [0.6, 0.7]]})
    assert len(two.axes[0].collections) == 1
    dots = plots.dot_plot({"LeNet": [0.5], "dense": [0.4, 0.45]})
    assert len(dots.axes[0].collections) == 1
    fault("figures", "a single seed", one.alt)


def test_there_is_one_function_for_lines():
    assert plots.lines is lines and not hasattr(plots, "paths") and not hasattr(plots, "spread")
