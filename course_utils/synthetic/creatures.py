"""Frogs and birds for the drawn CIFAR-10, in several poses each."""

import numpy as np

from .base import Dice, cos, sin
from .figure import DARK, SIDES, WHITE, Figure, mix

SKINS = "5f8f3a 86b04a 4a6a34 a8b860 7a6a3a 8f6f45 b08a58 a0522d 6f7f5a 3f5f4a c8a23a 5f564a"
PLUMES = """6b5a48 9a8468 2b2a2c c8b89a e8e6e0 8a8c90 4f6f9c b8402f d9b03a 5f7f4f 7a4f34 3f4a5a
a87848"""
BEAKS = "e0a030 d0702a 3a3634 8a7a58 e8c860"
CREAM = np.array([[0.92, 0.9, 0.75]])

# The points of an outline stand together, so the formatter stays away.
# fmt: off


def frog(dice: Dice) -> Figure:
    """From the side, crouching."""
    figure = Figure(dice)
    skin = dice.color(SKINS)
    belly = mix(skin, CREAM, dice.flat(0.4, 0.9))
    spot = mix(skin, dice.color("1f2a18 3a2f20 d0d890 e0c060"), 0.7)
    up = dice.flat(0.1, 0.65)  # how far it sits up
    x, y = 0.5 * cos(up), -0.5 * sin(up)
    wide = dice.flat(0.3, 0.38)
    foot = 0.42
    far = skin * 0.65
    figure.stroke(
        far, ([(x * 0.5, 0.15), (x * 0.9, 0.3), (x * 0.8, foot - 0.03)], [0.1, 0.07, 0.06])
    )
    figure.ellipse(far, (x + 0.02, y - 0.24, 0.13, 0.13))
    figure.stroke(skin, ([(-0.35, 0.12), (0.0, 0.02), (x, y)], [wide * 0.85, wide, 0.25]))
    figure.stroke(belly, ([(x * 0.3, 0.2), (x + 0.02, y + 0.12)], [0.16, 0.11]))
    figure.stroke(skin, ([(x, y), (x + 0.22, y + 0.03)], [0.22, 0.13]))
    figure.stroke(skin * 0.4, ([(x - 0.02, y + 0.11), (x + 0.34, y + 0.07)], [0.02, 0.02]))
    spots = [(dice.flat(-0.5, 0.2), dice.flat(-0.2, 0.1), dice.flat(0.03, 0.07), 0.05)
             for _ in range(6)]
    figure.ellipse(spot, *spots, alpha=dice.chance(0.6))
    # The hind leg lies folded: thigh forward, shank back, the foot forward again.
    hip, knee = (-0.42, 0.15), (dice.flat(-0.1, 0.08), dice.flat(-0.02, 0.15))
    heel = -0.45 + dice.bell(0.05), foot - 0.06
    figure.stroke(skin * 0.85, ([hip, knee], [0.17, 0.12]))
    figure.stroke(skin * 0.75, ([knee, heel, (0.05, foot)], [0.1, 0.06, 0.05]))
    toe = x * 0.75 + dice.flat(0.0, 0.15)
    figure.stroke(skin * 0.9, ([(x * 0.6, 0.08), (x * 0.55, 0.28), (toe, foot), (toe + 0.14, foot)],
                               [0.11, 0.075, 0.055, 0.045]))
    _eye(figure, [(x + 0.08, y - 0.2)], 0.13, skin)
    return figure


def _eye(figure: Figure, places: list[tuple], r: float, skin: np.ndarray) -> None:
    """Eyes that stand out of the head."""
    iris = figure.dice.color("d8a830 c86a28 e0d8a0 a8b040")
    figure.ellipse(skin * 1.1, *((x, y, r, r) for x, y in places))
    figure.ellipse(iris, *((x, y, r * 0.72, r * 0.72) for x, y in places))
    figure.ellipse(DARK, *((x, y, r * 0.5, r * 0.35) for x, y in places))


def frog_face(dice: Dice) -> Figure:
    """From in front: a wide mouth below two eyes."""
    figure = Figure(dice)
    skin = dice.color(SKINS)
    belly = mix(skin, CREAM, dice.flat(0.4, 0.9))
    broad, low, turn = dice.flat(0.9, 1.1), dice.flat(0.4, 0.8), dice.bell(0.1)
    figure.ellipse(skin * 0.75, *((s * 0.85, 0.5, 0.35, 0.42) for s in SIDES))
    figure.ellipse(skin, (0, low * 0.6, 0.8 * broad, 0.62))
    figure.ellipse(belly, (turn, low * 0.85, 0.6 * broad, 0.42))
    figure.blob(skin, [(0, -0.5), (-0.6, -0.42), (-0.86 * broad, -0.02), (-0.45, 0.25), (0, 0.3),
                       (0.45, 0.25), (0.86 * broad, -0.02), (0.6, -0.42)])
    mouth = [(-0.78 * broad, 0.0), (turn - 0.3, 0.16), (turn + 0.3, 0.16), (0.78 * broad, 0.0)]
    figure.stroke(skin * 0.4, (mouth, [0.035] * 4))
    legs = [([(s * 0.45, 0.4), (s * 0.55, 0.85), (s * 0.75, 0.95)], [0.14, 0.09, 0.07])
            for s in SIDES]
    figure.stroke(skin * 0.85, *legs)
    _eye(figure, [(s * 0.52 + turn, -0.45) for s in SIDES], dice.flat(0.22, 0.29), skin)
    figure.ellipse(skin * 0.4, *((s * 0.1 + turn, -0.1, 0.035, 0.035) for s in SIDES))
    return figure


def frog_above(dice: Dice) -> Figure:
    """From above, the legs spread."""
    figure = Figure(dice)
    skin = dice.color(SKINS)
    spot = mix(skin, dice.color("1f2a18 3a2f20 d0d890 e0c060"), 0.7)
    for s in SIDES:
        knee = s * dice.flat(0.55, 0.75), dice.flat(0.0, 0.25)
        heel = s * dice.flat(0.35, 0.5), dice.flat(0.55, 0.75)
        toe = s * dice.flat(0.7, 0.95), heel[1] + dice.flat(0.05, 0.3)
        figure.stroke(skin * 0.85, ([(s * 0.2, 0.45), knee, heel, toe], [0.17, 0.12, 0.07, 0.05]))
        elbow = s * dice.flat(0.5, 0.65), dice.flat(-0.2, 0.05)
        hand = s * dice.flat(0.5, 0.8), elbow[1] - dice.flat(0.1, 0.35)
        figure.stroke(skin * 0.8, ([(s * 0.25, -0.2), elbow, hand], [0.1, 0.07, 0.05]))
    wide = dice.flat(0.34, 0.44)
    figure.blob(skin, [(0, -0.85), (-0.25, -0.7), (-wide, -0.3), (-wide, 0.1), (-0.22, 0.6),
                       (0, 0.68), (0.22, 0.6), (wide, 0.1), (wide, -0.3), (0.25, -0.7)])
    figure.stroke(spot, *(([(s * 0.17, -0.4), (s * 0.15, 0.45)], [0.03, 0.03]) for s in SIDES),
                  alpha=dice.chance(0.4))
    spots = [(dice.flat(-0.25, 0.25), dice.flat(-0.4, 0.4), 0.06, 0.06) for _ in range(6)]
    figure.ellipse(spot, *spots, alpha=dice.chance(0.5))
    _eye(figure, [(s * 0.27, -0.52) for s in SIDES], 0.14, skin)
    return figure


def bird(dice: Dice) -> Figure:
    """From the side: perched, walking or afloat."""
    figure = Figure(dice)
    plume, wing = dice.color(PLUMES), dice.color(PLUMES)
    wing = mix(plume * 0.75, wing, dice.chance(0.35))
    breast = mix(plume, WHITE, dice.flat(0, 0.7) * dice.chance(0.6))
    beak = dice.color(BEAKS)
    upright = dice.flat(-0.05, 0.75)
    tall = dice.chance(0.3)  # a stork, a hen, a swan, an ostrich
    afloat = dice.chance(0.2)
    x, y = 0.36 * cos(upright), -0.36 * sin(upright)
    fat = dice.flat(0.24, 0.34)
    neck = np.where(tall > 0, dice.flat(0.35, 0.75), dice.flat(0.08, 0.2))
    lean = dice.flat(0.1, 0.5)
    head = x + 0.1 + neck * lean, y - 0.14 - neck
    skull = np.where(tall > 0, dice.flat(0.1, 0.13), dice.flat(0.17, 0.23))
    legs = np.where(tall > 0, dice.flat(0.4, 0.8), dice.flat(0.18, 0.3))
    for k, s in enumerate((-0.08, 0.08)):
        knee = s + 0.02 + dice.bell(0.04), fat + legs * 0.5
        foot = s + dice.bell(0.06), fat + legs
        figure.stroke(
            beak * (0.6 + 0.2 * k),
            ([(s, 0.1), knee, foot, (foot[0] + 0.12, foot[1])], [0.05, 0.025, 0.025, 0.02]),
            alpha=1 - afloat,
        )
    fan = dice.flat(0.35, 0.75) * np.where(tall > 0, 0.6, 1)
    back = -0.3 * cos(upright), 0.3 * sin(upright)
    drop = upright + dice.bell(0.25)
    tip = back[0] - fan * cos(drop), back[1] + fan * sin(drop)
    spread = dice.flat(0.04, 0.1)
    figure.polygon(
        wing * 0.85,
        [
            (back[0], back[1] - 0.12),
            (tip[0], tip[1] - spread),
            (tip[0], tip[1] + spread),
            (back[0], back[1] + 0.12),
        ],
    )
    figure.stroke(plume, ([back, (x * 0.4, y * 0.4 + 0.02), (x, y)], [0.16, fat, fat * 0.8]))
    figure.stroke(
        breast, ([(x * 0.5, y * 0.4 + 0.12), (x * 1.05, y * 0.8)], [fat * 0.6, fat * 0.5])
    )
    figure.stroke(plume, ([(x, y), head], [np.where(tall > 0, 0.11, fat * 0.7), skull * 0.8]))
    out = skull + np.where(tall > 0, dice.flat(0.12, 0.4), dice.flat(0.08, 0.22))
    dip = dice.flat(-0.05, 0.35)
    figure.polygon(beak, [(head[0] + skull * 0.6, head[1] - skull * 0.45),
                          (head[0] + skull * 0.6, head[1] + skull * 0.45),
                          (head[0] + out * cos(dip) + 0.05, head[1] + out * sin(dip))])
    cap = mix(plume, dice.color(PLUMES), dice.chance(0.4))
    figure.ellipse(cap, (*head, skull, skull))
    end = tip[0] * 0.55, tip[1] * 0.6
    figure.blob(wing, [(x * 0.75, y * 0.8 - 0.05), (0.0, y * 0.2 - fat * 0.55),
                       (end[0], end[1] - 0.06), (end[0] - 0.08, end[1] + 0.03),
                       (-0.05, fat * 0.45), (x * 0.6, y * 0.5 + fat * 0.3)])
    bar = [(x * 0.4, y * 0.2 + 0.06), (end[0] * 0.7, end[1] + 0.02)], [0.025, 0.02]
    figure.stroke(mix(wing, WHITE, 0.6), bar, alpha=dice.chance(0.4))
    eye = head[0] + skull * 0.3, head[1] - skull * 0.15
    figure.ellipse(WHITE, (*eye, skull * 0.32, skull * 0.32), alpha=dice.chance(0.4))
    figure.ellipse(DARK, (*eye, skull * 0.22, skull * 0.22))
    return figure


def flying(dice: Dice) -> Figure:
    """On the wing, from the side or from below."""
    figure = Figure(dice)
    plume, wing = dice.color(PLUMES), dice.color(PLUMES)
    wing = mix(plume * 0.8, wing, dice.chance(0.4))
    beak = dice.color(BEAKS)
    fat, neck = dice.flat(0.11, 0.17), dice.flat(0.05, 0.3)
    beats = dice.choose((-0.7, 0.5, 0.9, 1.2)) + dice.bell(0.2)  # how high the wings are held
    spread, chord = dice.flat(0.8, 1.15), dice.flat(0.2, 0.3)
    below = dice.chance(0.35)  # both wings seen whole, one up, one down

    def pinion(rise: np.ndarray, color: np.ndarray) -> None:
        bend = rise + dice.flat(-0.1, 0.35)
        back = dice.flat(0.1, 0.55)
        elbow = 0.1, -0.45 * spread * sin(bend)
        tip = elbow[0] - back, elbow[1] - 0.75 * spread * sin(rise - 0.25)
        figure.blob(color, [(0.2, 0.0), (elbow[0] + 0.05, elbow[1]), (tip[0] + 0.06, tip[1]),
                             (tip[0] - 0.04, tip[1]), (elbow[0] - chord - back * 0.4,
                             (elbow[1] + tip[1]) / 2.2), (elbow[0] - chord, elbow[1] * 0.7),
                             (-0.2, 0.02)])

    pinion(np.where(below > 0, 1.4, beats * 0.8 + 0.3), wing * 0.7)
    fan = dice.flat(0.2, 0.35)
    figure.polygon(wing * 0.9, [(-0.3, -0.05), (-0.35 - fan, -0.13), (-0.35 - fan, 0.11),
                                (-0.3, 0.06)])
    figure.stroke(plume, ([(-0.4, 0), (0.0, 0.0), (0.3, -0.02), (0.4 + neck, -0.06)],
                          [0.06, fat, fat * 0.85, 0.09]))
    tip = 0.4 + neck, -0.06
    figure.polygon(beak, [(tip[0] + 0.05, tip[1] - 0.06), (tip[0] + 0.05, tip[1] + 0.06),
                          (tip[0] + dice.flat(0.16, 0.3), tip[1] + 0.04)])
    figure.ellipse(mix(plume, dice.color(PLUMES), dice.chance(0.4)), (*tip, 0.11, 0.1))
    pinion(np.where(below > 0, -1.4, beats), wing)
    figure.ellipse(DARK, (tip[0] + 0.04, tip[1] - 0.03, 0.03, 0.03))
    return figure
# fmt: on
