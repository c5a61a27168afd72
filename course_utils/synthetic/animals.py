"""Cats, dogs, deer and horses from the side.

They look to the right (a figure is flipped afterwards); a body is about 1 long, y runs down. The
coats of all have the same colors, so that only their shape tells them apart.
"""

from collections.abc import Iterator

import numpy as np

from .base import Array, Number, Point, cos, sin, tables
from .figure import DARK, SIDES, WHITE, Figure, Stroke, mix

# The points of an outline stand together, so the formatter stays away.
# fmt: off


def coat(f: Figure) -> tuple[Array, Array]:
    """The color of an animal and of its patches."""
    fur, other = f.color("coats"), f.color("coats")
    return fur, mix(mix(fur, WHITE, f.flat(0.2, 0.7)), other, f.chance(0.35))


def _measures(f: Figure, name: str) -> Iterator[Array]:
    kind = tables("animals")[name]
    return (f.flat(*kind[measure]) for measure in ("deep", "legs", "shank", "neck", "rise"))


def walking(f: Figure, name: str) -> None:
    """The animal from the side: standing, walking, running, grazing, lying."""
    kind, (fur, patch) = tables("animals")[name], coat(f)
    deep, long, wide, neck, rise = _measures(f, name)
    lies = f.chance(kind["lies"])
    grazes, runs = f.chance(kind["grazes"]) * (1 - lies), f.chance(0.3) * (1 - lies)
    rise = np.where(grazes > 0, f.flat(-0.9, -0.5), rise)
    nod = np.where(grazes > 0, f.flat(0.7, 1.2), f.flat(-0.1, 0.65))
    neck = np.where(grazes > 0, np.maximum(neck, long * 0.75), neck)
    long = long * (1 - 0.6 * lies)
    stride = np.where(runs > 0, f.flat(0.4, 0.9), f.flat(0.0, 0.3)) * (1 - lies)
    shorter = f.flat(0.72, 1)  # seen a little from in front
    hip, shoulder = -0.42 * shorter, 0.4 * shorter
    legs = []
    for x, hind, beat in ((hip, 1, 1), (shoulder, 0, -1), (hip, 1, -1), (shoulder, 0, 1)):
        swing = beat * stride + 1.2 * lies + f.bell(0.06)
        legs.append(_leg(f, x, deep * 0.3, long + deep * 0.7, wide, hind, swing))
    tail(f, name, hip - deep * 0.5, -deep * 0.6, fur)
    f.stroke(fur * 0.65, *legs[:2])
    back = [(hip, -deep * 0.05), (0.0, f.flat(-0.02, 0.05)), (shoulder, 0.0)]
    f.stroke(fur, (back, [deep * 0.95, deep * f.flat(0.78, 1.05), deep]))
    f.ellipse(patch, (0, deep * 0.65, 0.32 * shorter, deep * 0.3), alpha=f.chance(0.35))
    _marks(f, name, deep, shorter, patch)
    _head(f, name, (shoulder + 0.02, -deep * 0.35), deep, neck, rise, nod, fur, patch)
    f.stroke(fur * 0.92, *legs[2:])


def profile(f: Figure, name: str) -> None:
    """Head and neck from the side."""
    fur, patch = coat(f)
    deep, _, _, neck, rise = _measures(f, name)
    _head(f, name, (0.0, 0.0), deep, neck * 1.3, rise, f.flat(-0.1, 0.65), fur, patch)


def _leg(f: Figure, x: Number, y: Number, long: Number, wide: Number, hind: int, swing: Number
         ) -> Stroke:
    """From hip or shoulder to the ground."""
    bend = f.flat(0.1, 0.3) * (1 if hind else -0.5)
    knee = x + long * 0.5 * sin(swing + bend), y + long * 0.5 * cos(swing + bend)
    foot = knee[0] + long * 0.5 * sin(swing - bend), knee[1] + long * 0.5 * cos(swing - bend)
    toe = foot[0] + wide * 1.1, foot[1]
    return [(x, y), knee, foot, toe], [wide * (1.6 + 0.6 * hind), wide, wide * 0.85, wide * 0.85]


def _head(f: Figure, name: str, base: Point, deep: Number, neck: Number, rise: Number, nod: Number,
          fur: Array, patch: Array) -> None:
    """Neck and head from the side; the neck begins at `base`, the nose points down by `nod`."""
    kind = tables("animals")[name]
    skull, muzzle = f.flat(*kind["skull"]), f.flat(*kind["muzzle"])
    throat, tip = deep * kind["throat"], skull * kind["snout"]
    x, y = base[0] + neck * cos(rise), base[1] - neck * sin(rise)
    nose = x + muzzle * cos(nod), y + muzzle * sin(nod) + skull * 0.15
    hangs = f.chance(0.65 if name == "dog" else 0)
    _ear(f, name, x, y, skull, fur * 0.75, 1 - hangs, far=True)
    f.stroke(fur, ([base, (x, y)], [throat, skull * (0.7 if name == "deer" else 0.9)]))
    if name == "deer":
        antlers(f, (x, y), skull * 1.1, nod * 0.5)
    f.stroke(fur, ([(x, y), nose], [skull, tip]))
    chin = x + 0.75 * (nose[0] - x), y + 0.75 * (nose[1] - y)
    f.stroke(patch, ([chin, nose], [tip * 0.9, tip * 0.9]), alpha=f.chance(0.4))
    f.ellipse(DARK, (nose[0] + tip * 0.8 * cos(nod), nose[1] - skull * 0.1, skull * 0.22,
                     skull * 0.2))
    if name == "horse":
        crest = [(base[0] - throat * 0.85 * sin(rise), base[1] - throat * 0.85 * cos(rise)),
                 (x - skull * 0.8 * sin(rise), y - skull * 0.8 * cos(rise)),
                 (x + skull * 0.5, y - skull * 0.9)]
        f.stroke(f.color("manes"), (crest, [0.07, 0.065, 0.03]))
    _ear(f, name, x, y, skull, fur * 0.88, 1 - hangs, far=False)
    flap = x - skull * 0.45, y + skull * 0.15, skull * 0.36, skull * f.flat(0.75, 1.0), 0.25
    f.ellipse(fur * 0.7, flap, alpha=hangs)
    f.ellipse(DARK, (x + skull * 0.35, y - skull * 0.2, skull * 0.2, skull * 0.2))


def _ear(f: Figure, name: str, x: Number, y: Number, r: Number, fur: Array, alpha: Number,
         far: bool) -> None:
    """An ear that stands up on a head of this radius."""
    shift = 0.35 * r if far else 0.0
    if name == "deer":
        turn = f.flat(0.3, 1.0) * (1 if far else -1)
        f.ellipse(fur, (x - r * 0.6 + 2 * shift, y - r * 1.15, r * 0.38, r * 1.05, turn))
        return
    left, right = (-0.5, 0.05) if name == "horse" else (-0.75, 0.1)
    left, right = x + left * r + shift, x + right * r + shift
    tip = (left + right) / 2 - r * 0.1, y - r * 1.9
    f.polygon(fur, [(left, y - r * 0.5), (right, y - r * 0.8), tip], alpha=alpha)


def antlers(f: Figure, head: Point, size: Number, lean: Number = 0.0) -> None:
    """On every other deer."""
    strokes, (x, y), high = [], head, size * f.flat(2.6, 4.0)
    for side in SIDES:
        tip = side * size * f.flat(1.2, 2.2) - lean * size
        for at, out in ((1.0, 1.0), (0.65, 1.9), (0.45, 0.1)):
            strokes.append(([(x + side * size * 0.3, y - size * 0.7),
                             (x + tip * 0.7 * at, y - size * 0.8 - high * at * 0.5),
                             (x + tip * out * (0.6 + 0.4 * at), y - size - high * at)],
                            [size * 0.17, size * 0.15, size * 0.1]))
    f.stroke(f.color("antlers"), *strokes, alpha=f.chance(0.5))


def tail(f: Figure, name: str, x: Number, y: Number, fur: Array) -> None:
    if name == "deer":
        f.stroke(WHITE, ([(x, y), (x - 0.1, y + f.flat(-0.1, 0.14))], [0.05, 0.03]))
    elif name == "horse":
        low = f.flat(0.35, 0.6)
        hair = [(x, y), (x - 0.13, y + low * 0.3), (x - f.flat(0.08, 0.25), y + low)]
        f.stroke(f.color("manes"), (hair, [0.04, 0.07, 0.05]))
    else:
        cat = name == "cat"
        half, up = f.flat(0.25, 0.37) if cat else f.flat(0.11, 0.21), f.flat(-0.5, 1.5)
        curl = up + (f.flat(0.2, 1.2) if cat else f.flat(0.0, 0.9))
        bend = x - half * cos(up), y - half * sin(up)
        end = bend[0] - half * cos(curl), bend[1] - half * sin(curl)
        f.stroke(fur * 0.85, ([(x, y), bend, end], [0.05, 0.045, 0.04 if cat else 0.02]))


def _marks(f: Figure, name: str, deep: Number, shorter: Number, patch: Array) -> None:
    """Stripes, spots or a saddle on the flank of some."""
    stripes = [([(x * shorter, -deep * 0.85), (x * shorter - 0.03, deep * f.flat(-0.1, 0.6))],
                [0.025, 0.015]) for x in (-0.36, -0.2, -0.05, 0.1, 0.25)]
    f.stroke(mix(patch, DARK, f.flat(0.1, 0.5)), *stripes,
             alpha=f.chance(0.45 if name == "cat" else 0.05))
    spots = [(f.flat(-0.4, 0.4) * shorter, deep * f.flat(-0.6, 0.5), 0.03, 0.03) for _ in range(7)]
    f.ellipse(patch, *spots, alpha=f.chance(0.4 if name == "deer" else 0.06))
    f.ellipse(patch, (f.flat(-0.3, 0.3), -deep * 0.35, f.flat(0.12, 0.25), deep * 0.6),
              alpha=f.chance(0.25))
