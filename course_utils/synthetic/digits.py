"""The drawn stand-in for MNIST: ten handwritten digits, stroke by stroke.

A digit is a skeleton (one of several ways in which people write it) whose control points are
jittered, bent, slanted, turned and distorted, drawn with a pen of random width, and normalised as
MNIST was: grey edges, a box of 20 x 20 pixels, the centre of mass in the middle of 28 x 28.
"""

import operator
from functools import cache
from typing import NamedTuple

import numpy as np

SIDE = 28  # pixels
BOX = 20.0  # pixels: what a digit fits into
CHUNK = 1024  # images drawn from one random stream: a longer draw begins with the shorter one
BLOCK = 128  # images rendered at once: small enough for the processor's cache
POINTS = 88  # of the pen along each digit, at most about 0.8 pixels apart
# How often each class occurs, in thousandths: MNIST's proportions.
SHARES = (99, 112, 99, 102, 97, 90, 99, 105, 98, 99)

# (digit, weight, strokes): a stroke runs smoothly through its points "x,y" (right, down; a digit is
# about 60 wide and 100 high); a point named twice is one point, so that strokes stay joined.
SKELETONS = (
    (0, 4, "30,0 9,17 0,52 10,86 30,100 51,85 60,50 51,15 30,0 9,17"),
    (0, 3, "40,5 17,8 1,48 10,88 32,100 54,82 60,46 46,10 27,2"),
    (0, 2, "30,1 8,22 0,58 12,92 32,98 53,78 59,42 49,10 34,6 24,14"),
    (0, 1, "52,12 32,0 8,24 1,60 14,94 34,98 54,74 58,38 46,16 26,12"),
    (1, 16, "30,0 30,50 30,100"),
    (1, 2, "23,17 34,0|34,0 34,50 34,100"),
    (1, 2, "18,17 34,0|34,0 34,50 34,100|10,100 58,100"),
    (2, 3, "3,22 16,4 38,1 53,17 48,42 26,74 2,98|2,98 30,97 62,96"),
    (2, 2, "2,14 20,2 40,6 46,24 34,58 4,96|4,96 62,94"),
    (2, 3, "3,20 18,2 40,2 52,20 45,48 25,80 9,97 0,90 7,78 24,83 42,97 64,92"),
    (2, 2, "8,12 26,0 44,6 48,30 36,66 18,94 2,94 2,78 16,68 36,78 60,98"),
    (2, 2, "6,14 28,0 50,12 50,38 30,68 2,90|2,90 18,84 38,97 64,98"),
    (2, 1, "14,34 4,20 14,3 38,0 52,18 46,44 28,70 4,94|4,94 28,86 46,98 66,90"),
    (3, 4, "4,12 27,0 49,11 45,34 20,46|20,46 49,55 55,78 35,99 2,91"),
    (3, 3, "4,10 30,0 48,15 38,39 22,46 25,51 46,57 56,76 40,98 17,100 0,89"),
    (3, 2, "2,8 28,0 44,14 34,38 12,52 12,46 30,44 54,58 54,84 30,100 0,94"),
    (3, 1, "4,3 52,2|52,2 24,40|24,40 51,51 55,78 33,100 2,91"),
    (3, 2, "2,6 26,0 42,8 36,26 14,40|14,40 48,44 58,66 44,92 16,104 0,102"),
    (4, 3, "10,4 5,30 2,54|2,54 60,50|50,0 47,50 44,100"),
    (4, 3, "6,2 2,34 12,53 32,54 52,45|56,2 52,45 46,100"),
    (4, 2, "14,0 2,44|2,44 30,48 64,40|54,12 46,52 40,100"),
    (4, 2, "0,0 4,36 18,50 46,42|60,0 46,42 26,100"),
    (4, 3, "46,0 0,62|0,62 66,60|46,0 45,60 44,100"),
    (4, 1, "38,0 0,60|0,60 66,57|46,32 45,62 43,100"),
    (5, 4, "56,2 16,4|16,4 9,44|9,44 35,39 54,60 46,88 23,100 0,91"),
    (5, 3, "60,0 36,4 17,6|17,6 12,38|12,38 37,47 51,68 41,91 19,100 0,95"),
    (5, 2, "17,8 60,-6|17,8 7,42|7,42 32,40 50,56 46,84 24,99 0,90"),
    (5, 2, "72,2 30,8|30,8 20,46|20,46 38,52 42,72 26,94 0,100"),
    (5, 2, "62,2 30,6 16,18 20,36 40,52 46,72 34,94 0,98"),
    (5, 1, "58,10 14,2|14,2 14,44|14,44 42,34 60,56 52,88 26,100 6,92 0,78"),
    (6, 4, "44,0 18,24 2,62 10,92 32,100 52,82 44,59 22,60 6,78"),
    (6, 3, "28,0 9,44 3,78 20,100 45,90 49,70 31,60 8,78"),
    (6, 2, "50,6 26,12 4,54 8,90 32,101 53,83 47,59 25,56 11,69"),
    (6, 2, "24,0 4,34 2,74 22,98 52,92 64,68 50,48 30,54 22,76 30,90"),
    (6, 2, "40,0 14,22 0,60 10,94 36,98 58,76 56,48 38,40 16,58 8,84"),
    (6, 1, "20,0 2,40 4,82 30,100 58,84 58,56 36,50 10,74 6,88"),
    (7, 4, "2,5 30,4 57,3|57,3 39,46 27,100"),
    (7, 2, "2,5 30,4 57,3|57,3 39,46 29,100|14,52 56,49"),
    (7, 2, "3,22 6,5|6,5 32,6 57,2|57,2 38,44 24,100"),
    (7, 2, "0,16 14,3 34,8 54,2|54,2 55,34 46,68 40,100"),
    (7, 2, "0,20 12,4 34,2 54,12 52,40 40,70 30,100"),
    (7, 1, "0,14 6,2|6,2 58,10|58,10 36,52 16,100|14,56 54,48"),
    (8, 4, "46,9 27,0 10,14 18,37 39,55 51,78 31,100 8,84 16,59 38,41 51,20 46,9"),
    (8, 2, "30,0 12,12 12,34 30,46 48,34 48,12 30,0|30,46 8,60 6,86 30,100 54,86 52,60 30,46"),
    (8, 2, "52,8 30,0 10,16 22,39 44,62 46,88 26,100 6,86 16,60 42,40 56,18"),
    (8, 2, "60,10 36,0 6,8 6,28 30,46 44,70 34,98 14,98 12,76 34,50 62,24 60,10"),
    (8, 1, "40,6 20,2 14,22 32,44 56,68 52,94 22,100 4,84 16,62 40,42 54,18 52,2"),
    (9, 4, "50,13 29,0 5,18 10,43 33,45 50,13|50,13 49,55 46,100"),
    (9, 3, "49,12 27,0 4,20 12,44 36,42 49,12|49,12 53,46 43,82 10,98"),
    (9, 3, "53,8 30,1 6,22 14,45 38,38 53,8|53,8 42,52 30,100"),
    (9, 2, "56,10 34,0 8,12 2,38 20,50 44,38 54,18|54,18 50,60 36,100"),
    (9, 1, "46,10 28,0 16,10 18,28 34,34 46,10|46,10 48,50 44,100"),
    (9, 2, "52,6 28,4 2,22 8,38 34,38 58,18|58,18 46,56 26,100"),
)


class _Tables(NamedTuple):
    digit: np.ndarray  # (v,) uint8: the digit that skeleton v shows
    share: np.ndarray  # (v,) how often it is drawn; the sum is 1
    weights: np.ndarray  # (v, POINTS, c): pen positions as sums of control points
    control: np.ndarray  # (v, c, 2) control points x, y in hundredths of the height


def _pen(stroke: np.ndarray) -> tuple[np.ndarray, float]:
    """Spline weights (200, k) of evenly spaced places along a stroke (k, 2), and its length."""
    from scipy.interpolate import CubicSpline

    knots = np.r_[0, np.cumsum(np.sqrt(np.hypot(*np.diff(stroke, axis=0).T)))]
    spline = CubicSpline(knots, np.eye(len(stroke)), bc_type="natural")
    fine = np.linspace(0, knots[-1], 400)
    steps = np.hypot(*np.diff(spline(fine) @ stroke, axis=0).T)
    along = np.r_[0, np.cumsum(steps)] / steps.sum()
    return spline(np.interp(np.linspace(0, 1, 200), along, fine)), float(steps.sum())


@cache
def _tables() -> _Tables:
    """The skeletons as arrays: computed once."""
    weights = np.zeros((len(SKELETONS), POINTS, 16))
    control = np.zeros((len(SKELETONS), 16, 2))
    for v, (_, _, text) in enumerate(SKELETONS):
        strokes = [stroke.split() for stroke in text.split("|")]
        names = list(dict.fromkeys(text.replace("|", " ").split()))
        where = np.array([name.split(",") for name in names], float)
        control[v, : len(names)] = where
        indices = [[names.index(name) for name in stroke] for stroke in strokes]
        pens, lengths = zip(*(_pen(where[index]) for index in indices), strict=True)
        ends = np.rint(np.cumsum(lengths) / sum(lengths) * POINTS).astype(int)
        for index, pen, begin, end in zip(indices, pens, [0, *ends[:-1]], ends, strict=True):
            rows = pen[np.rint(np.linspace(0, len(pen) - 1, end - begin)).astype(int)]
            for column, point in enumerate(index):
                weights[v, begin:end, point] += rows[:, column]
    digit = np.array([skeleton[0] for skeleton in SKELETONS], np.uint8)
    weight = np.array([skeleton[1] for skeleton in SKELETONS], float)
    share = weight / np.bincount(digit, weight)[digit] * np.array(SHARES)[digit]
    return _Tables(digit, share / share.sum(), weights, control)


def _bounded(rng: np.random.Generator, spread: float, shape: tuple[int, ...]) -> np.ndarray:
    """Bell-shaped numbers of this standard deviation, never beyond 2.4 times it."""
    return (rng.random((*shape, 2)).sum(-1) - 1) * (spread * np.sqrt(6))


def _distort(rng: np.random.Generator, points: np.ndarray, calm: np.ndarray) -> np.ndarray:
    """Pen positions (n, p, 2), -1 to 1 from top to bottom, as another hand would write them."""
    n = len(points)
    x, y = points[..., 0], points[..., 1]

    def each(spread: float) -> np.ndarray:
        return _bounded(rng, spread, (n, 1))

    x = x * (1 + each(0.16) * y) + calm * each(0.08) * y * y  # wider at one end, bent
    y = y + each(0.12) * (1 - y * y)  # the waist higher or lower
    for _ in range(2):  # elastic: waves about as long as the digit
        wave = _bounded(rng, 1.6, (n, 2, 2))
        phase = 2 * np.pi * rng.random((n, 2, 1))
        size = calm[..., None] * _bounded(rng, 0.045, (n, 2, 1))
        field = size * np.sin(wave[..., :1] * x[:, None] + wave[..., 1:] * y[:, None] + phase)
        x, y = x + field[:, 0], y + field[:, 1]
    x = x * np.exp(calm * (0.13 + each(0.21)))  # aspect
    x = x - y * (0.15 + each(0.24))  # slant: to the right, mostly
    turn = each(0.13)
    return np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], -1)


def _normalise(rng: np.random.Generator, points: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Pixel positions (n, p, 2): the ink fills the box, its centre of mass is in the middle."""
    n = len(points)
    extent = np.ptp(points, axis=1).max(-1)
    box = BOX - 1.2 * rng.random(n)
    points = points * ((box - 1 - 2 * radius) / extent)[:, None, None]
    middle = (SIDE - 1) / 2 + _bounded(rng, 0.65, (n, 1, 2))
    points = points - points.mean(1, keepdims=True) + middle
    # Wherever the centre of mass lies, no ink touches the edge of the picture.
    room = 1.2 * radius[:, None, None] + 1.3
    low = points.min(1, keepdims=True) - room
    high = points.max(1, keepdims=True) + room
    return points - np.minimum(low, 0) - np.maximum(high - (SIDE - 1), 0)


def _ink(points: np.ndarray, radius: np.ndarray, soft: np.ndarray) -> np.ndarray:
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


def _chunk(seed: int, part: int, number: int) -> tuple[np.ndarray, np.ndarray]:
    """One chunk: images (CHUNK, 28, 28) uint8 and labels (CHUNK,) uint8."""
    rng = np.random.default_rng([seed, part, number])
    tables = _tables()
    chosen = rng.choice(len(tables.share), CHUNK, p=tables.share)
    digit = tables.digit[chosen]
    calm = np.where(digit == 1, 0.5, 1.0)[:, None]  # a bent 1 would be another digit
    control = tables.control[chosen]
    control = control + calm[..., None] * _bounded(rng, 4.2, control.shape)
    points = (tables.weights[chosen] @ control - (30, 50)) / 50
    points = _distort(rng, points, calm)
    # Half the pen's width in pixels: a broad pen would fill the holes of a narrow digit.
    extent = np.ptp(points, axis=1)
    room = np.where(digit == 1, 1, extent.min(-1) / extent.max(-1))
    width = np.minimum(0.75 + 1.75 * rng.random(CHUNK) ** 1.6, 0.55 + 1.4 * room)
    points = _normalise(rng, points, width)
    along = np.linspace(0, 1, POINTS)
    wave = along * (1 + 2 * rng.random((CHUNK, 1))) + rng.random((CHUNK, 1))
    pressure = 1 + (0.18 * rng.random((CHUNK, 1))) * np.sin(2 * np.pi * wave)
    radius = width[:, None] * pressure
    soft = 1.2 + 0.7 * rng.random(CHUNK)  # pixels from ink to paper
    # Rounded to 1/1024 pixel, so that the last bits of another machine's sine change nothing.
    pen, radius, soft = (
        np.ascontiguousarray((np.rint(a * 1024) / 1024).T, np.float32)
        for a in (points, radius, soft)
    )
    images = np.empty((CHUNK, SIDE, SIDE), np.uint8)
    for begin in range(0, CHUNK, BLOCK):
        block = slice(begin, begin + BLOCK)
        ink = _ink(pen[..., block], radius[:, block], soft[block])
        ink += np.float32(0.24) * (rng.random(ink.shape, np.float32) - np.float32(0.5))
        images[block] = np.rint(255 * np.clip(ink, 0, 1)).transpose(2, 0, 1)
    return images, digit


def _part(count: int, seed: int, part: int) -> tuple[np.ndarray, np.ndarray]:
    images = np.empty((count, SIDE, SIDE), np.uint8)
    labels = np.empty(count, np.uint8)
    for number, begin in enumerate(range(0, count, CHUNK)):
        keep = min(CHUNK, count - begin)
        x, y = _chunk(seed, part, number)
        images[begin : begin + keep], labels[begin : begin + keep] = x[:keep], y[:keep]
    return images, labels


def draw(train: int, test: int, seed: int) -> dict[str, np.ndarray]:
    """Draw `train` + `test` digits: `x_*` (n, 28, 28) uint8, 0 paper to 255 ink, `y_*` (n,) uint8.

    The same seed gives the same digits; the first rows of a longer draw are the shorter draw, for
    each part by itself. ValueError where a count or the seed is negative.
    """
    for name, value in (("train", train), ("test", test), ("seed", seed)):
        if operator.index(value) < 0:
            raise ValueError(f"{name} is {value}: it must be 0 or more.")
    x_train, y_train = _part(train, seed, 0)
    x_test, y_test = _part(test, seed, 1)
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
