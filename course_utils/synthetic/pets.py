"""Animals in color: cats and dogs, and four others to pretrain on.

The figures are those of the synthetic CIFAR-10, before a scene that is independent of the class.
"""

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .base import Columns, Dice, Stream, both_parts, rows
from .figure import SIDE
from .objects import POSES
from .photographs import photographs
from .scenery import SCENES

CHUNK = 400  # images
LARGE = 3 * SIDE  # pixels a side of the images in files
OTHERS = ("bird", "deer", "frog", "horse")
PETS = ("cat", "dog")
SETS = {"animals": (OTHERS, (*SCENES,)), "pets": (PETS, ("room", "field"))}


def _chunk(names: Sequence[str], scenes: Sequence[str], stream: Stream) -> Columns:
    """Bytes: images (CHUNK, SIDE, SIDE, 3), labels and scenes (CHUNK,), boxes (CHUNK, 4)."""
    dice = Dice(stream, CHUNK)
    labels = dice.labels(len(names))
    scene = dice.rng.integers(len(scenes), size=CHUNK).astype(np.uint8)
    behind = np.array([[*SCENES].index(name) for name in scenes])[scene]
    poses = [POSES[name] for name in names]
    x, box = photographs(dice, labels, poses, lambda dice, label, rows: behind[rows])
    return {"x": x, "y": labels, "scene": scene, "box": box}


def draw(name: str, train: int, test: int, seed: int) -> dict[str, Any]:
    """`animals`: birds, deer, frogs and horses before any scene, neither cats nor dogs among them;
    `pets`: cats and dogs, each in a room or in a field with equal chance.

    `x_*` (n, 32, 32, 3) uint8, `y_*` and `scene_*` (n,) uint8, `scenes` the names of the scenes;
    `box_*` (n, 4) uint8, a box around the animal: left, top, right, bottom, in pixels.
    """
    chunk = partial(_chunk, *SETS[name])
    return {"scenes": SETS[name][1]} | both_parts(chunk, CHUNK, train, test, seed)


def images(count: int, seed: int, part: int) -> Columns:
    """Cats and dogs before any scene: what the files of one part (0 to 2) show."""
    return rows(partial(_chunk, PETS, [*SCENES]), CHUNK, count, seed, 100 + part)


def draw_files(train: int, test: int, seed: int) -> dict[str, Any]:
    """Cats and dogs before any scene, as JPEG files of 96 × 96 pixels in the layout of
    `cats_vs_dogs`: `x_*` names below `folder`, `y_*` labels, of train, validation and test.

    There are half as many validation as training images. The folder is temporary, and goes with
    the process.
    """
    from PIL import Image

    folder = Path(tempfile.mkdtemp(prefix="course-pets-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    arrays: dict[str, Any] = {"folder": folder}
    counts = {"train": train, "validation": -(-train // 2), "test": test}
    for part, (split, count) in enumerate(counts.items()):
        columns = images(count, seed, part)
        names = []
        for i, (image, label) in enumerate(zip(columns["x"], columns["y"], strict=True)):
            name = f"{split}/{PETS[label]}s/{PETS[label]}.{i}.jpg"
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            large = Image.fromarray(image).resize((LARGE, LARGE), Image.Resampling.BICUBIC)
            large.save(folder / name, "JPEG", quality=90)
            names.append(name)
        arrays[f"x_{split}"], arrays[f"y_{split}"] = np.array(names, str), columns["y"]
    return arrays
