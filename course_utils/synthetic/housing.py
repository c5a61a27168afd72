"""The synthetic stand-ins for Boston and California housing: districts of made-up towns.

Each district has a place and a wealth that no feature tells outright; the features and the price
follow from them. The price is not linear in the features (rooms count for more where people are
better off, the shore for more near a city) and no formula catches all of it: it is noisy.
"""

from functools import partial

import numpy as np

from .base import Columns, Dice, Stream, both_parts, tables

CHUNK = 1024  # districts


def _dice(stream: Stream) -> Dice:
    """Its bell reaches 3.5 standard deviations."""
    return Dice(stream, CHUNK, terms=4, scale=3**0.5)


def _boston(stream: Stream) -> Columns:
    """`x` (CHUNK, 13) float64, the features of Boston housing; `y` the median value of a home in
    1000 USD, 5 to 50, cut off at 50.

    The real feature B encodes the share of Black residents; the set is retired for it. Here the
    feature has that name and place, and holds noise that has to do with nothing.
    """
    dice = _dice(stream)
    core = dice.flat() < 0.26  # old industrial districts around the ring road
    center = np.where(core, 0.62 + 0.38 * dice.flat(), 0.85 * dice.flat() ** 0.9)
    wealth = 0.55 - 0.9 * center - 0.5 * core + dice.bell(0.85)

    crim = np.exp(np.where(core, 2.0, -2.9 + 2.2 * center) + dice.bell(0.85))
    steps = 5 * np.rint(2 + 16 * dice.flat() ** 2)
    zn = np.where((center < 0.4) & (dice.flat() < 0.65), steps, 0)
    indus = np.where(core, 18.1, 2.5 + 12 * center + dice.bell(2.5))
    chas = dice.flat() < 0.07
    nox = 0.40 + 0.28 * center**1.3 + dice.bell(0.03)
    rm = 6.4 + 0.42 * wealth + dice.bell(0.45)
    age = 35 + 70 * center + dice.bell(18)
    dis = 1.13 + 7.5 * (1 - center) ** 1.6 * np.exp(dice.bell(0.2))
    rad = np.where(core, 24, np.rint(1 + 7 * dice.flat()))
    tax = np.where(core, 666, 300 + 60 * center + dice.bell(55))
    ptratio = np.where(core, 20.2, 18 - 0.6 * wealth + dice.bell(1.7))
    noise = 396.9 - 380 * np.maximum(dice.flat() - 0.25, 0) ** 8 / 0.75**8
    lstat = np.exp(2.25 - 0.42 * wealth + dice.bell(0.28))
    features = (  # least, most, decimals
        (crim, 0.006, 89, 5), (zn, 0, 100, 1), (indus, 0.5, 27.7, 2), (chas, 0, 1, 0),
        (nox, 0.385, 0.871, 3), (rm, 3.6, 8.8, 3), (age, 2.9, 100, 1), (dis, 1.13, 12.1, 4),
        (rad, 1, 24, 0), (tax, 187, 711, 0), (ptratio, 12.6, 22, 1), (noise, 0.3, 396.9, 2),
        (lstat, 1.7, 38, 2),
    )  # fmt: skip
    x = np.stack([np.round(np.clip(f, low, high), d) for f, low, high, d in features], 1)
    _, _, _, chas, nox, rm, age, dis, _, tax, ptratio, _, lstat = x.T

    rooms = np.logaddexp(0, 3 * (rm - 6.6)) / 3  # more than usual: each room counts
    price = 11 + 26 * np.exp(-lstat / 8) + 26 * rooms * np.exp(-lstat / 10)
    price += 16 * np.exp(-(dis - 1.1) / 0.7) * (lstat < 13)  # in the very center, where well off
    price -= 15 * np.maximum(nox - 0.55, 0) / 0.2 * np.exp(-dis / 3)
    price -= 1.2 * np.maximum(ptratio - 17, 0) * np.minimum(rooms + 0.2, 1.5)
    price += 3 * chas - 2.2 * np.cos(2 * np.pi * age / 110) - 0.006 * (tax - 300)
    price *= np.exp(dice.bell(0.1))
    return {"x": x, "y": np.round(np.clip(price, 5, 50), 1)}


def _california(stream: Stream) -> Columns:
    """`x` (CHUNK, 8) float32, the features of California housing; `y` the median value of a house
    in USD, cut off at 500,001."""
    dice, areas = _dice(stream), np.array(tables("california")["areas"])
    which = np.minimum(np.searchsorted(np.cumsum(areas[:, 3]), dice.flat()), len(areas) - 1)
    longitude, latitude, spread, _, level = areas[which].T
    far = np.exp(dice.bell(0.6))  # from the middle of the area, in its spreads
    latitude = np.clip(latitude + far * spread * dice.bell(0.8), 32.54, 41.95)
    longitude = longitude + far * spread * dice.bell(0.8)
    shore = np.interp(latitude, *tables("california")["shore"])
    longitude = np.minimum(shore + np.abs(longitude - shore), -114.3)
    inland = longitude - shore  # degrees

    income = np.clip(np.exp(1.2 + 0.15 * level + dice.bell(0.45)), 0.5, 15)
    age = np.clip(np.rint(34 - 6 * (far - 1) + dice.bell(12)), 1, 52)
    households = np.rint(np.exp(6.05 - 0.016 * (age - 29) + dice.bell(0.7)) + 1)
    rooms = np.rint(households * (3.3 + 0.5 * income) * np.exp(dice.bell(0.15)) + 2)
    bedrooms = np.rint(households * 1.06 * np.exp(dice.bell(0.07)) + 1)
    crowding = 3.1 * np.exp(dice.bell(0.25)) - 0.06 * income
    population = np.rint(households * np.maximum(crowding, 1) + 3)

    scale = level - 0.25 * (far - 1) + 0.75 * np.exp(-inland / 0.35) * (level > 0)
    scale += 0.006 * (age - 29) * (far < 1) - 0.9 * (crowding - 3) / 3
    price = (35_000 + 17_000 * income**1.3) * np.exp(0.75 * scale)
    price *= np.exp(dice.bell(0.17))
    features = longitude, latitude, age, rooms, bedrooms, population, households, income
    decimals = (2, 2, 0, 0, 0, 0, 0, 4)
    x = np.stack([np.round(f, d) for f, d in zip(features, decimals, strict=True)], 1)
    price = np.where(price > 500_000, 500_001, 100 * np.rint(np.maximum(price, 14_999) / 100))
    return {"x": x.astype(np.float32), "y": price.astype(np.float32)}


draw_boston = partial(both_parts, _boston, CHUNK)
draw_california = partial(both_parts, _california, CHUNK)
