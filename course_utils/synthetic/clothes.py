"""The synthetic stand-in for Fashion-MNIST: ten kinds of clothing, cut, sewn and shaded by code.

An article is a few outlines (body, sleeves, sole, straps, handle) of random measures, filled with
a cloth (plain, striped, checked, printed) that has folds and grain; on it are a neckline, collar,
closure, laces. Shirt, T-shirt, pullover and coat are cut from one pattern, and what tells them
apart is often faint or missing. Measures: pixels, x from the middle to the right, y downwards.
"""

from functools import partial

import numpy as np

from . import base
from .base import Array, Columns, Dice, Number, Polygon, Stream, tables

SIDE = 28  # pixels
FINE = 4  # lines drawn for each line of pixels; across, the covered share of a pixel is exact
CHUNK = 1000  # images
Shares = list[float]  # in per cent

# The points of an outline stand together, so the formatter stays away.
# fmt: off


def _each(values: Number) -> Array:
    """Numbers as (n, 1, 1) or (1, 1, 1) float32, to multiply images with."""
    return np.reshape(np.asarray(values, np.float32), (-1, 1, 1))


def _wave(t: Array) -> Array:
    """A smooth wave between 0 and 1, of period 1: the same on every machine, unlike a sine."""
    t = np.abs(2 * (t - np.floor(t)) - 1)
    return t * t * (3 - 2 * t)


def _mirrored(*half: Polygon) -> Polygon:
    """The whole outline, of its right half from top to bottom."""
    return [*half, *[(-x, y) for x, y in half[::-1]]]


def _soft(images: Array) -> Array:
    """Each pixel of (n, 28, 28) the mean of the 3 × 3 around it."""
    from scipy.ndimage import uniform_filter

    return uniform_filter(images, (1, 3, 3))


def _cover(outlines: Array) -> Array:
    """Share (n, 28, 28) of each pixel inside the outlines (n, k, 2), which go round it once."""
    n = len(outlines)
    image, line, x, turn = base.crossings(outlines[:, None], FINE, 0, FINE * SIDE)
    share = base.windings(image * SIDE + line // FINE, x, turn, (n * SIDE, SIDE)) / FINE
    return np.minimum(np.abs(share), 1).astype(np.float32).reshape(n, SIDE, SIDE)


class _Sheet(Dice):
    """n images of one class, painted in step; cloths: see `weave`."""

    def __init__(self, rng: np.random.Generator, n: int, cloths: Shares) -> None:
        super().__init__(rng, n)
        self.grey = np.zeros((n, SIDE, SIDE), np.float32)
        self.size, self.shift = self.flat(0.93, 1.07, 1, 1), 14 + self.bell(0.7, 1, 2)
        self.aspect, self.turn = 1 + self.bell(0.06, 1), self.bell(0.035, 1)
        self.lean = self.bell(0.03, 1) - self.turn
        self.tone = np.where(self.chance(0.2), self.flat(0.2, 0.5), self.flat(0.5, 1.1))
        self.cloth = self.weave(cloths)

    def ink(self) -> Array:
        """Tones that show on the cloth: darker, on some brighter."""
        return self.tone * np.where(self.chance(0.7), self.flat(0.15, 0.65), 1.7)

    def placed(self, points: Polygon, rounds: int = 0) -> Array:
        """Points of the article as places (n, k, 2) in the image, corners cut so many rounds."""
        rows = [[np.broadcast_to(c, self.n) for c in point] for point in points]
        x, y = np.array(rows, float).transpose(1, 2, 0)
        x, y = x * self.aspect, y - 14
        where = np.stack([x + self.lean * y, y + self.turn * x], -1) * self.size + self.shift
        for _ in range(rounds):
            after = np.roll(where, -1, 1)
            cut = np.stack([0.75 * where + 0.25 * after, 0.25 * where + 0.75 * after], 2)
            where = cut.reshape(self.n, -1, 2)
        return where

    def weave(self, shares: Shares) -> Array:
        """Cloths (n, 28, 28): striped across, down, checked, printed, in two blocks; else plain."""
        grid = (np.arange(SIDE) + 0.5 - self.shift.swapaxes(1, 2)) / self.size
        x, y = grid[:, :1].astype(np.float32), grid[:, 1:].astype(np.float32).swapaxes(1, 2)
        kind = np.searchsorted(np.cumsum(shares), 100 * self.flat(), side="right")
        printed = kind == 3

        def wave(across: Array, down: Array, warp: Number = 0.0) -> Array:
            return _wave(_each(across) * x + _each(down) * y + warp + _each(self.flat()))

        warp = wave(self.bell(0.09), self.bell(0.09))
        bent = warp * _each(printed * self.flat(0.5, 2))
        often = 1 / np.where(kind == 4, self.flat(26, 50), self.flat(2.4, 7) * (1 + printed))
        slant = printed * self.bell(0.3)
        down, across = np.array([(0, 1), (1, 0), (0.5, 0.5), (0.5, 0.5), (0, 1), (0, 0)])[kind].T
        pattern = _each(down) * wave(often, slant, bent) + _each(across) * wave(slant, often, bent)
        sharp = _each(self.flat(1, 5) * (1 + printed))
        pattern = np.clip((pattern - 0.5 + _each(self.bell(0.12))) * sharp + np.float32(0.5), 0, 1)
        # On dark cloth the pattern is bright.
        depth = self.flat(0.15, 0.65) * np.where(self.tone < 0.4, -1.6, 1) * (kind < 5)
        fold = wave(self.bell(0.1), self.bell(0.04), warp * _each(self.flat(0, 0.6)))
        grain = self.rng.random(fold.shape, np.float32) * _each(0.04 + self.flat(0, 0.45) ** 3)
        fold = (1 - _each(self.flat(0, 0.3)) * fold) * (1.04 - grain)
        return (1 - _each(depth) * pattern) * fold

    def lay(self, outlines: Array, tone: Number, alpha: Number, edge: Number) -> None:
        """Fill outlines (n, k, 2): alpha 1 hides what is below, `edge` darkens the rim."""
        tone, alpha, edge = (np.broadcast_to(value, self.n) for value in (tone, alpha, edge))
        here = alpha > 0
        if not here.any():
            return
        cover, grey = _cover(outlines[here]), self.grey[here]
        color = _each(tone[here]) * self.cloth[here]
        if edge.any():
            color = color * (1 - _each(edge[here]) * (1 - _soft(cover)))
        self.grey[here] = grey + cover * _each(alpha[here]) * (color - grey)

    def patch(self, points: Polygon, tone: Number, alpha: Number = 1, edge: Number = 0.3,
              rounds: int = 0) -> None:
        """Fill an outline."""
        self.lay(self.placed(points, rounds), tone, alpha, edge)

    def pen(self, points: Polygon, width: Number, tone: Number, alpha: Number = 1) -> None:
        """Draw a line through the points."""
        at = self.placed(points)
        along = np.gradient(at, axis=1)
        length = np.sqrt((along**2).sum(-1, keepdims=True)) + 1e-6
        aside = along[..., ::-1] * (0.5, -0.5) / length * np.reshape(width, (-1, 1, 1))
        self.lay(np.concatenate([at + aside, (at - aside)[:, ::-1]], 1), tone, alpha, 0)

    def finish(self) -> Array:
        """The images (n, 28, 28) uint8, sharpened as the photographs were."""
        sharp = self.grey + _each(self.flat(0.2, 0.9)) * (self.grey - _soft(self.grey))
        return np.rint(255 * np.clip(sharp * (self.grey > 0.02), 0, 1)).astype(np.uint8)


def _sleeves(s: _Sheet, x: Array, y: Array, long: Array) -> None:
    """Two sleeves that begin at x, y, `long` pixels each: 0 for none."""
    whole = long > 10
    spread = np.where(whole, s.flat(0.1, 0.3), s.flat(0.3, 0.9))  # outwards for each step down
    down = 1 / np.sqrt(1 + spread**2)
    out = spread * down
    width = np.where(whole, s.flat(1.5, 2.4), s.flat(1.9, 2.9))  # half of it
    cuff = width * np.where(whole, s.flat(0.55, 1.0), s.flat(0.8, 1.15))
    tone, band = s.tone * s.flat(0.8, 1.1), np.where(s.chance(0.3), s.flat(0.55, 1.2), 1)
    for side in (-1, 1):
        bend, outer, inner = s.bell(0.5) * whole, [], []
        for t, half in ((0, width), (0.5, (width + cuff) / 2), (0.88, cuff), (1, cuff)):
            middle_x = x - width * 0.7 + out * long * t + bend * (t == 0.5)
            middle_y = y + width * 0.6 + down * (long + bend) * t
            outer.append((side * (middle_x + down * half), middle_y - out * half))
            inner.append((side * (middle_x - down * half), middle_y + out * half))
        s.patch([*outer, *inner[::-1]], tone, long > 0, 0.6, rounds=1)
        s.patch([*outer[2:], *inner[:1:-1]], tone * band, (long > 0) & (band != 1))


def _front(s: _Sheet, neck: Number, top: Number, end: Number, shares: Shares) -> None:
    """Shares have closure, buttons, collar, print, pockets; `neck` is half its width."""
    clear = s.flat(0.4, 1)  # they do not show equally well
    line, buttons, collar, mark, pockets = (s.chance(share / 100) * clear for share in shares)
    ink, shine, x = s.ink(), s.ink(), s.bell(0.35)
    width = np.where(s.chance(0.3) * (pockets > 0), s.flat(1.5, 5), s.flat(0.7, 1.5))
    s.pen([(x, top + width / 2), (x + s.bell(0.2), end)], width, ink, line)
    for b in range(6):
        y = top + (end - 2 - top) * (b + 0.7) / 6
        s.pen([(x, y), (x, y + 1)], 1.2, shine, buttons)
    reach, drop = s.flat(0.6, 2.6), s.flat(1.2, 3.6)
    half = (0, top), (neck * 0.8, 0), (neck + 0.6, 0.8), (neck * 0.5 + reach, top + drop)
    low = 0.2, top + drop * 0.4
    s.patch(_mirrored(*half, low), s.tone * s.flat(0.6, 1.2), collar, 0.8)
    x, wide, y, high = s.bell(0.8), s.flat(0.8, 3.6), s.flat(9, 14), s.flat(0.4, 3)
    diamond = [(x - wide, y), (x + s.bell(1), y - high), (x + wide, y), (x + s.bell(1), y + high)]
    s.patch(diamond, s.ink(), mark, rounds=1)
    low, slope = end - s.flat(4, 9), s.bell(1)
    for side in (-1, 1):
        s.pen([(side * 2.6, low), (side * 5, low + slope)], 0.8, ink, pockets)


def _upper(s: _Sheet, measures: list[list[float]], sleeves: Shares, front: Shares) -> None:
    """Garments for the upper body."""
    wide, waist, flare, end, deep, long = (s.flat(*pair) for pair in measures)
    kind = 100 * s.flat()
    bare = kind < sleeves[0]
    long = np.where(kind < sum(sleeves), s.flat(4.5, 9), long) * ~bare
    hole = s.flat(1.8, 3.2) + bare * s.flat(0, 1)
    shoulder = np.where(bare, hole + s.flat(0.8, 2.4), wide - s.flat(-0.4, 1))
    slope, armpit = s.flat(0.6, 2.2), s.flat(7.5, 10)
    waist, hem = waist * wide, waist * wide + flare
    back = _mirrored((hole, 0.4), (hole, 2.5), (0, 3.2))
    s.patch(back, s.tone * s.flat(0.35, 0.85), s.chance(0.6))
    _sleeves(s, shoulder, 0.8 + slope, long)
    v = s.flat(0.35, 0.95)  # a V against a round neckline
    s.patch(_mirrored(
        (0, 0.5 + deep), (hole * v, 0.5 + deep * (0.45 + 0.3 * (v > 0.6))), (hole, 0.4),
        (hole, 0.4), (shoulder, 0.4 + slope), (shoulder, 0.6 + slope),
        (wide - 0.4 - 0.8 * bare, armpit - 2.5), (wide, armpit), (waist, s.flat(0.4, 0.65) * end),
        (hem, end - 0.5), (hem, end - s.flat(-0.3, 1)), (hem * 0.5, end), (0, end),
    ), s.tone, 1, s.flat(0.1, 0.7), rounds=2)
    _front(s, hole, 0.5 + deep * 0.9, end, front)


def _trousers(s: _Sheet) -> None:
    short = s.chance(0.07)
    waist, end = s.flat(3.6, 5.4) + 2 * short, np.where(short, s.flat(19, 24), s.flat(26.5, 28))
    hip, crotch, knee = waist + s.flat(0.3, 1.6), s.flat(8, 12), end * s.flat(0.55, 0.7)
    inner = s.flat(0.5, 2.2) + short
    outer = inner + s.flat(1.8, 3.8) + 2 * short
    s.patch(_mirrored(
        (0, 0.4), (waist, 0.4), (waist, 0.4), (hip, 6), ((hip + outer) / 2 + s.bell(0.4), knee),
        (outer, end), (outer, end), (inner, end), (inner, end), (inner * 0.7, knee), (0.1, crotch),
    ), s.tone, 1, s.flat(0.1, 0.8), rounds=2)
    s.pen([(0, 1), (s.bell(0.2), crotch)], 0.6, s.ink(), s.flat(0, 0.9))
    for side in (-1, 1):  # worn along the leg
        line = [(side * hip * 0.55, 7), (side * (inner + outer) / 2, end - 2)]
        s.pen(line, s.flat(0.5, 1.8), s.tone * 1.4, s.flat(0, 0.6))


def _sole(s: _Sheet, base: Number, thick: Number, heel: Number, wide: Number, tone: Number) -> None:
    """A sole below y = base at the toe, at the left; the heel is `heel` higher, `wide` below."""
    back, bottom = base - heel, base + thick
    s.patch([(-13.5, base), (-4, base), (4, back + heel * 0.3), (13, back), (13, back + thick),
             (5, bottom - heel * 0.7), (-3, bottom), (-12.5, bottom)], tone, rounds=1)
    s.patch([(13 - wide, back + 0.7 * thick), (13, back), (12.6, bottom),
             (12.7 - wide * s.flat(0.6, 1), bottom)], tone)


def _sandal(s: _Sheet) -> None:
    heel = np.where(s.chance(0.5), s.flat(0, 2.5), s.flat(3, 12))
    block = np.where(s.chance(0.3), s.flat(9, 15), s.flat(1, 4))
    thick, strap = s.flat(1, 3.2), s.flat(3.5, 8)
    base = 15 + (heel + strap) * 0.4
    _sole(s, base, thick, heel, block, s.tone * s.flat(0.5, 1.2))
    back, width, toe = base - heel, s.flat(1.2, 3.2), s.flat(-11, -7)
    s.pen([(toe - 1.5, base), (toe + 1, base - s.flat(1, 3)), (toe + 3.5, base)], width, s.tone)
    top = back - strap
    s.pen([(12.4, back), (12, top), (s.flat(4, 8), top + s.flat(-0.5, 2)), (s.flat(-6, 3), base)],
          width * s.flat(0.6, 1.1), s.tone, s.chance(0.75))
    for share in (0.8, 0.6, 0.4, 0.2):
        x, middle, y = s.flat(-9, 2), s.flat(-4, 8), base - (base - top) * s.flat(0.2, 0.9)
        s.pen([(x, base), (middle, y), (middle + s.flat(1, 5), back)], width * s.flat(0.5, 1.3),
              s.tone * s.flat(0.7, 1.2), s.chance(share))


def _shoe(s: _Sheet, high: float, heeled: float) -> None:
    """Closed shoes: shares with a high shaft and with a high heel."""
    shaft = np.where(s.chance(high), s.flat(9.5, 19), s.flat(5, 9.5))
    heel = np.where(s.chance(heeled), s.flat(2, 8), s.flat(0, 2))
    thick, toe = s.flat(1.2, 3), s.flat(3, 5.5)
    base = 14 + (shaft + heel - thick) / 2
    _sole(s, base, thick, heel, s.flat(2, 6), np.where(s.chance(0.5), s.flat(0.6, 1), s.tone * 0.5))
    back, throat = base - heel, s.flat(-2, 3) + 0.15 * shaft
    top = back - shaft
    s.patch([(-13.2, base + 0.3), (-13.2, base - toe * 0.6), (-11.5, base - toe),
             (-6, base - toe - s.flat(0.2, 1.2)), (throat - 2, np.minimum(top + 3, base - toe - 1)),
             (throat, top), (throat, top), (6.5, top + s.flat(0, 1.5)), (12.5, top), (12.5, top),
             (13 - s.flat(0, 1), (top + back) / 2), (13, back), (12.8, back + 0.3),
             (4, back + 0.3 + heel * 0.3), (-4, base + 0.3)], s.tone, 1, s.flat(0.2, 0.8), rounds=2)
    ink, laced = s.ink(), s.chance(0.55) * s.flat(0.2, 1)
    for b in range(4):
        x, y = throat - 5 + 1.6 * b, base - toe - 0.3 + (top - base + toe + 1.5) * (b + 0.5) / 4
        s.pen([(x, y), (x + 2.4, y + 0.8)], 0.8, ink, laced)
    striped, x, lean = s.chance(0.4) * s.flat(0.3, 1), s.flat(-2, 5), s.flat(0, 4)
    for b in range(3):
        line = [(x + 1.9 * b, base - 0.5), (x + 1.9 * b + lean, base - s.flat(2.5, 5.5))]
        s.pen(line, s.flat(0.6, 1.2), ink, striped)


def _bag(s: _Sheet) -> None:
    upper, lower, high = s.flat(8, 14), s.flat(9, 14), s.flat(11, 20)
    reach = np.where(s.chance(0.12), 0, s.flat(3, 11))  # of the handle; some have none
    top, end = 14 - (high - reach) / 2, 14 + (high + reach) / 2
    for share in (1, 0.4):
        x, y = upper * s.flat(0.3, 1), top - reach * s.flat(0.75, 1)
        low = y + reach * 0.4
        s.pen(_mirrored((-x, top + 2), (-x * 0.9, low), (-x * 0.5, y)), s.flat(0.8, 1.9),
              s.tone * s.flat(0.6, 1.2), s.chance(share) * (reach > 0))
    s.patch(_mirrored((0, top), (upper, top), (upper, top + s.flat(0, 1.5)),
                      (lower, end - s.flat(0, 4)), (lower * s.flat(0.7, 1), end), (0, end)),
            s.tone, 1, s.flat(0.1, 0.8), rounds=2)
    flap, y = top + high * s.flat(0.1, 0.7), top + s.flat(0, 2)
    line = [(0.5 - upper, y), (s.flat(-9, 0), flap), (s.flat(0, 9), flap), (upper - 0.5, y)]
    s.pen(line, 0.9, s.ink(), s.chance(0.6) * s.flat(0.2, 1))
    s.pen([(0, flap - 0.5), (s.bell(0.5), flap + 0.8)], s.flat(0.8, 2), s.ink(), s.chance(0.4))


CUTS = {"upper": _upper, "trousers": _trousers, "sandal": _sandal, "shoe": _shoe, "bag": _bag}


def _chunk(stream: Stream) -> Columns:
    """Images `x` (CHUNK, 28, 28) uint8, 0 background, and labels `y` (CHUNK,) uint8."""
    dice, x = Dice(stream, CHUNK), np.empty((CHUNK, SIDE, SIDE), np.uint8)
    articles = tables("clothes")["articles"]
    y = dice.labels(len(articles))
    for label, article in enumerate(articles):
        sheet = _Sheet(dice.rng, CHUNK // len(articles), article["cloths"])
        CUTS[article["cut"]](sheet, **article.get("shape", {}))
        x[y == label] = sheet.finish()
    return {"x": x, "y": y}


draw = partial(base.both_parts, _chunk, CHUNK)
