"""Drawn pets and other animals: their form, their variety, scenes that say nothing of the class."""

import numpy as np
import pytest
from PIL import Image
from sklearn.linear_model import LogisticRegression

from course_utils import datasets
from course_utils.synthetic import GENERATED, STAND_INS, pets

SETS = {"animals": (pets.OTHERS, 8), "pets": (pets.PETS, 2)}


@pytest.mark.parametrize("name", SETS)
def test_form(name):
    names, scenes = SETS[name]
    drawn = GENERATED[name](500, 90, 0)
    for part, count in (("train", 500), ("test", 90)):
        images, labels, scene = (drawn[f"{key}_{part}"] for key in ("x", "y", "scene"))
        assert images.shape == (count, 32, 32, 3)
        assert {a.dtype for a in (images, labels, scene)} == {np.dtype("uint8")}
        assert set(labels) == set(range(len(names)))
        assert set(scene) == set(range(scenes)) and len(drawn["scenes"]) == scenes
    everything = [*drawn["x_train"], *drawn["x_test"]]
    assert len({image.tobytes() for image in everything}) == 590
    assert np.bincount(drawn["y_train"][:400]).tolist() == [400 // len(names)] * len(names)


@pytest.mark.parametrize("name", SETS)
def test_the_same_seed_draws_the_same_and_a_shorter_draw_is_its_beginning(name):
    long, short, other = (GENERATED[name](n, 10, seed) for n, seed in ((450, 3), (70, 3), (70, 4)))
    for key in ("x_train", "y_train", "scene_train", "box_train"):
        np.testing.assert_array_equal(long[key][:70], short[key])
        assert not np.array_equal(short[key], other[key])
    np.testing.assert_array_equal(long["x_test"], short["x_test"])
    assert GENERATED[name](0, 0, 0)["x_train"].shape == (0, 32, 32, 3)


def test_the_box_holds_the_animal():
    """There are more edges in the boxes than around them."""
    drawn = GENERATED["pets"](0, 400, 0)
    left, top, right, bottom = (edge[:, None, None] for edge in drawn["box_test"].T.astype(int))
    rows, columns = np.mgrid[:32, :32]
    inside = (left <= columns) & (columns < right) & (top <= rows) & (rows < bottom)
    assert 0.2 < inside.mean() < 0.7 and inside.any((1, 2)).all()
    # Edges of the picture are where a box ends that is cut off, never beyond.
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

    def read(what):
        model = LogisticRegression(C=0.1, max_iter=500)
        model.fit(coarse["train"], drawn[f"{what}_train"])
        return model.score(coarse["test"], drawn[f"{what}_test"])

    assert read("scene") > 0.8
    assert read("y") < 0.65


def test_the_stand_in_is_a_folder_of_pictures(capsys):
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


def test_class_names_of_the_cards_are_the_generators():
    cards = {name: datasets.load(name, train=1, test=1).class_names for name in SETS}
    assert cards == {name: names for name, (names, _) in SETS.items()}
