"""The sets that the course itself defines: colored and grey shapes, 28 × 28, made on the spot.

`colours`: any of five shapes in one of six colors. `shapes`: the five shapes in grey.
`colours_shapes`: three shapes in three colors. Lines are one to two pixels thin, the largest
shapes fill most of the image; backgrounds are grey and noisy.
"""

from functools import partial
from typing import Any

import numpy as np

from .base import Array, Columns, Dice, Stream, both_parts, cos, exact, sin

SIDE, FINE, CHUNK = 28, 4, 50  # pixels; points for each pixel and axis; images
SHAPES = ("line", "triangle", "diamond", "rectangle", "circle")
COLOURS = ("red", "yellow", "green", "cyan", "blue", "magenta")  # hues 0°, 60°, … 300°
_MANY = ("red", "green", "blue"), ("circle", "rectangle", "triangle")
PAIRS = tuple(f"{color} {shape}" for color in _MANY[0] for shape in _MANY[1])
CLASSES = {"colours": len(COLOURS), "shapes": len(SHAPES), "colours_shapes": len(PAIRS)}


def draw(name: str, train: int, test: int, seed: int) -> dict[str, Any]:
    """`x_*` uint8 (n, 28, 28, 3), or (n, 28, 28) of `shapes`; `y_*`: index into `COLOURS`,
    `SHAPES` or `PAIRS` (3 · color + shape).

    Also the center of each shape, `centre_*` (n, 2), row and column, and its `span_*` (n,): the
    side of a square with the area that the shape covers, in pixels.
    """
    return both_parts(partial(_chunk, name), CHUNK, train, test, seed)


def _chunk(name: str, stream: Stream) -> Columns:
    """Images, labels, centers and spans: the classes take turns, in a random order."""
    dice = Dice([28, *stream], CHUNK)
    # The first label is such that in the whole set every class is as frequent.
    y = dice.labels(CLASSES[name], CHUNK * stream[-1])
    if name == "shapes":
        kind = y
    elif name == "colours":
        kind = dice.choose(np.arange(len(SHAPES)))
    else:
        kind = np.array([SHAPES.index(shape) for shape in _MANY[1]])[y % 3]
    cover, center = _covered(dice, kind)
    background = dice.flat(0.0, 0.3, 1, 1, 1)
    if name == "shapes":
        ink = dice.flat(0.55, 1, 1)
    else:
        number = y.astype(int) if name == "colours" else 2 * (y.astype(int) // 3)
        ink = _rgb(60 * number + dice.bell(10), dice.flat(0.6, 1), dice.flat(0.6, 1))
    image = background + (ink[:, None, None] - background) * cover[..., None]
    noise = dice.bell(0.05, SIDE, SIDE, ink.shape[1])
    x = np.rint(255 * np.clip(exact(image + noise), 0, 1)).astype(np.uint8)
    span = np.sqrt(cover.sum((1, 2))).astype(np.float32)
    return {"x": x.squeeze(), "y": y, "centre": center, "span": span}


def _rgb(hue: Array, saturation: Array, value: Array) -> Array:
    """(n, 3) in 0…1 of hues in degrees, saturation and value in 0…1 (the hexcone of HSV)."""
    turn = (hue[:, None] / 60 + np.array([5, 3, 1])) % 6
    cut = np.clip(np.minimum(turn, 4 - turn), 0, 1)
    return value[:, None] * (1 - saturation[:, None] * cut)


def _covered(dice: Dice, kind: Array) -> tuple[Array, Array]:
    """Share of each pixel that the shape covers (n, 28, 28), and its center (n, 2)."""
    line = kind == 0
    size = 4 * 3.1 ** dice.flat()  # half an extent: 4 to 12.4 pixels, small as often as large
    ratio = np.where(kind == 4, 1, dice.flat(0.72, 1.38))
    half = size[:, None] * np.stack([ratio**-0.5, ratio**0.5], 1)  # down, across
    half = np.minimum(half, 12.6)
    half[line] = np.stack([dice.flat(0.55, 1.05), np.minimum(1.15 * size, 12.6)], 1)[line]
    tilt = np.where(line, dice.flat(0, np.pi), dice.bell(0.12))
    c, s = cos(tilt)[:, None, None], sin(tilt)[:, None, None]
    # what the tilted shape needs on each side of its center; only the largest lose a corner's tip
    down, across = half[:, :1, None], half[:, 1:, None]
    extent = np.concatenate([abs(down * c) + abs(across * s), abs(down * s) + abs(across * c)], 2)
    room = np.maximum(SIDE / 2 - np.minimum(extent[:, 0], SIDE / 2), 0)  # (n, 2)
    center = exact(SIDE / 2 + room * dice.flat(-1, 1, 2))
    points = (np.arange(SIDE * FINE) + 0.5) / FINE
    v = points[None, :, None] - center[:, :1, None]  # down from the center
    u = points[None, None, :] - center[:, 1:, None]  # across
    u, v = abs(exact(c * u + s * v) / across), exact(c * v - s * u) / down
    square = np.maximum(u, abs(v)) <= 1  # a line is a thin one
    triangle = (abs(v) <= 1) & (u <= (1 + v) / 2)  # the tip on top
    forms = triangle, u + abs(v) <= 1, square, u * u + v * v <= 1
    inside = np.select([(kind == k)[:, None, None] for k in range(1, 5)], forms, square)
    fine = inside.reshape(-1, SIDE, FINE, SIDE, FINE)
    return fine.mean((2, 4)), np.clip(center, 0, SIDE - 1).astype(np.int16)
