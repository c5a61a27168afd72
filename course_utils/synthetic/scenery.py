"""What is behind and before a drawn object: skies, water, fields, streets, rooms, clutter."""

from functools import cache
from typing import NamedTuple

import numpy as np

from .base import Dice, exact
from .figure import SIDE, Figure, Part, circle, turned

SKY = "7fb2e5 a9cdea cfe3ef e8edf0 5b86b8 f0d2b0 e9b48c 6d7891 9aa6b3 c3c9cf 3c5f96 bfa3b8"
WOODS = "2f4a24 47653a 5d7a3f 6f6b45 3d4a3a 7d8a5a 8a6a3a 55604e 29352a"
GRASS = "5e8a3a 7fa84c 94a65a b3a768 a08a58 4d6b34 c2b98a 6f7d4f"
WATER = "3f6f8f 5a8aa6 7ba3b0 2d4f66 4f7f7a 8fa9b5 2f6d84 a9b8b4 6b7f86"
ROADS = "7b7b7d 98958f 5d5f63 b4afa6 8c8474 a7a29d 6e675d"
TOWN = "a39b90 8a7a6c c2b8a8 6c6f78 9c5f4b d2cabd 7d8894 b58f6a"
WALLS = "d8cfc0 b9a78e e6e2da a8b4ba 8c6f5a c9a8a0 93a08a 6a5f66 cdbfa0 4d4a50 b35f55 7f96b0"
FLOORS = "8a6545 b08a62 c6bdb0 6b5a52 9a9a98 d9cfc4 4f3f38 a3574a 5f6f7f"
EARTH = "b59b74 cdb994 8c7456 e4e2dc a99a86 6f6048 c7cdd2 937f66 78804f"
PLAIN = "f4f4f2 e4e0da 22252a c3c8cc 8f979e d9c3a5 4a5a6e a9745c 6f8f6a b8a6c4 5a3f3f 2f4f4a"
# Clutter may have any color.
THINGS = f"{TOWN} {WOODS} {WALLS} {ROADS} d94f3d e8c33f 3f6fc0 f2f2ee 2a2a2e"
GRIDS = ((32, 32), (16, 16), (5, 5), (32, 4))  # rows and columns of each texture's cells


class Scene(NamedTuple):
    """Three layers, one below the other: their colors; where the upper two end."""

    above: str
    between: str
    below: str
    ends: tuple[float, float]  # the horizon, in pixels from the top
    reach: tuple[float, float]  # how far the layer between rises above it
    rough: float  # of its upper edge, in pixels
    airy: tuple[float, ...]  # how loud each texture is, above
    earthy: tuple[float, ...]  # and below


CALM = (0.05, 0.1, 0.4, 0.15)
SCENES = {
    "sky": Scene(SKY, SKY, SKY, (20, 40), (0, 6), 2, CALM, CALM),
    "sea": Scene(SKY, f"{WOODS} {TOWN}", WATER, (8, 22), (0, 3), 2, CALM, (0.15, 0.15, 0.2, 0.7)),
    "field": Scene(SKY, WOODS, GRASS, (8, 22), (0, 8), 4, CALM, (0.5, 0.4, 0.3, 0.2)),
    "street": Scene(SKY, f"{TOWN} {WOODS}", ROADS, (13, 25), (3, 16), 6, CALM,
                    (0.2, 0.1, 0.3, 0.3)),
    "room": Scene(WALLS, f"{TOWN} {WALLS}", FLOORS, (16, 30), (0, 14), 6, (0.1, 0.2, 0.4, 0.1),
                  (0.2, 0.2, 0.3, 0.5)),
    "leaves": Scene(f"{WOODS} {GRASS}", WOODS, f"{WOODS} {GRASS}", (12, 30), (0, 10), 5,
                    (0.7, 0.7, 0.5, 0.1), (0.7, 0.7, 0.4, 0.1)),
    "ground": Scene(EARTH, EARTH, EARTH, (4, 24), (0, 6), 3, (0.4, 0.4, 0.5, 0.1),
                    (0.5, 0.4, 0.4, 0.2)),
    "plain": Scene(PLAIN, PLAIN, PLAIN, (20, 34), (0, 4), 1, CALM, CALM),
}  # fmt: skip


@cache
def _stretch(cells: int) -> np.ndarray:
    """Weights (SIDE, cells) that spread a row of cells smoothly over the picture."""
    at = np.linspace(0, cells - 1, SIDE)
    low = np.minimum(at.astype(int), cells - 2)
    part = at - low
    part = np.rint(part * part * (3 - 2 * part) * 32) / 32  # so that every sum of them is exact
    weights = np.zeros((SIDE, cells), np.float32)
    weights[np.arange(SIDE), low] = 1 - part
    weights[np.arange(SIDE), low + 1] += part
    return weights


def noise(dice: Dice, rows: int, columns: int) -> np.ndarray:
    """Smooth noise (n, SIDE, SIDE) float32, -0.5 to 0.5, of so many cells."""
    grid = dice.rng.integers(0, 256, (dice.n, rows, columns)).astype(np.float32)
    if rows < SIDE:
        grid = _stretch(rows) @ grid
    if columns < SIDE:
        grid = grid @ _stretch(columns).T
    return grid * np.float32(1 / 256) - np.float32(0.5)


def _skyline(dice: Dice) -> np.ndarray:
    """Heights (n, SIDE), about -1 to 1: hills for some, houses for others."""
    hills = noise(dice, 2, 6)[:, 0] + noise(dice, 2, 16)[:, 0] / 2
    houses = dice.flat(-0.5, 0.5, 9)
    wide = dice.rng.integers(3, 9, (dice.n, 1))
    houses = np.take_along_axis(houses, np.arange(SIDE) * wide // SIDE, 1)
    return 2 * np.where(dice.chance(0.5)[:, None] > 0, hills, houses)


def _colors(dice: Dice, scene: np.ndarray) -> np.ndarray:
    """Two colors for each layer (3, 2, n, 3), not too far from each other."""
    colors = np.empty((3, 2, dice.n, 3))
    for number, words in enumerate(SCENES.values()):
        here = np.flatnonzero(scene == number)
        some = Dice(dice.rng, len(here))
        for layer in range(3):
            first, second = some.color(words[layer], 0.07), some.color(words[layer], 0.07)
            colors[layer, :, here] = np.stack(
                [first, first + (second - first) * some.flat(0.25, 0.8, 1)], 1
            )
    return colors


def backdrop(dice: Dice, scene: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Canvas (n, SIDE, 3, SIDE) float32 for scenes by number (n,), and its horizon (n,) pixels."""
    columns = list(zip(*SCENES.values(), strict=True))[3:]
    ends, reach, rough, airy, earthy = (np.array(column, float)[scene] for column in columns)
    horizon = ends[:, 0] + (ends[:, 1] - ends[:, 0]) * dice.flat(0, 1)
    top = horizon - reach[:, 0] - (reach[:, 1] - reach[:, 0]) * dice.flat(-0.6, 1)
    lines = np.arange(SIDE)[:, None] + 0.5
    tilt = dice.bell(0.04)[:, None] * (np.arange(SIDE) - 15.5)
    edges = top[:, None] - rough[:, None] * _skyline(dice) + tilt, horizon[:, None] + tilt
    textures = [noise(dice, *grid) for grid in GRIDS]
    loud = dice.flat(0.6, 2.4, 1, 1)
    canvas = np.zeros((dice.n, SIDE, 3, SIDE), np.float32)
    colors = _colors(dice, scene).astype(np.float32)[:, :, :, None, :, None]
    for layer, amounts in enumerate((airy, (airy + earthy) / 2, earthy)):
        field = sum(t * amounts[:, k, None, None] for k, t in enumerate(textures))
        slope = dice.bell(0.5)[:, None, None] * (lines - 16) / 16
        field = np.clip(0.5 + loud * field + slope, -0.3, 1.3).astype(np.float32)[:, :, None]
        share = np.ones((1, SIDE, 1, SIDE), np.float32)
        if layer:
            soft = dice.flat(1, 3, 1, 1)
            share = np.clip((lines - edges[layer - 1][:, None]) / soft + 0.5, 0, 1)
            share = share.astype(np.float32)[:, :, None]
        first, second = colors[layer]
        canvas += share * (first + (second - first) * field - canvas)
    return canvas, horizon


def _things(dice: Dice, share: float, size: tuple[float, float]) -> Part:
    """A stone, a box, a post or a wedge, at (0, 0), for this share of the pictures."""
    ring = circle(16)
    square = np.clip(ring * 1.6, -1, 1)
    wedge = ring * np.stack([(ring[:, 1] + 1) / 1.3, np.ones(16)], -1)
    kind = dice.choose((0, 0, 0, 1, 1, 1, 1, 2))
    outlines = np.stack([ring, square, wedge])[kind]
    outlines = outlines + dice.bell(0.08, 16, 2) * (kind == 0)[:, None, None]
    long = size[0] + (size[1] - size[0]) * dice.flat(0, 1) * dice.flat(0, 1)
    short = long * exact(dice.flat(0.25, 1) ** 1.5)
    upright = dice.chance(0.5)[:, None] > 0
    half = np.where(upright, np.stack([short, long], -1), np.stack([long, short], -1))
    outlines = turned(outlines * half[:, None], dice.bell(0.3))[:, None]
    return Part(outlines, dice.color(THINGS, 0.08), dice.chance(share))


def _moved(part: Part, x: np.ndarray, y: np.ndarray) -> Part:
    return part._replace(outlines=part.outlines + np.stack([x, y], -1)[:, None, None])


def clutter(dice: Dice, horizon: np.ndarray, count: int = 5) -> list[Part]:
    """Stones, trunks, posts, boxes, clouds, anywhere behind the object."""
    parts = []
    for k in range(count):
        part = _things(dice, 0.5, (2.0, 10.0))
        y = np.where(k % 2, horizon + dice.bell(3.0), dice.flat(-2, SIDE + 2))
        part = _moved(part, dice.flat(-2, SIDE + 2), y)
        parts.append(part._replace(alpha=part.alpha * dice.flat(0.2, 0.9)))
    return parts


def foreground(dice: Dice) -> list[Part]:
    """What hides a strip or a corner of some objects: blades of grass, a post or a rail, a leaf."""
    figure, end = Figure(dice), SIDE + 2.0
    blades = []
    for _ in range(5):
        x = dice.flat(0, SIDE)
        tip = x + dice.bell(2.0), SIDE - dice.flat(2, 9)
        blades.append(([(x, end), tip], [dice.flat(0.3, 0.8), 0.1]))
    figure.stroke(dice.color(f"{GRASS} {WOODS}"), *blades, alpha=dice.chance(0.2))
    wide = dice.flat(0.3, 1.1)
    x, y = dice.flat(0, SIDE), dice.flat(18, SIDE)
    post = [(x, -2.0), (x + dice.bell(2.0), end)], [wide, wide]
    rail = [(-2.0, y), (end, y + dice.bell(2.0))], [wide, wide]
    for line in (post, rail):
        figure.stroke(dice.color(THINGS), line, alpha=dice.chance(0.06))
    corner = dice.choose((-1.0, SIDE + 1.0)), dice.flat(4, SIDE + 2)
    figure.parts.append(_moved(_things(dice, 0.25, (3.0, 8.0)), *corner))
    return figure.parts
