"""The synthetic stand-in for MNIST: ten handwritten digits, stroke by stroke.

A digit is a skeleton (one of several ways in which people write it) whose control points are
jittered, bent, slanted, rotated and distorted, drawn with a pen of random width, and normalised as
MNIST was: grey edges, a box of 20 x 20 pixels, the center of mass in the middle of 28 x 28.
"""

from functools import cache, partial

import numpy as np

from .base import Array, Columns, Dice, Stream, both_parts, tables

SIDE = 28  # pixels
BOX = 20.0  # pixels: what a digit fits into
CHUNK = 1024  # images
BLOCK = 128  # images rendered at once: small enough for the processor's cache
POINTS = 88  # of the pen along each digit, at most about 0.8 pixels apart
# How often each class occurs, in thousandths: MNIST's proportions.
SHARES = (99, 112, 99, 102, 97, 90, 99, 105, 98, 99)


def _pen(stroke: Array) -> tuple[Array, float]:
    """Spline weights (200, k) of evenly spaced points along a stroke (k, 2), and its length."""
    from scipy.interpolate import CubicSpline

    knots = np.r_[0, np.cumsum(np.sqrt(np.hypot(*np.diff(stroke, axis=0).T)))]
    spline = CubicSpline(knots, np.eye(len(stroke)), bc_type="natural")
    fine = np.linspace(0, knots[-1], 400)
    steps = np.hypot(*np.diff(spline(fine) @ stroke, axis=0).T)
    along = np.r_[0, np.cumsum(steps)] / steps.sum()
    return spline(np.interp(np.linspace(0, 1, 200), along, fine)), float(steps.sum())


@cache
def _skeletons() -> tuple[Array, Array, Array, Array]:
    """The skeletons of digits.toml: the digit of each (v,) and its share (v,); pen positions as
    weights (v, POINTS, c) of control points; those (v, c, 2), in hundredths of the height."""
    lines = [line.split(" ", 2) for line in tables("digits")["skeletons"].splitlines()]
    weights = np.zeros((len(lines), POINTS, 16))
    control = np.zeros((len(lines), 16, 2))
    for v, (_, _, text) in enumerate(lines):
        strokes = [stroke.split() for stroke in text.split("|")]
        names = list(dict.fromkeys(text.replace("|", " ").split()))
        where = np.array([name.split(",") for name in names], float)
        control[v, : len(names)] = where
        indices = [[names.index(name) for name in stroke] for stroke in strokes]
        pens, lengths = zip(*(_pen(where[index]) for index in indices), strict=True)
        ends = np.rint(np.cumsum(lengths) / sum(lengths) * POINTS).astype(int)
        for index, pen, begin, end in zip(indices, pens, [0, *ends[:-1]], ends, strict=True):
            along = pen[np.rint(np.linspace(0, len(pen) - 1, end - begin)).astype(int)]
            np.add.at(weights[v, begin:end], np.s_[:, index], along)
    digit = np.array([line[0] for line in lines], np.uint8)
    weight = np.array([line[1] for line in lines], float)
    share = weight / np.bincount(digit, weight)[digit] * np.array(SHARES)[digit]
    return digit, share / share.sum(), weights, control


def _distort(dice: Dice, points: Array, calm: Array) -> Array:
    """Pen positions (n, p, 2), -1 to 1 from top to bottom, as another hand would write them."""
    x, y = points[..., 0], points[..., 1]
    x = x * (1 + dice.bell(0.16, 1) * y) + calm * dice.bell(0.08, 1) * y * y  # wider at one end
    y = y + dice.bell(0.12, 1) * (1 - y * y)  # the waist higher or lower
    for _ in range(2):  # elastic: waves about as long as the digit
        wave, phase = dice.bell(1.6, 2, 2), 2 * np.pi * dice.flat(0, 1, 2, 1)
        size = calm[..., None] * dice.bell(0.045, 2, 1)
        field = size * np.sin(wave[..., :1] * x[:, None] + wave[..., 1:] * y[:, None] + phase)
        x, y = x + field[:, 0], y + field[:, 1]
    x = x * np.exp(calm * (0.13 + dice.bell(0.21, 1)))  # aspect
    x = x - y * (0.15 + dice.bell(0.24, 1))  # slant: to the right, mostly
    turn = dice.bell(0.13, 1)
    return np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], -1)


def _normalise(dice: Dice, points: Array, radius: Array) -> Array:
    """Pixel positions (n, p, 2): the ink fills the box, its center of mass is in the middle."""
    box = BOX - 1.2 * dice.flat()
    scale = (box - 1 - 2 * radius) / np.ptp(points, axis=1).max(-1)
    points = points * scale[:, None, None]
    points = points - points.mean(1, keepdims=True) + ((SIDE - 1) / 2 + dice.bell(0.65, 1, 2))
    # Wherever the center of mass lies, no ink touches the edge of the image.
    room = 1.2 * radius[:, None, None] + 1.3
    low = points.min(1, keepdims=True) - room
    high = points.max(1, keepdims=True) + room
    return points - np.minimum(low, 0) - np.maximum(high - (SIDE - 1), 0)


def _ink(points: Array, radius: Array, soft: Array) -> Array:
    """Grey values (28, 28, n), 0 to 1: `points` (2, p, n), `radius` (p, n), `soft` (n,) pixels."""
    grid = np.arange(SIDE, dtype=np.float32)[:, None]
    across, down = ((grid - axis[:, None]) ** 2 for axis in points)
    down = down - (radius**2)[:, None]
    nearest = np.full((SIDE, SIDE, points.shape[-1]), 1e6, np.float32)
    power = np.empty_like(nearest)
    for p in range(len(radius)):
        np.add(down[p][:, None], across[p], out=power)
        np.minimum(nearest, power, out=nearest)
    mean = radius.mean(0)
    outside = np.sqrt(np.maximum(nearest + mean * mean, 0)) - mean
    return np.float32(0.5) - outside / soft


def _chunk(stream: Stream) -> Columns:
    """Images `x` (CHUNK, 28, 28) uint8, 0 paper to 255 ink, and labels `y` (CHUNK,) uint8."""
    dice = Dice(stream, CHUNK, scale=6**0.5)
    digits, shares, weights, controls = _skeletons()
    chosen = dice.rng.choice(len(shares), CHUNK, p=shares)
    digit, control = digits[chosen], controls[chosen]
    calm = np.where(digit == 1, 0.5, 1.0)[:, None]  # a bent 1 would be another digit
    control = control + calm[..., None] * dice.bell(4.2, *control.shape[1:])
    points = _distort(dice, (weights[chosen] @ control - (30, 50)) / 50, calm)
    # Half the pen's width in pixels: a broad pen would fill the holes of a narrow digit.
    extent = np.ptp(points, axis=1)
    room = np.where(digit == 1, 1, extent.min(-1) / extent.max(-1))
    width = np.minimum(0.75 + 1.75 * dice.flat() ** 1.6, 0.55 + 1.4 * room)
    points = _normalise(dice, points, width)
    wave = np.linspace(0, 1, POINTS) * (1 + 2 * dice.flat(0, 1, 1)) + dice.flat(0, 1, 1)
    pressure = 1 + dice.flat(0, 0.18, 1) * np.sin(2 * np.pi * wave)
    soft = 1.2 + 0.7 * dice.flat()  # pixels from ink to paper
    # Rounded to 1/1024 pixel, so that the last bits of another machine's sine change nothing.
    pen, radius, soft = (
        np.ascontiguousarray((np.rint(a * 1024) / 1024).T, np.float32)
        for a in (points, width[:, None] * pressure, soft)
    )
    images = np.empty((CHUNK, SIDE, SIDE), np.uint8)
    for begin in range(0, CHUNK, BLOCK):
        block = slice(begin, begin + BLOCK)
        ink = _ink(pen[..., block], radius[:, block], soft[block])
        ink += np.float32(0.24) * (dice.rng.random(ink.shape, np.float32) - np.float32(0.5))
        images[block] = np.rint(255 * np.clip(ink, 0, 1)).transpose(2, 0, 1)
    return {"x": images, "y": digit}


draw = partial(both_parts, _chunk, CHUNK)
