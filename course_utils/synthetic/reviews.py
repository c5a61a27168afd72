"""The synthetic stand-in for IMDB: film reviews that babble, in favor of a film or against it.

A review is a row of sentences from a small grammar. Each has an attitude, mostly that of the
review: a good film has weak sides too, a few reviewers contradict themselves throughout, and words
are negated. Many words lean a little to one side, few lean much. All words are common ones or made
up; nothing is taken from real reviews.
"""

from functools import cache
from typing import Any

import numpy as np

from . import grammar
from .base import Array, Stream, tables
from .grammar import CHUNK, Slot, made_up, tilts, zipf

STRENGTH = (1.5, 1.0, 0.6)  # how much a word of praise or blame leans, in turn
NOISE = 0.04  # share of reviews with the wrong label
LENGTH = (13, 4, 40)  # sentences: typical, fewest, most
GENRES = 8
SPILL = 0.15  # how often a sentence of one side is said on the other side
SIDES = {"both": (1, 1), "praise": (SPILL, 1), "blame": (1, SPILL)}  # against, for


def _leaning(words: list[str], flat: float, lean: Array) -> Slot:
    """Words that occur more or less often in better films: variants against and for."""
    return Slot(words, zipf(len(words), flat) * np.exp(np.outer([-1, 1], lean)))


def _attitude(praise: str, blame: str, more: list[str], lean: float, seed: int) -> Slot:
    """Words of praise and of blame; of `more`, each leans its own way."""
    pairs = list(zip(praise.split(), blame.split(), strict=True))
    words = [word for pair in pairs for word in pair] + more
    strength = np.resize(STRENGTH, len(pairs))
    leaning = np.r_[np.c_[strength, -strength].ravel(), lean * tilts(len(more), seed)]
    return _leaning(words, 12, leaning)


def _of_genres(common: list[str], own: list[str], more: list[str], lean: float) -> Slot:
    """Words for each genre and attitude: variant 2 * genre + attitude."""
    words = [word for group in zip(*map(str.split, own), strict=True) for word in group]
    words = [*common, *words, *more]
    genre = np.arange(len(words)) - len(common)
    match = (genre % GENRES)[None] == np.arange(GENRES)[:, None]
    weights = zipf(len(words), 8) * np.where((genre < 0) | ~match, 1, 6)
    both = np.exp(np.outer([-1, 1], lean * tilts(len(words), 5)))
    return Slot(words, (weights[:, None] * both).reshape(2 * GENRES, -1))


@cache
def _grammar() -> grammar.Grammar:
    data = tables("reviews")
    words, opinions = {s: text.split() for s, text in data["words"].items()}, data["attitudes"]
    patterns, chances = grammar.sentences(data["sentences"], SIDES)
    taken = grammar.written(opinions, data["words"], data["genres"], patterns)
    counts = {"noun": 2_600, "adjective": 2_200, "adverb": 700, "verb": 1_200, "name": 300}
    nouns, adjectives, adverbs, verbs, places = (made_up(*kind, taken) for kind in counts.items())
    names = ["<unknown>", *made_up("name", grammar.WORDS - len(taken), taken)]
    slots = {
        "JUDGED": _attitude(**opinions["JUDGED"], more=adjectives[:700], lean=2, seed=1),
        "WELL": _attitude(**opinions["WELL"], more=adverbs[:200], lean=2, seed=2),
        "LIKED": _attitude(**opinions["LIKED"], more=[], lean=0, seed=3),
        "MERIT": _attitude(**opinions["MERIT"], more=nouns[:200], lean=2, seed=4),
        "THING": _of_genres(words["THING"], data["genres"]["THING"], nouns, 1.0),
        "DOES": _of_genres(words["DOES"], data["genres"]["DOES"], verbs, 0.8),
    }
    words["MOOD"] += adjectives
    words["ADVERB"] += adverbs
    words |= {"NAME": names, "PLACE": places}
    for seed, (name, lean) in enumerate(data["leans"].items(), 6):
        slots[name] = _leaning(words[name], 8, lean * tilts(len(words[name]), seed))
    for name in ("PEOPLE", "HOW", "TIMES", "NUMBER"):
        slots[name] = Slot(words[name], zipf(len(words[name])))
    chances = np.tile(chances, (GENRES, 1))
    return grammar.Grammar(patterns, chances, slots, np.ones(len(chances)))


def _chunk(stream: Stream) -> grammar.Texts:
    rng = np.random.default_rng(stream)
    label = grammar.stratified(rng, np.ones(2))
    mind = label ^ (rng.random(CHUNK) < NOISE)
    agree = grammar.minds(rng)
    genre = (GENRES * rng.random(CHUNK)).astype(int)
    count = grammar.lengths(rng, *LENGTH)
    review = np.repeat(np.arange(CHUNK), count)
    attitude = mind[review] ^ (rng.random(len(review)) > agree[review])
    return _grammar().write(rng, 2 * genre[review] + attitude, count), label


def draw(train: int, test: int, seed: int) -> dict[str, Any]:
    """`x_*` Ragged word numbers uint16, `y_*` (n,) uint8, 1 for favorable reviews; `words` (10000,)
    are the words by number: 0 pad, 1 start, 2 unknown, 3 unused."""
    return grammar.documents(_chunk, train, test, seed) | {"words": _grammar().words}
