"""What is behind and before an object: skies, water, fields, streets, rooms, clutter."""

from functools import cache

import numpy as np

from .base import Array, Dice, exact, tables
from .figure import SIDE, Figure, Part, circle, turned

SCENES = tables("scenery")
THINGS = "town woods walls roads clutter"  # clutter may have any color
GRIDS = ((32, 32), (16, 16), (5, 5), (32, 4))  # rows and columns of each texture's cells


@cache
def _stretch(cells: int) -> Array:
    """Weights (SIDE, cells) that spread a row of cells smoothly over the image."""
    at = np.linspace(0, cells - 1, SIDE)
    low = np.minimum(at.astype(int), cells - 2)
    part = at - low
    part = np.rint(part * part * (3 - 2 * part) * 32) / 32  # so that every sum of them is exact
    weights = np.zeros((SIDE, cells), np.float32)
    weights[np.arange(SIDE), low] = 1 - part
    weights[np.arange(SIDE), low + 1] += part
    return weights


def noise(dice: Dice, rows: int, columns: int) -> Array:
    """Smooth noise (n, SIDE, SIDE) float32, -0.5 to 0.5, of so many cells."""
    grid = dice.rng.integers(0, 256, (dice.n, rows, columns)).astype(np.float32)
    if rows < SIDE:
        grid = _stretch(rows) @ grid
    if columns < SIDE:
        grid = grid @ _stretch(columns).T
    return grid * np.float32(1 / 256) - np.float32(0.5)


def _skyline(dice: Dice) -> Array:
    """Heights (n, SIDE), about -1 to 1: hills for some, houses for others."""
    hills = noise(dice, 2, 6)[:, 0] + noise(dice, 2, 16)[:, 0] / 2
    houses = dice.flat(-0.5, 0.5, 9)
    wide = dice.rng.integers(3, 9, (dice.n, 1))
    houses = np.take_along_axis(houses, np.arange(SIDE) * wide // SIDE, 1)
    return 2 * np.where(dice.chance(0.5)[:, None] > 0, hills, houses)


def _colors(dice: Dice, scene: Array) -> Array:
    """Two colors for each layer (3, 2, n, 3), not too far from each other."""
    colors = np.empty((3, 2, dice.n, 3))
    for number, kind in enumerate(SCENES.values()):
        here = np.flatnonzero(scene == number)
        some = Dice(dice.rng, len(here))
        for layer, name in enumerate(("above", "between", "below")):
            first, second = some.color(kind[name], 0.07), some.color(kind[name], 0.07)
            second = first + (second - first) * some.flat(0.25, 0.8, 1)
            colors[layer, :, here] = np.stack([first, second], 1)
    return colors


def backdrop(dice: Dice, scene: Array) -> tuple[Array, Array]:
    """Canvas (n, SIDE, 3, SIDE) float32 for scenes by number (n,), and its horizon (n,) pixels."""
    ends, reach, rough, airy, earthy = (
        np.array([kind[key] for kind in SCENES.values()], float)[scene]
        for key in ("ends", "reach", "rough", "airy", "earthy")
    )
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


def _things(f: Figure, share: float, size: tuple[float, float]) -> None:
    """Add a stone, a box, a post or a wedge, at (0, 0), to this share of the images."""
    ring = circle(16)
    square = np.clip(ring * 1.6, -1, 1)
    wedge = ring * np.stack([(ring[:, 1] + 1) / 1.3, np.ones(16)], -1)
    kind = f.choose((0, 0, 0, 1, 1, 1, 1, 2))
    outlines = np.stack([ring, square, wedge])[kind]
    outlines = outlines + f.bell(0.08, 16, 2) * (kind == 0)[:, None, None]
    long = size[0] + (size[1] - size[0]) * f.flat(0, 1) * f.flat(0, 1)
    short = long * exact(f.flat(0.25, 1) ** 1.5)
    upright = f.chance(0.5)[:, None] > 0
    half = np.where(upright, np.stack([short, long], -1), np.stack([long, short], -1))
    outlines = turned(outlines * half[:, None], f.bell(0.3))[:, None]
    f.add(outlines, f.color(THINGS, 0.08), f.chance(share))


def clutter(dice: Dice, horizon: Array, count: int = 5) -> list[Part]:
    """Stones, trunks, posts, boxes, clouds, anywhere behind the object."""
    f = Figure(dice.rng, dice.n)
    for k in range(count):
        _things(f, 0.5, (2.0, 10.0))
        y = np.where(k % 2, horizon + f.bell(3.0), f.flat(-2, SIDE + 2))
        f.place(k, f.flat(-2, SIDE + 2), y, 1.0)
        f.limit(k, f.flat(0.2, 0.9))
    return f.parts


def foreground(dice: Dice) -> list[Part]:
    """What hides a strip or a corner of some objects: blades of grass, a post or a rail, a leaf."""
    f, end, blades = Figure(dice.rng, dice.n), SIDE + 2.0, []
    for _ in range(5):
        x = f.flat(0, SIDE)
        tip = x + f.bell(2.0), SIDE - f.flat(2, 9)
        blades.append(([(x, end), tip], [f.flat(0.3, 0.8), 0.1]))
    f.stroke(f.color("grass woods"), *blades, alpha=f.chance(0.2))
    wide, x, y = f.flat(0.3, 1.1), f.flat(0, SIDE), f.flat(18, SIDE)
    for line in ([(x, -2.0), (x + f.bell(2.0), end)], [(-2.0, y), (end, y + f.bell(2.0))]):
        f.stroke(f.color(THINGS), (line, [wide, wide]), alpha=f.chance(0.06))
    x, y = f.choose((-1.0, SIDE + 1.0)), f.flat(4, SIDE + 2)
    _things(f, 0.25, (3.0, 8.0))
    f.place(len(f.parts) - 1, x, y, 1.0)
    return f.parts
