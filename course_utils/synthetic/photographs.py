"""Photographs of figures: each flipped, tilted, near or far, some cut by the border, before a
cluttered scene."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .base import Array, Dice, exact
from .figure import SIDE, Figure, Part, circle, paint, turned
from .scenery import backdrop, clutter, foreground, noise


class Pose(NamedTuple):
    weight: int  # how often, among the poses of its class
    tilt: float  # standard deviation, radians
    draw: Callable[[Figure], None]
    grounded: bool = True  # throws a shadow below itself


def _framed(figure: Figure, tilt: float) -> tuple[list[Part], Array]:
    """Its parts in pixels: flipped, tilted, resized and placed; and its box (n, 2, 2)."""
    n = figure.n
    flipped, tilt = figure.chance(0.5)[:, None, None, None] > 0, figure.bell(tilt)
    squeeze = np.stack([np.ones(n), figure.flat(0.88, 1.14)], -1)[:, None, None]
    parts, low, high = [], np.full((n, 2), np.inf), np.full((n, 2), -np.inf)
    for part in figure.parts:
        points = part.outlines * squeeze
        # The other way round too, so that a face seen from in front remains one.
        points = turned(np.where(flipped, points[:, :, ::-1] * (-1, 1), points), tilt)
        there = part.alpha[:, None] > 0
        low = np.where(there, np.minimum(low, points.min((1, 2))), low)
        high = np.where(there, np.maximum(high, points.max((1, 2))), high)
        parts.append(part._replace(outlines=points))
    extent = high - low
    near = figure.chance(0.15)
    size = np.where(near > 0, figure.flat(31, 40), 19 + 12 * exact(figure.flat() ** 0.6))
    scale = (size / np.maximum(extent.max(1), 1.1 * extent.min(1)))[:, None]
    room = 0.35 * np.maximum(SIDE - extent * scale, 0) + 1.5 + 2.5 * near[:, None]
    middle = SIDE / 2 + room * np.clip(figure.bell(0.5, 2), -1, 1)
    shift = middle - (low + high) / 2 * scale
    box = np.stack([low * scale + shift, high * scale + shift], 1)
    scale, shift = scale[:, None, None], shift[:, None, None]
    return [part._replace(outlines=part.outlines * scale + shift) for part in parts], box


def _shadow(dice: Dice, box: Array) -> Part:
    """A dark patch on the ground."""
    low, high = box[:, 0], box[:, 1]
    half = np.stack([(high - low)[:, 0] * 0.45, dice.flat(0.8, 2.0)], -1)
    middle = np.stack([(low + high)[:, 0] / 2 + dice.bell(1.5), high[:, 1] - 0.5], -1)
    ring = circle(16) * half[:, None] + middle[:, None]
    return Part(ring[:, None], np.full_like(half[:, [0, 0, 0]], 0.08), dice.flat(-0.1, 0.6).clip(0))


def _light(dice: Dice, parts: list[Part], canvas: Array) -> Array:
    """What falls on a figure (n, SIDE, SIDE): brighter on one side, uneven as fur or rust."""
    light = dice.flat(0.75, 1.2)
    # What would vanish before its background is lit more, or less.
    tone = sum(part.color.sum(1) for part in parts) / (3 * len(parts))
    behind = exact(canvas[:, 8:24, :, 8:24].mean((1, 2, 3), np.float64))
    lost = np.abs(tone * light - behind) < 0.1
    light = np.where(lost, light * np.where(behind > 0.45, 0.6, 1.5), light)
    across = dice.bell(0.2)[:, None] * (np.arange(SIDE) - 15.5) / 16
    rough = dice.flat(0.05, 0.3, 1, 1).astype(np.float32)
    fur = rough * (noise(dice, 16, 16) + np.float32(0.6) * noise(dice, SIDE, SIDE))
    return (light[:, None] + across).astype(np.float32)[:, None] + fur


def _posed(figure: Figure, pose: Pose, scene: Array) -> tuple[Array, Array]:
    """n images (n, SIDE, 3, SIDE), 0 to 1, of one pose before the scenes numbered (n,).

    Also the boxes (n, 2, 2) around the figures: left and top, right and bottom, in pixels.
    """
    canvas, horizon = backdrop(figure, scene)
    even, flat = np.ones((figure.n, SIDE, SIDE), np.float32), np.zeros(figure.n)
    paint(canvas, clutter(figure, horizon), even, figure.flat(0, 0.5))
    pose.draw(figure)
    parts, box = _framed(figure, pose.tilt)
    light = _light(figure, parts, canvas)
    if pose.grounded:
        paint(canvas, [_shadow(figure, box)], even, flat)
    paint(canvas, parts, light, figure.flat(0, 0.6))
    paint(canvas, foreground(figure), even, flat)
    return canvas, box


def _developed(dice: Dice, canvas: Array) -> Array:
    """Photographs (n, SIDE, SIDE, 3) uint8, each with its own softness, colors and grain."""

    def each(values: Array) -> Array:
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


def photographs(
    dice: Dice, labels: Array, poses: list[list[Pose]], scene: Callable[[Dice, int, Array], Array]
) -> tuple[Array, Array]:
    """Images (n, SIDE, SIDE, 3) uint8 of the classes `labels` (n,), each in one of the `poses` of
    its class; and boxes (n, 4) uint8 around the figures: left, top, right, bottom, in pixels.

    `scene`: the numbers of the scenes behind, of the dice, the class and the rows that are drawn.
    """
    canvas, box = np.empty((len(labels), SIDE, 3, SIDE), np.float32), np.empty((len(labels), 2, 2))
    for label, of_class in enumerate(poses):
        here = np.flatnonzero(labels == label)
        chosen = Dice(dice.rng, len(here)).weighted([pose.weight for pose in of_class])
        for i, pose in enumerate(of_class):
            rows = here[chosen == i]
            if len(rows):
                figure = Figure(dice.rng, len(rows))
                canvas[rows], box[rows] = _posed(figure, pose, scene(figure, label, rows))
    box = np.concatenate([np.floor(box[:, 0]), np.ceil(box[:, 1])], axis=1).clip(0, SIDE)
    return _developed(dice, canvas), box.astype(np.uint8)
