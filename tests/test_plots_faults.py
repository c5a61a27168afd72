"""What cannot be drawn is told in a sentence, and nothing is drawn that is not so."""

import keras
import numpy as np
import pytest

from course_utils import plots

POINTS, LABELS = np.array([[0.0, 0], [2, 0], [-2, 1]]), np.array([0, 1, 1])
TWO = {"LeNet": [0.71, 0.9, 0.97], "a dense network": [0.6, 0.7, 0.8]}
HISTORY = {"accuracy": [0.5, 0.9], "val_accuracy": [0.6, 0.8]}
IMAGE, KERNEL = np.arange(16).reshape(4, 4), np.array([[1, 2], [3, 4]])


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
    "a filter larger than the image": (
        lambda: plots.filter_volumes(2, 2, 3, 3, 1), "a filter of 3 × 3 does not fit"),
    "an array with six axes": (
        lambda: plots.tensors({"t": dict.fromkeys("abcdef", 2)}), "'t' has 6 axes, at most 5"),
    "no arrays to draw": (lambda: plots.tensors({}), "no arrays"),
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
