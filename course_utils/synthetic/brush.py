"""Painting many small pictures at once: outlines in, pixels out.

A `Figure` collects the parts of n alike figures in painter's order; each part is a set of outlines
(n, outlines, corners, 2) whose union is filled. `paint` draws them three times as fine as the
picture, averages, and lays them over the canvas.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

SIDE = 32  # pixels
FINE = 3  # lines drawn for each line of pixels; across, the covered share of a pixel is exact
DARK = np.array([[0.08, 0.07, 0.07]])
WHITE = np.array([[0.93, 0.91, 0.88]])
Number = float | np.ndarray  # one for all figures, or (n,)
Point = Sequence[Number]
Polygon = Sequence[Point]


def exact(values: np.ndarray) -> np.ndarray:
    """Rounded to 2**-20, so that the last bits of another machine's sine change nothing."""
    return np.rint(values * 2.0**20) / 2.0**20


def sin(angle: Number) -> np.ndarray:
    return exact(np.sin(angle))


def cos(angle: Number) -> np.ndarray:
    return exact(np.cos(angle))


@cache
def palette(text: str) -> np.ndarray:
    """Colours (k, 3), 0 to 1, of "rrggbb rrggbb …" in hexadecimal."""
    return np.array([list(bytes.fromhex(word)) for word in text.split()]) / 255


class Dice:
    """Random numbers for n figures."""

    def __init__(self, rng: np.random.Generator, n: int) -> None:
        self.rng, self.n = rng, n

    def flat(self, low: float, high: float, *more: int) -> np.ndarray:
        return low + (high - low) * self.rng.random((self.n, *more))

    def bell(self, spread: float, *more: int) -> np.ndarray:
        """Bell-shaped, of this standard deviation, never beyond 2.4 times it."""
        return (self.rng.random((self.n, *more, 2)).sum(-1) - 1) * (spread * 2.45)

    def chance(self, share: float) -> np.ndarray:
        """1.0 or 0.0."""
        return (self.rng.random(self.n) < share).astype(float)

    def choose(self, options: Sequence[float] | np.ndarray) -> np.ndarray:
        options = np.asarray(options)
        return options[(len(options) * self.rng.random(self.n)).astype(int)]

    def colour(self, colours: str, spread: float = 0.05) -> np.ndarray:
        """Colours (n, 3) near those of the palette."""
        near = self.choose(palette(colours)) + self.bell(spread, 1) + self.bell(spread / 2, 3)
        return np.clip(near, 0.02, 1)


def mix(first: np.ndarray, second: np.ndarray, share: Number) -> np.ndarray:
    """Colours (n, 3): `share` of the second in the first."""
    return first + (second - first) * np.reshape(share, (-1, 1))


@cache
def circle(corners: int) -> np.ndarray:
    """Corners of a circle (corners, 2), in the order of a face that is seen from in front."""
    turn = -2 * np.pi * np.arange(corners) / corners
    return np.stack([cos(turn), sin(turn)], -1)


@cache
def _spline(points: int, steps: int = 3) -> np.ndarray:
    """Weights (points * steps, points) of a closed smooth curve through its points."""
    t = np.arange(steps)[:, None] / steps
    t2, t3 = t * t, t * t * t
    near = np.hstack([2 * t2 - t3 - t, 2 - 5 * t2 + 3 * t3, t + 4 * t2 - 3 * t3, t3 - t2]) / 2
    weights = np.zeros((points, steps, points))
    for p in range(points):
        for k in range(4):
            weights[p, :, (p + k - 1) % points] += near[:, k]
    return exact(weights.reshape(-1, points))


class Part(NamedTuple):
    outlines: np.ndarray  # (n, outlines, corners, 2)
    colour: np.ndarray  # (n, 3)
    alpha: np.ndarray  # (n,): 0 where a figure lacks the part
    face: bool = False  # seen from one side only


class Figure:
    """Parts of n figures, in painter's order; x to the right, y down."""

    def __init__(self, dice: Dice) -> None:
        self.dice, self.n, self.parts = dice, dice.n, []

    def dots(self, points: Polygon) -> np.ndarray:
        """Points of numbers or (n,) arrays as one array (n, points, 2 or 3)."""
        rows = [[np.broadcast_to(np.asarray(c, float), (self.n,)) for c in p] for p in points]
        return np.array(rows).transpose(2, 0, 1)

    def add(
        self, outlines: np.ndarray, colour: np.ndarray, alpha: Number = 1.0, face: bool = False
    ) -> None:
        alpha = np.broadcast_to(np.asarray(alpha, float), (self.n,))
        self.parts.append(Part(outlines, np.broadcast_to(colour, (self.n, 3)), alpha, face))

    def limit(self, begin: int, alpha: Number) -> None:
        """Parts from number `begin` on are there for some figures only."""
        self.parts[begin:] = [p._replace(alpha=p.alpha * alpha) for p in self.parts[begin:]]

    def polygon(self, colour: np.ndarray, *polygons: Polygon, alpha: Number = 1.0) -> None:
        """The union of polygons of equally many corners."""
        self.add(np.stack([self.dots(p) for p in polygons], 1), colour, alpha)

    def blob(self, colour: np.ndarray, points: Polygon, alpha: Number = 1.0) -> None:
        """A smooth closed outline through the points."""
        dots = exact(self.dots(points)).transpose(0, 2, 1) @ _spline(len(points)).T
        self.add(exact(dots).transpose(0, 2, 1)[:, None], colour, alpha)

    def ellipse(self, colour: np.ndarray, *ellipses: Point, alpha: Number = 1.0) -> None:
        """The union of ellipses (x, y, half width, half height, turn)."""
        outlines = []
        for x, y, wide, high, *turn in ellipses:
            ring = circle(16) * self.dots([(wide, high)])
            outlines.append(turned(ring, *turn) + self.dots([(x, y)]))
        self.add(np.stack(outlines, 1), colour, alpha)

    def stroke(
        self, colour: np.ndarray, *strokes: tuple[Polygon, Point], alpha: Number = 1.0
    ) -> None:
        """The union of strokes: (points, the radius of the pen at each)."""
        lines = [
            capsules(self.dots(points), self.dots([[radius] for radius in radii])[..., 0])
            for points, radii in strokes
        ]
        self.add(np.concatenate(lines, 1), colour, alpha)

    def place(self, other: "Figure", x: Number, y: Number, size: Number, turn: Number = 0) -> None:
        """The parts of another figure, turned, resized and moved there."""
        where, size = self.dots([(x, y)])[:, None], self.dots([[size]])[:, None]
        for part in other.parts:
            self.parts.append(part._replace(outlines=turned(part.outlines, turn) * size + where))


def turned(points: np.ndarray, angle: Number = 0.0) -> np.ndarray:
    """Points (n, …, 2) turned by an angle in radians, clockwise in the picture."""
    if np.ndim(angle) == 0 and angle == 0:
        return points
    angle = np.reshape(angle, (-1,) + (1,) * (points.ndim - 2))
    c, s, x, y = cos(angle), sin(angle), points[..., 0], points[..., 1]
    return np.stack([x * c - y * s, x * s + y * c], -1)


def capsules(points: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Outlines (n, points - 1, 12, 2): from each point to the next, with round ends."""
    begin, end = points[:, :-1, None], points[:, 1:, None]
    along = end - begin
    length = np.sqrt((along**2).sum(-1, keepdims=True)) + 1e-9
    along = along / length
    across = np.concatenate([-along[..., 1:], along[..., :1]], -1)
    half = circle(10)[:6]  # half a circle, from one side to the other
    front = across * half[:, :1] - along * half[:, 1:]
    r0, r1 = radii[:, :-1, None, None], radii[:, 1:, None, None]
    back = -across * half[:, :1] + along * half[:, 1:]
    return np.concatenate([end + r1 * front, begin + r0 * back], 2)


def paint(canvas: np.ndarray, parts: list[Part], light: np.ndarray, sag: np.ndarray) -> None:
    """Lay parts (corners in pixels) over the canvas (n, SIDE, 3, SIDE), 0 to 1.

    light (n, SIDE, SIDE) multiplies their colours; `sag` (n,) makes each darker downwards.
    """
    rows = canvas.reshape(-1, 3, SIDE)  # a row of pixels for each picture and line
    lights = light.reshape(-1, SIDE)
    for outlines, colour, alpha, face in parts:
        outlines = np.rint(outlines * 1024) / 1024
        y = outlines[..., 1]
        top, bottom = y.min((1, 2)), y.max((1, 2))
        first = np.clip(np.floor(top), 0, SIDE).astype(int)
        high = np.clip(np.ceil(bottom), first, SIDE).astype(int) - first
        high[alpha == 0] = 0
        start = np.cumsum(high) - high
        picture = np.repeat(np.arange(len(high)), high)
        if not len(picture):
            continue
        line = np.arange(len(picture)) - start[picture] + first[picture]
        ink = _ink(outlines, FINE * first, FINE * high, FINE * start, face)
        ink *= alpha[picture, None].astype(np.float32)
        below = (line + 0.5 - (top + bottom)[picture] / 2) / (bottom - top + 1e-3)[picture]
        shade = (1 - sag[picture] * np.clip(below, -0.5, 0.5))[:, None] * colour[picture]
        row = picture * SIDE + line
        under = rows[row]
        over = shade.astype(np.float32)[:, :, None] * lights[row][:, None]
        rows[row] = under + ink[:, None] * (over - under)


def _ink(
    outlines: np.ndarray, first: np.ndarray, high: np.ndarray, start: np.ndarray, face: bool
) -> np.ndarray:
    """Covered share of each pixel (rows, SIDE) float32, by counting how often outlines go round it.

    first, high, start (n,): the fine lines that each picture has, and where its own begin.
    """
    x0, y0 = np.moveaxis(outlines, -1, 0)
    x1, y1 = np.roll(x0, -1, -1), np.roll(y0, -1, -1)
    y0, y1 = FINE * y0 - 0.5, FINE * y1 - 0.5
    bounds = np.reshape([first, first + high], (2, -1, 1, 1))
    low = np.clip(np.ceil(np.minimum(y0, y1)), *bounds).astype(int)
    crossed = np.clip(np.ceil(np.maximum(y0, y1)), *bounds).astype(int) - low
    shift = np.broadcast_to((start - first)[:, None, None], low.shape)
    count = crossed.ravel()
    edge = np.repeat(np.arange(len(count)), count)
    line = np.arange(len(edge)) - (np.cumsum(count) - count - low.ravel())[edge]
    slope = ((x1 - x0) / np.where(y1 == y0, 1, y1 - y0)).ravel()
    x = np.clip(x0.ravel()[edge] + (line - y0.ravel()[edge]) * slope[edge], 0, SIDE)
    column = x.astype(int)
    sign = np.where(y1 > y0, 1.0, -1.0).ravel()[edge]
    part = (x - column) * sign
    width = SIDE + 2
    cell = (line + shift.ravel()[edge]) * width + column
    lines = high.sum() * width
    turns = np.bincount(cell, sign - part, lines) + np.bincount(cell + 1, part, lines)
    turns = np.cumsum(turns.reshape(-1, width), 1)[:, :SIDE].astype(np.float32)
    ink = np.minimum(np.maximum(turns, 0) if face else np.abs(turns), 1)
    ink = ink.reshape(-1, FINE, SIDE)
    return (ink[:, 0] + ink[:, 1] + ink[:, 2]) * np.float32(1 / FINE)
