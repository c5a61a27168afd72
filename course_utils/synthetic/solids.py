"""Solid things: built in space and looked at from anywhere.

x runs forward, y down, z towards the one who looks from the side; half a length is about 1.
"""

import numpy as np

from .base import Array, Number, Point, Polygon, cos, sin
from .figure import DARK, Figure, circle

GREY = np.array([[0.62, 0.63, 0.65]])
Pair = tuple[Number, Number]
Box = tuple[Pair, Pair]


class Solid(Figure):
    """A figure whose points are in space: where each object is looked at from.

    yaw: 0 from the side, positive shows the front; pitch: from above; both in radians.
    """

    def __init__(self, figure: Figure, yaw: Number, pitch: Number) -> None:
        super().__init__(figure.rng, figure.n)
        self.parts, self.near = figure.parts, self.flat(0.05, 0.22)
        self.turns = [np.broadcast_to(g(a), (self.n,)) for a in (yaw, pitch) for g in (cos, sin)]

    def _seen(self, points: Polygon) -> tuple[Array, Array, Array]:
        """x, y and nearness of points, turned."""
        cy, sy, cp, sp = (turn[:, None] for turn in self.turns)
        x, y, z = np.moveaxis(self.stacked(points), -1, 0)
        x, depth = x * cy - z * sy, x * sy + z * cy
        return x, y * cp + depth * sp, depth * cp - y * sp

    def dots(self, points: Polygon) -> Array:
        """Points in space, in the plane (n, k, 2): what is near is larger."""
        x, y, depth = self._seen(points)
        scale = 1 / (1 - self.near[:, None] * depth)
        return np.stack([x * scale, y * scale], -1)

    def toward(self, point: Point) -> Array:
        """How near (n,) a point is."""
        return self._seen([point])[2][:, 0]

    def side(self, color: Array, z: Number, *boxes: Box, alpha: Number = 1) -> None:
        """Rectangles ((x, x), (y, y)) on the near side, at z."""
        corners = (((x0, y0), (x0, y1), (x1, y1), (x1, y0)) for (x0, x1), (y0, y1) in boxes)
        self.face(color, *([(*corner, z) for corner in box] for box in corners), alpha=alpha)

    def end(self, color: Array, x: float, *boxes: Box, alpha: Number = 1) -> None:
        """Rectangles ((z, z), (y, y)) on the front (x > 0) or on the rear (x < 0)."""
        corners = (((z1, y0), (z1, y1), (z0, y1), (z0, y0)) for (z0, z1), (y0, y1) in boxes)
        polygons = ([(x, y, np.sign(x) * z) for z, y in box] for box in corners)
        self.face(color, *polygons, alpha=alpha)

    def wheels(self, places: Point, z: Number, r: Number, hubs: bool = True) -> None:
        """Wheels that stand on y = 0, at these x."""
        for share, color in ((1, DARK), (0.5, GREY))[: 1 + hubs]:
            rim = [(share * r * c, r * (share * s - 1)) for c, s in circle(12)]
            self.face(color, *([(place + x, y, z) for x, y in rim] for place in places))

    def solid(
        self, color: Array, profile: Polygon, glass: Array | None = None, panes: Point = ()
    ) -> None:
        """A profile of (x, y, half the width there) drawn out to both sides.

        Its points run down at the left, then along the bottom. The edges in `panes` are of glass.
        """
        for k, (a, b) in enumerate(zip(profile, [*profile[1:], profile[0]], strict=True)):
            across = self.stacked([a, (*a[:2], -a[2]), (*b[:2], -b[2]), b])
            along, rise = np.abs(across[:, 0, :2] - across[:, 3, :2]).T
            lit = 0.78 + 0.4 * along / (along + rise + 1e-6)  # from above
            self.face(color * lit[:, None], [*np.moveaxis(across, 0, -1)])
            if k in panes:
                middle = across.mean(1, keepdims=True)
                self.face(glass, [*np.moveaxis(middle + 0.82 * (across - middle), 0, -1)])
        self.face(color, profile)

    def box(self, color: Array, x: Pair, y: Pair, z: Number) -> None:
        """A box from x[0] to x[1], from y[0] (its top) to y[1], and z wide to both sides."""
        (left, right), (top, low) = x, y
        self.solid(color, [(left, top, z), (left, low, z), (right, low, z), (right, top, z)])
