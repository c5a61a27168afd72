"""The figure of augmentation: its transform against Keras and SciPy, its networks, its faults."""

import json
import re

import keras
import numpy as np
import pytest
from figure_tools import overlapping, texts
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from keras import layers
from play_tools import data_of, javascript, volumes

from course_utils import datasets, play
from course_utils.play import network
from course_utils.play.augmentation import FILLS, RECIPES, augmented, matrix
from course_utils.play.page import packed

NAMES = ["cat", "dog", "ship", *"abcdefg"]
RNG = np.random.default_rng(0)
NOISE = RNG.integers(0, 256, (3, 32, 32, 3), np.uint8)
OBLONG = RNG.integers(0, 256, (1, 9, 14, 3), np.uint8)
STEPS = {"scale": 0.02, "degrees": 1, "right": 0.5, "down": 0.5}
PLAIN = {"flip": False, "scale": 1.0, "degrees": 0, "right": 0, "down": 0, "fill": "reflect"}

# Everything that the controls of the page can be set to.
by_hand = st.fixed_dictionaries(
    {
        "flip": st.booleans(),
        "scale": st.integers(0, 75).map(lambda i: round(0.5 + 0.02 * i, 2)),
        "degrees": st.integers(-180, 180),
        "right": st.integers(-32, 32).map(lambda i: i / 2),
        "down": st.integers(-32, 32).map(lambda i: i / 2),
        "fill": st.sampled_from(FILLS),
    }
)


def volume(image):
    h, w, c = image.shape
    return {"h": h, "w": w, "c": c, "data": image.ravel().tolist()}


def played(image, cases):
    """Of each case: the matrix, and the image under it, in affine.js."""
    expression = """cases.map(s => {
        const rows = matrix(s, image);
        return [rows, Array.from(sampled(image, rows, s.fill).data)];
    })"""
    found = javascript(f"({expression})", "affine", cases=cases, image=volume(image))
    return [(np.array(rows), np.reshape(values, image.shape)) for rows, values in found]


def composed(h, w, s):
    """Flip, zoom, rotation and shift as matrices of 3 × 3, each about the center, multiplied."""
    angle = np.radians(s["degrees"])
    cosine, sine = np.cos(angle), np.sin(angle)
    to, back = np.eye(3), np.eye(3)
    to[:2, 2] = (w - 1) / 2, (h - 1) / 2
    back[:2, 2] = -to[:2, 2]
    flip, zoom = np.diag([-1.0 if s["flip"] else 1.0, 1, 1]), np.diag([s["scale"]] * 2 + [1])
    rotation = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    shift = np.eye(3)
    shift[:2, 2] = -s["right"], -s["down"]
    return (to @ flip @ zoom @ rotation @ back @ shift)[:2]


def by_keras(image, rows, fill):
    numbers = np.float32([*rows.ravel(), 0, 0])
    out = keras.ops.image.affine_transform(image.astype("float32"), numbers, fill_mode=fill)
    return keras.ops.convert_to_numpy(out)


# --- the transform ----------------------------------------------------------------------------


@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.lists(by_hand, min_size=12, max_size=12), st.sampled_from([NOISE[0], OBLONG[0]]))
def test_the_transform_is_that_of_keras_and_of_scipy(cases, image):
    h, w, _ = image.shape
    for s, (rows, values) in zip(cases, played(image, cases), strict=True):
        expected = composed(h, w, s)
        assert np.abs(rows - expected).max() < 1e-9
        assert np.abs(values - by_keras(image, expected, s["fill"])).max() < 0.255, s
        options = {name: value for name, value in s.items() if name != "fill"}
        assert np.allclose(matrix(h, w, **options), expected)
        scipy = augmented(image[None], **s)[0]
        assert np.abs(values - scipy).max() < 0.255, s


SMOOTH = np.float32(datasets.load("cifar10", "synthetic", train=1, test=3).x_test[0])
SINGLE = {
    "flip": (layers.RandomFlip("horizontal", seed=0), {"flip": True}),
    "rotation": (layers.RandomRotation((1 / 9, 1 / 9)), {"degrees": 40}),
    "shift": (layers.RandomTranslation((-0.125, -0.125), (0.25, 0.25)), {"right": 8, "down": -4}),
    "zoom": (layers.RandomZoom((0.3, 0.3)), {"scale": 1.3}),
}


@pytest.mark.parametrize("name", SINGLE)
def test_each_transform_has_the_sign_of_its_layer(name):
    layer, changes = SINGLE[name]
    ((_, values),) = played(SMOOTH, [PLAIN | changes])
    for _ in range(40):
        theirs = keras.ops.convert_to_numpy(layer(SMOOTH[None], training=True))[0]
        if name != "flip" or not np.array_equal(theirs, SMOOTH):  # that one flips by chance
            break
    assert np.abs(values - theirs).max() < 0.255
    assert np.abs(SMOOTH - theirs).max() > 20


def test_layers_one_after_the_other_are_the_product_of_the_matrices():
    """In the order flip, zoom, rotation, shift; by whole pixels and right angles, so exactly."""
    s = PLAIN | {"flip": True, "degrees": 90, "right": 3, "down": -5, "fill": "constant"}
    ((_, values),) = played(SMOOTH, [s])
    turned = np.rot90(SMOOTH[:, ::-1])
    expected = np.zeros_like(SMOOTH)
    expected[:-5, 3:] = turned[5:, :-3]
    assert np.abs(values - expected).max() < 1e-3


@pytest.mark.parametrize("name", RECIPES)
def test_random_draws_keep_to_the_recipe_and_to_the_steps(name):
    recipe = RECIPES[name]
    expression = "Array.from({length: 2000}, () => byChance(recipe, {h: 32, w: 32}, steps))"
    drawn = javascript(f"({expression})", "affine", recipe=recipe, steps=STEPS)
    assert {one["fill"] for one in drawn} == {recipe["fill"]}
    assert 0.4 < np.mean([one["flip"] for one in drawn]) < 0.6
    ends = {
        "scale": (1, recipe["zoom"]),
        "degrees": (0, recipe["rotation"]),
        "right": (0, 32 * recipe["shift"]),
        "down": (0, 32 * recipe["shift"]),
    }
    for key, (middle, end) in ends.items():
        away = np.array([one[key] for one in drawn]) - middle
        assert np.allclose(away / STEPS[key], np.round(away / STEPS[key]))
        assert np.abs(away).max() <= end + STEPS[key] / 2
        assert away.min() < -0.8 * end and away.max() > 0.8 * end
        assert abs(away.mean()) < 0.1 * end and abs(away.std() - end / np.sqrt(3)) < 0.07 * end


# --- the networks -----------------------------------------------------------------------------


def study(f=16, units=72, augment=(), classes=10):
    """Four convolutions and a dense layer, about 55,000 weights with 16 filters."""
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            *augment,
            layers.Rescaling(1 / 255),
            layers.Conv2D(f, 3, padding="same", activation="relu"),
            layers.Conv2D(f, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(2 * f, 3, padding="same", activation="relu"),
            layers.Conv2D(2 * f, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(4),
            layers.Flatten(),
            layers.Dropout(0.1),
            layers.Dense(units, "relu"),
            layers.Dense(classes, "softmax"),
        ]
    )


def classes_of(data, images):
    """Probabilities in network.js, for the first network of a page."""
    expression = """{
        const forward = network(layers, await unpacked(weights));
        return inputs.map(x => Array.from(forward(Float32Array.from(x), 32, 32, 3).at(-1).data));
    }"""
    (model, *_) = data["models"]
    inputs = np.asarray(images, "float64").round(3).reshape(len(images), -1).tolist()
    given_names = {"layers": model["layers"], "weights": model["weights"], "inputs": inputs}
    return np.array(javascript(expression, "bytes", "network", **given_names))


def test_two_networks_of_55_000_weights_fit():
    net = study(augment=[layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)])
    images, titles = np.resize(NOISE, (8, 32, 32, 3)), [*NAMES[:3], *NAMES[:5]]
    models = {"one": net, "two": net}
    figure = play.augmentation(images, titles, models=models, class_names=NAMES)
    assert 54_000 < net.count_params() < 56_000
    assert 170_000 < len(figure.page.encode()) <= 200_000
    page = data_of(figure.page)
    kinds = [layer["kind"] for layer in page["models"][0]["layers"]]
    assert kinds[:2] == ["scale", "convolution"], "no augmentation at inference"
    assert np.abs(classes_of(page, NOISE) - np.asarray(net(NOISE))).max() < 0.02


def test_a_trained_network_plays_with_8_bits():
    """Its classes are those of Keras, its probabilities nearly."""
    data = datasets.load("cifar10", "synthetic", train=240, test=1)
    keras.utils.set_random_seed(0)
    net = study(f=8, units=64)
    net.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
    net.fit(data.x_train, data.y_train, epochs=25, verbose=0)
    images = augmented(data.x_train[:100], degrees=10, right=2)
    exact = np.asarray(net(images))
    assert np.mean(exact.max(axis=1)) > 0.5 and len({*exact.argmax(axis=1)}) > 5
    written = network.written(net, images[:1], 8)
    model = {"layers": written.layers, "weights": packed(written.weights)}
    ours = classes_of({"models": [model]}, images)
    assert np.mean(ours.argmax(axis=1) == exact.argmax(axis=1)) >= 0.97
    away = np.abs(ours - exact).max(axis=1)
    assert 1e-6 < away.mean() < 0.015 and away.max() < 0.1


def test_a_small_network_has_16_bits():
    net = study(f=2, units=4)
    figure = play.augmentation(NOISE, NAMES[:3], models={"small": net}, class_names=NAMES)
    ours = classes_of(data_of(figure.page), NOISE)
    assert np.abs(ours - np.asarray(net(NOISE))).max() < 1e-4


@pytest.mark.parametrize("bits", [8, 9, 12, 16])
def test_kernels_of_fewer_bits(bits):
    """Whole numbers of so many bits with a scale for each filter; what is left out is 0."""
    net = keras.Sequential([keras.Input((6, 6, 2)), layers.Conv2D(3, 3), layers.Flatten()])
    kernel, bias = RNG.normal(size=(3, 3, 2, 3)).astype("float32"), np.float32([1, -2, 3])
    net.set_weights([kernel, bias])
    x = RNG.normal(size=(1, 6, 6, 2)).astype("float32")
    written = network.written(net, x, bits)
    high, low = np.frombuffer(written.weights[: 2 * kernel.size], "u1").reshape(2, -1)
    whole = (high.astype(np.int8).astype(int) << 8) + low
    most = 2 ** (bits - 1) - 1
    assert np.abs(whole // 2 ** (16 - bits)).max() == most
    assert not (whole % 2 ** (16 - bits)).any()
    step = np.abs(kernel).max(axis=(0, 1, 2)) / most
    rounded = np.round(kernel / step) * step
    net.set_weights([rounded, bias])
    ((*_, ours),) = volumes(written.layers, packed(written.weights), x)
    assert np.abs(ours - np.asarray(net(x)).ravel()).max() < 1e-4
    assert np.abs(rounded - kernel).max() <= 0.5001 * step.max()


def test_smaller_kernels_have_more_bits():
    """Half a bit for each halving of their size, and 16 at most."""
    stack = [layers.Dense(64), layers.Dense(4), layers.Dense(16)]
    net = keras.Sequential([keras.Input((64,)), *stack])
    for bits, expected in ((8, (8, 10, 11)), (12, (12, 14, 15)), (15, (15, 16, 16))):
        written = network.written(net, np.ones((1, 64)), bits)
        high, low = np.frombuffer(written.weights[: 2 * 4416], "u1").reshape(2, -1)
        kernels = np.split((high.astype(np.int8).astype(int) << 8) + low, [4096, 4352])
        for kernel, n in zip(kernels, expected, strict=True):
            assert np.abs(kernel).max() == 2 ** (16 - n) * (2 ** (n - 1) - 1)


# --- page and static twin ---------------------------------------------------------------------


def test_photographs_come_out_of_the_page_as_they_were():
    for images in (NOISE, OBLONG):
        data = data_of(play.augmentation(images, NAMES[: len(images)]).page)
        expression = """{
            return Array.from(restored(await unpacked(data.images), data.sides[1]));
        }"""
        found = javascript(expression, "bytes", "affine", data=data)
        assert np.array_equal(np.reshape(found, images.shape), images)
        assert (data["names"], data["models"]) == (NAMES[: len(images)], [])


def test_page_and_twin():
    net = study(f=2, units=4)
    models = {"without augmentation": net, "with": net}
    before = [w.copy() for w in net.get_weights()]
    figure = play.augmentation(
        NOISE, NAMES[:3], models=models, class_names=NAMES, fill="nearest",
        recipes={"flips": {"flip": True, "rotation": 0, "shift": 0, "zoom": 0, "fill": "nearest"}},
    )  # fmt: skip
    assert not re.search(r"https?:(?!//www\.w3\.org)|<link|@import|\b(import|fetch)\(", figure.page)
    data = data_of(figure.page)
    assert data["truth"] == [0, 1, 2] and data["fill"] == "nearest"
    assert [name for name, _ in data["recipes"]] == ["flips"]
    assert all(np.array_equal(a, b) for a, b in zip(before, net.get_weights(), strict=True))
    bundle, metadata = figure._repr_mimebundle_()
    assert sorted(bundle) == ["image/png", "text/html", "text/plain"]
    alt = metadata["image/png"]["alt"]
    assert "a photograph of class cat: no transform, flip" in alt
    true = np.asarray(net(NOISE))[range(3), range(3)].mean()
    assert f"these positions, with: {true:.2f}, " in alt
    assert overlapping(figure.figure) == []
    said = texts(figure.figure)
    assert "without augmentation: mean of 3 photographs, a dot for each" in said
    assert json.dumps(data)


def test_twins_of_one_photograph_and_of_no_networks():
    one = play.augmentation(
        OBLONG, ["cat"], models={"net": small((9, 14, 3))}, class_names=NAMES[:2]
    )
    assert "net" in texts(one.figure) and overlapping(one.figure) == []
    bare = play.augmentation(NOISE / 255, NAMES[:3])
    assert "probability" not in bare.figure.alt and overlapping(bare.figure) == []
    assert len(bare.page.encode()) < 60_000


# --- faults -----------------------------------------------------------------------------------


def small(shape=(32, 32, 3), classes=2, activation="softmax"):
    stack = [layers.GlobalAveragePooling2D(), layers.Dense(classes, activation)]
    return keras.Sequential([keras.Input(shape), *stack])


def plays(images=NOISE, titles=NAMES[:3], models=None, names=NAMES, **options):
    return lambda: play.augmentation(
        images, titles, models=models() if models else None, class_names=names, **options
    )


def large():
    return {"a large network": study(units=150)} | {"another": study(units=150)}


PAGES = {
    "gray images": plays(NOISE[..., 0]),
    "nine photographs": plays(np.repeat(NOISE, 3, axis=0), NAMES[:9]),
    "no photographs": plays(NOISE[:0], []),
    "large photographs": plays(np.zeros((1, 96, 96, 3), "uint8"), ["cat"]),
    "standardized photographs": plays(RNG.normal(size=(1, 32, 32, 3)), ["cat"]),
    "fewer titles": plays(titles=NAMES[:2]),
    "an unknown fill mode": plays(fill="wrap"),
    "networks without class names": plays(models=lambda: {"net": small()}, names=None),
    "a title that is no class": plays(titles=["cat", "dog", "car"], models=lambda: {"a": small()}),
    "three networks": plays(models=lambda: {name: small() for name in "abc"}),
    "other inputs": plays(models=lambda: {"net": small((28, 28, 3))}),
    "logits of a network": plays(
        models=lambda: {"net": small(classes=10, activation="linear")}
    ),
    "fewer classes than names": plays(models=lambda: {"net": small()}),
    "two large networks": plays(models=large),
    "no network": plays(models=lambda: {"net": "network"}),
}  # fmt: skip


@pytest.mark.parametrize("case", PAGES)
def test_fault_of_augmentation(case, fault):
    with pytest.raises(ValueError) as error:
        PAGES[case]()
    sentence = str(error.value)
    assert re.search(r"asked for|give |put a |fit together|need |no photographs", sentence)
    fault("playable figures", case, sentence)
