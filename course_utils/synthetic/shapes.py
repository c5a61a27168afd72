"""The sets that the course itself defines: coloured and grey shapes, 28 × 28, made on the spot.

`colours`: any of five shapes in one of six colours. `shapes`: the five shapes in grey.
`colours_shapes`: three shapes in three colours. Lines are one to two pixels thin, the largest
shapes fill most of the picture; grounds are grey and noisy.
"""

from typing import Any

import numpy as np

from course_utils.synthetic.brush import Dice, cos, exact, sin

SIDE, FINE, BLOCK = 28, 4, 50  # pixels; points for each pixel and axis; pictures drawn at once
SHAPES = ("line", "triangle", "diamond", "rectangle", "circle")
COLOURS = ("red", "yellow", "green", "cyan", "blue", "magenta")  # hues 0°, 60°, … 300°
_MANY = ("red", "green", "blue"), ("circle", "rectangle", "triangle")
PAIRS = tuple(f"{colour} {shape}" for colour in _MANY[0] for shape in _MANY[1])


def draw_colours(train: int, test: int, seed: int) -> dict[str, Any]:
    """x uint8 (n, 28, 28, 3), y: index into `COLOURS`; the shapes are any of the five."""
    return _both("colours", train, test, seed)


def draw_shapes(train: int, test: int, seed: int) -> dict[str, Any]:
    """x uint8 (n, 28, 28), y: index into `SHAPES`."""
    return _both("shapes", train, test, seed)


def draw_colours_shapes(train: int, test: int, seed: int) -> dict[str, Any]:
    """x uint8 (n, 28, 28, 3), y: index into `PAIRS`, 3 · colour + shape."""
    return _both("colours_shapes", train, test, seed)


def _both(name: str, train: int, test: int, seed: int) -> dict[str, Any]:
    """Both parts, and for each picture its `centre_…` (n, 2), row and column, and its `span_…`
    (n,): the side of a square with the area that the shape covers, in pixels."""
    arrays: dict[str, Any] = {}
    for part, (rows, where) in enumerate(((train, "train"), (test, "test"))):
        blocks = [_block(name, [seed, part, i]) for i in range(max(1, -(-rows // BLOCK)))]
        for column, key in enumerate(("x", "y", "centre", "span")):
            arrays[f"{key}_{where}"] = np.concatenate([b[column] for b in blocks])[:rows]
    return arrays


def _block(name: str, seeds: list[int]) -> tuple[np.ndarray, ...]:
    """x, y, centres and spans of `BLOCK` pictures: the classes take turns, in a random order."""
    dice = Dice(np.random.default_rng([28, *seeds]), BLOCK)
    classes = {"colours": len(COLOURS), "shapes": len(SHAPES), "colours_shapes": len(PAIRS)}[name]
    first = BLOCK * seeds[-1]  # so that in the whole set every class is as frequent
    y = dice.rng.permutation((first + np.arange(BLOCK)) % classes).astype(np.uint8)
    if name == "shapes":
        kind = y
    elif name == "colours":
        kind = dice.choose(np.arange(len(SHAPES)))
    else:
        kind = np.array([SHAPES.index(shape) for shape in _MANY[1]])[y % 3]
    cover, centre = _covered(dice, kind)
    ground = dice.flat(0.0, 0.3)[:, None, None, None]
    if name == "shapes":
        ink = dice.flat(0.55, 1)[:, None]  # (n, 1)
    else:
        number = y.astype(int) if name == "colours" else 2 * (y.astype(int) // 3)
        ink = _rgb(60 * number + dice.bell(10), dice.flat(0.6, 1), dice.flat(0.6, 1))
    picture = ground + (ink[:, None, None] - ground) * cover[..., None]
    noise = dice.bell(0.05, SIDE, SIDE, ink.shape[1])
    x = np.rint(255 * np.clip(exact(picture + noise), 0, 1)).astype(np.uint8)
    span = np.sqrt(cover.sum((1, 2)))
    return x[..., 0] if name == "shapes" else x, y, centre, span.astype(np.float32)


def _rgb(hue: np.ndarray, saturation: np.ndarray, value: np.ndarray) -> np.ndarray:
    """(n, 3) in 0…1 of hues in degrees, saturation and value in 0…1 (the hexcone of HSV)."""
    turn = (hue[:, None] / 60 + np.array([5, 3, 1])) % 6
    cut = np.clip(np.minimum(turn, 4 - turn), 0, 1)
    return value[:, None] * (1 - saturation[:, None] * cut)


def _covered(dice: Dice, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of each pixel that the shape covers (n, 28, 28), and its centre (n, 2)."""
    n = dice.n
    line, round_ = kind == 0, kind == 4
    size = 4 * 3.1 ** dice.flat(0, 1)  # half an extent: 4 to 12.4 pixels, small as often as large
    ratio = np.where(round_, 1, dice.flat(0.72, 1.38))
    half = size[:, None] * np.stack([ratio**-0.5, ratio**0.5], 1)  # down, across
    half = np.minimum(half, 12.6)
    half[line] = np.stack([dice.flat(0.55, 1.05), np.minimum(1.15 * size, 12.6)], 1)[line]
    tilt = np.where(line, dice.flat(0, np.pi), dice.bell(0.12))
    c, s = cos(tilt)[:, None, None], sin(tilt)[:, None, None]
    # what the tilted shape needs on each side of its centre; only the largest lose a corner's tip
    down, across = half[:, :1, None], half[:, 1:, None]
    extent = np.concatenate([abs(down * c) + abs(across * s), abs(down * s) + abs(across * c)], 2)
    room = np.maximum(SIDE / 2 - np.minimum(extent[:, 0], SIDE / 2), 0)  # (n, 2)
    centre = exact(SIDE / 2 + room * dice.flat(-1, 1, 2))
    points = (np.arange(SIDE * FINE) + 0.5) / FINE
    v = points[None, :, None] - centre[:, :1, None]  # down from the centre
    u = points[None, None, :] - centre[:, 1:, None]  # across
    u, v = exact(c * u + s * v) / across, exact(c * v - s * u) / down
    inside = np.select(
        [(kind == k)[:, None, None] for k in range(1, 5)],
        [
            (np.abs(v) <= 1) & (np.abs(u) <= (1 + v) / 2),  # the tip on top
            np.abs(u) + np.abs(v) <= 1,
            np.maximum(np.abs(u), np.abs(v)) <= 1,
            u * u + v * v <= 1,
        ],
        np.maximum(np.abs(u), np.abs(v)) <= 1,  # a line is a thin rectangle
    )
    fine = inside.reshape(n, SIDE, FINE, SIDE, FINE)
    return fine.mean((2, 4)), np.clip(centre, 0, SIDE - 1).astype(np.int16)
