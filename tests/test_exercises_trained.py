"""Exercises that ask for a trained network: judged by its accuracy on images, and diagnosed."""

import numpy as np
import pytest
from exercise_tools import said

LEAST = {"04_shift.2": 0.6, "05.2": 0.9, "05.5": 0.85, "05_data.2": 0.7}
of_each = pytest.mark.parametrize("name", LEAST)


def bars(n=100, seed=0):
    """Images of ten classes, a bar at another height in each, and their labels, in disorder."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) % 10)
    x = rng.uniform(0, 0.2, (n, 28, 28, 1)).astype("float32")
    x[np.arange(n), 2 * y + 4] = 1
    return x, y


X, Y = bars()


def untrained(*extra, shape=(28, 28, 1), units=10, last="softmax", batch=None, filters=10):
    """A network of 10,000 parameters."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input(shape, batch_size=batch),
            *extra,
            layers.Conv2D(filters, (3, 6), padding="same", activation="relu"),
            layers.MaxPooling2D((4, 2)),
            layers.Flatten(),
            layers.Dense(units, activation=last),
        ]
    )


def fitted(model, rate=0.003, digits=300, epochs=4, loss="sparse_categorical_crossentropy"):
    import keras

    model.compile(keras.optimizers.Adam(rate), loss)
    model.fit(*bars(digits, seed=1), batch_size=10, epochs=epochs, verbose=0)
    return model


@pytest.fixture(scope="module")
def trained():
    import keras

    keras.utils.set_random_seed(0)
    return fitted(untrained())


def wrong_at(n):
    """Labels, `n` of a hundred others than the right ones."""
    return np.where(np.arange(100) < n, (Y + 1) % 10, Y)


@of_each
def test_a_network_trained_before_is_right_and_stays_as_it_is(name, trained, capsys):
    weights, x, y = trained.get_weights(), X.copy(), Y.copy()
    assert said(name, (lambda: trained, x, y), capsys) == "right"
    assert all(map(np.array_equal, weights, trained.get_weights()))
    assert np.array_equal(x, X) and np.array_equal(y, Y)


@of_each
def test_a_network_trained_when_asked_is_right_and_trained_once(name, capsys):
    import keras
    from keras import layers

    calls = []

    def build():
        calls.append(name)
        keras.utils.set_random_seed(0)
        extra = [layers.RandomTranslation(0.02, 0), layers.BatchNormalization()]
        logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        return fitted(untrained(*extra, last=None, filters=9), loss=logits)

    assert said(name, (build, X, Y), capsys) == "right"
    assert said(name, (lambda: calls.append(name) or untrained(), X, Y), capsys) != "right"
    assert calls == [name] * 2


@of_each
def test_the_accuracy_decides(name, trained, capsys):
    most = round(100 - 100 * LEAST[name])
    assert said(name, (lambda: trained, X, wrong_at(most)), capsys) == "right"
    verdict = said(name, (lambda: trained, X, wrong_at(most + 1)), capsys)
    after = f"{LEAST[name] - 0.01:.2f} after 120 steps of gradient descent"
    assert verdict == f"wrong: its accuracy is {after}, at least {LEAST[name]} is asked for"


def test_an_accuracy_just_too_low_is_not_rounded_up(trained, capsys):
    images, labels = np.concatenate([X, X, X]), np.concatenate([Y, Y, wrong_at(61)])
    assert "is 0.79 after" in said("05.2", (lambda: trained, images, labels), capsys)


@pytest.mark.parametrize("images", [X, X.astype("float64"), X.tolist()])
@pytest.mark.parametrize("labels", [Y, Y.astype("uint8"), Y.tolist(), Y.astype(float)])
def test_images_and_labels_in_any_form(images, labels, trained, capsys):
    assert said("05.2", (lambda: trained, images, labels), capsys) == "right"


@pytest.mark.parametrize("n", [1, 7, 99])
def test_a_network_for_so_many_images_at_a_time(n, trained, capsys):
    import keras

    twin = untrained(batch=16)
    twin.set_weights(trained.get_weights())
    fixed = keras.Model(twin.inputs, keras.ops.reshape(twin.outputs[0], (16, 10)))
    assert said("05.2", (lambda: fixed, X[:n], Y[:n]), capsys) == "right"
    assert said("05.2", (lambda: fixed, X[-n:], (Y[-n:] + 1) % 10), capsys) != "right"


def test_a_list_of_one_input_is_right(trained, capsys):
    import keras

    model = keras.Model([trained.inputs[0]], trained.outputs[0])
    assert said("05.2", (lambda: model, X, Y), capsys) == "right"


def silent():
    """Trained until no relu let anything through."""
    model = fitted(untrained(), rate=0.0, epochs=1)
    kernel, bias, *rest = model.get_weights()
    model.set_weights([kernel, bias - 100, *rest])
    return model


def overflown(number=np.nan):
    model = untrained(last=None)
    model.set_weights([np.full_like(w, number) for w in model.get_weights()])
    return model


def compiled():
    model = untrained()
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def two_outputs(as_dict):
    import keras

    model = untrained()
    a, b = model.outputs[0], model.layers[-2].output
    return keras.Model(model.inputs, {"a": a, "b": b} if as_dict else [a, b])


def stopping():
    import keras

    def stops(x):
        if not isinstance(x, keras.KerasTensor):
            raise ValueError("no more")
        return x

    return untrained(keras.layers.Lambda(stops, output_shape=(28, 28, 1)))


WRONG = {
    "nothing fitted": (untrained, "the chance level: was it trained, by `fit`, before it was"),
    "compiled only": (compiled, "the chance level: was it trained, by `fit`, before it was"),
    "dead units": (silent, "its accuracy is 0.10, the chance level: its outputs are the same for"),
    "a loss of nan": (overflown, "its outputs are nan: did the loss become so, too?"),
    "infinite": (lambda: overflown(1e38), "its outputs are inf: did the loss become so, too?"),
    "what fit returns": (lambda: fitted(untrained()).history, "that is what `fit` returns: return"),
    "the losses": (lambda: {"loss": [2.3]}, "a Keras model is asked for, this is of type dict"),
    "the function": (lambda: untrained, "a Keras model is asked for, this is of type function"),
    "one output": (lambda: untrained(units=1), "the output shape is (None, 1), it should be (None"),
    "two outputs": (lambda: two_outputs(False), "the output shape is [(None, 10), (None, 980)]"),
    "named outputs": (lambda: two_outputs(True), "the output shape is [(None, 10), (None, 980)]"),
    "color images": (lambda: untrained(shape=(28, 28, 3)), "the input shape is (28, 28, 3), it"),
    "a network that stops": (stopping, "your network stops with ValueError: "),
}


@pytest.mark.parametrize("case", WRONG)
def test_fault_network_that_has_not_learned(case, capsys, fault):
    import keras

    keras.utils.set_random_seed(0)
    build, message = WRONG[case]
    verdict = said("05.2", (build, X, Y), capsys)
    assert verdict.startswith("wrong: ") and message in verdict
    fault("exercises", f"a trained network is asked for: {case}", verdict)


def test_a_network_that_has_learned_something_else(trained, capsys):
    verdict = said("05.2", (lambda: trained, X, wrong_at(100)), capsys)
    assert verdict.startswith("wrong: its accuracy is 0.00, the chance level: 120 steps of ")


@pytest.mark.parametrize(
    ("images", "labels", "shapes"),
    [
        (X[..., 0], Y, "x has the shape (100, 28, 28), y the shape (100,)"),
        (X, Y[:50], "x has the shape (100, 28, 28, 1), y the shape (50,)"),
        (X[:0], Y[:0], "x has the shape (0, 28, 28, 1), y the shape (0,)"),
        (X, np.eye(10)[Y], "x has the shape (100, 28, 28, 1), y the shape (100, 10)"),
        (X, "labels", "an array of numbers is asked for, this is 'labels'"),
    ],
)
def test_fault_no_images_to_try_it_on(images, labels, shapes, trained, capsys, fault):
    verdict = said("05.2", (lambda: trained, images, labels), capsys)
    assert verdict.startswith("wrong: ") and shapes in verdict
    fault("exercises", f"images and labels: {shapes}", verdict)


# --- small and convolutional ----------------------------------------------------------------------


def dense():
    import keras

    layers = [keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    return keras.Sequential([keras.Input((28, 28, 1)), *layers])


def nested():
    import keras
    from keras import layers

    inner = [keras.Input((28, 28, 1)), layers.SeparableConv2D(10, 5), layers.MaxPooling2D(4)]
    end = [layers.Flatten(), layers.Dense(10, "softmax")]
    return keras.Sequential([keras.Input((28, 28, 1)), keras.Sequential(inner), *end])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: fitted(nested(), epochs=8), "right"),
        (dense, "a convolutional network is asked for, this one has no Conv2D"),
        (lambda: untrained(filters=11), "the network has 10,999 parameters, at most 10,000 are"),
        (lambda: untrained(filters=11), "asked for; 10,790 are in the layer dense"),
        (untrained, "its accuracy is 0.1"),
    ],
)
def test_a_small_network(build, message, capsys):
    import keras

    keras.utils.set_random_seed(0)
    verdict = said("05.5", (build, X, Y), capsys)
    assert message in verdict and (message == "right") == (verdict == "right")
    assert untrained().count_params() == 10_000, "what is allowed has been tried"


# --- four epochs of 300 digits --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"digits": 690}, "276 steps of gradient descent are not four epochs of 300 digits"),
        ({"epochs": 3}, "90 steps of gradient descent are not four epochs of 300 digits"),
        ({"rate": 0.0}, "its accuracy is 0."),
    ],
)
def test_steps_that_four_epochs_do_not_have(more, message, capsys):
    assert message in said("05_data.2", (lambda: fitted(untrained(), **more), X, Y), capsys)


def test_a_network_without_its_optimizer_is_judged_by_its_accuracy(trained, capsys):
    twin = untrained()
    twin.set_weights(trained.get_weights())
    assert said("05_data.2", (lambda: twin, X, Y), capsys) == "right"
