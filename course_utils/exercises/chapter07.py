"""Checkers of the exercises of chapter 07."""
# fmt: off

from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.datasets.user_images import plain
from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong, call, reported
from course_utils.exercises.networks import check_accuracy, check_small, network, outputs_of
from course_utils.precision import as_float32

if TYPE_CHECKING:
    from PIL.Image import Image

PHOTO = (32, 32, 3)
COST = 0.03  # of accuracy, at least, by a transform that hurts
MOST = 100_000  # parameters of the small network
GRAY = 128

check_1 = ex.value("Dense parameters with padding.", *ex.parameters(512, 8 * 8 * 64), {
    512 * (7 * 7 * 64 + 1): "that is the network as it stands; padded, the last convolution "
    "keeps 16 × 16, and the pool makes 8 × 8",
    512 * (16 * 16 * 64 + 1): "was the second pool forgotten? 16 × 16 become 8 × 8",
    512 * (8 * 8 * 32 + 1): "the last convolution has 64 filters",
    512 * (8 * 8 + 1): "each of the 64 channels comes in: 8 × 8 × 64 inputs",
    512 * (32 * 32 * 64 + 1): "were the pools forgotten? Each halves height and width",
    8 * 8 * 64: "these are its inputs; each unit has a weight for each, and a bias",
})


def _photographs(n: int = 8) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (n, *PHOTO)).astype("float32")


def _augmented() -> Any:
    """A small network with an augmentation layer inside, its weights drawn at random."""
    import keras
    from keras import layers

    layer = layers.RandomTranslation(0.4, 0.4, fill_mode="constant", dtype="float32")
    last = layers.Dense(10, activation="softmax", dtype="float32")
    scale = layers.Rescaling(1 / 255, dtype="float32")
    model = keras.Sequential([keras.Input(PHOTO), layer, scale, layers.Flatten(), last])
    model.__deepcopy__ = lambda _: model  # `call` copies arguments, and NumPy warns of Keras's copy
    return model


@ex.examined
def check_2(probabilities: Any) -> None:
    """`answer(model, photographs)` -> the probabilities (n, 10) that `predict` gives."""
    model, x = _augmented(), _photographs()
    right = outputs_of(model, x)
    found = ex.real_numbers(call(probabilities, model, x))
    if found.shape != right.shape:
        raise Wrong(f"the shape is {found.shape}, it should be {right.shape}")
    if np.allclose(found, right, atol=1e-3):
        return
    again = ex.real_numbers(call(probabilities, model, x))
    raise Wrong("these are not the probabilities that `predict` gives"
                if np.allclose(found, again, atol=1e-4) else
                "two calls give other probabilities: the photographs are still augmented")


def _augmentation_layers(hurts: Any) -> list:
    """What the reader's `hurts()` returns: layers that change photographs in training only."""
    import keras

    found = call(hurts)
    if isinstance(found, keras.layers.Layer):
        raise Wrong("a list of layers is asked for: put the layer into [ ]")
    found = ex.items(found, "a list of layers")
    if not found or not all(isinstance(layer, keras.layers.Layer) for layer in found):
        raise Wrong("a list of Keras's augmentation layers is asked for, such as "
                    "layers.RandomFlip(…)")
    for layer in found:
        name, x = type(layer).__name__, _photographs()
        with reported(f"{name} stops with"):
            after = as_float32(layer(x, training=False))
        shape = after.shape
        if shape != x.shape:
            raise Wrong(f"{name} makes photographs of shape {shape[1:]}, it should keep {PHOTO}")
        if not np.allclose(after, x, atol=0.5):
            raise Wrong(f"{name} changes photographs at inference, too: it is no augmentation")
    return found


@ex.examined
def check_3(hurts: Any, study: Any) -> None:
    """`answer()` -> augmentation layers that cost accuracy, as measured by `study`."""
    _augmentation_layers(hurts)
    without = call(lambda: study("", list, seeds=1)).mean
    reached = call(lambda: study("", hurts, seeds=1)).mean
    if not reached <= without - COST:
        raise Wrong(f"the validation accuracy is {reached:.3f} with them and {without:.3f} "
                    f"without: they should cost at least {COST}")


@ex.function((32,), (7,), case="n = {}")
def check_4(n: int) -> tuple:
    """`answer(n)` -> the 2 × 3 matrix that flips a picture of n × n pixels top to bottom."""
    last = n - 1
    slips = {
        "off by one: the last row is number n − 1": [[1, 0, 0], [0, -1, n]],
        "that flips left to right: here y changes, and x stays": [[-1, 0, last], [0, 1, 0]],
        "that rotates by 180°: x stays as it is": [[-1, 0, last], [0, -1, last]],
        "old y = −y lies above the picture: add n − 1": [[1, 0, 0], [0, -1, 0]],
        "that exchanges x and y, a transposed picture": [[0, 1, 0], [1, 0, 0]],
        "the first row is of x (a, b, c), the second of y (d, e, f)": [[0, -1, last], [1, 0, 0]],
        "this leaves the picture as it is": [[1, 0, 0], [0, 1, 0]],
        "two rows of three numbers are asked for": [1, 0, 0, 0, -1, last],
    }
    return np.array([[1, 0, 0], [0, -1, last]]), {k: np.array(v) for k, v in slips.items()}


@ex.examined
def check_5(small_and_better: Any, x: np.ndarray, y: np.ndarray, least: float) -> None:
    """`answer()` -> a small trained network, at least `least` of `x` classified correctly."""
    model = network(small_and_better, PHOTO)
    check_small(model, MOST)
    check_accuracy(model, x, y, ex.real(least))


def _pictures() -> "dict[str, Image]":
    """Smooth pictures of several sizes and modes, one of them on its side with its EXIF tag."""
    from PIL import Image

    def smooth(height: int, width: int) -> "Image":
        rows, columns = np.indices((height, width))
        across = np.stack([columns / width, rows / height, 1 - columns / width], axis=-1)
        return Image.fromarray((across * 200 + 20).astype("uint8"))

    rotated, exif = smooth(96, 64), Image.Exif()
    exif[0x0112] = 6
    rotated.info["exif"] = exif.tobytes()
    clear = smooth(64, 128)
    clear.putalpha(200)
    return {
        "a picture wider than high": smooth(64, 128),
        "a picture higher than wide": smooth(128, 64),
        "a picture with an EXIF tag": rotated,
        "a gray picture": smooth(40, 80).convert("L"),
        "a half-transparent picture": clear,
    }


@ex.examined
def check_6(letterboxed: Any) -> None:
    """`answer(picture)` -> the whole picture in a gray square of 32 × 32, an array of bytes."""
    from PIL import Image, ImageOps

    for name, picture in _pictures().items():
        with ex.in_case(name):
            answer = call(letterboxed, picture)
            if isinstance(answer, Image.Image):
                raise Wrong("that is a picture of Pillow: return np.asarray(…) of it")
            found = ex.image_bytes(answer)
            upright = plain(ImageOps.exif_transpose(picture), gray=False)
            side, gray = PHOTO[:2], (GRAY,) * 3
            lying, beneath = plain(picture, gray=False), picture.convert("RGB")
            ways = {
                "": ImageOps.pad(upright, side, color=gray),
                "it lies on its side: exif_transpose first": ImageOps.pad(lying, side, color=gray),
                "it shows what lies under its transparent parts: put it on white first":
                    ImageOps.pad(beneath, side, color=gray),
                "it is squeezed: keep the proportions": upright.resize(side),
                "its sides are cut off: keep the whole picture": ImageOps.fit(upright, side),
                "the bands are black; gray is (128, 128, 128)": ImageOps.pad(upright, side),
                "the bands are white; gray is (128, 128, 128)":
                    ImageOps.pad(upright, side, color=(255,) * 3),
            }
            if found.shape != PHOTO:
                raise Wrong(f"the shape is {found.shape}, it should be {PHOTO}")
            away = {say: np.abs(found - np.asarray(way)).mean() for say, way in ways.items()}
            if away[""] > 5:
                nearest = min(away, key=lambda say: away[say])
                raise Wrong(nearest if nearest and away[nearest] < 5 else
                            "that is not the whole picture, upright, between gray bands")


hint, score = ex.helpers(__name__, {
    1: ("With padding a convolution keeps height and width, and a pool halves them.",
        "32 becomes 16, then 8: the dense layer has 8 · 8 · 64 inputs."),
    2: ("Call an augmentation layer alone on a few photographs, with and without training=False.",
        "model(photographs, training=False), and keras.ops.convert_to_numpy around it."),
    3: ("What makes the label wrong, or leaves nothing of what it names?",
        "A very long shift with fill_mode=\"constant\", for example."),
    4: ("The numbers say where an output pixel (x, y) comes from: old x = a x + b y + c, "
        "old y = d x + e y + f.",
        "old x = x, and old y = n − 1 − y."),
    5: ("Where are the shallow network's parameters? Pool more often before Flatten, and leave "
        "the wide dense layer out.",
        "Three convolutions with 32, 64, and 64 filters, a pool behind each, Flatten, ten outputs: "
        "66,570 parameters. Adam, eight epochs."),
    6: ("`ImageOps.pad` does in one call what is asked for here.",
        "Upright and on white as in like_cifar, then ImageOps.pad(…, (32, 32), "
        "color=(128, 128, 128)), then np.asarray."),
})
