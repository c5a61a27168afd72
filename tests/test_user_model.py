"""A network of the reader's own, for chapter 09: taken as it is, or refused in one sentence."""

import notebook_tools as tools
import numpy as np
import pytest

from course_utils import datasets, keras_setup, user_model
from course_utils.choices import ChoiceError

keras = keras_setup.import_keras()
layers = keras.layers
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def chain(*hidden, shape=(28, 28, 1), end=("softmax",)):
    last = [layers.Dense(10, *end)]
    return keras.Sequential([keras.Input(shape), *hidden, layers.Flatten(), *last])


def with_base():
    base = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(4, 3)], name="base")
    return chain(base)


def branched():
    x = inputs = keras.Input((28, 28, 1))
    x = layers.Add()([layers.Conv2D(4, 3, name="a")(x), layers.Conv2D(4, 3, name="b")(x)])
    x = layers.Dense(10, "softmax")(layers.Flatten()(x))
    return keras.Model(inputs, x)


def shared():
    x = inputs = keras.Input((28, 28, 1))
    twice = layers.Conv2D(1, 3, padding="same")
    return keras.Model(inputs, layers.Dense(10, "softmax")(layers.Flatten()(twice(twice(x)))))


def headless():
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(4, 3), layers.Flatten()])


def table():
    return keras.Sequential([keras.Input((13,)), layers.Dense(1)])


def any_size():
    return keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(4, 3)])


def two_inputs():
    a, b = keras.Input((28, 28, 1)), keras.Input((28, 28, 1))
    return keras.Model([a, b], layers.Add()([a, b]))


FAULTS = {  # what was saved: what is said of it
    "dense only": (lambda: chain(layers.Flatten()), "has no Conv2D layer"),
    "a nested base": (with_base, "holds another network as one layer (base)"),
    "branches": (branched, "is no single chain of layers"),
    "a layer used twice": (shared, "is no single chain of layers"),
    "no Dense layer": (headless, "ends in Flatten: it has to end in a Dense layer"),
    "no softmax": (lambda: chain(layers.Conv2D(4, 3), end=()), "gives no probabilities"),
    "two inputs": (two_inputs, "takes more or less than one input"),
    "a table": (table, "takes (13,), not a square image"),
    "any size": (any_size, "takes (None, None, 3), not a square image"),
    "oblong": (lambda: chain(layers.Conv2D(4, 3), shape=(28, 32, 1)), "takes (28, 32, 1), not"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault_in_the_network(case, tmp_path, fault):
    build, sentence = FAULTS[case]
    file = tmp_path / "mine.keras"
    build().save(file)
    with pytest.raises(ChoiceError) as caught:
        user_model.load_model(str(file))
    assert str(caught.value).startswith(f"the network in model_file {sentence}")
    fault("your choices", f"a network with {case}", str(caught.value))


@keras.saving.register_keras_serializable("mine")
class Mine(layers.Layer):
    """A layer that another kernel has never heard of."""


def test_fault_in_the_file(tmp_path, fault, monkeypatch):
    file = tmp_path / "mine.keras"
    chain(layers.Conv2D(4, 3), Mine()).save(file)
    whole = file.read_bytes()
    monkeypatch.setattr(Mine, "from_config", None)
    keras.saving.get_custom_objects().pop("mine>Mine")
    cases = {"a class of its own": whole, "half a file": whole[:900], "a letter": b"Dear network,"}
    for case, content in cases.items():
        file.write_bytes(content)
        with pytest.raises(ChoiceError) as caught:
            user_model.load_model(str(file))
        right = "needs the class 'Mine'" if content == whole else "is damaged or not saved by"
        assert str(caught.value).startswith(f"the network in model_file {right}")
        fault("your choices", f"a network file with {case}", str(caught.value))


@pytest.mark.parametrize(
    ("shape", "end", "sentence"),
    [
        (
            (64, 64, 3),
            10,
            "the network takes 64 × 64 × 3, mnist has 28 × 28 × 1: name the data_set",
        ),
        ((28, 28, 1), 7, "the network knows 7 classes, mnist has 10"),
    ],
)
def test_fault_a_network_for_other_data(shape, end, sentence, fault):
    data = datasets.load("mnist", "synthetic", train=10, test=10)
    model = keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(end)])
    with pytest.raises(ChoiceError) as caught:
        user_model.check_fit(model, data)
    assert str(caught.value).startswith(sentence)
    fault("your choices", f"a network that takes {shape} to {end}", str(caught.value))


@pytest.mark.slow
def test_chapter_09_looks_into_one_convolution_with_a_leaky_relu_and_a_softmax_apart(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    monkeypatch.setenv("COURSE_SOURCE", "synthetic")
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path))
    file = (tmp_path / "mine.keras").as_posix()
    ends = [layers.MaxPooling2D(4), layers.Flatten(), layers.Dense(10), layers.Softmax()]
    hidden = [layers.Rescaling(1 / 255), layers.Conv2D(8, 5), layers.LeakyReLU(), *ends]
    model = keras.Sequential([keras.Input((28, 28, 1)), *hidden])
    data = datasets.load("mnist", "synthetic", train=1_500, test=10)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(data.x_train[..., np.newaxis], data.y_train, epochs=4, verbose=0)
    model.save(file)
    nb = tools.part("09_what_the_network_sees", None, model_file=file)
    tools.execute(nb)
    printed = {cell.id: tools.text(cell) for cell in nb.cells}
    assert f"{model.count_params():,} parameters" in printed["train"]
    assert printed["load-claim"].startswith("held: it is more accurate than")
    assert not {"filters-second"} & {cell.id for cell in nb.cells if cell.outputs}
