"""Sentences from patterns: what the synthetic reviews and newswires share.

A pattern is a line of words and slots: "the FILM is not -JUDGED". A word in small letters stands
for itself; a slot, in capitals, is filled by chance, and how likely each filling is depends on the
sentence's variant (what it says, and about what). A slot with a minus takes the opposite variant:
the even one for an odd one, the odd one for an even one.
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..ragged import Ragged
from .base import PARTS, Stream, streams

SIGNS = ("<pad>", "<start>", "<unknown>", "<unused>")  # word numbers 0 to 3
START = 1
CHUNK = 1024  # documents
WORDS = 10_000  # in a vocabulary, the four signs included
AGREE = (0.8, 1.0)  # share of the sentences of a document that speak its mind: from, to
ONSETS = "b bl br d dr f fl g gl gr h k kl kr l m n p pl pr r s sl sm sn st str t tr th v w z"
VOWELS = "a e i o u ai ea ou"
MIDDLES = "b d l m n r v ld lm lv mb nd nt rb rd rl rm rn rv st th"
ENDINGS = {
    "noun": "er or ment age ist ance ence ity ure ion",
    "adjective": "al ish ous ive ent ful able less ic ian",
    "adverb": "ally ishly ously ively ently fully ably lessly ically",
    "verb": "ates izes ens ifies ishes",
    "past": "ated ized ened ified ished",
    "name": "a o in en ar el is us ov ini sson",
}


def made_up(kind: str, count: int, taken: set[str]) -> list[str]:
    """`count` words that do not exist, with endings of their kind; they are added to `taken`.

    No chance is in it: a walk through all combinations in steps that miss none.
    """
    parts = [text.split() for text in (ONSETS, VOWELS, MIDDLES, ENDINGS[kind])]
    total = math.prod(map(len, parts))
    step = next(n for n in itertools.count(int(0.618 * total)) if math.gcd(n, total) == 1)
    words: list[str] = []
    for place in range(0, total * step, step):
        if len(words) == count:
            break
        rest, letters = place % total, []
        for choices in parts:
            rest, digit = divmod(rest, len(choices))
            letters.append(choices[digit])
        word = "".join(letters)
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


def sentences(
    texts: dict[str, str], odds: Mapping[str, Sequence[float]]
) -> tuple[list[str], np.ndarray]:
    """Patterns, and their weights (variants, patterns).

    `texts`: of each kind, lines of a weight and a pattern; `odds`: the weight of the kind for each
    variant.
    """
    lines = [
        (odds[kind], *line.split(" ", 1)) for kind in texts for line in texts[kind].splitlines()
    ]
    chances = np.array([np.multiply(odd, int(weight)) for odd, weight, _ in lines]).T
    return [pattern for *_, pattern in lines], chances


def zipf(count: int, flat: float = 3.0) -> np.ndarray:
    """Weights (count,) that fall as one over the rank; the first `flat` ranks are about equal."""
    return 1 / (np.arange(count) + flat)


def tilts(count: int, seed: int) -> np.ndarray:
    """Fixed numbers (count,), -1 to 1 and more often small: how a word leans."""
    return np.random.default_rng(seed).random((count, 2)).sum(1) - 1


class Slot:
    """What may fill a slot: `words`, and `weights` (variants, words), or (words,) for all variants.

    A slot with fewer variants than the grammar takes the sentence's variant modulo its own.
    """

    def __init__(self, words: Sequence[str], weights: np.ndarray) -> None:
        weights = np.atleast_2d(weights)
        # Rounded, so that the last bits of another machine's exponential change nothing.
        weights = np.rint(weights / weights.sum(1, keepdims=True) * 2**40)
        self.words, self.shares = list(words), weights / weights.sum(1, keepdims=True)


class _Choices:
    """Many distributions in one sorted array: number d has its cumulative shares in [d, d + 1)."""

    def __init__(self) -> None:
        self.cumulative: list[np.ndarray] = []
        self.outcomes: list[np.ndarray] = []

    def add(self, shares: np.ndarray, outcomes: np.ndarray) -> int:
        """Append `shares` (variants, outcomes); the number of the first variant's distribution."""
        first = sum(len(rows) for rows in self.cumulative)
        sums = np.cumsum(shares, 1)
        sums[:, -1] = 1
        self.cumulative.append(sums + np.arange(first, first + len(shares))[:, None])
        self.outcomes.append(np.tile(outcomes, len(shares)))
        return first

    def freeze(self) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        """A function of distribution numbers and of chances, 0 to 1, that gives outcomes."""
        edges = np.concatenate([rows.ravel() for rows in self.cumulative])
        outcomes = np.concatenate(self.outcomes)
        below = 1 - 2.0**-40  # so that no sum is rounded up into the next distribution

        def choose(which: np.ndarray, chance: np.ndarray) -> np.ndarray:
            return outcomes[np.searchsorted(edges, which + chance * below, "right")]

        return choose


class Grammar:
    """`patterns` and `slots` compiled; `chances` (variants, patterns) says which pattern is used,
    `shares` (variants,) how often each variant is said, of all the sentences.

    `words` (n,) are all words that can be written, the likeliest first after the four signs.
    """

    def __init__(
        self,
        patterns: Sequence[str],
        chances: np.ndarray,
        slots: dict[str, Slot],
        shares: np.ndarray,
    ) -> None:
        chances = chances / chances.sum(1, keepdims=True)
        said = chances * (shares / shares.sum())[:, None]
        variants = np.arange(len(said))
        used = {name: np.zeros(len(said)) for name in slots}
        frequency: dict[str, float] = {}
        for pattern, share in zip(patterns, said.T, strict=True):
            for token in pattern.split():
                name = token.lstrip("-")
                if name in slots:
                    used[name] += share[variants ^ (name != token)]
                else:
                    frequency[token] = frequency.get(token, 0) + float(share.sum())
        for name, slot in slots.items():
            expected = used[name] @ slot.shares[variants % len(slot.shares)]
            for word, often in zip(slot.words, expected.tolist(), strict=True):
                frequency[word] = frequency.get(word, 0) + often
        frequency["an"] = frequency["a"] / 4
        ranked = sorted(frequency, key=lambda word: (-round(frequency[word], 12), word))
        self.words = np.array([*SIGNS, *(word for word in ranked if word not in SIGNS)])
        number = {word: i for i, word in enumerate(self.words.tolist())}
        self._vowel = np.array([word[0] in "aeiou" for word in self.words])
        self._articles = number["a"], number["an"]
        names = list(slots)
        choices = _Choices()
        first = [choices.add(s.shares, np.array([number[w] for w in s.words]))
                 for s in slots.values()]  # fmt: skip
        self._first = np.array(first)
        self._rows = np.array([len(slot.shares) for slot in slots.values()])
        self._patterns = choices.add(chances, np.arange(len(patterns)))
        self._choose = choices.freeze()

        def code(token: str) -> int:
            name = token.lstrip("-")
            return -1 - 2 * names.index(name) - (name != token) if name in slots else number[token]

        codes = [[code(token) for token in pattern.split()] for pattern in patterns]
        self._codes = np.array(list(itertools.chain.from_iterable(codes)))
        self._lengths = np.array([len(row) for row in codes])
        self._begins = np.cumsum(self._lengths) - self._lengths

    def write(
        self, rng: np.random.Generator, variants: np.ndarray, sentences: np.ndarray
    ) -> Ragged:
        """Documents of `sentences` (n,) sentences each, said in `variants` (sentences.sum(),)."""
        pattern = self._choose(self._patterns + variants, rng.random(len(variants)))
        lengths = self._lengths[pattern]
        ends = np.cumsum(lengths)
        shift = np.repeat(self._begins[pattern] - ends + lengths, lengths)
        tokens = self._codes[np.arange(ends[-1]) + shift]
        places = np.flatnonzero(tokens < 0)
        slot, opposite = np.divmod(-1 - tokens[places], 2)
        variant = np.repeat(variants, lengths)[places] ^ opposite
        which = self._first[slot] + variant % self._rows[slot]
        tokens[places] = self._choose(which, rng.random(len(places)))
        a, an = self._articles
        tokens[:-1][(tokens[:-1] == a) & self._vowel[tokens[1:]]] = an
        begins = np.concatenate([[0], ends[np.cumsum(sentences) - 1]])
        tokens = np.insert(tokens, begins[:-1], START)
        return Ragged(tokens.astype(np.uint16), begins + np.arange(len(begins)))


def stratified(rng: np.random.Generator, shares: np.ndarray) -> np.ndarray:
    """CHUNK labels in random order, each class as often as its share says, to within one."""
    places = (np.arange(CHUNK) + rng.random()) / CHUNK
    labels = np.searchsorted(np.cumsum(shares) / np.sum(shares), places, "right")
    return rng.permutation(np.minimum(labels, len(shares) - 1))


def lengths(rng: np.random.Generator, typical: float, least: int, most: int) -> np.ndarray:
    """CHUNK numbers of sentences: about `typical`, a few many times as long."""
    bell = rng.random((CHUNK, 4)).sum(1) - 2
    return np.clip(np.rint(typical * np.exp(1.1 * bell)), least, most).astype(int)


def minds(rng: np.random.Generator) -> np.ndarray:
    """For CHUNK documents the share of the sentences that speak their mind."""
    return AGREE[0] + (AGREE[1] - AGREE[0]) * rng.random(CHUNK)


def documents(
    chunk: Callable[[Stream], tuple[Ragged, np.ndarray]], train: int, test: int, seed: int
) -> dict[str, Any]:
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
