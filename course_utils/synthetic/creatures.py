"""Frogs and birds, in several poses each."""

import numpy as np

from .base import Array, Number, Point, cos, sin
from .figure import DARK, SIDES, WHITE, Figure, mix, symmetric

CREAM = np.array([[0.92, 0.9, 0.75]])

# The points of an outline stand together, so the formatter stays away.
# fmt: off


def frog(f: Figure) -> None:
    """From the side, crouching."""
    skin = f.color("skins")
    belly, spot = mix(skin, CREAM, f.flat(0.4, 0.9)), mix(skin, f.color("spots"), 0.7)
    up = f.flat(0.1, 0.65)  # how far it sits up
    x, y, foot = 0.5 * cos(up), -0.5 * sin(up), 0.42
    wide, far = f.flat(0.3, 0.38), skin * 0.65
    f.stroke(far, ([(x * 0.5, 0.15), (x * 0.9, 0.3), (x * 0.8, foot - 0.03)], [0.1, 0.07, 0.06]))
    f.ellipse(far, (x + 0.02, y - 0.24, 0.13, 0.13))
    f.stroke(skin, ([(-0.35, 0.12), (0.0, 0.02), (x, y)], [wide * 0.85, wide, 0.25]))
    f.stroke(belly, ([(x * 0.3, 0.2), (x + 0.02, y + 0.12)], [0.16, 0.11]))
    f.stroke(skin, ([(x, y), (x + 0.22, y + 0.03)], [0.22, 0.13]))
    f.stroke(skin * 0.4, ([(x - 0.02, y + 0.11), (x + 0.34, y + 0.07)], [0.02, 0.02]))
    spots = [(f.flat(-0.5, 0.2), f.flat(-0.2, 0.1), f.flat(0.03, 0.07), 0.05) for _ in range(6)]
    f.ellipse(spot, *spots, alpha=f.chance(0.6))
    # The hind leg lies folded: thigh forward, shank back, the foot forward again.
    hip, knee = (-0.42, 0.15), (f.flat(-0.1, 0.08), f.flat(-0.02, 0.15))
    heel = -0.45 + f.bell(0.05), foot - 0.06
    f.stroke(skin * 0.85, ([hip, knee], [0.17, 0.12]))
    f.stroke(skin * 0.75, ([knee, heel, (0.05, foot)], [0.1, 0.06, 0.05]))
    toe = x * 0.75 + f.flat(0.0, 0.15)
    foreleg = [(x * 0.6, 0.08), (x * 0.55, 0.28), (toe, foot), (toe + 0.14, foot)]
    f.stroke(skin * 0.9, (foreleg, [0.11, 0.075, 0.055, 0.045]))
    _eyes(f, [(x + 0.08, y - 0.2)], 0.13, skin)


def _eyes(f: Figure, places: list[Point], r: Number, skin: Array) -> None:
    """Eyes that stand out of the head."""
    iris = f.color("irises")
    f.ellipse(skin * 1.1, *((x, y, r, r) for x, y in places))
    f.ellipse(iris, *((x, y, r * 0.72, r * 0.72) for x, y in places))
    f.ellipse(DARK, *((x, y, r * 0.5, r * 0.35) for x, y in places))


def frog_face(f: Figure) -> None:
    """From in front: a wide mouth below two eyes."""
    skin = f.color("skins")
    belly = mix(skin, CREAM, f.flat(0.4, 0.9))
    broad, low, turn = f.flat(0.9, 1.1), f.flat(0.4, 0.8), f.bell(0.1)
    f.ellipse(skin * 0.75, *((s * 0.85, 0.5, 0.35, 0.42) for s in SIDES))
    f.ellipse(skin, (0, low * 0.6, 0.8 * broad, 0.62))
    f.ellipse(belly, (turn, low * 0.85, 0.6 * broad, 0.42))
    f.blob(skin, symmetric((0, -0.5), (0.6, -0.42), (0.86 * broad, -0.02), (0.45, 0.25), (0, 0.3)))
    mouth = [(-0.78 * broad, 0.0), (turn - 0.3, 0.16), (turn + 0.3, 0.16), (0.78 * broad, 0.0)]
    f.stroke(skin * 0.4, (mouth, [0.035] * 4))
    f.stroke(skin * 0.85, *(([(s * 0.45, 0.4), (s * 0.55, 0.85), (s * 0.75, 0.95)],
                             [0.14, 0.09, 0.07]) for s in SIDES))
    _eyes(f, [(s * 0.52 + turn, -0.45) for s in SIDES], f.flat(0.22, 0.29), skin)
    f.ellipse(skin * 0.4, *((s * 0.1 + turn, -0.1, 0.035, 0.035) for s in SIDES))


def frog_above(f: Figure) -> None:
    """From above, the legs spread."""
    skin = f.color("skins")
    spot = mix(skin, f.color("spots"), 0.7)
    for s in SIDES:
        knee = s * f.flat(0.55, 0.75), f.flat(0.0, 0.25)
        heel = s * f.flat(0.35, 0.5), f.flat(0.55, 0.75)
        toe = s * f.flat(0.7, 0.95), heel[1] + f.flat(0.05, 0.3)
        f.stroke(skin * 0.85, ([(s * 0.2, 0.45), knee, heel, toe], [0.17, 0.12, 0.07, 0.05]))
        elbow = s * f.flat(0.5, 0.65), f.flat(-0.2, 0.05)
        hand = s * f.flat(0.5, 0.8), elbow[1] - f.flat(0.1, 0.35)
        f.stroke(skin * 0.8, ([(s * 0.25, -0.2), elbow, hand], [0.1, 0.07, 0.05]))
    wide = f.flat(0.34, 0.44)
    f.blob(skin, symmetric((0, -0.85), (0.25, -0.7), (wide, -0.3), (wide, 0.1), (0.22, 0.6),
                           (0, 0.68)))
    stripes = [([(s * 0.17, -0.4), (s * 0.15, 0.45)], [0.03, 0.03]) for s in SIDES]
    f.stroke(spot, *stripes, alpha=f.chance(0.4))
    spots = [(f.flat(-0.25, 0.25), f.flat(-0.4, 0.4), 0.06, 0.06) for _ in range(6)]
    f.ellipse(spot, *spots, alpha=f.chance(0.5))
    _eyes(f, [(s * 0.27, -0.52) for s in SIDES], 0.14, skin)


def bird(f: Figure) -> None:
    """From the side: perched, walking or afloat."""
    plume, wing = f.color("plumes"), f.color("plumes")
    wing = mix(plume * 0.75, wing, f.chance(0.35))
    breast = mix(plume, WHITE, f.flat(0, 0.7) * f.chance(0.6))
    beak, upright = f.color("beaks"), f.flat(-0.05, 0.75)
    tall, afloat = f.chance(0.3), f.chance(0.2)  # a stork, a hen, a swan, an ostrich

    def either(high: Number, low: Number) -> Array:
        return np.where(tall > 0, high, low)

    x, y, fat = 0.36 * cos(upright), -0.36 * sin(upright), f.flat(0.24, 0.34)
    neck = either(f.flat(0.35, 0.75), f.flat(0.08, 0.2))
    head = x + 0.1 + neck * f.flat(0.1, 0.5), y - 0.14 - neck
    skull = either(f.flat(0.1, 0.13), f.flat(0.17, 0.23))
    legs = either(f.flat(0.4, 0.8), f.flat(0.18, 0.3))
    for k, s in enumerate((-0.08, 0.08)):
        knee, foot = (s + 0.02 + f.bell(0.04), fat + legs * 0.5), (s + f.bell(0.06), fat + legs)
        leg = [(s, 0.1), knee, foot, (foot[0] + 0.12, foot[1])], [0.05, 0.025, 0.025, 0.02]
        f.stroke(beak * (0.6 + 0.2 * k), leg, alpha=1 - afloat)
    fan, back = f.flat(0.35, 0.75) * either(0.6, 1), (-0.3 * cos(upright), 0.3 * sin(upright))
    drop = upright + f.bell(0.25)
    tip = back[0] - fan * cos(drop), back[1] + fan * sin(drop)
    spread = f.flat(0.04, 0.1)
    f.polygon(wing * 0.85, [(back[0], back[1] - 0.12), (tip[0], tip[1] - spread),
                            (tip[0], tip[1] + spread), (back[0], back[1] + 0.12)])
    f.stroke(plume, ([back, (x * 0.4, y * 0.4 + 0.02), (x, y)], [0.16, fat, fat * 0.8]))
    f.stroke(breast, ([(x * 0.5, y * 0.4 + 0.12), (x * 1.05, y * 0.8)], [fat * 0.6, fat * 0.5]))
    f.stroke(plume, ([(x, y), head], [either(0.11, fat * 0.7), skull * 0.8]))
    out, dip = skull + either(f.flat(0.12, 0.4), f.flat(0.08, 0.22)), f.flat(-0.05, 0.35)
    f.polygon(beak, [(head[0] + skull * 0.6, head[1] - skull * 0.45),
                     (head[0] + skull * 0.6, head[1] + skull * 0.45),
                     (head[0] + out * cos(dip) + 0.05, head[1] + out * sin(dip))])
    f.ellipse(mix(plume, f.color("plumes"), f.chance(0.4)), (*head, skull, skull))
    end = tip[0] * 0.55, tip[1] * 0.6
    f.blob(wing, [(x * 0.75, y * 0.8 - 0.05), (0.0, y * 0.2 - fat * 0.55), (end[0], end[1] - 0.06),
                  (end[0] - 0.08, end[1] + 0.03), (-0.05, fat * 0.45),
                  (x * 0.6, y * 0.5 + fat * 0.3)])
    bar = [(x * 0.4, y * 0.2 + 0.06), (end[0] * 0.7, end[1] + 0.02)], [0.025, 0.02]
    f.stroke(mix(wing, WHITE, 0.6), bar, alpha=f.chance(0.4))
    eye = head[0] + skull * 0.3, head[1] - skull * 0.15
    f.ellipse(WHITE, (*eye, skull * 0.32, skull * 0.32), alpha=f.chance(0.4))
    f.ellipse(DARK, (*eye, skull * 0.22, skull * 0.22))


def flying(f: Figure) -> None:
    """On the wing, from the side or from below."""
    plume, wing = f.color("plumes"), f.color("plumes")
    wing, beak = mix(plume * 0.8, wing, f.chance(0.4)), f.color("beaks")
    fat, neck = f.flat(0.11, 0.17), f.flat(0.05, 0.3)
    beats = f.choose((-0.7, 0.5, 0.9, 1.2)) + f.bell(0.2)  # how high the wings are held
    spread, chord = f.flat(0.8, 1.15), f.flat(0.2, 0.3)
    below = f.chance(0.35)  # both wings seen whole, one up, one down

    def pinion(rise: Array, color: Array) -> None:
        bend, back = rise + f.flat(-0.1, 0.35), f.flat(0.1, 0.55)
        elbow = 0.1, -0.45 * spread * sin(bend)
        tip = elbow[0] - back, elbow[1] - 0.75 * spread * sin(rise - 0.25)
        f.blob(color, [(0.2, 0.0), (elbow[0] + 0.05, elbow[1]), (tip[0] + 0.06, tip[1]),
                       (tip[0] - 0.04, tip[1]),
                       (elbow[0] - chord - back * 0.4, (elbow[1] + tip[1]) / 2.2),
                       (elbow[0] - chord, elbow[1] * 0.7), (-0.2, 0.02)])

    pinion(np.where(below > 0, 1.4, beats * 0.8 + 0.3), wing * 0.7)
    fan, tip = -0.35 - f.flat(0.2, 0.35), 0.4 + neck
    f.polygon(wing * 0.9, [(-0.3, -0.05), (fan, -0.13), (fan, 0.11), (-0.3, 0.06)])
    f.stroke(plume, ([(-0.4, 0), (0.0, 0.0), (0.3, -0.02), (tip, -0.06)],
                     [0.06, fat, fat * 0.85, 0.09]))
    f.polygon(beak, [(tip + 0.05, -0.12), (tip + 0.05, 0.0), (tip + f.flat(0.16, 0.3), -0.02)])
    f.ellipse(mix(plume, f.color("plumes"), f.chance(0.4)), (tip, -0.06, 0.11, 0.1))
    pinion(np.where(below > 0, -1.4, beats), wing)
    f.ellipse(DARK, (tip + 0.04, -0.09, 0.03, 0.03))
