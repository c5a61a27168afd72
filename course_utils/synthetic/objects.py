"""Small colored objects and animals: the synthetic stand-in for CIFAR-10, its classes and poses.

The scene behind a figure is only loosely tied to what is shown.
"""

from functools import partial
from typing import Any

import numpy as np

from . import animals, creatures, faces, vehicles
from .base import Array, Columns, Dice, Stream, both_parts, tables
from .photographs import Pose, photographs
from .scenery import SCENES

CHUNK = 500  # images, 50 of each class: balanced as the real set is
BY_CHANCE = 0.25  # of the scenes, whatever the class
MODULES = {"animals": animals, "creatures": creatures, "faces": faces, "vehicles": vehicles}


def _pose(weight: int, tilt: float, draw: str, grounded: bool = True, **options: Any) -> Pose:
    module, function = draw.split(".")
    return Pose(weight, tilt, partial(getattr(MODULES[module], function), **options), grounded)


CLASSES = tables("objects")
POSES = {name: [_pose(**pose) for pose in kind["poses"]] for name, kind in CLASSES.items()}


def _scene(dice: Dice, label: int, rows: Array) -> Array:
    """A scene for each figure of a class, by its number."""
    tied = np.array([*CLASSES.values()][label]["scenes"], float)
    return dice.weighted(BY_CHANCE / len(SCENES) + (1 - BY_CHANCE) * tied / tied.sum())


def _chunk(stream: Stream) -> Columns:
    """Images `x` (CHUNK, 32, 32, 3) uint8 in RGB, labels `y` (CHUNK,) uint8."""
    dice = Dice(stream, CHUNK)
    labels = dice.labels(len(POSES))
    x, _ = photographs(dice, labels, [*POSES.values()], _scene)
    return {"x": x, "y": labels}


draw = partial(both_parts, _chunk, CHUNK)
