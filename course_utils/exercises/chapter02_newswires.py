"""Checkers of the exercises of the lab 02_newswires."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong
from course_utils.exercises.networks import check_reached, network

LARGEST = ("earn", "acq")  # the two largest topics, in every edition
LEAST, EPOCHS = 0.35, 6  # macro recall that is asked for, after so many epochs at most


@ex.function(
    (np.array([[8, 0, 0], [1, 0, 0], [0, 1, 1]]),),
    (np.array([[5, 1, 0, 0], [0, 0, 0, 0], [2, 0, 6, 0], [0, 0, 1, 3]]),),
    (np.array([[0, 4], [0, 0]]),),
    want=ex.real, case="the table {}", untouched=True,
)
def check_1(table: np.ndarray) -> tuple:
    """`answer(table)`: the macro recall, of a confusion matrix with the true topics as rows."""
    right, true, predicted = np.diag(table), table.sum(axis=1), table.sum(axis=0)
    present = true > 0
    recalls = right[present] / true[present]
    return recalls.mean(), {
        right.sum() / table.sum(): "that is the accuracy: it counts newswires, not topics",
        recalls.sum() / len(table): "a topic without newswires has no recall: leave it out of the "
            "mean, in place of counting it as 0",
        np.mean(right[predicted > 0] / predicted[predicted > 0]): "these are the columns: that is "
            "the precision, the share of the predictions of a topic that are right",
        recalls.sum(): "that is the sum of the recalls: divide by the number of topics",
    }


@ex.examined
def check_2(six_epochs: Any, x: np.ndarray, y: np.ndarray) -> None:
    """`answer()` -> a network trained for six epochs, with a macro recall of 0.35 on `x`."""
    from course_utils import training

    x, y = ex.as_array(x), ex.as_array(y)
    model = network(six_epochs, x.shape[1:])
    if model.output_shape[1:] != (46,):
        raise Wrong(f"the output shape is {model.output_shape}, it should be (None, 46)")
    epochs = len(getattr(getattr(model, "history", None), "epoch", ()))
    if epochs > EPOCHS:
        raise Wrong(f"it was trained for {epochs} epochs, at most {EPOCHS} are asked for")
    with ex.reported("your network stops with"):
        predicted = training.predict(model, x)
    found = np.mean([np.mean(predicted[y == topic] == topic) for topic in np.unique(y)])
    check_reached(model, "macro recall", found, LEAST)


@ex.examined
def check_3(text: Any, classify: Any) -> None:
    """A text of the reader's own that the network takes for none of the two largest topics."""
    if not isinstance(text, str):
        raise Wrong(f"a text in quotation marks is asked for, this is {ex.shown(text)}")
    if len(text.split()) < 5:
        raise Wrong("a newswire of at least five words is asked for")
    topic = ex.call(classify, text)
    if not isinstance(topic, str):
        raise Wrong(f"the name of a topic is asked for, this is {ex.shown(topic)}")
    if topic in LARGEST:
        raise Wrong(f"the network takes it for {topic}: use more words that are typical of another "
                    "topic, and fewer figures and companies")


hint, score = ex.helpers(__name__, {
    1: ("The recall of a topic is the entry on the diagonal divided by the sum of its row.",
        "present = table.sum(axis=1) > 0 says which topics have newswires."),
    2: ("A step of gradient descent follows one batch. How many steps are six epochs in batches of "
        "512, and how many in batches of 16?",
        "Batches of 16 make over thirty times as many steps; the same optimizer will do."),
    3: ("Which words would stand in a newswire about oil, and in hardly any other?",
        "Try opec, crude, oil, barrels, output."),
})
