"""Painting many small images at once: outlines in, pixels out.

A `Figure` collects the parts of n alike figures in painter's order; each part is a set of outlines
(n, outlines, corners, 2) whose union is filled. `paint` draws them three times as fine as the
image, averages, and lays them over the canvas.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from .base import Array, Dice, Number, Point, Polygon, cos, crossings, exact, sin, windings

SIDE = 32  # pixels
FINE = 3  # lines drawn for each line of pixels; across, the covered share of a pixel is exact
SIDES = (-1, 1)
DARK = np.array([[0.08, 0.07, 0.07]])
WHITE = np.array([[0.93, 0.91, 0.88]])
Stroke = tuple[Polygon, Point]  # points, and the radius of the pen at each


def mix(first: Array, second: Array, share: Number) -> Array:
    """Colors (n, 3): `share` of the second in the first."""
    return first + (second - first) * np.reshape(share, (-1, 1))


def symmetric(*half: Point) -> list[Point]:
    """The whole outline, of its right half from the middle above to the middle below."""
    left = [(-x, y) for x, y in half[1:-1]]
    return [half[0], *left, half[-1], *half[-2:0:-1]]


@cache
def circle(corners: int) -> Array:
    """Corners of a circle (corners, 2), in the order of a face that is seen from in front."""
    turn = -2 * np.pi * np.arange(corners) / corners
    return np.stack([cos(turn), sin(turn)], -1)


@cache
def _spline(points: int, steps: int = 3) -> Array:
    """Weights (points * steps, points) of a closed smooth curve through its points."""
    t = np.arange(steps)[:, None] / steps
    t2, t3 = t * t, t * t * t
    near = np.hstack([2 * t2 - t3 - t, 2 - 5 * t2 + 3 * t3, t + 4 * t2 - 3 * t3, t3 - t2]) / 2
    around = np.eye(points)[(np.arange(points)[:, None] + np.arange(-1, 3)) % points]
    return exact(np.einsum("sk,pkq->psq", near, around).reshape(-1, points))


class Part(NamedTuple):
    outlines: Array  # (n, outlines, corners, 2)
    color: Array  # (n, 3)
    alpha: Array  # (n,): 0 where a figure lacks the part
    face: bool = False  # seen from one side only


class Figure(Dice):
    """n figures: their random numbers, and their parts; x to the right, y down."""

    def __init__(self, stream: Any, n: int) -> None:
        super().__init__(stream, n)
        self.parts: list[Part] = []

    def stacked(self, points: Polygon) -> Array:
        """Points of k numbers or (n,) arrays as one array (n, points, k)."""
        rows = [[np.broadcast_to(np.asarray(c, float), (self.n,)) for c in p] for p in points]
        return np.array(rows).transpose(2, 0, 1)

    def dots(self, points: Polygon) -> Array:
        """Points as an array (n, points, 2)."""
        return self.stacked(points)

    def add(self, outlines: Array, color: Array, alpha: Number = 1) -> None:
        alpha = np.broadcast_to(np.asarray(alpha, float), (self.n,))
        self.parts.append(Part(outlines, np.broadcast_to(color, (self.n, 3)), alpha))

    def limit(self, begin: int, alpha: Number) -> None:
        """Parts from number `begin` on are there for some figures only."""
        self.parts[begin:] = [p._replace(alpha=p.alpha * alpha) for p in self.parts[begin:]]

    def place(self, begin: int, x: Number, y: Number, size: Number, turn: Number = 0) -> None:
        """Parts from number `begin` on are rotated, resized and shifted."""
        where, size = self.stacked([(x, y)])[:, None], self.stacked([[size]])[:, None]
        self.parts[begin:] = [
            p._replace(outlines=turned(p.outlines, turn) * size + where) for p in self.parts[begin:]
        ]

    def polygon(self, color: Array, *polygons: Polygon, alpha: Number = 1) -> None:
        """The union of polygons of equally many corners."""
        self.add(np.stack([self.dots(p) for p in polygons], 1), color, alpha)

    def face(self, color: Array, *polygons: Polygon, alpha: Number = 1) -> None:
        """Polygons of equally many corners, where they are seen from in front."""
        self.polygon(color, *polygons, alpha=alpha)
        self.parts[-1] = self.parts[-1]._replace(face=True)

    def blob(self, color: Array, points: Polygon, alpha: Number = 1) -> None:
        """A smooth closed outline through the points."""
        dots = exact(self.dots(points)).transpose(0, 2, 1) @ _spline(len(points)).T
        self.add(exact(dots).transpose(0, 2, 1)[:, None], color, alpha)

    def ellipse(self, color: Array, *ellipses: Point, alpha: Number = 1) -> None:
        """The union of ellipses (x, y, half width, half height, turn)."""
        outlines = []
        for x, y, wide, high, *turn in ellipses:
            ring = circle(16) * self.dots([(wide, high)])
            outlines.append(turned(ring, *turn) + self.dots([(x, y)]))
        self.add(np.stack(outlines, 1), color, alpha)

    def stroke(self, color: Array, *strokes: Stroke, alpha: Number = 1) -> None:
        """The union of strokes: from each point to the next, with round ends."""
        half = circle(10)[:6]  # half a circle, from one side to the other
        outlines = []
        for points, radii in strokes:
            points, radii = self.dots(points)[:, :, None], self.stacked([radii]).transpose(0, 2, 1)
            begin, end = points[:, :-1], points[:, 1:]
            along = end - begin
            along = along / (np.sqrt((along**2).sum(-1, keepdims=True)) + 1e-9)
            across = np.concatenate([-along[..., 1:], along[..., :1]], -1)
            front = across * half[:, :1] - along * half[:, 1:]
            r0, r1 = radii[:, :-1, None], radii[:, 1:, None]
            outlines.append(np.concatenate([end + r1 * front, begin - r0 * front], 2))
        self.add(np.concatenate(outlines, 1), color, alpha)


def turned(points: Array, angle: Number = 0.0) -> Array:
    """Points (n, …, 2) rotated by an angle in radians, clockwise in the image."""
    if np.ndim(angle) == 0 and angle == 0:
        return points
    angle = np.reshape(angle, (-1,) + (1,) * (points.ndim - 2))
    c, s, x, y = cos(angle), sin(angle), points[..., 0], points[..., 1]
    return np.stack([x * c - y * s, x * s + y * c], -1)


def paint(canvas: Array, parts: list[Part], light: Array, sag: Array) -> None:
    """Lay parts (corners in pixels) over the canvas (n, SIDE, 3, SIDE), 0 to 1.

    `light` (n, SIDE, SIDE) multiplies their colors; `sag` (n,) makes each darker downwards.
    """
    rows = canvas.reshape(-1, 3, SIDE)  # a row of pixels for each image and line
    lights = light.reshape(-1, SIDE)
    for outlines, color, alpha, face in parts:
        outlines = np.rint(outlines * 1024) / 1024
        y = outlines[..., 1]
        top, bottom = y.min((1, 2)), y.max((1, 2))
        first = np.clip(np.floor(top), 0, SIDE).astype(int)
        high = np.clip(np.ceil(bottom), first, SIDE).astype(int) - first
        high[alpha == 0] = 0
        image = np.repeat(np.arange(len(high)), high)
        if not len(image):
            continue
        shift = first - np.cumsum(high) + high  # from a row of this part to its line of pixels
        line = np.arange(len(image)) + shift[image]
        ink = _ink(outlines, first, high, shift, face) * alpha[image, None].astype(np.float32)
        below = (line + 0.5 - (top + bottom)[image] / 2) / (bottom - top + 1e-3)[image]
        shade = (1 - sag[image] * np.clip(below, -0.5, 0.5))[:, None] * color[image]
        row = image * SIDE + line
        under = rows[row]
        over = shade.astype(np.float32)[:, :, None] * lights[row][:, None]
        rows[row] = under + ink[:, None] * (over - under)


def _ink(outlines: Array, first: Array, high: Array, shift: Array, face: bool) -> Array:
    """Covered share of each pixel (rows, SIDE) float32, by counting how often outlines go round it.

    Image i has `high[i]` rows: the lines of pixels from `first[i]` on.
    """
    image, line, x, turn = crossings(outlines, FINE, FINE * first, FINE * (first + high))
    row = line - FINE * shift[image]
    turns = windings(row, x, turn, (FINE * high.sum(), SIDE)).astype(np.float32)
    ink = np.minimum(np.maximum(turns, 0) if face else np.abs(turns), 1)
    ink = ink.reshape(-1, FINE, SIDE)
    return (ink[:, 0] + ink[:, 1] + ink[:, 2]) * np.float32(1 / FINE)
