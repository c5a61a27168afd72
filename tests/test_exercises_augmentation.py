"""Exercises of chapter 07 that ask for networks, augmentation layers, and prepared pictures."""

from types import SimpleNamespace

import numpy as np
import pytest
from exercise_tools import assert_says, said
from PIL import Image, ImageOps


def classifier(*hidden):
    import keras
    from keras import layers

    first = [keras.Input((32, 32, 3)), layers.Rescaling(1 / 255)]
    return keras.Sequential([*first, *hidden, layers.Dense(10, activation="softmax")])


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda model, x: model(x, training=False), "right"),
        (lambda model, x: model.predict(x, verbose=0), "right"),
        (lambda model, x: model(x), "still augmented"),
        (lambda model, x: model(x, training=True), "still augmented"),
        (lambda model, x: model.predict(x / 255, verbose=0), "not the probabilities"),
        (lambda model, x: model.predict(x, verbose=0)[0], "the shape is (10,)"),
        (lambda model, x: model.nothing, "your code stops in line"),
    ],
)
def test_probabilities_of_photographs_as_they_are(answer, message, capsys):
    assert_says("07.2", answer, message, capsys)


@pytest.mark.parametrize(
    ("accuracy", "message"),
    [(0.4, "right"), (0.47, "right"), (0.48, "0.480 with them and 0.500 without"), (0.6, "cost")],
)
def test_a_transform_has_to_cost_accuracy(accuracy, message, capsys):
    from keras import layers

    def hurts():
        return [layers.RandomTranslation(0.9, 0.9)]

    def study(name, augmentation, seeds):
        return SimpleNamespace(mean=accuracy if augmentation is hurts else 0.5)

    verdict = said("07.3", (hurts, study), capsys)
    assert message in verdict and (message == "right") == (verdict == "right")


def test_what_is_no_list_of_augmentation_layers(capsys):
    from keras import layers

    def of(answer):
        return said("07.3", (lambda: answer, lambda *_, **__: 1 / 0), capsys)

    assert "put the layer into [ ]" in of(layers.RandomFlip())
    assert "a list of Keras's augmentation layers" in of([])
    assert "a list of Keras's augmentation layers" in of([0.5])
    assert "it should keep (32, 32, 3)" in of([layers.MaxPooling2D(2)])
    assert "at inference, too" in of([layers.Rescaling(1 / 255)])
    assert "your code stops" in of([layers.RandomFlip()]), "no study that can be called"


def lights(n=200, seed=0):
    """Photographs of ten classes, a bright bar at another height in each."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) % 10)
    x = rng.integers(0, 60, (n, 32, 32, 3)).astype("uint8")
    for image, label in zip(x, y, strict=True):
        image[3 * label + 1 : 3 * label + 3] = 250
    return x, y


def test_the_small_network_is_small_convolutional_and_trained(capsys):
    import keras
    from keras import layers

    x, y = lights()

    def fitted(model):
        model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
        model.fit(*lights(seed=1), batch_size=20, epochs=6, verbose=0)
        return model

    def verdict(model, least=0.6):
        return said("07.5", (lambda: model, x, y, least), capsys)

    keras.utils.set_random_seed(0)
    small = classifier(
        layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D((1, 30)), layers.Flatten()
    )
    assert "at least 0.6 is asked for" in verdict(small)
    assert verdict(fitted(small)) == "right"
    assert "at least 1.01 is asked for" in verdict(small, 1.01)
    assert "at most 100,000 are asked for" in verdict(
        classifier(layers.Flatten(), layers.Dense(64))
    )
    assert "has no Conv2D" in verdict(classifier(layers.Flatten()))


def prepared(how, upright=True, beneath=False, size=(32, 32), **options):
    def answer(picture):
        turned = ImageOps.exif_transpose(picture) if upright else picture
        if not beneath:
            turned = turned.convert("RGBA")
            turned = Image.alpha_composite(Image.new("RGBA", turned.size, "white"), turned)
        return np.asarray(how(turned.convert("RGB"), size, **options))

    return answer


GRAY = {"color": (128, 128, 128)}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (prepared(ImageOps.pad, **GRAY), "right"),
        (prepared(ImageOps.pad, method=Image.Resampling.BILINEAR, **GRAY), "right"),
        (prepared(ImageOps.pad, upright=False, **GRAY), "with an EXIF tag: it lies on its side"),
        (prepared(ImageOps.pad, beneath=True, **GRAY), "it shows what lies under its transparent"),
        (prepared(ImageOps.pad), "the bands are black"),
        (prepared(ImageOps.pad, color="white"), "the bands are white"),
        (prepared(ImageOps.fit), "its sides are cut off"),
        (prepared(Image.Image.resize), "it is squeezed"),
        (prepared(ImageOps.pad, size=(28, 28), **GRAY), "the shape is (28, 28, 3)"),
        (lambda picture: picture.convert("RGB"), "return np.asarray(…) of it"),
        (lambda picture: np.asarray(picture).astype(float), "the dtype is float64"),
        (lambda picture: np.full((32, 32, 3), 128, "uint8"), "that is not the whole picture"),
        (lambda picture: picture.nothing, "your code stops"),
    ],
)
def test_a_picture_between_gray_bands(answer, message, capsys):
    assert_says("07.6", answer, message, capsys)
