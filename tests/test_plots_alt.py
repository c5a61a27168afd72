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
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils import plots
from course_utils.plots import alt
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
    "confusions": (
        lambda **k: plots.confusions([0, 0, 1], {"LeNet": [0, 0, 1], "dense": [1, 0, 1]},
                                     ["cat", "dog"], **k),
        ["LeNet: 3 of 3 samples", "dense: 2 of 3 samples", "1 of true class cat are predicted"],
    ),
    "film": (
        lambda **k: plots.film(np.zeros((2, 8, 8)), [[0.25, 0.75], [1, 0]], ["cat", "dog"],
                               ["left", "right"], **k),
        ["2 frames", "left: dog with probability 0.75", "right: cat with probability 1.00"],
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
    "volumes": (
        lambda **k: plots.volumes(small(), **k),
        ["Input 8 × 8 × 1, then Conv2D 6 × 6 × 4, then Flatten 144, then Dense 2"],
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
    "filter_volumes": (
        lambda **k: plots.filter_volumes(5, 4, 3, 2, 2, **k),
        ["an image of 5 × 4 × 3", "a window of 2 × 2 × 3", "output of 4 × 3 × 2"],
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
    "tensors": (
        lambda **k: plots.tensors({"a table": {"samples": 3, "features": 2}, "one": {}}, **k),
        ["a table: 3 samples × 2 features", "one: one cell"],
    ),
    "descent": (
        lambda **k: plots.descent(np.square, {"slow": [3, 2], "fast": [3, -1, 0]}, **k),
        ["slow: in 1 steps", "fast: in 2 steps weight 3 becomes 0 and loss 9 becomes 0"],
    ),
}  # fmt: skip


def test_every_public_function_is_tried():
    public = {name for name in plots.__all__ if callable(getattr(plots, name))}
    assert public - {"use_style"} == set(EVERY)


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
    """A figure's; a widget, which is dead without a kernel, leaves nothing."""
    figure = plots.lines([1, 2], {'"quoted" & <odd>': [1, 2]}, title="One")
    data, metadata = figure._repr_mimebundle_()
    outputs = [new_output("display_data", data, metadata=metadata)]
    nb = new_notebook(cells=[new_markdown_cell("# One"), new_code_cell("1", outputs=outputs)])
    states = {"version_major": 2, "version_minor": 0, "state": {}}
    nb.metadata.widgets = {"application/vnd.jupyter.widget-state+json": states}
    nbformat.write(nb, tmp_path / "one.ipynb")
    page(tmp_path / "one.ipynb", tmp_path / "one.html")
    text = (tmp_path / "one.html").read_text(encoding="utf-8")
    found = [image["alt"] for image in BeautifulSoup(text, "html.parser").select("img")]
    assert found == [figure.alt]
    assert "No description" not in text and "<title>One</title>" in text


DRAWN = {  # by the reader, with Matplotlib itself: (source of a cell, its alternative text)
    "a figure of the course": (
        "from course_utils import plots\nplots.use_style()\nplots.counts([0, 1], ['a', 'b'])",
        "Bar chart of the number of images in each of 2 classes, titled “Class balance”: a: 1;",
    ),
    "lines": (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3], [1, 4, 2], label='net')\n"
        "_ = plt.gca().set(title='Learning', xlabel='epoch', ylabel='loss')",
        "Figure: loss against epoch, titled “Learning”: net rises from 1 at 1 to 2 at 3,"
        " highest 4 at 2.",
    ),
    "panels": (
        "figure, (one, two) = plt.subplots(1, 2)\none.imshow([[1, 2, 3], [3, 4, 5]])\n"
        "two.bar(['a', 'b'], [3, 4])\ntwo.set_title('bars')\nplt.suptitle('Both')\nplt.show()",
        "Figure of 2 panels, titled “Both”: an image of 2 × 3; “bars”; 2 bars.",
    ),
    "words of one's own": (
        "figure, axes = plt.subplots()\n_ = axes.hist([1, 2])\nfigure.alt = 'Two values.'",
        "Two values.",
    ),
    "a color image": (
        "import numpy as np\n_ = plt.imshow(np.zeros((4, 5, 3)))",
        "Figure: an image of 4 × 5 × 3.",
    ),
    "the course's again": (
        "plots.matrix(np.eye(2))",
        "Numbers in cells, dark where large: 2 × 2, row by row: 1 0; 0 1.",
    ),
}


def test_every_image_that_a_notebook_stores_has_an_alternative_text():
    nb = new_notebook(cells=[new_code_cell(source) for source, _ in DRAWN.values()])
    NotebookClient(nb, kernel_name="python3").execute()
    for cell, (source, text) in zip(nb.cells, DRAWN.values(), strict=True):
        (image,) = (o for o in cell.outputs if "image/png" in o.get("data", {}))
        assert image.metadata["image/png"]["alt"].startswith(text), source
        assert image.data["text/plain"].startswith(("<Figure size", "Figure: "))


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
