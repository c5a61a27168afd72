"""The synthetic CIFAR-10, cats and dogs: what they show is what their labels say."""

import numpy as np
import pytest
from PIL import Image

from course_utils import datasets
from course_utils.synthetic import GENERATED, STAND_INS, objects
from course_utils.synthetic.photographs import Pose

OBJECTS = datasets.CARDS["cifar10"].class_names


@pytest.fixture(scope="module")
def some():
    return STAND_INS["cifar10"](2_000, 1_000, 0)


@pytest.fixture(scope="module")
def other():
    """As many to train on, of another seed."""
    return STAND_INS["cifar10"](2_000, 1, 1)


def outlines(images: np.ndarray) -> np.ndarray:
    """How strong edges of each direction are in each eighth of a picture: (n, 8, 8, 8)."""
    grey = images.astype(np.float32).mean(-1) / 255
    down, across = np.gradient(grey, axis=(1, 2))
    direction = np.floor((np.arctan2(down, across) / np.pi + 1) * 3.999).astype(int)
    strength = np.hypot(down, across)[..., None] * (direction[..., None] == np.arange(8))
    cells = strength.reshape(-1, 8, 4, 8, 4, 8).sum((2, 4))
    return np.sqrt(cells / (cells.sum((1, 2, 3), keepdims=True) + 1e-6))


def test_photographs_by_their_numbers(some):
    images = some["x_train"] / 255
    assert (abs(images.mean((0, 1, 2)) - 0.5) < 0.06).all()  # CIFAR-10: 0.49, 0.48, 0.45
    assert (abs(images.std((0, 1, 2)) - 0.23) < 0.04).all()  # CIFAR-10: 0.25, 0.24, 0.26
    assert np.quantile(images.std((1, 2)).mean(1), 0.001) > 0.02, "an empty picture"
    assert 0.02 < (np.ptp(images, axis=-1).max((1, 2)) < 0.2).mean() < 0.15, "the grey ones"
    colours = images.mean((1, 2))
    assert (np.quantile(colours, 0.95, 0) - np.quantile(colours, 0.05, 0) > 0.35).all()


def test_poses_belong_to_their_class():
    assert (*objects.POSES,) == OBJECTS
    families = {"bird": {"bird", "flying"}, "frog": {"frog", "frog_face", "frog_above"}}
    for name, poses in objects.POSES.items():
        for pose in poses:
            named = pose.draw.keywords.get("name")
            assert named == name or pose.draw.func.__name__ in families.get(name, {name})


@pytest.mark.parametrize("label", [0, 9])
def test_labels_say_what_is_drawn(monkeypatch, some, label):
    """With one class drawn as a red square, the images with that label show one; no others do."""

    def square(figure):
        red = np.array([[1.0, 0.02, 0.02]])
        figure.polygon(red, [(-1, -1), (-1, 1), (1, 1), (1, -1)])

    def redness(images):
        middle = images[:, 14:18, 14:18].astype(float).mean((1, 2))
        return middle[:, 0] / (middle.sum(1) + 1)

    monkeypatch.setitem(objects.POSES, OBJECTS[label], [Pose(1, 0.0, square)])
    shown, labels = STAND_INS["cifar10"](500, 1, 0)["x_train"], some["y_train"][:500]
    red = redness(shown) > 0.6
    assert red[labels == label].mean() > 0.75  # some are grey, some hidden
    assert red[labels != label].mean() < 0.1


def test_mean_color_gives_little_away(some, other):
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(100, min_samples_leaf=8, random_state=0)
    forest.fit(other["x_train"].mean((1, 2)), other["y_train"])
    score = forest.score(some["x_train"].mean((1, 2)), some["y_train"])
    assert 0.12 < score < 0.21  # the scenes are tied to the classes, but loosely


def test_too_hard_for_a_linear_model_on_pixels_but_outlines_tell(some, other):
    from sklearn.decomposition import PCA
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.pipeline import make_pipeline

    def right(features):
        classifier = make_pipeline(PCA(100, random_state=0), LinearDiscriminantAnalysis())
        classifier.fit(features(other["x_train"]).reshape(2_000, -1), other["y_train"])
        predicted = classifier.predict(features(some["x_train"]).reshape(2_000, -1))
        return [(predicted == k)[some["y_train"] == k].mean() for k in range(10)]

    pixels = np.mean(right(lambda images: images / np.float32(255)))
    shapes = right(outlines)
    assert 0.18 < pixels < 0.33, pixels
    assert np.mean(shapes) > pixels + 0.1 and min(shapes) > 0.2, shapes


def test_flipped_images_look_alike(some):
    """Left and right are drawn equally often, so that flipping is a fair augmentation."""
    images = np.concatenate([some["x_train"], some["x_test"]])
    labels = np.concatenate([some["y_train"], some["y_test"]])
    for label, name in enumerate(OBJECTS):
        seen = images[labels == label]
        change = outlines(seen) - outlines(seen[:, :, ::-1])
        score = change.mean(0) / (change.std(0) / np.sqrt(len(change)) + 1e-6)
        assert abs(score).max() < 5.5, name


@pytest.mark.slow
def test_convolution_beats_dense_layers(some):
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    known = STAND_INS["cifar10"](4_000, 1, 2)
    dense = [layers.Flatten(), layers.Dense(256, activation="relu")]
    convolution = [
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
    ]
    scores = []
    for body in (dense, convolution):
        network = keras.Sequential(
            [keras.Input((32, 32, 3)), *body, layers.Dropout(0.4), layers.Dense(10, "softmax")]
        )
        network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        network.fit(known["x_train"] / np.float32(255), known["y_train"], 64, 10, verbose=0)
        scores.append(network.evaluate(some["x_test"] / np.float32(255), some["y_test"],
                                       verbose=0)[1])  # fmt: skip
    assert scores[1] > scores[0] + 0.08, scores


# --- animals -------------------------------------------------------------------------------------


def test_the_box_holds_the_animal():
    """There are more edges in the boxes than around them."""
    drawn = GENERATED["pets"](1, 400, 0)
    left, top, right, bottom = (edge[:, None, None] for edge in drawn["box_test"].T.astype(int))
    rows, columns = np.mgrid[:32, :32]
    inside = (left <= columns) & (columns < right) & (top <= rows) & (rows < bottom)
    assert 0.2 < inside.mean() < 0.7 and inside.any((1, 2)).all()
    # Edges of the image are where a box ends that is cut off, never beyond.
    assert (left < right).all() and (top < bottom).all() and bottom.max() <= 32 >= right.max()
    grey = drawn["x_test"].astype(float).mean(-1)
    edges = np.hypot(*np.gradient(grey, axis=(1, 2)))
    assert edges[inside].mean() > 1.5 * edges[~inside].mean()


def test_the_scene_says_nothing_of_the_class_but_can_be_seen():
    drawn = GENERATED["pets"](800, 800, 0)
    cats_in_rooms = np.mean(drawn["scene_test"][drawn["y_test"] == 0] == 0)
    dogs_in_rooms = np.mean(drawn["scene_test"][drawn["y_test"] == 1] == 0)
    assert abs(cats_in_rooms - dogs_in_rooms) < 0.1
    # Blocks of 4 x 4 pixels, averaged: enough to see a scene, hardly enough to see an animal.
    coarse = {
        part: drawn[f"x_{part}"].reshape(-1, 8, 4, 8, 4, 3).mean((2, 4)).reshape(800, -1) / 255
        for part in ("train", "test")
    }

    from sklearn.linear_model import LogisticRegression

    def accuracy(what):
        model = LogisticRegression(C=0.1, max_iter=500)
        model.fit(coarse["train"], drawn[f"{what}_train"])
        return model.score(coarse["test"], drawn[f"{what}_test"])

    assert accuracy("scene") > 0.8
    assert accuracy("y") < 0.65


def test_the_stand_in_is_a_folder_of_images(capsys):
    data = datasets.load("cats_vs_dogs", "synthetic", train=20, test=6)
    assert data.source == "synthetic" and data.class_names == ("cat", "dog")
    assert capsys.readouterr().out.startswith("Cats vs dogs: synthetic, 20 + 6 images, as asked")
    parts = {
        "train": (20, data.x_train, data.y_train),
        "validation": (10, data.extras["x_validation"], data.extras["y_validation"]),
        "test": (6, data.x_test, data.y_test),
    }
    for part, (count, names, labels) in parts.items():
        assert len(names) == len(labels) == len(set(names)) == count
        for name, label in zip(names, labels, strict=True):
            assert name.startswith(f"{part}/{('cats', 'dogs')[label]}/")
            with Image.open(data.extras["folder"] / name) as image:
                assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (96, 96))
    again = STAND_INS["cats_vs_dogs"](20, 6, 0)
    assert again["folder"] != data.extras["folder"]
    for name in data.x_train:
        first, second = (folder / name for folder in (data.extras["folder"], again["folder"]))
        assert first.read_bytes() == second.read_bytes()


def test_the_files_show_something_and_as_many_cats_as_dogs():
    drawn = STAND_INS["cats_vs_dogs"](400, 1, 0)
    with Image.open(drawn["folder"] / drawn["x_train"][0]) as image:
        assert np.asarray(image).std() > 10
    assert np.bincount(drawn["y_train"]).tolist() == [200, 200]


def test_every_animal_is_before_every_scene():
    data = GENERATED["animals"](400, 1, 0)
    assert len(data["scenes"]) == 8 and GENERATED["pets"](1, 1, 0)["scenes"] == ("room", "field")
    seen = np.unique(np.stack([data["y_train"], data["scene_train"]]), axis=1)
    assert seen.shape[1] == 4 * 8
