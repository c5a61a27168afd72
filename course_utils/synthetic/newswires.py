"""The drawn stand-in for the Reuters newswires: business news of 46 topics, from a small grammar.

A newswire is a row of sentences. Most speak of its topic, some of a related one (wheat beside
grain, interest rates beside currencies) and some of anything. Topics share most of their words:
companies, countries, figures; each leans to some of them, and has a few of its own. All words are
common ones or made up; nothing is taken from real newswires.
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
AGREE = (0.8, 1.0)  # share of a newswire's sentences that are about its topic: from, to
RELATED = 0.8  # share of its other sentences that are about one related topic
NOISE = 0.1  # share of newswires under the label of a related topic
LENGTH = (14, 3, 50)  # sentences: typical, fewest, most

# In the order of the card: topic, how many of 10,000 newswires, family, words of its own.
TOPICS = """
cocoa 62 crop cocoa beans buffer ivory bags grindings chocolate icco
grain 470 field grain corn subsidy harvest bushels silo export maize
veg-oil 84 field oil palm olive crusher refined margarine edible lauric
earn 3700 firm profit loss earnings dividend quarter results extraordinary income
acq 2160 firm merger shares offer stake tender takeover buyout shareholder
wheat 19 field wheat bread winter durum flour miller acreage bonus
copper 54 metal copper cathode smelter wire mine ore refinery strike
housing 18 state housing starts homes permits builder mortgage dwellings units
money-supply 155 money supply aggregate m1 m3 reserves deposits growth target
coffee 112 crop coffee quota producers roaster arabica ico frost robusta
sugar 140 crop sugar cane beet white raw intervention tender sweetener
trade 440 state trade tariff surplus deficit imports exports sanctions dispute
reserves 55 money reserves foreign gold currency swap holdings position convertible
ship 190 fuel vessel port strike cargo tanker freight dock seamen
cotton 28 crop cotton bales yarn textile lint fibre weevil gin
carcass 23 field beef carcass slaughter meat hormone packer plant pork
crude 490 fuel oil barrel crude opec output pipeline drilling wells
nat-gas 44 fuel gas cubic feet pipeline contract customers wellhead producers
cpi 78 state consumer prices inflation index basket cost living rise
money-fx 610 money currency dollar yen mark intervention dealers bank stability
interest 310 money rate prime interest discount repurchase lending cut base
gnp 108 state growth gnp domestic product spending forecast economy demand
meal-feed 17 field meal feed soy cake pellets protein rations fishmeal
alum 46 metal aluminium ingot bauxite alumina smelter potline can foil
oilseed 70 field soybean seed rape crush sunflower oilseed acreage support
gold 104 metal gold ounce bullion mine vein assay ore grade
tin 28 metal tin council stockpile buffer ingot solder debts pact
strategic-metal 18 metal cobalt titanium uranium tungsten chrome enrichment alloy rare
livestock 53 field cattle herd livestock hogs breeding feedlot head disease
retail 22 state retail sales stores department shoppers seasonally autos volume
ipi 53 state industrial production factory output capacity index manufacturing utilities
iron-steel 44 metal steel iron mill ore furnace coil slab rolled
rubber 37 crop rubber latex natural tyre pact tapping sheet estate
heat 14 fuel heating oil gallon distillate refiner winter postings degree
jobs 56 state unemployment jobless workforce jobs employment claims labour payrolls
lei 13 state leading indicators index components slowdown orders vendor permits
bop 55 state balance payments current account capital flows invisible deficit
zinc 20 metal zinc smelter concentrate galvanised producer slab brass price
orange 21 crop juice orange citrus frozen grove concentrate freeze gallons
pet-chem 26 fuel ethylene chemical plastics petrochemical polymer styrene plant feedstock
dlr 40 money dollar yen intervention support accord range band finance
gas 33 fuel gasoline unleaded motor octane refinery pump gallon stocks
silver 15 metal silver ounce coins mine troy vein bullion fixing
wpi 20 state wholesale prices producer index goods finished intermediate rise
hog 14 field hogs pork sows pigs farrow bellies weight packer
lead 19 metal lead battery smelter ore scrap zinc refined strike
"""
# How a topic or a family is written about; the other families trade goods.
STYLES = {"earn": "results", "acq": "deals", "state": "state", "money": "state"}
RESULTS = """
5 shr NUMBER cts vs NUMBER cts
5 net NUMBER vs NUMBER
4 revs NUMBER mln vs NUMBER mln
2 avg shrs NUMBER mln vs NUMBER mln
3 COMPANY corp PERIOD TOPIC of NUMBER mln dlrs
2 COMPANY inc said its TOPIC MOVED to NUMBER mln dlrs
2 pay MONTH NUMBER record MONTH NUMBER
2 note PERIOD net includes a TOPIC of NUMBER dlrs
2 COMPANY inc said it expects its TOPIC to be MOOD in the PERIOD
"""
DEALS = """
4 COMPANY inc said it has agreed to buy NUMBER pct of COMPANY corp
3 COMPANY said it ACTED the TOPIC of its THING unit for NUMBER mln dlrs
3 the TOPIC is subject to approval by the board of COMPANY
3 COMPANY inc has a TOPIC in COMPANY corp worth NUMBER dlrs
2 terms of the TOPIC were not disclosed
2 the MOOD TOPIC would give COMPANY NUMBER pct of the TOPIC
"""
GOODS = """
4 TOPIC prices MOVED by NUMBER pct in MONTH traders said
4 COUNTRY sold NUMBER tonnes of TOPIC for MONTH
3 the COUNTRY THING ministry said TOPIC and TOPIC MOVED in MONTH
3 COMPANY said it will raise its TOPIC by NUMBER dlrs
3 MOOD TOPIC in COUNTRY hurt the TOPIC
2 at the THING exchange the MONTH contract MOVED NUMBER cts
2 talks on a TOPIC pact between COUNTRY and COUNTRY ended in MONTH
"""
STATE = """
4 COUNTRY TOPIC MOVED NUMBER pct in MONTH
4 the COUNTRY central bank said the TOPIC MOVED to NUMBER billion
3 the TOPIC was NUMBER billion in the PERIOD against NUMBER billion a year ago
3 a MOOD TOPIC would help the TOPIC the minister said
3 officials ACTED the TOPIC after the COUNTRY TOPIC MOVED
2 COUNTRY and COUNTRY agreed on the TOPIC at a meeting in MONTH
"""
ANY = """
3 COMPANY said the THING was MOOD
3 a spokesman for COMPANY ACTED the THING and the THING
2 analysts said the THING may be MOOD in the PERIOD
2 COUNTRY has a MOOD THING of NUMBER mln dlrs
2 the THING of COMPANY MOVED to NUMBER pct
2 he said the THING is not MOOD
1 COMPANY gave no details of the THING
2 in COUNTRY the THING ACTED a MOOD THING
"""
SPILL = 0.06  # how often a topic uses the sentences of another style

PERIODS = "year quarter half month week period season decade"
MONTHS = "january february march april may june july august september october november december"
MOVES = "rose fell climbed dropped increased declined slipped gained eased jumped"
ACTS = "bought sold discussed reviewed rejected approved reported offered cut raised kept ended"
MOODS = "strong weak higher lower new large small stable unchanged record firm due final further"
COUNTRIES = """japan britain germany france canada brazil china india italy spain mexico
australia sweden egypt indonesia malaysia kenya peru chile turkey korea holland belgium ghana"""
THINGS = """market plan system agreement government company group industry business policy program
level sale debt loan bond investment decision report demand cost management board project unit
bank law tax budget contract problem change talks term data service committee statement deal"""


@cache
def _topics() -> tuple[list[str], np.ndarray, list[str], list[list[str]]]:
    """Names, shares, families and own words of the topics, in the order of the card."""
    rows = [line.split() for line in TOPICS.strip().splitlines()]
    shares = np.array([int(row[1]) for row in rows]) / sum(int(row[1]) for row in rows)
    return [row[0] for row in rows], shares, [row[2] for row in rows], [row[3:] for row in rows]


@cache
def _related() -> np.ndarray:
    """Cumulative shares (46, 46): which topic of its family stands beside a topic."""
    _, shares, families, _ = _topics()
    same = np.array([[a == b for b in families] for a in families]) & ~np.eye(
        len(shares), dtype=bool
    )
    weights = same * np.sqrt(shares)
    return np.cumsum(weights / weights.sum(1, keepdims=True), 1)


def _own_words() -> Slot:
    """A topic's own words, those of its family more seldom, any other now and then."""
    _, _, families, own = _topics()
    words = [word for group in own for word in group]
    size = len(own[0])
    weights = np.empty((len(own), len(words)))
    for topic, family in enumerate(families):
        for other, name in enumerate(families):
            factor = 1 if other == topic else 0.06 if name == family else 0.006
            weights[topic, other * size : (other + 1) * size] = factor * zipf(size, 2)
    return Slot(words, weights)


def _leaning(words: list[str], lean: float, flat: float, seed: int) -> Slot:
    """Words that all topics use, each topic some more than others, a family more alike."""
    families = _topics()[2]
    kinds = sorted(set(families))
    count = len(words)
    rows = [
        tilts(count, 100 * seed + topic) + tilts(count, 100 * seed + 50 + kinds.index(family))
        for topic, family in enumerate(families)
    ]
    return Slot(words, zipf(count, flat) * np.exp(lean * np.array(rows)))


@cache
def _grammar() -> Grammar:
    names, shares, families, _ = _topics()
    styles = [STYLES.get(n, STYLES.get(f, "goods")) for n, f in zip(names, families, strict=True)]
    patterns, chances = [], []
    texts = {"results": RESULTS, "deals": DEALS, "goods": GOODS, "state": STATE, "": ANY}
    for style, text in texts.items():
        odds = np.array([1 if style in ("", mine) else SPILL for mine in styles])
        for line in text.strip().splitlines():
            weight, _, pattern = line.partition(" ")
            patterns.append(pattern)
            chances.append(odds * int(weight))
    own = _own_words()
    lists = [PERIODS, MONTHS, MOVES, ACTS, MOODS, COUNTRIES, THINGS, *patterns, *own.words]
    numbers = [str(n) for n in (*range(1, 100), *range(100, 1000, 3), 1986, 1987, 1985)]
    given = [word for word in " ".join(lists).split() if not word.isupper()]
    taken = {*SIGNS, "a", "an", *given, *numbers}
    nouns = made_up("noun", 2_500, taken)
    adjectives = made_up("adjective", 1_800, taken)
    verbs = made_up("past", 700, taken)
    companies = ["<unknown>", *made_up("name", WORDS - len(taken), taken)]
    slots = {
        "TOPIC": own,
        "COMPANY": _leaning(companies, 2.5, 20, 1),
        "THING": _leaning(THINGS.split() + nouns, 2.5, 8, 2),
        "MOOD": _leaning(MOODS.split() + adjectives, 2.5, 8, 3),
        "ACTED": _leaning(ACTS.split() + verbs, 2.5, 8, 4),
        "COUNTRY": _leaning(COUNTRIES.split(), 2.5, 8, 5),
        "MOVED": _leaning(MOVES.split(), 1.25, 8, 6),
        "MONTH": _leaning(MONTHS.split(), 0.75, 20, 7),
        "PERIOD": _leaning(PERIODS.split(), 1.25, 8, 8),
        "NUMBER": _leaning(numbers, 0.75, 8, 9),
    }
    return Grammar(patterns, np.array(chances).T, slots, shares)


def _chunk(rng: np.random.Generator) -> tuple[Ragged, np.ndarray]:
    """CHUNK newswires and their labels."""
    shares = _topics()[1]
    label = stratified(rng, shares)
    beside = (_related()[label] > rng.random((CHUNK, 1))).argmax(1)
    wrong = rng.random(CHUNK) < NOISE
    topic, beside = np.where(wrong, beside, label), np.where(wrong, label, beside)
    agree = AGREE[0] + (AGREE[1] - AGREE[0]) * rng.random(CHUNK)
    sentences = lengths(rng, *LENGTH)
    wire = np.repeat(np.arange(CHUNK), sentences)
    strays = rng.random(len(wire)) > agree[wire]
    anything = np.searchsorted(np.cumsum(shares)[:-1], rng.random(len(wire)), "right")
    other = np.where(rng.random(len(wire)) < RELATED, beside[wire], anything)
    return _grammar().write(rng, np.where(strays, other, topic[wire]), sentences), label


def draw(train: int, test: int, seed: int) -> dict[str, Ragged | np.ndarray]:
    """Draw `train` + `test` newswires: `x_*` Ragged word numbers uint16, `y_*` (n,) uint8, 0 to 45;
    `words` (10000,) are the words by number: 0 pad, 1 start, 2 unknown, 3 unused; `topics` (46,).

    The same seed gives the same newswires; the first rows of a longer draw are the shorter draw,
    for each part by itself. ValueError where a count or the seed is negative.
    """
    extras = {"words": _grammar().words, "topics": np.array(_topics()[0])}
    return documents(_chunk, train, test, seed) | extras
