"""Exercises of the lab on newswires: right answers, each slip, networks of six epochs."""

import numpy as np
import pytest
from exercise_tools import assert_says, rows, said


def recalls(table):
    table = np.asarray(table)
    present = table.sum(axis=1) > 0
    return np.diag(table)[present] / table.sum(axis=1)[present]


def precision(table):
    return recalls(np.transpose(table)).mean()


ANSWERS = {
    "02_newswires.1": [
        (lambda t: recalls(t).mean(), "right"),
        (lambda t: np.float32(recalls(t).mean()), "right"),
        (lambda t: np.trace(t) / t.sum(), "that is the accuracy: it counts newswires, not topics"),
        (lambda t: recalls(t).sum() / len(t), "a topic without newswires has no recall"),
        (precision, "these are the columns: that is the precision"),
        (lambda t: recalls(t).sum(), "that is the sum of the recalls"),
        (lambda t: recalls(t), "a number is asked for"),
        (lambda t: np.nan, "a number is asked for"),
        (lambda t: np.mean(np.diag(t) / t.sum(axis=1)), "a number is asked for"),
        (lambda t: t.fill(1) or 1.0, "what was passed in is changed"),
        (lambda t: "0.5", "a number is asked for"),
        (0.5, "a function is asked for"),
    ],
}


@rows(ANSWERS)
def test_answers(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)


# --- a network trained for six epochs -------------------------------------------------------------


def vectors(n=200, seed=0):
    """Multi-hot vectors of 60 words, of which one of the first four names the topic."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) % 4)
    x = (rng.random((n, 60)) < 0.1).astype("uint8")
    x[:, :46] = 0
    x[np.arange(n), y] = 1
    return x, y


X, Y = vectors()


def network(outputs=46, inputs=60):
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((inputs,), dtype="uint8"),
            layers.Dense(16, "relu"),
            layers.Dense(outputs, "softmax"),
        ]
    )


def fitted(model, rate=0.01, epochs=6):
    import keras

    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    model.fit(*vectors(400, seed=1), batch_size=10, epochs=epochs, verbose=0)
    return model


@pytest.fixture(scope="module")
def trained():
    import keras

    keras.utils.set_random_seed(0)
    return fitted(network())


def test_a_trained_network_is_right_and_stays_as_it_is(trained, capsys):
    weights = trained.get_weights()
    assert said("02_newswires.2", (lambda: trained, X, Y), capsys) == "right"
    assert said("02_newswires.2", (lambda: trained, X.tolist(), Y.tolist()), capsys) == "right"
    assert all(map(np.array_equal, weights, trained.get_weights()))


@pytest.mark.parametrize("share", [0.33, 0.37])
def test_the_macro_recall_decides(share, trained, capsys):
    """Of each topic that share of the labels is what the network predicts."""
    predicted = np.asarray(trained(X)).argmax(axis=1)
    labels = predicted.copy()
    for topic in range(4):
        (at,) = np.nonzero(predicted == topic)
        labels[at[round(share * len(at)) :]] = (topic + 1) % 4
    found = np.mean([np.mean(predicted[labels == topic] == topic) for topic in range(4)])
    assert found == pytest.approx(share, abs=0.015)
    verdict = said("02_newswires.2", (lambda: trained, X, labels), capsys)
    after = f"wrong: its macro recall is {found:.2f} after 240 steps of gradient descent"
    assert verdict == "right" if share > 0.35 else verdict.startswith(after), verdict


def test_large_topics_alone_are_not_enough(trained, capsys):
    """An accuracy near 0.9, and three topics of which nothing is found."""
    x, y = vectors(400)
    keep = (y == 0) | (np.arange(400) < 40)
    labels = np.where(y == 0, 0, y + 10)
    verdict = said("02_newswires.2", (lambda: trained, x[keep], labels[keep]), capsys)
    assert "its macro recall is 0.25 after" in verdict


def nan():
    model = network()
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    return model


WRONG = {
    "not trained": (network, "was it trained before it was returned?"),
    "ten outputs": (lambda: network(outputs=10), "the output shape is (None, 10), it should be"),
    "other words": (lambda: network(inputs=61), "the input shape is (61,), it should be (60,)"),
    "weights of nan": (nan, "was it trained before it was returned?"),
    "what fit returns": (lambda: fitted(network(), epochs=1).history, "return the model"),
    "a learning rate of 0": (lambda: fitted(network(), 0.0, 1), "after 40 steps of gradient"),
    "seven epochs": (lambda: fitted(network(), epochs=7), "it was trained for 7 epochs, at most 6"),
}


@pytest.mark.parametrize("case", WRONG)
def test_fault_network_trained_for_six_epochs(case, capsys, fault):
    import keras

    keras.utils.set_random_seed(0)
    build, message = WRONG[case]
    verdict = said("02_newswires.2", (build, X, Y), capsys)
    assert verdict.startswith("wrong: ") and message in verdict, verdict
    fault("exercises", f"a network trained for six epochs is asked for: {case}", verdict)


# --- a newswire of one's own ----------------------------------------------------------------------


def classify(text):
    return "crude" if "oil" in text.split() else "earn"


@pytest.mark.parametrize(
    ("text", "how", "message"),
    [
        ("opec cut oil output today", classify, "right"),
        ("shr five cts vs four", classify, "the network takes it for earn: use more words"),
        ("oil", classify, "at least five words"),
        (["opec", "oil"], classify, "a text in quotation marks is asked for"),
        (..., classify, "not attempted"),
        ("one two three four five", lambda text: 3, "the name of a topic is asked for, this is 3"),
        ("one two three four five", lambda text: text[99], "your code stops"),
        ("one two three four five", "crude", "a function is asked for"),
    ],
)
def test_a_newswire_of_ones_own(text, how, message, capsys):
    verdict = said("02_newswires.3", (text, how), capsys)
    assert message in verdict and (message == "right") == (verdict == "right"), verdict
