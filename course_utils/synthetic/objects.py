"""Small colored objects and animals: the synthetic stand-in for CIFAR-10, its classes and poses.

The scene behind a figure is only loosely tied to what is shown.
"""

from functools import partial
from typing import Any

import numpy as np

from . import animals, creatures, faces, vehicles
from .base import Dice, Stream, both_parts
from .photographs import Pose, photographs
from .scenery import SCENES

CHUNK = 500  # images, 50 of each class: balanced as the real set is
BY_CHANCE = 0.25  # of the scenes, whatever the class


def _animal(name: str, **poses: int) -> list[Pose]:
    """Poses by name, each with its weight."""
    drawn = {
        "walking": (0.08, animals.walking, True),
        "profile": (0.12, animals.profile, False),
        "portrait": (0.12, faces.portrait, False),
        "sitting": (0.12, faces.sitting, True),
        "lying": (0.12, faces.lying, True),
    }
    return [
        Pose(weight, tilt, partial(figure, name=name), grounded)
        for pose, weight in poses.items()
        for tilt, figure, grounded in [drawn[pose]]
    ]


# The classes in their order: how often each scene (sky sea field street room leaves ground plain)
# is behind one where it is not left to chance, and the poses.
CLASSES: dict[str, tuple[str, list[Pose]]] = {
    "airplane": ("4 1 1 1 0 0 1 2", [
        Pose(weight, 0.2, partial(vehicles.airplane, kind=kind), False)
        for kind, weight in (("liner", 4), ("jet", 3), ("prop", 3))]),
    "automobile": ("0 1 1 4 1 0 2 1", [
        Pose(6, 0.06, vehicles.automobile),
        Pose(3, 0.06, partial(vehicles.automobile, rear=True))]),
    "bird": ("2 1 2 0 0 3 1 1", [
        Pose(6, 0.12, creatures.bird),
        Pose(3, 0.3, creatures.flying, False)]),
    "cat": ("0 0 1 1 4 1 1 2", _animal("cat", walking=3, portrait=3, sitting=2, lying=2)),
    "deer": ("0 0 4 0 0 4 1 1", _animal("deer", walking=6, portrait=3, profile=1)),
    "dog": ("0 0 2 1 3 1 2 1", _animal("dog", walking=4, portrait=3, sitting=2, lying=1)),
    "frog": ("0 1 1 0 1 4 2 1", [
        Pose(5, 0.15, creatures.frog),
        Pose(3, 0.12, creatures.frog_face),
        Pose(2, 1.2, creatures.frog_above)]),
    "horse": ("0 0 4 1 0 2 2 1", _animal("horse", walking=7, portrait=1, profile=2)),
    "ship": ("1 6 0 0 0 0 1 2", [
        Pose(7, 0.05, vehicles.ship),
        Pose(4, 0.06, partial(vehicles.ship, sails=True))]),
    "truck": ("0 0 2 4 0 0 2 2", [
        Pose(6, 0.05, vehicles.truck),
        Pose(3, 0.05, partial(vehicles.truck, rear=True))]),
}  # fmt: skip


def _scene(dice: Dice, label: int, rows: np.ndarray) -> np.ndarray:
    """A scene for each figure of a class, by its number."""
    tied = np.array([*CLASSES.values()][label][0].split(), float)
    return dice.weighted(BY_CHANCE / len(SCENES) + (1 - BY_CHANCE) * tied / tied.sum())


def _chunk(stream: Stream) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(stream)
    labels = rng.permutation(np.arange(CHUNK) % len(CLASSES)).astype(np.uint8)
    x, _ = photographs(rng, labels, [poses for _, poses in CLASSES.values()], _scene)
    return {"x": x, "y": labels}


def draw(train: int, test: int, seed: int) -> dict[str, Any]:
    """`x_*` (n, 32, 32, 3) uint8 in RGB, `y_*` (n,) uint8, the classes in the card's order."""
    return both_parts(_chunk, CHUNK, train, test, seed)
