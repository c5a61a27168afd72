"""Cars, trucks, ships and airplanes, seen from many sides."""

import numpy as np

from .base import Array, Number, Polygon, tables
from .figure import DARK, Figure, circle, mix
from .solids import GREY, Solid

# The corners of an outline stand together, so the formatter stays away.
# fmt: off


def _lamps(f: Solid, x: float, top: Number, low: Number, wide: Number, light: Array, grille: Array
           ) -> None:
    """Two lamps, a grille and a number plate on the front or the rear, from y = top to low."""
    high, half = low - top, f.flat(0.3, 0.55) * wide
    f.end(grille, x, ((-half, half), (top + 0.25 * high, top + 0.6 * high)))
    y = top + 0.16 * high, top + 0.48 * high
    f.end(light, x, ((-0.95 * wide, -0.58 * wide), y), ((0.58 * wide, 0.95 * wide), y))
    plate = (-0.25 * wide, 0.25 * wide), (top + 0.7 * high, top + 0.88 * high)
    f.end(GREY * 1.3, x, plate)


def automobile(f: Figure, rear: bool = False) -> None:
    """From saloon to van, from the side or half from in front, or half from behind."""
    f = Solid(f, f.flat(-0.2, 1.45) * (-1 if rear else 1), f.flat(0.0, 0.4))
    paint, glass = f.color("paints"), f.color("glass")
    high, wide, low = f.flat(0.52, 0.74), f.flat(0.36, 0.46), f.flat(0.1, 0.16)
    belt = high * f.flat(0.52, 0.62)  # below the windows
    nose, top = belt * f.flat(0.72, 0.95), wide * f.flat(0.72, 0.85)
    bonnet, boot = f.flat(0.3, 0.52), f.choose((-0.62, -0.7, -0.95, -0.98))
    front = f.flat(0.02, 0.22)
    back = np.minimum(boot + f.flat(0.03, 0.4), f.flat(-0.25, 0.0))
    wheel, axles = f.flat(0.16, 0.22), [f.flat(0.56, 0.66), f.flat(-0.68, -0.56)]
    f.wheels(axles, -wide * 0.9, wheel, hubs=False)
    f.stroke(DARK * 0.6, ([(-0.85, -0.08, 0), (0.85, -0.08, 0)], [0.07, 0.07]))
    f.solid(paint, [(back, -high, top), (boot, -belt, wide), (-0.99, -belt, wide), (-1, -low, wide),
                    (1, -low, wide), (0.98, -nose, wide), (bonnet, -belt, wide),
                    (front, -high, top)], glass, (0, 6))
    post, y0, y1 = (back + front) / 2 + f.bell(0.05), 0.05 - high, -belt - 0.03
    f.face(glass, [(back + 0.04, y0, top), (boot + 0.1, y1, wide), (post - 0.03, y1, wide),
                   (post - 0.03, y0, top)], [(post + 0.03, y0, top), (post + 0.03, y1, wide),
                                             (bonnet - 0.1, y1, wide), (front - 0.04, y0, top)])
    f.side(paint * 0.6, wide, ((-0.98, 0.98), (-low * 1.8, -low)))
    f.wheels(axles, wide * 1.01, wheel)
    _lamps(f, 1.005, -nose, -low, wide, f.color("lamps"), DARK)
    _lamps(f, -1.005, -belt, -low, wide, f.color("brakes"), paint * 0.7)


def truck(f: Figure, rear: bool = False) -> None:
    """A closed box, a tipper or a flat bed with crates, behind a cab with or without a bonnet."""
    f = Solid(f, f.flat(-0.15, 1.35) * (-1 if rear else 1), f.flat(0.0, 0.3))
    wide, floor, low = f.flat(0.27, 0.36), f.flat(0.26, 0.32), f.flat(0.08, 0.13)
    cab, wheel = f.flat(0.36, 0.5), f.flat(0.13, 0.17)  # where the cab begins
    axles = [f.flat(0.66, 0.76), f.flat(-0.5, -0.4), f.flat(-0.82, -0.75)]
    f.wheels(axles, -wide * 0.9, wheel, hubs=False)
    f.box(DARK * 1.6, (-1, cab), (-floor, 0.1 - floor), wide * 0.8)
    for draw in (_cab, _load) if rear else (_load, _cab):  # the nearer one last
        draw(f, wide, floor, low, cab)
    f.wheels(axles, wide * 1.03, wheel)


def _cab(f: Solid, wide: Number, floor: Number, low: Number, cab: Number) -> None:
    paint, glass, high = f.color("paints"), f.color("glass"), f.flat(0.68, 0.86)
    nose = 1 - f.choose((0.03, 0.05, 0.3, 0.36))
    back, sill = nose - f.flat(0.05, 0.12), floor + (high - floor) * f.flat(0.4, 0.55)
    f.solid(paint, [(cab, -high, wide), (cab, -low, wide), (1, -low, wide), (1, 0.04 - sill, wide),
                    (nose, -sill, wide), (back, -high, wide)], glass, (4,))
    f.face(glass, [(cab + 0.1, 0.07 - high, wide), (cab + 0.1, -sill - 0.02, wide),
                   (nose - 0.05, -sill - 0.02, wide), (back - 0.05, 0.07 - high, wide)])
    _lamps(f, 1.005, -sill, -low, wide, f.color("lamps"), DARK)


def _load(f: Solid, wide: Number, floor: Number, low: Number, cab: Number) -> None:
    paint, kind, side = f.color("paints"), f.choose((0, 0, 0, 1, 1, 2)), wide * 1.03
    closed, tipper, flat = ((kind == k) * 1.0 for k in range(3))
    high = np.where(kind == 0, f.flat(0.85, 1.15), f.flat(0.5, 0.66))
    high = np.where(kind == 2, floor + 0.08, high)
    lean, end = tipper * f.flat(0.05, 0.16), cab - f.flat(0.03, 0.08)
    f.solid(paint, [(-1 - lean, -high, side), (-1, -floor, side), (end, -floor, side),
                    (end + lean / 3, -high, side)])
    begin, crates = len(f.parts), f.color("paints")
    for left in (-0.92, -0.45, 0.0):
        top = -floor - f.flat(0.15, 0.42)
        f.box(crates * f.flat(0.8, 1.1, 1), (left, left + 0.36), (top, -floor), wide * 0.9)
    f.limit(begin, flat)
    up, down = (floor + (high - floor) * share for share in (f.flat(0.6, 0.9), 0.3))
    sign = (f.flat(-0.95, -0.5), f.flat(-0.1, 0.3)), (-up, -down)
    f.side(f.color("paints"), side, sign, alpha=f.chance(0.7) * (1 - flat))
    ribs = [((x, x + 0.05), (-high, -floor)) for x in (-0.75, -0.4, -0.05)]
    f.side(paint * 0.7, side, *ribs, alpha=tipper)
    bars = [((z, z + 0.03), (-high * 0.95, -floor)) for z in (-wide * 0.9, -0.02, wide * 0.87)]
    f.end(paint * 0.55, -1.01, *bars, alpha=closed)


def ship(f: Figure, sails: bool = False) -> None:
    """A steamer, a ferry, a freighter; or a boat with sails."""
    f = Solid(f, f.flat(-0.5, 1.2), f.flat(0.0, 0.35))
    hull, upper = f.color("paints"), f.color("decks")
    high, wide = f.flat(0.14, 0.34), f.flat(0.12, 0.26)
    # The near rim from the stern to the bow; the water line.
    rim = [(-0.95, -high, wide * 0.8), (-0.3, -high, wide), (0.62, -high * 1.05, wide * 0.75),
           (1.06, -high * f.flat(1.1, 1.6), 0.0)]
    water = [(0.9, 0, 0), (0.4, 0, wide * 0.7), (-0.9, 0, wide * 0.7)]
    far = [(x, y, -z) for x, y, z in rim]
    f.polygon(hull * 0.55, far + water)
    f.polygon(mix(upper, hull, 0.3) * 0.75, rim + far[::-1])
    masts = [f.flat(-0.4, 0.1), f.flat(0.2, 0.45)]
    if not sails:
        _decks(f, upper, high, wide, masts)
    f.polygon(hull, rim + water)
    f.face(hull * 0.8, [rim[0], far[0], (-0.9, 0, -wide * 0.7), water[2]])
    line = [(x + 0.01, -high * 0.25, z) for x, _, z in water]
    f.polygon(f.color("waterlines"), water + line[::-1], alpha=f.chance(0.6))
    if sails:
        _sails(f, high, masts)
    foam = [(-1.1, 0.02, wide * 0.8), (0.3, 0.03, wide * 0.8), (1.0, 0.02, 0)], [0.03, 0.035, 0.01]
    f.stroke(f.color("foam"), foam, alpha=f.flat(0.2, 0.9))


def _decks(f: Solid, upper: Array, high: Number, wide: Number, masts: list) -> None:
    """Three storeys, a funnel and masts; containers on some."""
    left, long, up, freight = f.flat(-0.9, -0.5), f.flat(0.35, 1.15), high, f.chance(0.4)
    begin = len(f.parts)
    for x in (-0.25, 0.05, 0.35):
        top = -high - f.flat(0.1, 0.25)
        f.box(f.color("paints"), (x, x + 0.27), (top, -high), wide * 0.6)
    f.limit(begin, freight)
    long = long * (1 - 0.65 * freight)
    for storey in range(3):
        tall, half = f.flat(0.09, 0.17), wide * (0.7 - 0.1 * storey)
        f.box(upper, (left, left + long), (-up - tall, -up), half)
        y = -up - tall * 0.55
        f.side(DARK * 2.5, half + 0.01, ((left + 0.04, left + long - 0.04), (y - 0.03, y + 0.03)))
        left, up = left + long * f.flat(0.02, 0.2), up + tall
        long = long * f.flat(0.45, 0.8)
    x, y = left + long * f.flat(-0.3, 0.6), (-up - f.flat(0.12, 0.32), 0.1 - up)
    f.box(f.color("paints"), (x, x + f.flat(0.1, 0.18)), y, wide * 0.25)
    for x in masts:
        mast = [(x, -high, 0), (x, -high - f.flat(0.35, 0.75), 0)], [0.018, 0.012]
        f.stroke(GREY * 0.7, mast, alpha=f.chance(0.6))


def _sails(f: Solid, high: Number, masts: list) -> None:
    """One or two masts, with sails before and behind, or with square ones."""
    cloth, square, there = f.color("sails"), f.chance(0.3), 1.0
    for x in masts:
        top, foot = -high - f.flat(0.8, 1.6), -high - f.flat(0.06, 0.14)
        f.stroke(DARK * 3, ([(x, -high, 0), (x, top, 0)], [0.025, 0.015]), alpha=there)
        swing, middle = f.flat(-0.25, 0.25), (foot + top) / 2
        after, fore = x - f.flat(0.35, 0.6), x + f.flat(0.3, 0.55)
        for tone, sail in (
            (1, [(x - 0.03, top * 0.97, 0), (x - 0.03, foot, 0), (after, foot, swing)]),
            (0.93, [(x + 0.03, top * 0.9, 0), (fore, foot, -swing), (x + 0.05, foot, 0)]),
        ):
            f.polygon(cloth * tone, sail, alpha=there * (1 - square))
        half = f.flat(0.22, 0.34)
        squares = [[(x - half * a, y0, 0.1), (x - half * b, y1, 0.1), (x + half * b, y1, 0.1),
                    (x + half * a, y0, 0.1)] for a, b, y0, y1 in
                   ((1, 1.1, middle + 0.03, foot), (0.7, 0.9, top * 0.95, middle - 0.04))]
        f.polygon(cloth, *squares, alpha=there * square)
        there = f.chance(0.4)


def airplane(f: Figure, kind: str = "liner") -> None:
    """An airliner, a fighter or a small one with a propeller, from all sides but straight ahead."""
    f = Solid(f, f.flat(-1.1, 1.1), f.bell(0.6))
    paint, trim = f.color("metals"), f.color("paints")
    measures = tables("airplanes")[kind].values()
    span, sweep, chord, tip, root, thick = (f.flat(*ends) for ends in measures)
    level = thick * f.choose((0.6, 0.5, -0.7 if kind == "prop" else 0.4))
    lift = f.flat(0, 0.12)

    def wing(side: Number, x: Number, y: Number, size: float) -> Polygon:
        ahead, out, up = x - size * sweep, side * size * span, y - lift * size
        return [(x, y, 0.0), (ahead, up, out), (ahead - size * tip, up, out),
                (x - size * chord, y, 0.0)]

    def wings(nearer: bool) -> None:
        side = np.where((f.toward((0, 0, 1)) > 0) == nearer, 1.0, -1.0)
        light = 0.95 if nearer else 0.8
        f.polygon(paint * light, wing(side, root, level, 1.0), wing(side, -0.72, -0.02, 0.38))
        if kind == "liner":
            engines = [([(root - out * sweep + ahead, level + 0.07, side * out * span)
                         for ahead in (0.12, -0.08)], [0.055, 0.045]) for out in (0.32, 0.6)]
            f.stroke(trim * 0.6 * light, *engines)

    wings(False)
    above, top = (f.toward((0, -1, 0)) > -0.3) * 1.0, -f.flat(0.36, 0.52)
    fin = [(-0.62, -thick * 0.5, 0), (-0.9, top, 0), (-1.04, top, 0), (-0.98, -0.02, 0)]
    f.polygon(trim, fin, alpha=1 - above)
    f.stroke(paint, ([(1.0, 0.02, 0), (f.flat(0.75, 0.85), 0, 0), (-0.45, 0, 0), (-1.0, -0.06, 0)],
                     [0.025, thick * 0.92, thick, 0.035]))
    f.polygon(trim, fin, alpha=above)
    if kind != "jet":  # a row of windows, or a stripe
        row = [(0.72, -0.01, thick * 0.9), (-0.6, -0.02, thick * 0.8)], [0.018, 0.018]
        f.stroke(trim * 0.6, row, alpha=f.chance(0.6))
    cockpit = [(0.55, -thick * 0.9, 0), (0.3, -thick, 0)]
    if kind == "liner":
        cockpit = [(0.86, -0.06, 0), (0.74, -0.1, 0)]
    f.stroke(f.color("glass"), (cockpit, [0.04, 0.05]))
    wings(True)
    if kind == "prop":
        f.polygon(GREY * 0.8, [(1.02, 0.28 * s, 0.28 * c) for c, s in circle(12)], alpha=0.35)
    if kind != "jet":  # wheels, let down
        places = ((0.7, 0.0), (-0.1, 0.15), (-0.1, -0.15)) if kind == "liner" else (
            (0.45, -0.2), (0.45, 0.2))
        gear = [([(x, thick, z), (x, thick + 0.18, z)], [0.02, 0.05]) for x, z in places]
        f.stroke(DARK, *gear, alpha=f.chance(0.4))
