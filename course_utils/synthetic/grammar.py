"""Sentences from patterns: what the synthetic reviews and newswires share.

A pattern is a line of words and slots: "the FILM is not -JUDGED". A word in small letters stands
for itself; a slot, in capitals, is filled by chance, and how likely each filling is depends on the
sentence's variant (what it says, and about what). A slot with a minus takes the opposite variant:
the even one for an odd one, the odd one for an even one.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..ragged import Ragged
from .base import PARTS, Array, Stream, streams, tables

Texts = tuple[Ragged, Array]  # CHUNK documents and their labels
SIGNS = ("<pad>", "<start>", "<unknown>", "<unused>")  # word numbers 0 to 3
START = 1
CHUNK = 1024  # documents
WORDS = 10_000  # in a vocabulary, the four signs included
AGREE = (0.8, 1.0)  # share of the sentences of a document that speak its mind: from, to


def made_up(kind: str, count: int, taken: set[str]) -> list[str]:
    """`count` words that do not exist, with endings of their kind; they are added to `taken`.

    No chance is in it: a walk through all combinations in steps that miss none.
    """
    onsets, vowels, middles, endings = tables("syllables").values()
    parts = [text.split() for text in (onsets, vowels, middles, endings[kind])]
    total = math.prod(map(len, parts))
    step = int(0.618 * total)
    while math.gcd(step, total) > 1:
        step += 1
    words: list[str] = []
    for place in range(0, total * step, step):
        if len(words) == count:
            break
        rest, word = place % total, ""
        for choices in parts:
            rest, digit = divmod(rest, len(choices))
            word += choices[digit]
        if word not in taken:
            words.append(word)
            taken.add(word)
    return words


def written(*values: Any) -> set[str]:
    """All words in texts, in lists of texts and in tables of them; not the slots."""
    words = {*SIGNS, "a", "an"}
    for value in values:
        if isinstance(value, str):
            words |= {word for word in value.split() if not word.isupper()}
        else:
            words |= written(*(value.values() if isinstance(value, dict) else value))
    return words


def sentences(texts: dict[str, str], odds: dict[str, Any]) -> tuple[list[str], Array]:
    """Patterns, and their weights (variants, patterns).

    `texts`: of each kind, lines of a weight and a pattern; `odds`: of each kind, how much more
    often each variant uses it.
    """
    lines = [(kind, *line.split(" ", 1)) for kind in texts for line in texts[kind].splitlines()]
    chances = np.array([np.multiply(odds[kind], int(weight)) for kind, weight, _ in lines]).T
    return [pattern for *_, pattern in lines], chances


def zipf(count: int, flat: float = 3.0) -> Array:
    """Weights (count,) that fall as one over the rank; the first `flat` ranks are about equal."""
    return 1 / (np.arange(count) + flat)


def tilts(count: int, seed: int) -> Array:
    """Fixed numbers (count,), -1 to 1 and more often small: how a word leans."""
    return np.random.default_rng(seed).random((count, 2)).sum(1) - 1


class Slot:
    """What may fill a slot: `words`, and `weights` (variants, words), or (words,) for all variants.

    A slot with fewer variants than the grammar takes the sentence's variant modulo its own.
    """

    def __init__(self, words: Sequence[str], weights: Array) -> None:
        weights = np.atleast_2d(weights)
        # Rounded, so that the last bits of another machine's exponential change nothing.
        weights = np.rint(weights / weights.sum(1, keepdims=True) * 2**40)
        self.words, self.shares = list(words), weights / weights.sum(1, keepdims=True)


class _Choices:
    """Many distributions in one sorted array: number d has its cumulative shares in [d, d + 1)."""

    def __init__(self, shares: list[Array], outcomes: list[Array]) -> None:
        self.rows = np.array([len(share) for share in shares])
        self.first = np.cumsum(self.rows) - self.rows  # the distribution of a first variant
        self.outcomes = np.concatenate(
            [np.tile(some, rows) for some, rows in zip(outcomes, self.rows, strict=True)]
        )
        sums = [np.cumsum(share, 1) for share in shares]
        for first, total in zip(self.first, sums, strict=True):
            total[:, -1] = 1
            total += np.arange(first, first + len(total))[:, None]
        self.edges = np.concatenate([total.ravel() for total in sums])

    def __call__(self, table: int | Array, variant: Array, chance: Array) -> Array:
        """Outcomes by chance, 0 to 1, of the distributions of these tables and variants."""
        below = 1 - 2.0**-40  # so that no sum is rounded up into the next distribution
        which = self.first[table] + variant % self.rows[table]
        return self.outcomes[np.searchsorted(self.edges, which + chance * below, "right")]


class Grammar:
    """`patterns` and `slots` compiled; `chances` (variants, patterns) says which pattern is used,
    `shares` (variants,) how often each variant is said, of all the sentences.

    `words` (n,) are all words that can be written, the likeliest first after the four signs.
    """

    def __init__(
        self, patterns: Sequence[str], chances: Array, slots: dict[str, Slot], shares: Array
    ) -> None:
        chances = chances / chances.sum(1, keepdims=True)
        said = chances * (shares / shares.sum())[:, None]
        self.words = _ranked(patterns, said, slots)
        number = {word: i for i, word in enumerate(self.words.tolist())}
        codes = dict(number)  # of a slot: -1 - 2 * its number, one less for the opposite variant
        for i, name in enumerate(slots):
            codes |= {name: -1 - 2 * i, f"-{name}": -2 - 2 * i}
        rows = [[codes[token] for token in pattern.split()] for pattern in patterns]
        self._codes = np.concatenate(rows)
        self._lengths = np.array([len(row) for row in rows])
        self._begins = np.cumsum(self._lengths) - self._lengths
        self._choose = _Choices(
            [*(slot.shares for slot in slots.values()), chances],
            [*(np.array([number[w] for w in slot.words]) for slot in slots.values()),
             np.arange(len(patterns))],
        )  # fmt: skip
        self._vowel = np.array([word[0] in "aeiou" for word in self.words])
        self._articles = number["a"], number["an"]

    def write(self, rng: np.random.Generator, variants: Array, sentences: Array) -> Ragged:
        """Documents of `sentences` (n,) sentences each, said in `variants` (sentences.sum(),)."""
        pattern = self._choose(-1, variants, rng.random(len(variants)))
        lengths = self._lengths[pattern]
        ends = np.cumsum(lengths)
        shift = np.repeat(self._begins[pattern] - ends + lengths, lengths)
        tokens = self._codes[np.arange(ends[-1]) + shift]
        places = np.flatnonzero(tokens < 0)
        slot, opposite = np.divmod(-1 - tokens[places], 2)
        variant = np.repeat(variants, lengths)[places] ^ opposite
        tokens[places] = self._choose(slot, variant, rng.random(len(places)))
        a, an = self._articles
        tokens[:-1][(tokens[:-1] == a) & self._vowel[tokens[1:]]] = an
        begins = np.concatenate([[0], ends[np.cumsum(sentences) - 1]])
        tokens = np.insert(tokens, begins[:-1], START)
        return Ragged(tokens.astype(np.uint16), begins + np.arange(len(begins)))


def _ranked(patterns: Sequence[str], said: Array, slots: dict[str, Slot]) -> Array:
    """The signs and all words, the likeliest first; `said` (variants, patterns): how often."""
    variants = np.arange(len(said))
    used = {name: np.zeros(len(said)) for name in slots}
    frequency: dict[str, float] = defaultdict(float)
    for pattern, share in zip(patterns, said.T, strict=True):
        for token in pattern.split():
            name = token.lstrip("-")
            if name in slots:
                used[name] += share[variants ^ (name != token)]
            else:
                frequency[token] += float(share.sum())
    for name, slot in slots.items():
        expected = used[name] @ slot.shares[variants % len(slot.shares)]
        for word, often in zip(slot.words, expected.tolist(), strict=True):
            frequency[word] += often
    frequency["an"] = frequency["a"] / 4
    ranked = sorted(frequency, key=lambda word: (-round(frequency[word], 12), word))
    return np.array([*SIGNS, *(word for word in ranked if word not in SIGNS)])


def stratified(rng: np.random.Generator, shares: Array) -> Array:
    """CHUNK labels in random order, each class as often as its share says, to within one."""
    places = (np.arange(CHUNK) + rng.random()) / CHUNK
    labels = np.searchsorted(np.cumsum(shares) / np.sum(shares), places, "right")
    return rng.permutation(np.minimum(labels, len(shares) - 1))


def lengths(rng: np.random.Generator, typical: float, least: int, most: int) -> Array:
    """CHUNK numbers of sentences: about `typical`, a few many times as long."""
    bell = rng.random((CHUNK, 4)).sum(1) - 2
    return np.clip(np.rint(typical * np.exp(1.1 * bell)), least, most).astype(int)


def minds(rng: np.random.Generator) -> Array:
    """For CHUNK documents the share of the sentences that speak their mind."""
    return AGREE[0] + (AGREE[1] - AGREE[0]) * rng.random(CHUNK)


def documents(chunk: Callable[[Stream], Texts], train: int, test: int, seed: int) -> dict[str, Any]:
    """`x_*` and `y_*` uint8 of both parts, from chunks of CHUNK documents."""
    arrays: dict[str, Any] = {}
    for part, (name, count) in enumerate(zip(PARTS, (train, test), strict=True)):
        texts, labels = zip(*map(chunk, streams(count, CHUNK, seed, part)), strict=True)
        sizes = np.concatenate([np.diff(text.offsets) for text in texts])[:count]
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        tokens = np.concatenate([text.tokens for text in texts])[: offsets[-1]]
        arrays[f"x_{name}"] = Ragged(tokens, offsets)
        arrays[f"y_{name}"] = np.concatenate(labels)[:count].astype(np.uint8)
    return arrays
