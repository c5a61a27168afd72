"""The synthetic stand-in for the Reuters newswires: business news of 46 topics, from a grammar.

A newswire is a row of sentences. Most speak of its topic, some of a related one (wheat beside
grain, interest rates beside currencies) and some of anything. Topics share most of their words:
companies, countries, figures; each leans to some of them, and has a few of its own. All words are
common ones or made up; nothing is taken from real newswires.
"""

from functools import cache
from typing import Any

import numpy as np

from . import grammar
from .base import Array, Stream, tables
from .grammar import CHUNK, Slot, made_up, tilts, zipf

RELATED = 0.8  # share of its other sentences that are about one related topic
NOISE = 0.1  # share of newswires under the label of a related topic
LENGTH = (14, 3, 50)  # sentences: typical, fewest, most
SPILL = 0.06  # how often a topic uses the sentences of another style


@cache
def _topics() -> tuple[list[str], Array, list[str], list[list[str]]]:
    """Names, shares, families and own words of the topics, in the order of the card."""
    lines = [line.split() for line in tables("newswires")["topics"].splitlines()]
    names, counts, families, *own = zip(*lines, strict=True)
    shares = np.array(counts, int) / sum(map(int, counts))
    return [*names], shares, [*families], [*map(list, zip(*own, strict=True))]


@cache
def _related() -> Array:
    """Cumulative shares (46, 46): which topic of its family stands beside a topic."""
    _, shares, families, _ = _topics()
    same = np.equal.outer(families, families) & ~np.eye(len(shares), dtype=bool)
    weights = same * np.sqrt(shares)
    return np.cumsum(weights / weights.sum(1, keepdims=True), 1)


def _own_words() -> Slot:
    """A topic's own words, those of its family more seldom, any other now and then."""
    _, _, families, own = _topics()
    factor = np.where(np.equal.outer(families, families), 0.06, 0.006)
    np.fill_diagonal(factor, 1)
    return Slot([word for words in own for word in words], np.kron(factor, zipf(len(own[0]), 2)))


def _leaning(words: list[str], lean: float, flat: float, seed: int) -> Slot:
    """Words that all topics use, each topic some more than others, a family more alike."""
    families, count = _topics()[2], len(words)
    kinds = sorted(set(families))
    own = [tilts(count, 100 * seed + topic) for topic in range(len(families))]
    shared = [tilts(count, 100 * seed + 50 + kinds.index(family)) for family in families]
    return Slot(words, zipf(count, flat) * np.exp(lean * np.add(own, shared)))


@cache
def _grammar() -> grammar.Grammar:
    data, (names, shares, families, _), own = tables("newswires"), _topics(), _own_words()
    styles, texts = data["styles"], data["sentences"]
    mine = [styles.get(n, styles.get(f, "goods")) for n, f in zip(names, families, strict=True)]
    odds = {style: [1 if style in ("any", m) else SPILL for m in mine] for style in texts}
    patterns, chances = grammar.sentences(texts, odds)
    words = {slot: text.split() for slot, text in data["words"].items()}
    words["NUMBER"] = [str(n) for n in (*range(1, 100), *range(100, 1000, 3), 1986, 1987, 1985)]
    taken = grammar.written(words, patterns, own.words)
    words["THING"] += made_up("noun", 2_500, taken)
    words["MOOD"] += made_up("adjective", 1_800, taken)
    words["ACTED"] += made_up("past", 700, taken)
    words["COMPANY"] = ["<unknown>", *made_up("name", grammar.WORDS - len(taken), taken)]
    slots = {"TOPIC": own}
    for seed, (name, lean) in enumerate(data["leans"].items(), 1):
        slots[name] = _leaning(words[name], *lean, seed)
    return grammar.Grammar(patterns, chances, slots, shares)


def _chunk(stream: Stream) -> grammar.Texts:
    rng, shares = np.random.default_rng(stream), _topics()[1]
    label = grammar.stratified(rng, shares)
    beside = (_related()[label] > rng.random((CHUNK, 1))).argmax(1)
    wrong = rng.random(CHUNK) < NOISE
    topic, beside = np.where(wrong, beside, label), np.where(wrong, label, beside)
    agree, count = grammar.minds(rng), grammar.lengths(rng, *LENGTH)
    wire = np.repeat(np.arange(CHUNK), count)
    strays = rng.random(len(wire)) > agree[wire]
    anything = np.searchsorted(np.cumsum(shares)[:-1], rng.random(len(wire)), "right")
    other = np.where(rng.random(len(wire)) < RELATED, beside[wire], anything)
    return _grammar().write(rng, np.where(strays, other, topic[wire]), count), label


def draw(train: int, test: int, seed: int) -> dict[str, Any]:
    """`x_*` Ragged word numbers uint16, `y_*` (n,) uint8, 0 to 45; `words` (10000,) are the words
    by number: 0 pad, 1 start, 2 unknown, 3 unused; `topics` (46,)."""
    extras = {"words": _grammar().words, "topics": np.array(_topics()[0])}
    return grammar.documents(_chunk, train, test, seed) | extras
