"""Drawn animals in colour: cats and dogs, and four others to learn to see from.

The figures are those of the drawn CIFAR-10, before a scene that says nothing about the class.
"""

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .brush import SIDE, Dice
from .objects import CLASSES, developed, pictures
from .scenery import SCENES

CHUNK = 400  # images of one random stream
LARGE = 3 * SIDE  # pixels a side of the pictures in files
OTHERS = ("bird", "deer", "frog", "horse")
PETS = ("cat", "dog")


def _chunk(names: Sequence[str], scenes: Sequence[str], stream: list[int]) -> tuple:
    """Bytes: images (CHUNK, SIDE, SIDE, 3), labels and scenes (CHUNK,), boxes (CHUNK, 4)."""
    rng = np.random.default_rng(stream)
    labels = rng.permutation(np.arange(CHUNK) % len(names)).astype(np.uint8)
    scene = rng.integers(len(scenes), size=CHUNK).astype(np.uint8)
    number = np.array([[*SCENES].index(name) for name in scenes])[scene]
    poses = {name: drawn for name, _, drawn in CLASSES}
    canvas, box = pictures(
        rng, labels, [poses[name] for name in names], lambda dice, label, rows: number[rows]
    )
    box = np.concatenate([np.floor(box[:, 0]), np.ceil(box[:, 1])], axis=1).clip(0, SIDE)
    return developed(Dice(rng, CHUNK), canvas), labels, scene, box.astype(np.uint8)


def _part(count: int, seed: int, part: int, names: Sequence[str], scenes: Sequence[str]) -> tuple:
    chunks = range(-(-count // CHUNK))
    columns = zip(*(_chunk(names, scenes, [seed, part, i]) for i in chunks), strict=True)
    empty = tuple(np.empty((0, *shape), np.uint8) for shape in ((SIDE, SIDE, 3), (), (), (4,)))
    return tuple(np.concatenate(c)[:count] for c in columns) or empty


def _both(
    train: int, test: int, seed: int, names: Sequence[str], scenes: Sequence[str]
) -> dict[str, Any]:
    arrays: dict[str, Any] = {"scenes": tuple(scenes)}
    for part, count in enumerate((train, test)):
        of = ("train", "test")[part]
        columns = _part(count, seed, part, names, scenes)
        for key, column in zip(("x", "y", "scene", "box"), columns, strict=True):
            arrays[f"{key}_{of}"] = column
    return arrays


def draw_animals(train: int, test: int, seed: int) -> dict[str, Any]:
    """Birds, deer, frogs and horses before any scene: `x_*` (n, 32, 32, 3) uint8, `y_*` and
    `scene_*` (n,) uint8, `scenes` the names of the scenes; `box_*` (n, 4) uint8, the edges of a box
    around the animal: left, top, right, bottom, in pixels.

    Neither cats nor dogs are among them. The first rows of a longer draw are the shorter draw.
    """
    return _both(train, test, seed, OTHERS, [*SCENES])


def draw_pets(train: int, test: int, seed: int) -> dict[str, Any]:
    """Cats and dogs, each in a room or in a field with equal chance, as `draw_animals`."""
    return _both(train, test, seed, PETS, ["room", "field"])


def draw_files(train: int, test: int, seed: int) -> dict[str, Any]:
    """Cats and dogs before any scene, as JPEG files of 96 × 96 pixels in the layout of
    `cats_vs_dogs`: `x_*` names below `folder`, `y_*` labels, of train, validation and test.

    There are half as many pictures to validate as to train. The folder is temporary, and goes with
    the process.
    """
    from PIL import Image

    folder = Path(tempfile.mkdtemp(prefix="course-pets-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    arrays: dict[str, Any] = {"folder": folder}
    counts = {"train": train, "validation": -(-train // 2), "test": test}
    for part, (split, count) in enumerate(counts.items()):
        images, labels, *_ = _part(count, seed, 100 + part, PETS, [*SCENES])
        names = []
        for i, (image, label) in enumerate(zip(images, labels, strict=True)):
            name = f"{split}/{PETS[label]}s/{PETS[label]}.{i}.jpg"
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            large = Image.fromarray(image).resize((LARGE, LARGE), Image.Resampling.BICUBIC)
            large.save(folder / name, "JPEG", quality=90)
            names.append(name)
        arrays[f"x_{split}"], arrays[f"y_{split}"] = np.array(names, str), labels
    return arrays
