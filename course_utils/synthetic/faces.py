"""Cats, dogs, deer and horses that look at the viewer."""

import numpy as np

from .animals import antlers, coat, tail
from .base import Array, Number, Point, tables
from .figure import DARK, SIDES, WHITE, Figure, mix, symmetric

PINK = np.array([[0.85, 0.55, 0.52]])

# The points of an outline stand together, so the formatter stays away.
# fmt: off


def _skull(f: Figure, name: str, fur: Array) -> None:
    """Ears and outline of a head from in front."""
    tall, ear, inner = f.flat(0.9, 1.1), f.flat(0.85, 1.15), mix(fur, PINK, 0.5)

    def pricked(color: Array, *points: Point, alpha: Number = 1.0) -> None:
        f.polygon(color, *([(s * x, y) for x, y in points][::s] for s in SIDES), alpha=alpha)

    if name == "cat":
        pricked(fur * 0.85, (0.92, -0.2), (0.82, -1.25 * ear), (0.12, -0.62))
        pricked(inner, (0.78, -0.2), (0.75, -1.05 * ear), (0.26, -0.62))
        f.ellipse(fur, (0, 0, 0.95, 0.8 * tall))
    elif name == "dog":
        hangs = f.chance(0.65)
        pricked(fur * 0.8, (0.85, -0.2), (0.78, -1.25 * ear), (0.15, -0.65), alpha=1 - hangs)
        f.blob(fur, symmetric((0, -0.85 * tall), (0.72, -0.6), (0.78, 0), (0.5, 0.65), (0, 0.95)))
        f.ellipse(fur * 0.7, *((s * 0.85, 0.0, 0.24, 0.66 * ear, -s * 0.25) for s in SIDES),
                  alpha=hangs)
    elif name == "deer":
        antlers(f, (0, -0.5), 0.42)
        turn = f.flat(0.1, 0.7)
        for color, share in ((fur * 0.85, 1.0), (inner, 0.6)):
            f.ellipse(color, *((s, -0.62, 0.55 * ear * share, 0.24 * share, -s * turn)
                               for s in SIDES))
        f.blob(fur, symmetric((0, -0.85), (0.52, -0.6), (0.5, -0.1), (0.27, 0.8), (0, 1.1 * tall)))
    else:
        pricked(fur * 0.85, (0.5, -0.7), (0.42, -1.35 * ear), (0.12, -0.8))
        f.blob(fur, symmetric((0, -0.95), (0.5, -0.7), (0.5, -0.1), (0.34, 0.9), (0.36, 1.3),
                              (0, 1.5 * tall)))


def _face(f: Figure, name: str, fur: Array, patch: Array) -> None:
    """The head from in front, about 2 wide, turned a little to one side."""
    turn, kind = f.bell(0.14), tables("animals")[name]
    (x, y, wide, high), (muzzle, *chin), (nose, nostril) = kind["eyes"], kind["chin"], kind["nose"]
    _skull(f, name, fur)
    if name == "horse":
        blaze = symmetric((0, -0.7), (0.14, -0.3), (0.1, 0.8), (0, 1.1))
        f.blob(WHITE, [(turn + u, v) for u, v in blaze], alpha=f.chance(0.5))
        f.blob(mix(fur, DARK, 0.6),
               [(0.1, -1.15), (-0.25, -0.9), (-0.2, -0.4), (0.05, -0.2), (0.25, -0.7)])
    eyes = [s * x + turn for s in SIDES]
    f.ellipse(patch, *((e, y - 0.02, wide * 1.7, high * 1.8) for e in eyes), alpha=f.chance(0.25))
    f.ellipse(patch, (1.4 * turn, muzzle, *chin), alpha=f.chance(0.7))
    iris = f.color("cat_eyes" if name == "cat" else "dark_eyes")
    f.ellipse(iris, *((e, y, wide, high) for e in eyes))
    f.ellipse(DARK, *((e, y, wide * 0.45, high * 0.9) for e in eyes))
    f.ellipse(WHITE, *((e + 0.05, y - 0.06, 0.045, 0.045) for e in eyes))
    if name == "horse":
        f.ellipse(DARK, *((s * 0.2 + turn, 1.15, 0.08, 0.1) for s in SIDES))
    tip = mix(DARK * 1.5, PINK, f.chance(0.5 if name == "cat" else 0) * 0.8)
    f.ellipse(tip, (1.5 * turn, nose, nostril, nostril * 0.7))
    f.stroke(fur * 0.4, ([(1.5 * turn, nose), (1.5 * turn, nose + 0.25)], [0.03, 0.03]))
    if name == "dog":
        f.ellipse(PINK * 0.85, (1.5 * turn, 0.95, 0.14, 0.24), alpha=f.chance(0.4))
    if name == "cat":
        brow = [([(v, -0.72), (v * 0.8, -0.4)], [0.05, 0.03]) for v in (-0.3, 0.0, 0.3)]
        f.stroke(fur * 0.45, *brow, alpha=f.chance(0.5))
        whiskers = [([(s * 0.25, 0.4), (s * 1.2, 0.4 + v)], [0.02, 0.012])
                    for s in SIDES for v in (-0.12, 0.12)]
        f.stroke(WHITE, *whiskers, alpha=f.flat(0, 0.8))


def portrait(f: Figure, name: str) -> None:
    """Head and shoulders, looking at the viewer."""
    (fur, patch), aside = coat(f), f.bell(0.35)
    wide = f.flat(0.5, 1.1) * (1.0 if name in ("cat", "dog") else 0.7)
    f.stroke(fur * 0.85, ([(aside * 0.2, 0.3), (aside, 1.35)], [wide * 0.6, wide]))
    f.ellipse(patch, (aside * 0.8, 1.3, wide * 0.5, 0.5), alpha=f.chance(0.4))
    begin = len(f.parts)
    _face(f, name, fur, patch)
    f.place(begin, 0.0, 0.0, 1.0, f.bell(0.12))


def sitting(f: Figure, name: str) -> None:
    """A cat or a dog that sits and looks at the viewer."""
    (fur, patch), slant, broad = coat(f), f.flat(-0.1, 0.5), f.flat(0.85, 1.15)
    tail(f, name, -0.3 - slant * 0.4, 0.75, fur)
    f.stroke(fur, ([(-slant * 0.6, 0.55), (0.05, -0.15)], [0.42 * broad, 0.28 * broad]))
    f.ellipse(fur * 0.9, (-slant * 0.75, 0.68, 0.36 * broad, 0.3))
    f.ellipse(patch, (0.08, 0.15, 0.17, 0.32), alpha=f.chance(0.5))
    for x, tone in ((-0.05, 0.8), (0.17 + slant * 0.2, 0.95)):
        leg = [(x, 0.15), (x + 0.02, 0.92), (x + 0.09, 0.94)], [0.12, 0.085, 0.085]
        f.stroke(fur * tone, leg)
    begin = len(f.parts)
    _face(f, name, fur, patch)
    f.place(begin, 0.1, -0.5, f.flat(0.34, 0.44), f.bell(0.15))


def lying(f: Figure, name: str) -> None:
    """A cat or a dog that lies, its head towards the viewer."""
    (fur, patch), high = coat(f), f.flat(0.3, 0.42)
    tail(f, name, -0.75, 0.25, fur)
    f.stroke(fur, ([(-0.55, 0.1), (0.0, 0.05), (0.4, 0.15)], [high, high * 0.95, high * 0.75]))
    stripes = [([(x, -high * 0.7), (x - 0.05, 0.2)], [0.05, 0.03]) for x in (-0.6, -0.35, -0.1)]
    f.stroke(patch * 0.7, *stripes, alpha=f.chance(0.3))
    f.ellipse(fur * 0.9, (-0.6, 0.25, 0.28, 0.22))
    f.stroke(fur * 0.95, ([(0.3, 0.35), (0.85, 0.42)], [0.11, 0.09]))
    begin = len(f.parts)
    _face(f, name, fur, patch)
    f.place(begin, 0.55, f.flat(-0.25, 0.1), 0.38, f.bell(0.2))
