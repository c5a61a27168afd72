"""The drawn stand-in for IMDB: film reviews that babble, in favour of a film or against it.

A review is a row of sentences from a small grammar. Each has an attitude, mostly that of the
review: a good film has weak sides too, a few reviewers contradict themselves throughout, and words
are negated. Many words lean a little to one side, few lean much. All words are common ones or made
up; nothing is taken from real reviews.
"""

from functools import cache

import numpy as np

from ..ragged import Ragged
from .grammar import (
    CHUNK,
    SIGNS,
    Grammar,
    Slot,
    documents,
    lengths,
    made_up,
    stratified,
    tilts,
    zipf,
)

WORDS = 10_000  # in the vocabulary, the four signs included
AGREE = (0.8, 1.0)  # share of a review's sentences that speak its mind: from, to
STRENGTH = (1.5, 1.0, 0.6)  # how much a word of praise or blame leans, in turn
NOISE = 0.04  # share of reviews with the wrong label
LENGTH = (13, 4, 40)  # sentences: typical, fewest, most

GOOD = """good great wonderful excellent perfect brilliant charming superb lovely touching funny
delightful beautiful fresh moving clever enjoyable gripping warm fine amazing hilarious memorable
stunning subtle honest sweet powerful smart elegant original witty magical impressive graceful
thoughtful fantastic refreshing unforgettable tender rich masterful believable fascinating"""
BAD = """bad boring awful terrible poor dull stupid horrible weak silly slow predictable annoying
lame pointless ridiculous cheap wooden flat ugly tedious dreadful messy shallow bland pathetic
clumsy forgettable tiresome lifeless empty ludicrous lazy hollow unfunny painful confused stale
contrived laughable noisy pretentious amateurish unwatchable"""
WELL = "well perfectly beautifully brilliantly wonderfully nicely superbly convincingly gracefully"
BADLY = "badly poorly terribly horribly awkwardly painfully clumsily lazily unconvincingly"
LIKED = "loved liked enjoyed adored admired recommended praised treasured cherished remembered"
HATED = "hated disliked regretted endured despised skipped resented suffered mocked forgot"
MERIT = "masterpiece gem treat triumph delight classic surprise pleasure wonder joy winner jewel"
FAULT = "mess waste failure disaster bore insult mistake disappointment joke letdown dud shame"
FILM = "film movie picture story show feature production drama flick thriller sequel remake"
ASPECT = """acting plot script ending cast story direction dialogue music camera pacing humour
photography soundtrack editing writing beginning mood tension dubbing lighting scenery
narration suspense romance action premise tone finale"""
HOW = """very really quite rather truly pretty surprisingly completely remarkably absolutely utterly
fairly incredibly strangely unusually perhaps"""
TIMES = "yesterday recently twice again once today lately tonight together alone"
PERSON = """man woman girl boy hero friend wife father mother son daughter brother husband
detective doctor teacher villain killer soldier priest lawyer sister writer singer neighbour
stranger captain thief nurse king queen farmer student pilot servant uncle aunt judge sailor"""
PEOPLE = "director writer author producer star narrator editor crew studio composer"
NUMBER = "two three four five ten ninety twenty six eight thirty seven nine hundred fifty"
ANY = """life time world way day people love family night house death home money town school war
city truth past secret street name letter child face eyes voice dream idea room car dog party"""
GENRES = (  # nouns and verbs that a kind of film has more of than the others
    ("murder case police crime evidence clue suspect court", "investigates arrests follows hides"),
    ("ghost blood castle curse monster grave scream cellar", "haunts kills curses chases"),
    ("wedding joke mistake hotel boss office cousin cake", "tricks marries annoys imitates"),
    ("battle army bomb enemy general front prison tank", "fights attacks defends betrays"),
    ("ship planet robot future machine signal laboratory alien", "invents explores repairs meets"),
    ("horse desert gun gold sheriff saloon ranch train", "shoots robs rides rescues"),
    ("song stage dance band concert piano theatre tour", "sings teaches plays rehearses"),
    ("kiss summer garden heart affair diary island promise", "loves leaves misses forgives"),
)  # fmt: skip
OTHER = "slowly suddenly finally old young new little lonely"
VERBS = "finds loses wants sees takes needs saves steals discovers buys seeks remembers sells"

# Of favourable and unfavourable sentences alike; the number says how often.
BOTH = """
6 the ASPECT is HOW JUDGED
5 this is a JUDGED FILM
4 the ASPECT is JUDGED and the ASPECT is HOW JUDGED
4 i LIKED this FILM and the ASPECT by NAME
3 i LIKED the ASPECT very much and i LIKED NAME too
4 NAME plays the PERSON WELL
3 NAME is HOW JUDGED as the MOOD PERSON
3 the PEOPLE handles the ASPECT WELL and the THING WELL
3 what a MERIT
3 it is a MERIT from beginning to end
3 the ASPECT is JUDGED but the ASPECT is -JUDGED
3 it is not -JUDGED at all
3 this is not a -JUDGED FILM
2 i did not find the ASPECT -JUDGED
2 nobody could call this FILM -JUDGED
2 some people find it -JUDGED but i do not agree
2 my friend -LIKED it and i do not know why
2 compared with other -JUDGED films this one is JUDGED
2 although the ASPECT is -JUDGED i LIKED it
3 i have seen it TIMES and it is a HOW JUDGED FILM
2 the THING and the THING are shown WELL
3 for me the ASPECT of the FILM was JUDGED
2 a JUDGED PERSON in a MOOD THING makes a JUDGED FILM
2 one of the most JUDGED films by NAME
4 the story follows a MOOD PERSON who DOES a THING
4 NAME DOES the THING before the PERSON DOES the MOOD THING
4 when the PERSON DOES a THING the PERSON must choose between a THING and a THING
3 it was made in PLACE by NAME and NAME
4 the PERSON is played by NAME NAME
3 there is a scene with a MOOD THING and a THING in it
2 the FILM runs for NUMBER minutes
3 in the end the PERSON DOES the PERSON in PLACE
3 after NUMBER years in PLACE the MOOD PERSON DOES his THING
2 i saw this FILM TIMES with my PERSON
2 it is about a THING a THING and a MOOD PERSON
2 the PEOPLE is NAME who also wrote about the THING of PLACE
2 her PERSON DOES a MOOD THING and he ADVERB DOES a THING
2 the MOOD THING ADVERB DOES the PERSON
1 that is all there is to say about the THING
"""
FAVOURABLE = """
3 i would see it again TIMES
3 do not miss this JUDGED FILM
2 it stays with you and the ASPECT makes you smile
2 my whole family LIKED it
2 it deserves more than NUMBER stars
"""
UNFAVOURABLE = """
3 i want my money back
3 do not waste your time on this JUDGED FILM
2 i fell asleep after NUMBER minutes
2 what were they thinking when they made this FILM
2 it deserves no more than NUMBER stars
"""
SPILL = 0.15  # how often a sentence of one side is said on the other side


def _attitude(good: str, bad: str, more: list[str], lean: float, seed: int) -> Slot:
    """Words of praise and of blame; of `more`, each leans its own way. Variants: against, for."""
    sides = good.split(), bad.split()
    pairs = list(zip(*sides, strict=True))
    words = [word for pair in pairs for word in pair] + more
    strength = np.resize(STRENGTH, len(pairs))
    leaning = np.r_[np.c_[strength, -strength].ravel(), lean * tilts(len(more), seed)]
    return Slot(words, zipf(len(words), 12) * np.exp(np.outer([-1, 1], leaning)))


def _leaning(words: list[str], lean: float, seed: int) -> Slot:
    """Words without an opinion of their own, though some occur in better films than others."""
    lean = lean * tilts(len(words), seed)
    return Slot(words, zipf(len(words), 8) * np.exp(np.outer([-1, 1], lean)))


def _of_genres(common: list[str], own: list[list[str]], more: list[str], lean: float) -> Slot:
    """Words for each genre and attitude: variant 2 * genre + attitude."""
    words = [word for group in zip(*own, strict=True) for word in group]
    words = [*common, *words, *more]
    genre = np.arange(len(words)) - len(common)
    match = (genre % len(own))[None] == np.arange(len(own))[:, None]
    weights = zipf(len(words), 8) * np.where((genre < 0) | ~match, 1, 6)
    both = np.exp(np.outer([-1, 1], lean * tilts(len(words), 5)))
    return Slot(words, (weights[:, None] * both).reshape(2 * len(own), -1))


@cache
def _grammar() -> Grammar:
    patterns, chances = [], []
    for text, odds in ((BOTH, (1, 1)), (FAVOURABLE, (SPILL, 1)), (UNFAVOURABLE, (1, SPILL))):
        for line in text.strip().splitlines():
            weight, _, pattern = line.partition(" ")
            patterns.append(pattern)
            chances.append(np.multiply(odds, int(weight)))
    given = " ".join([GOOD, BAD, WELL, BADLY, LIKED, HATED, MERIT, FAULT, FILM, ASPECT, HOW, TIMES])
    given = " ".join(
        [given, OTHER, PERSON, PEOPLE, NUMBER, ANY, VERBS, *map(" ".join, GENRES), *patterns]
    )
    taken = {*SIGNS, "an", *(word for word in given.split() if word.islower())}
    nouns = made_up("noun", 2_600, taken)
    adjectives = made_up("adjective", 2_200, taken)
    adverbs = made_up("adverb", 700, taken)
    verbs = made_up("verb", 1_200, taken)
    places = made_up("name", 300, taken)
    names = ["<unknown>", *made_up("name", WORDS - len(taken), taken)]
    slots = {
        "JUDGED": _attitude(GOOD, BAD, adjectives[:700], 2, 1),
        "WELL": _attitude(WELL, BADLY, adverbs[:200], 2, 2),
        "LIKED": _attitude(LIKED, HATED, [], 0, 3),
        "MERIT": _attitude(MERIT, FAULT, nouns[:200], 2, 4),
        "THING": _of_genres(ANY.split(), [n.split() for n, _ in GENRES], nouns, 1.0),
        "DOES": _of_genres(VERBS.split(), [v.split() for _, v in GENRES], verbs, 0.8),
        "MOOD": _leaning(OTHER.split()[3:] + adjectives, 1.4, 6),
        "ADVERB": _leaning(OTHER.split()[:3] + adverbs, 1, 7),
        "PERSON": _leaning(PERSON.split(), 0.4, 8),
        "FILM": _leaning(FILM.split(), 0.4, 9),
        "ASPECT": _leaning(ASPECT.split(), 0.4, 10),
        "NAME": _leaning(names, 1.2, 11),
        "PLACE": _leaning(places, 0.6, 12),
        "PEOPLE": Slot(PEOPLE.split(), zipf(len(PEOPLE.split()))),
        "HOW": Slot(HOW.split(), zipf(len(HOW.split()))),
        "TIMES": Slot(TIMES.split(), zipf(len(TIMES.split()))),
        "NUMBER": Slot(NUMBER.split(), zipf(len(NUMBER.split()))),
    }
    chances = np.tile(np.array(chances).T, (len(GENRES), 1))
    return Grammar(patterns, chances, slots, np.ones(len(chances)))


def _chunk(rng: np.random.Generator) -> tuple[Ragged, np.ndarray]:
    """CHUNK reviews and their labels."""
    label = stratified(rng, np.ones(2))
    mind = label ^ (rng.random(CHUNK) < NOISE)
    agree = AGREE[0] + (AGREE[1] - AGREE[0]) * rng.random(CHUNK)
    genre = (len(GENRES) * rng.random(CHUNK)).astype(int)
    sentences = lengths(rng, *LENGTH)
    review = np.repeat(np.arange(CHUNK), sentences)
    attitude = mind[review] ^ (rng.random(len(review)) > agree[review])
    return _grammar().write(rng, 2 * genre[review] + attitude, sentences), label


def draw(train: int, test: int, seed: int) -> dict[str, Ragged | np.ndarray]:
    """Draw `train` + `test` reviews: `x_*` Ragged word numbers uint16, `y_*` (n,) uint8, 1 for
    favourable ones; `words` (10000,) are the words by number: 0 pad, 1 start, 2 unknown, 3 unused.

    The same seed gives the same reviews; the first rows of a longer draw are the shorter draw, for
    each part by itself. ValueError where a count or the seed is negative.
    """
    return documents(_chunk, train, test, seed) | {"words": _grammar().words}
