"""What all synthetic data sets share: streams of random numbers, and the area inside outlines.

Samples come in chunks of a fixed size, each from a random stream of its own, so that a longer set
begins with the shorter one.
"""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray
Columns = dict[str, Array]
Number = float | Array  # one for all images, or (n,)
Point = Sequence[Number]
Polygon = Sequence[Point]
Stream = Sequence[int]  # the seed of a chunk: seed, part (0 train, 1 test) and number of the chunk
Chunk = Callable[[Stream], Columns]
PARTS = ("train", "test")


@cache
def tables(name: str) -> dict[str, Any]:
    """The texts and numbers of NAME.toml in this package."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))


def streams(count: int, size: int, *begin: int) -> Iterator[Stream]:
    """The seeds of as many chunks of `size` rows as hold `count` rows: one at least."""
    return ([*begin, number] for number in range(max(1, -(-count // size))))


def rows(chunk: Chunk, size: int, count: int, *begin: int) -> Columns:
    """The first `count` rows of the chunks, by the keys of a chunk."""
    chunks = [chunk(stream) for stream in streams(count, size, *begin)]
    return {key: np.concatenate([c[key] for c in chunks])[:count] for key in chunks[0]}


def both_parts(chunk: Chunk, size: int, train: int, test: int, seed: int) -> Columns:
    """`x_train`, `x_test`, … of the keys `x`, … of a chunk of `size` rows."""
    return {
        f"{key}_{name}": column
        for part, (name, count) in enumerate(zip(PARTS, (train, test), strict=True))
        for key, column in rows(chunk, size, count, seed, part).items()
    }


def exact(values: Array) -> Array:
    """Rounded to 2**-20, so that the last bits of another machine's sine change nothing."""
    return np.rint(values * 2.0**20) / 2.0**20


def sin(angle: Number) -> Array:
    return exact(np.sin(angle))


def cos(angle: Number) -> Array:
    return exact(np.cos(angle))


@cache
def palette(names: str) -> Array:
    """Colors (k, 3), 0 to 1, of the palettes in colors.toml with these names."""
    words = " ".join(tables("colors")[name] for name in names.split()).split()
    return np.array([list(bytes.fromhex(word)) for word in words]) / 255


class Dice:
    """Random numbers for n samples; `bell` adds up so many `terms`, times `scale`."""

    def __init__(self, stream: Any, n: int, terms: int = 2, scale: float = 2.45) -> None:
        self.rng, self.n = np.random.default_rng(stream), n
        self.terms, self.scale = terms, scale

    def flat(self, low: Number = 0.0, high: Number = 1.0, *more: int) -> Array:
        """Evenly distributed (n, *more) from low to high."""
        return low + (high - low) * self.rng.random((self.n, *more))

    def bell(self, spread: float = 1.0, *more: int) -> Array:
        """Bell-shaped, of this standard deviation; of two terms never beyond 2.45 times it."""
        total = self.rng.random((self.n, *more, self.terms)).sum(-1)
        return (total - self.terms / 2) * (spread * self.scale)

    def chance(self, share: float) -> Array:
        """1.0 or 0.0."""
        return (self.rng.random(self.n) < share).astype(float)

    def choose(self, options: Sequence[float] | Array) -> Array:
        options = np.asarray(options)
        return options[(len(options) * self.rng.random(self.n)).astype(int)]

    def weighted(self, weights: Sequence[float]) -> Array:
        """Numbers (n,) from 0 on, chosen with these weights."""
        bounds = np.cumsum(weights)
        return (self.flat(0, 1, 1) * bounds[-1] >= bounds[:-1]).sum(1)

    def labels(self, classes: int, first: int = 0) -> Array:
        """Labels (n,) uint8 in random order, each class as often as the others."""
        return self.rng.permutation((first + np.arange(self.n)) % classes).astype(np.uint8)

    def color(self, palettes: str, spread: float = 0.05) -> Array:
        """Colors (n, 3) near those of the palettes with these names."""
        near = self.choose(palette(palettes)) + self.bell(spread, 1) + self.bell(spread / 2, 3)
        return np.clip(near, 0.02, 1)


def crossings(outlines: Array, fine: int, first: Number, last: Number) -> tuple:
    """Where outlines (n, outlines, corners, 2) cross the lines from `first` to before `last`,
    `fine` lines for each pixel: image, line, x and direction of each crossing."""
    x0, y0 = np.moveaxis(outlines, -1, 0)
    x1, y1 = np.roll(x0, -1, -1), np.roll(y0, -1, -1)
    y0, y1 = fine * y0 - 0.5, fine * y1 - 0.5
    bounds = np.reshape([first, last], (2, -1, 1, 1))
    low = np.clip(np.ceil(np.minimum(y0, y1)), *bounds).astype(int)
    count = (np.clip(np.ceil(np.maximum(y0, y1)), *bounds).astype(int) - low).ravel()
    slope = (x1 - x0) / np.where(y1 == y0, 1, y1 - y0)
    line = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count - low.ravel(), count)
    x0, y0, slope, turn = (
        np.repeat(a.ravel(), count) for a in (x0, y0, slope, np.where(y1 > y0, 1.0, -1.0))
    )
    image = np.repeat(np.arange(len(outlines)), count.reshape(len(outlines), -1).sum(1))
    return image, line, x0 + (line - y0) * slope, turn


def windings(row: Array, x: Array, turn: Array, shape: tuple[int, int]) -> Array:
    """How often the outlines go round each pixel (rows, side), summed over the lines of a row.

    Where an edge crosses a line, everything to its right is inside, or outside again; of the pixel
    that it crosses, the exact share.
    """
    x = np.clip(x, 0, shape[1])
    column = x.astype(int)
    width = shape[1] + 2
    cell, later, size = row * width + column, turn * (x - column), shape[0] * width
    total = np.bincount(cell, turn - later, size) + np.bincount(cell + 1, later, size)
    return np.cumsum(total.reshape(-1, width), 1)[:, : shape[1]]
