"""Cats, dogs, deer and horses for the drawn CIFAR-10, from the side.

They look to the right (a figure is mirrored afterwards); a body is about 1 long, y runs down. The
coats of all have the same colors, so that only their shape tells them apart.
"""

from typing import NamedTuple

import numpy as np

from .base import Dice, Number, Polygon, cos, sin
from .figure import DARK, SIDES, WHITE, Figure, mix

COATS = """3a2a1e 6b4a2f 9a6b3f b5824f c69a63 e0c9a0 8c8680 5c5854 1f1c1b eeeae2 b5713a d9a05e
a88f70"""
MANES = "1f1a18 3a2a1e e0d0b0 6b4a2f"
Range = tuple[float, float]


class Kind(NamedTuple):
    """What a four-footed animal is like; lengths are shares of its body, angles in radians."""

    deep: Range  # half the thickness of the body
    legs: Range
    shank: Range  # half the thickness of a leg
    neck: Range
    rise: Range  # of the neck
    skull: Range
    muzzle: Range
    throat: float  # half the thickness of the neck, as a share of the body's
    snout: float  # half the thickness at the nose, as a share of the skull
    grazes: float  # how many hold the head down
    lies: float


KINDS = {
    "cat": Kind((0.17, 0.23), (0.34, 0.48), (0.045, 0.065), (0.1, 0.2), (0.2, 0.9), (0.16, 0.2),
                (0.09, 0.13), 1.0, 0.55, 0.1, 0.2),
    "dog": Kind((0.16, 0.25), (0.36, 0.62), (0.045, 0.075), (0.18, 0.32), (0.5, 1.1), (0.13, 0.17),
                (0.2, 0.3), 0.75, 0.55, 0.1, 0.1),
    "deer": Kind((0.17, 0.22), (0.68, 0.95), (0.028, 0.042), (0.36, 0.55), (0.8, 1.3),
                 (0.09, 0.115), (0.2, 0.26), 0.55, 0.4, 0.2, 0.15),
    "horse": Kind((0.2, 0.26), (0.6, 0.8), (0.045, 0.065), (0.4, 0.55), (0.6, 1.05), (0.11, 0.14),
                  (0.3, 0.38), 0.8, 0.62, 0.3, 0.0),
}  # fmt: skip

# The points of an outline stand together, so the formatter stays away.
# fmt: off


def coat(dice: Dice) -> tuple[np.ndarray, np.ndarray]:
    """The color of an animal and of its patches."""
    fur, other = dice.color(COATS), dice.color(COATS)
    return fur, mix(mix(fur, WHITE, dice.flat(0.2, 0.7)), other, dice.chance(0.35))


def walking(dice: Dice, name: str) -> Figure:
    """The animal from the side: standing, walking, running, grazing, lying."""
    figure, kind, (fur, patch) = Figure(dice), KINDS[name], coat(dice)
    deep, long, wide, neck, rise = (dice.flat(*ends) for ends in kind[:5])
    lies = dice.chance(kind.lies)
    grazes, runs = dice.chance(kind.grazes) * (1 - lies), dice.chance(0.3) * (1 - lies)
    rise = np.where(grazes > 0, dice.flat(-0.9, -0.5), rise)
    nod = np.where(grazes > 0, dice.flat(0.7, 1.2), dice.flat(-0.1, 0.65))
    neck = np.where(grazes > 0, np.maximum(neck, long * 0.75), neck)
    long = long * (1 - 0.6 * lies)
    stride = np.where(runs > 0, dice.flat(0.4, 0.9), dice.flat(0.0, 0.3)) * (1 - lies)
    shorter = dice.flat(0.72, 1)  # seen a little from in front
    hip, shoulder = -0.42 * shorter, 0.4 * shorter
    legs = []
    for x, hind, beat in ((hip, 1, 1), (shoulder, 0, -1), (hip, 1, -1), (shoulder, 0, 1)):
        swing = beat * stride + 1.2 * lies + dice.bell(0.06)
        legs.append(_leg(dice, x, deep * 0.3, long + deep * 0.7, wide, hind, swing))
    tail(figure, name, hip - deep * 0.5, -deep * 0.6, fur)
    figure.stroke(fur * 0.65, *legs[:2])
    figure.stroke(
        fur,
        (
            [(hip, -deep * 0.05), (0.0, dice.flat(-0.02, 0.05)), (shoulder, 0.0)],
            [deep * 0.95, deep * dice.flat(0.78, 1.05), deep],
        ),
    )
    belly = 0.0, deep * 0.65, 0.32 * shorter, deep * 0.3
    figure.ellipse(patch, belly, alpha=dice.chance(0.35))
    _marks(figure, name, deep, shorter, patch)
    _head(figure, name, (shoulder + 0.02, -deep * 0.35), deep, neck, rise, nod, fur, patch)
    figure.stroke(fur * 0.92, *legs[2:])
    return figure


def profile(dice: Dice, name: str) -> Figure:
    """Head and neck from the side."""
    figure, (fur, patch) = Figure(dice), coat(dice)
    deep, _, _, neck, rise = (dice.flat(*ends) for ends in KINDS[name][:5])
    _head(figure, name, (0.0, 0.0), deep, neck * 1.3, rise, dice.flat(-0.1, 0.65), fur, patch)
    return figure


def _leg(
    dice: Dice, x: Number, y: Number, long: Number, wide: Number, hind: int, swing: Number
) -> tuple[Polygon, list[Number]]:
    """A stroke from hip or shoulder to the ground."""
    bend = dice.flat(0.1, 0.3) * (1 if hind else -0.5)
    knee = x + long * 0.5 * sin(swing + bend), y + long * 0.5 * cos(swing + bend)
    foot = knee[0] + long * 0.5 * sin(swing - bend), knee[1] + long * 0.5 * cos(swing - bend)
    toe = foot[0] + wide * 1.1, foot[1]
    return [(x, y), knee, foot, toe], [wide * (1.6 + 0.6 * hind), wide, wide * 0.85, wide * 0.85]


def _head(
    figure: Figure,
    name: str,
    base: tuple,
    deep: Number,
    neck: Number,
    rise: Number,
    nod: Number,
    fur: np.ndarray,
    patch: np.ndarray,
) -> None:
    """Neck and head from the side; the neck begins at `base`, the nose points down by `nod`."""
    dice, kind = figure.dice, KINDS[name]
    skull, muzzle = dice.flat(*kind.skull), dice.flat(*kind.muzzle)
    throat, tip = deep * kind.throat, skull * kind.snout
    x, y = base[0] + neck * cos(rise), base[1] - neck * sin(rise)
    nose = x + muzzle * cos(nod), y + muzzle * sin(nod) + skull * 0.15
    hangs = dice.chance(0.65 if name == "dog" else 0)
    _ear(figure, name, x, y, skull, fur * 0.75, 1 - hangs, far=True)
    figure.stroke(fur, ([base, (x, y)], [throat, skull * (0.7 if name == "deer" else 0.9)]))
    if name == "deer":
        antlers(figure, (x, y), skull * 1.1, nod * 0.5)
    figure.stroke(fur, ([(x, y), nose], [skull, tip]))
    chin = x + 0.75 * (nose[0] - x), y + 0.75 * (nose[1] - y)
    figure.stroke(patch, ([chin, nose], [tip * 0.9, tip * 0.9]), alpha=dice.chance(0.4))
    figure.ellipse(
        DARK, (nose[0] + tip * 0.8 * cos(nod), nose[1] - skull * 0.1, skull * 0.22, skull * 0.2)
    )
    if name == "horse":
        crest = [
            (base[0] - throat * 0.85 * sin(rise), base[1] - throat * 0.85 * cos(rise)),
            (x - skull * 0.8 * sin(rise), y - skull * 0.8 * cos(rise)),
            (x + skull * 0.5, y - skull * 0.9),
        ]
        figure.stroke(dice.color(MANES), (crest, [0.07, 0.065, 0.03]))
    _ear(figure, name, x, y, skull, fur * 0.88, 1 - hangs, far=False)
    figure.ellipse(
        fur * 0.7,
        (x - skull * 0.45, y + skull * 0.15, skull * 0.36, skull * dice.flat(0.75, 1.0), 0.25),
        alpha=hangs,
    )
    figure.ellipse(DARK, (x + skull * 0.35, y - skull * 0.2, skull * 0.2, skull * 0.2))


def _ear(
    figure: Figure,
    name: str,
    x: Number,
    y: Number,
    r: Number,
    fur: np.ndarray,
    alpha: Number,
    far: bool,
) -> None:
    """An ear that stands up on a head of this radius."""
    shift = 0.35 * r if far else 0.0
    if name == "deer":
        turn = figure.dice.flat(0.3, 1.0) * (1 if far else -1)
        figure.ellipse(fur, (x - r * 0.6 + 2 * shift, y - r * 1.15, r * 0.38, r * 1.05, turn))
    else:
        left, right = (-0.5, 0.05) if name == "horse" else (-0.75, 0.1)
        left, right = x + left * r + shift, x + right * r + shift
        figure.polygon(
            fur,
            [
                (left, y - r * 0.5),
                (right, y - r * 0.8),
                ((left + right) / 2 - r * 0.1, y - r * 1.9),
            ],
            alpha=alpha,
        )


def antlers(figure: Figure, head: tuple, size: Number, lean: Number = 0.0) -> None:
    """On every other deer."""
    dice = figure.dice
    strokes, (x, y), high = [], head, size * dice.flat(2.6, 4.0)
    for side in SIDES:
        tip = side * size * dice.flat(1.2, 2.2) - lean * size
        for at, out in ((1.0, 1.0), (0.65, 1.9), (0.45, 0.1)):
            strokes.append(
                (
                    [
                        (x + side * size * 0.3, y - size * 0.7),
                        (x + tip * 0.7 * at, y - size * 0.8 - high * at * 0.5),
                        (x + tip * out * (0.6 + 0.4 * at), y - size - high * at),
                    ],
                    [size * 0.17, size * 0.15, size * 0.1],
                )
            )
    figure.stroke(dice.color("8a6a48 b89a70 5a4532 d8c8a8"), *strokes, alpha=dice.chance(0.5))


def tail(figure: Figure, name: str, x: Number, y: Number, fur: np.ndarray) -> None:
    dice = figure.dice
    if name == "deer":
        figure.stroke(WHITE, ([(x, y), (x - 0.1, y + dice.flat(-0.1, 0.14))], [0.05, 0.03]))
    elif name == "horse":
        low = dice.flat(0.35, 0.6)
        hair = [(x, y), (x - 0.13, y + low * 0.3), (x - dice.flat(0.08, 0.25), y + low)]
        figure.stroke(dice.color(MANES), (hair, [0.04, 0.07, 0.05]))
    else:
        cat = name == "cat"
        half = dice.flat(0.25, 0.37) if cat else dice.flat(0.11, 0.21)
        up = dice.flat(-0.5, 1.5)
        curl = up + (dice.flat(0.2, 1.2) if cat else dice.flat(0.0, 0.9))
        bend = x - half * cos(up), y - half * sin(up)
        end = bend[0] - half * cos(curl), bend[1] - half * sin(curl)
        figure.stroke(fur * 0.85, ([(x, y), bend, end], [0.05, 0.045, 0.04 if cat else 0.02]))


def _marks(figure: Figure, name: str, deep: Number, shorter: Number, patch: np.ndarray) -> None:
    """Stripes, spots or a saddle on the flank of some."""
    dice = figure.dice
    stripes = [
        (
            [(x * shorter, -deep * 0.85), (x * shorter - 0.03, deep * dice.flat(-0.1, 0.6))],
            [0.025, 0.015],
        )
        for x in (-0.36, -0.2, -0.05, 0.1, 0.25)
    ]
    figure.stroke(
        mix(patch, DARK, dice.flat(0.1, 0.5)),
        *stripes,
        alpha=dice.chance(0.45 if name == "cat" else 0.05),
    )
    spots = [
        (dice.flat(-0.4, 0.4) * shorter, deep * dice.flat(-0.6, 0.5), 0.03, 0.03) for _ in range(7)
    ]
    figure.ellipse(patch, *spots, alpha=dice.chance(0.4 if name == "deer" else 0.06))
    saddle = dice.flat(-0.3, 0.3), -deep * 0.35, dice.flat(0.12, 0.25), deep * 0.6
    figure.ellipse(patch, saddle, alpha=dice.chance(0.25))


# fmt: on
