"""The drawn stand-in for CIFAR-10: ten kinds of small coloured objects and animals.

Each picture is a figure in one of several poses, mirrored, tilted, near or far, some cut by the
border, before a cluttered backdrop that is only loosely tied to what is shown.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import NamedTuple

import numpy as np

from . import animals, creatures, faces, vehicles
from .brush import SIDE, Dice, Figure, Part, circle, exact, paint, turned
from .scenery import SCENES, backdrop, clutter, foreground, noise

CHUNK = 500  # images of one random stream, 50 of each class: balanced as the real set is
BY_CHANCE = 0.25  # of the backdrops, whatever the class


class Pose(NamedTuple):
    weight: int  # how often, among the poses of its class
    tilt: float  # standard deviation, radians
    draw: Callable[[Dice], Figure]
    grounded: bool = True  # throws a shadow below itself


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
CLASSES: tuple[tuple[str, str, list[Pose]], ...] = (
    ("airplane", "4 1 1 1 0 0 1 2", [
        Pose(weight, 0.2, partial(vehicles.airplane, kind=kind), False)
        for kind, weight in (("liner", 4), ("jet", 3), ("prop", 3))]),
    ("automobile", "0 1 1 4 1 0 2 1", [
        Pose(6, 0.06, vehicles.automobile),
        Pose(3, 0.06, partial(vehicles.automobile, rear=True))]),
    ("bird", "2 1 2 0 0 3 1 1", [
        Pose(6, 0.12, creatures.bird),
        Pose(3, 0.3, creatures.flying, False)]),
    ("cat", "0 0 1 1 4 1 1 2", _animal("cat", walking=3, portrait=3, sitting=2, lying=2)),
    ("deer", "0 0 4 0 0 4 1 1", _animal("deer", walking=6, portrait=3, profile=1)),
    ("dog", "0 0 2 1 3 1 2 1", _animal("dog", walking=4, portrait=3, sitting=2, lying=1)),
    ("frog", "0 1 1 0 1 4 2 1", [
        Pose(5, 0.15, creatures.frog),
        Pose(3, 0.12, creatures.frog_face),
        Pose(2, 1.2, creatures.frog_above)]),
    ("horse", "0 0 4 1 0 2 2 1", _animal("horse", walking=7, portrait=1, profile=2)),
    ("ship", "1 6 0 0 0 0 1 2", [
        Pose(7, 0.05, vehicles.ship),
        Pose(4, 0.06, partial(vehicles.ship, sails=True))]),
    ("truck", "0 0 2 4 0 0 2 2", [
        Pose(6, 0.05, vehicles.truck),
        Pose(3, 0.05, partial(vehicles.truck, rear=True))]),
)  # fmt: skip


@cache
def _scene_weights() -> np.ndarray:
    """How often each scene (columns) is behind each class (rows)."""
    tied = np.array([row.split() for _, row, _ in CLASSES], float)
    return BY_CHANCE / len(SCENES) + (1 - BY_CHANCE) * tied / tied.sum(1, keepdims=True)


def _drawn_by(dice: Dice, weights: Sequence[float]) -> np.ndarray:
    """Numbers (n,) drawn with these weights (k,)."""
    bounds = np.cumsum(weights)
    return (dice.flat(0, 1, 1) * bounds[-1] >= bounds[:-1]).sum(1)


def _framed(figure: Figure, tilt: float) -> tuple[list[Part], np.ndarray]:
    """Its parts in pixels: mirrored, tilted, resized and placed; and its box (n, 2, 2)."""
    dice, n = figure.dice, figure.n
    mirrored, tilt = dice.chance(0.5)[:, None, None, None] > 0, dice.bell(tilt)
    squeeze = np.stack([np.ones(n), dice.flat(0.88, 1.14)], -1)[:, None, None]
    parts, low, high = [], np.full((n, 2), np.inf), np.full((n, 2), -np.inf)
    for part in figure.parts:
        points = part.outlines * squeeze
        # The other way round too, so that a face seen from in front remains one.
        points = turned(np.where(mirrored, points[:, :, ::-1] * (-1, 1), points), tilt)
        there = part.alpha[:, None] > 0
        low = np.where(there, np.minimum(low, points.min((1, 2))), low)
        high = np.where(there, np.maximum(high, points.max((1, 2))), high)
        parts.append(part._replace(outlines=points))
    extent = high - low
    near = dice.chance(0.15)
    size = np.where(near > 0, dice.flat(31, 40), 19 + 12 * exact(dice.flat(0, 1) ** 0.6))
    scale = (size / np.maximum(extent.max(1), 1.1 * extent.min(1)))[:, None]
    room = 0.35 * np.maximum(SIDE - extent * scale, 0) + 1.5 + 2.5 * near[:, None]
    middle = SIDE / 2 + room * np.clip(dice.bell(0.5, 2), -1, 1)
    shift = middle - (low + high) / 2 * scale
    parts = [
        part._replace(outlines=part.outlines * scale[:, None, None] + shift[:, None, None])
        for part in parts
    ]
    return parts, np.stack([low * scale + shift, high * scale + shift], 1)


def _shadow(dice: Dice, box: np.ndarray) -> Part:
    """A dark patch on the ground."""
    low, high = box[:, 0], box[:, 1]
    half = np.stack([(high - low)[:, 0] * 0.45, dice.flat(0.8, 2.0)], -1)
    middle = np.stack([(low + high)[:, 0] / 2 + dice.bell(1.5), high[:, 1] - 0.5], -1)
    ring = circle(16) * half[:, None] + middle[:, None]
    return Part(ring[:, None], np.full_like(half[:, [0, 0, 0]], 0.08), dice.flat(-0.1, 0.6).clip(0))


def _light(dice: Dice, parts: list[Part], canvas: np.ndarray) -> np.ndarray:
    """What falls on a figure (n, SIDE, SIDE): brighter on one side, uneven as fur or rust."""
    light = dice.flat(0.75, 1.2)
    # What would vanish before its backdrop is lit more, or less.
    tone = sum(part.colour.sum(1) for part in parts) / (3 * len(parts))
    behind = exact(canvas[:, 8:24, :, 8:24].mean((1, 2, 3), np.float64))
    lost = np.abs(tone * light - behind) < 0.1
    light = np.where(lost, light * np.where(behind > 0.45, 0.6, 1.5), light)
    across = dice.bell(0.2)[:, None] * (np.arange(SIDE) - 15.5) / 16
    rough = dice.flat(0.05, 0.3, 1, 1).astype(np.float32)
    fur = rough * (noise(dice, 16, 16) + np.float32(0.6) * noise(dice, SIDE, SIDE))
    return (light[:, None] + across).astype(np.float32)[:, None] + fur


def _picture(dice: Dice, pose: Pose, scene: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """n pictures (n, SIDE, 3, SIDE), 0 to 1, of one pose before the scenes numbered (n,).

    Also the boxes (n, 2, 2) around the figures: left and top, right and bottom, in pixels.
    """
    canvas, horizon = backdrop(dice, scene)
    even, flat = np.ones((dice.n, SIDE, SIDE), np.float32), np.zeros(dice.n)
    paint(canvas, clutter(dice, horizon), even, dice.flat(0, 0.5))
    parts, box = _framed(pose.draw(dice), pose.tilt)
    light = _light(dice, parts, canvas)
    if pose.grounded:
        paint(canvas, [_shadow(dice, box)], even, flat)
    paint(canvas, parts, light, dice.flat(0, 0.6))
    paint(canvas, foreground(dice), even, flat)
    return canvas, box


def developed(dice: Dice, canvas: np.ndarray) -> np.ndarray:
    """Photographs (n, SIDE, SIDE, 3) uint8, each with its own softness, colours and grain."""

    def each(values: np.ndarray) -> np.ndarray:
        return values.astype(np.float32).reshape(dice.n, 1, -1, 1)

    soft = each(dice.flat(-0.15, 0.22).clip(0))
    for axis in (1, 3):
        wide = np.concatenate([canvas.take([0], axis), canvas, canvas.take([SIDE - 1], axis)], axis)
        before, after = (wide.take(np.arange(k, k + SIDE), axis) for k in (0, 2))
        canvas = canvas + soft * (before + after - 2 * canvas)
    grey = (canvas[:, :, :1] + canvas[:, :, 1:2] + canvas[:, :, 2:]) / np.float32(3)
    vivid = each(dice.flat(0.6, 1.3) * (1 - dice.chance(0.05)))  # some are grey
    canvas = grey + vivid * (canvas - grey)
    cast = each(1 + dice.bell(0.06, 3) + dice.bell(0.12, 1))
    contrast, bright = each(dice.flat(0.8, 1.2)), each(0.5 + dice.bell(0.07))
    canvas = (canvas * cast - np.float32(0.5)) * contrast + bright
    grain = each(dice.flat(0.01, 0.08))
    canvas += grain * (dice.rng.random(canvas.shape, np.float32) - np.float32(0.5))
    return np.rint(255 * np.clip(canvas, 0, 1)).astype(np.uint8).transpose(0, 1, 3, 2)


def pictures(
    rng: np.random.Generator, labels: np.ndarray, poses: Sequence[Sequence[Pose]],
    scene: Callable[[Dice, int, np.ndarray], np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Pictures (n, SIDE, 3, SIDE), 0 to 1, of the classes `labels` (n,), each in one of the `poses`
    of its class; and the boxes (n, 2, 2) around the figures, as of one picture.

    `scene`: the numbers of the scenes behind, of the dice, the class and the rows that are drawn.
    """
    canvas, box = np.empty((len(labels), SIDE, 3, SIDE), np.float32), np.empty((len(labels), 2, 2))
    for label, of_class in enumerate(poses):
        here = np.flatnonzero(labels == label)
        chosen = _drawn_by(Dice(rng, len(here)), [pose.weight for pose in of_class])
        for i, pose in enumerate(of_class):
            rows = here[chosen == i]
            if len(rows):
                dice = Dice(rng, len(rows))
                canvas[rows], box[rows] = _picture(dice, pose, scene(dice, label, rows))
    return canvas, box


def _chunk(seed: int, part: int, number: int) -> tuple[np.ndarray, np.ndarray]:
    """One chunk: images (CHUNK, SIDE, SIDE, 3) uint8 and labels (CHUNK,) uint8."""
    rng = np.random.default_rng([seed, part, number])
    labels = rng.permutation(np.arange(CHUNK) % len(CLASSES)).astype(np.uint8)
    canvas, _ = pictures(
        rng, labels, [poses for *_, poses in CLASSES],
        lambda dice, label, rows: _drawn_by(dice, _scene_weights()[label]),
    )  # fmt: skip
    return developed(Dice(rng, CHUNK), canvas), labels


def _part(count: int, seed: int, part: int) -> tuple[np.ndarray, np.ndarray]:
    images = np.empty((count, SIDE, SIDE, 3), np.uint8)
    labels = np.empty(count, np.uint8)
    for number, begin in enumerate(range(0, count, CHUNK)):
        keep = min(CHUNK, count - begin)
        x, y = _chunk(seed, part, number)
        images[begin : begin + keep], labels[begin : begin + keep] = x[:keep], y[:keep]
    return images, labels


def draw(train: int, test: int, seed: int) -> dict[str, np.ndarray]:
    """Draw `train` + `test` pictures: `x_*` (n, 32, 32, 3) uint8 in RGB, `y_*` (n,) uint8, which
    number the classes in the order of the card.

    The same seed gives the same pictures; the first rows of a longer draw are the shorter draw, for
    each part by itself.
    """
    x_train, y_train = _part(train, seed, 0)
    x_test, y_test = _part(test, seed, 1)
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
