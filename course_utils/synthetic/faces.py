"""Cats, dogs, deer and horses for the drawn CIFAR-10, looking at the reader."""

import numpy as np

from .animals import antlers, coat, tail
from .base import Dice, Number
from .figure import DARK, SIDES, WHITE, Figure, mix

PINK = np.array([[0.85, 0.55, 0.52]])

# The points of an outline stand together, so the formatter stays away.
# fmt: off
# Of a face, half its width being about 1: where the eyes are (x, y, half width, half height), the
# light muzzle (y, half width, half height) and the nose (y, half width).
FACES = {
    "cat": ((0.43, -0.08, 0.21, 0.17), (0.42, 0.36, 0.26), (0.22, 0.12)),
    "dog": ((0.34, -0.15, 0.13, 0.13), (0.52, 0.42, 0.42), (0.3, 0.22)),
    "deer": ((0.42, -0.2, 0.13, 0.15), (0.85, 0.22, 0.2), (0.8, 0.2)),
    "horse": ((0.46, -0.25, 0.11, 0.13), (1.15, 0.34, 0.3), (1.3, 0.05)),
}


def _skull(figure: Figure, name: str, fur: np.ndarray) -> None:
    """Ears and outline of a head from in front."""
    dice = figure.dice
    tall, ear, inner = dice.flat(0.9, 1.1), dice.flat(0.85, 1.15), mix(fur, PINK, 0.5)

    def pricked(color: np.ndarray, *points: tuple, alpha: Number = 1.0) -> None:
        both = ([(s * x, y) for x, y in points][::s] for s in SIDES)
        figure.polygon(color, *both, alpha=alpha)

    def outline(*points: tuple) -> None:
        """Smooth, from the top down the one side, then the other."""
        left = [(-x, y) for x, y in points[1:-1]]
        figure.blob(fur, [points[0], *left, points[-1], *points[-2:0:-1]])

    if name == "cat":
        pricked(fur * 0.85, (0.92, -0.2), (0.82, -1.25 * ear), (0.12, -0.62))
        pricked(inner, (0.78, -0.2), (0.75, -1.05 * ear), (0.26, -0.62))
        figure.ellipse(fur, (0, 0, 0.95, 0.8 * tall))
    elif name == "dog":
        hangs = dice.chance(0.65)
        pricked(fur * 0.8, (0.85, -0.2), (0.78, -1.25 * ear), (0.15, -0.65), alpha=1 - hangs)
        outline((0, -0.85 * tall), (0.72, -0.6), (0.78, 0), (0.5, 0.65), (0, 0.95))
        figure.ellipse(
            fur * 0.7, *((s * 0.85, 0.0, 0.24, 0.66 * ear, -s * 0.25) for s in SIDES), alpha=hangs
        )
    elif name == "deer":
        antlers(figure, (0, -0.5), 0.42)
        turn = dice.flat(0.1, 0.7)
        for color, share in ((fur * 0.85, 1.0), (inner, 0.6)):
            figure.ellipse(
                color, *((s, -0.62, 0.55 * ear * share, 0.24 * share, -s * turn) for s in SIDES)
            )
        outline((0, -0.85), (0.52, -0.6), (0.5, -0.1), (0.27, 0.8), (0, 1.1 * tall))
    else:
        pricked(fur * 0.85, (0.5, -0.7), (0.42, -1.35 * ear), (0.12, -0.8))
        outline((0, -0.95), (0.5, -0.7), (0.5, -0.1), (0.34, 0.9), (0.36, 1.3), (0, 1.5 * tall))


def face(dice: Dice, name: str, fur: np.ndarray, patch: np.ndarray) -> Figure:
    """The head from in front, about 2 wide, turned a little to one side."""
    figure, turn = Figure(dice), dice.bell(0.14)
    (x, y, wide, high), (muzzle, *chin), (nose, nostril) = FACES[name]
    _skull(figure, name, fur)
    if name == "horse":
        blaze = [
            (turn + u, v)
            for u, v in ((0, -0.7), (-0.14, -0.3), (-0.1, 0.8), (0, 1.1), (0.1, 0.8), (0.14, -0.3))
        ]
        figure.blob(WHITE, blaze, alpha=dice.chance(0.5))
        figure.blob(
            mix(fur, DARK, 0.6),
            [(0.1, -1.15), (-0.25, -0.9), (-0.2, -0.4), (0.05, -0.2), (0.25, -0.7)],
        )
    eyes = [s * x + turn for s in SIDES]
    figure.ellipse(
        patch, *((e, y - 0.02, wide * 1.7, high * 1.8) for e in eyes), alpha=dice.chance(0.25)
    )
    figure.ellipse(patch, (1.4 * turn, muzzle, *chin), alpha=dice.chance(0.7))
    iris = dice.color("b8b040 7fa050 d09030 6fa0b0" if name == "cat" else "3a2a1e 2a1c14")
    figure.ellipse(iris, *((e, y, wide, high) for e in eyes))
    figure.ellipse(DARK, *((e, y, wide * 0.45, high * 0.9) for e in eyes))
    figure.ellipse(WHITE, *((e + 0.05, y - 0.06, 0.045, 0.045) for e in eyes))
    if name == "horse":
        figure.ellipse(DARK, *((s * 0.2 + turn, 1.15, 0.08, 0.1) for s in SIDES))
    tip = mix(DARK * 1.5, PINK, dice.chance(0.5 if name == "cat" else 0) * 0.8)
    figure.ellipse(tip, (1.5 * turn, nose, nostril, nostril * 0.7))
    figure.stroke(fur * 0.4, ([(1.5 * turn, nose), (1.5 * turn, nose + 0.25)], [0.03, 0.03]))
    if name == "dog":
        figure.ellipse(PINK * 0.85, (1.5 * turn, 0.95, 0.14, 0.24), alpha=dice.chance(0.4))
    if name == "cat":
        figure.stroke(
            fur * 0.45,
            *(([(v, -0.72), (v * 0.8, -0.4)], [0.05, 0.03]) for v in (-0.3, 0.0, 0.3)),
            alpha=dice.chance(0.5),
        )
        figure.stroke(
            WHITE,
            *(
                ([(s * 0.25, 0.4), (s * 1.2, 0.4 + v)], [0.02, 0.012])
                for s in SIDES
                for v in (-0.12, 0.12)
            ),
            alpha=dice.flat(0, 0.8),
        )
    return figure


def portrait(dice: Dice, name: str) -> Figure:
    """Head and shoulders, looking at the reader."""
    figure, (fur, patch) = Figure(dice), coat(dice)
    aside = dice.bell(0.35)
    wide = dice.flat(0.5, 1.1) * (1.0 if name in ("cat", "dog") else 0.7)
    figure.stroke(fur * 0.85, ([(aside * 0.2, 0.3), (aside, 1.35)], [wide * 0.6, wide]))
    figure.ellipse(patch, (aside * 0.8, 1.3, wide * 0.5, 0.5), alpha=dice.chance(0.4))
    figure.place(face(dice, name, fur, patch), 0.0, 0.0, 1.0, dice.bell(0.12))
    return figure


def sitting(dice: Dice, name: str) -> Figure:
    """A cat or a dog that sits and looks at the reader."""
    figure, (fur, patch) = Figure(dice), coat(dice)
    slant, broad = dice.flat(-0.1, 0.5), dice.flat(0.85, 1.15)
    tail(figure, name, -0.3 - slant * 0.4, 0.75, fur)
    figure.stroke(fur, ([(-slant * 0.6, 0.55), (0.05, -0.15)], [0.42 * broad, 0.28 * broad]))
    figure.ellipse(fur * 0.9, (-slant * 0.75, 0.68, 0.36 * broad, 0.3))
    figure.ellipse(patch, (0.08, 0.15, 0.17, 0.32), alpha=dice.chance(0.5))
    for x, light in ((-0.05, 0.8), (0.17 + slant * 0.2, 0.95)):
        figure.stroke(
            fur * light, ([(x, 0.15), (x + 0.02, 0.92), (x + 0.09, 0.94)], [0.12, 0.085, 0.085])
        )
    figure.place(face(dice, name, fur, patch), 0.1, -0.5, dice.flat(0.34, 0.44), dice.bell(0.15))
    return figure


def lying(dice: Dice, name: str) -> Figure:
    """A cat or a dog that lies, its head towards the reader."""
    figure, (fur, patch) = Figure(dice), coat(dice)
    high = dice.flat(0.3, 0.42)
    tail(figure, name, -0.75, 0.25, fur)
    figure.stroke(fur, ([(-0.55, 0.1), (0.0, 0.05), (0.4, 0.15)], [high, high * 0.95, high * 0.75]))
    figure.stroke(
        patch * 0.7,
        *(([(x, -high * 0.7), (x - 0.05, 0.2)], [0.05, 0.03]) for x in (-0.6, -0.35, -0.1)),
        alpha=dice.chance(0.3),
    )
    figure.ellipse(fur * 0.9, (-0.6, 0.25, 0.28, 0.22))
    figure.stroke(fur * 0.95, ([(0.3, 0.35), (0.85, 0.42)], [0.11, 0.09]))
    figure.place(face(dice, name, fur, patch), 0.55, dice.flat(-0.25, 0.1), 0.38, dice.bell(0.2))
    return figure


# fmt: on
