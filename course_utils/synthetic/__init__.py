"""Synthetic data sets, made from a seed: stand-ins for sets that cannot be reached, and our own.

`STAND_INS[name](train, test, seed)` returns a dict of `x_train`, `y_train`, `x_test`, `y_test`
with the shapes and dtypes of the real set of that name, and what else belongs to it (`words`).
The same seed gives the same rows; the first rows of a longer set are the shorter set, for each
part by itself. ValueError where a count or the seed is negative, TypeError where it is not whole.
"""

import operator
from collections.abc import Callable
from importlib import import_module
from typing import Any

Draw = Callable[[int, int, int], dict[str, Any]]


def _from(module: str, function: str = "draw", *arguments: str) -> Draw:
    def draw(train: int, test: int, seed: int) -> dict[str, Any]:
        counts = {"train": train, "test": test, "seed": seed}
        for name, value in counts.items():
            try:
                counts[name] = operator.index(value)
            except TypeError:
                raise TypeError(f"{name} is {value!r}: it must be a whole number.") from None
            if counts[name] < 0:
                raise ValueError(f"{name} is {value}: it must be 0 or more.")
        made = getattr(import_module(f"{__name__}.{module}"), function)
        return made(*arguments, **counts)

    return draw


STAND_INS: dict[str, Draw] = {
    "mnist": _from("digits"),
    "fashion_mnist": _from("clothes"),
    "cifar10": _from("objects"),
    "imdb": _from("reviews"),
    "reuters": _from("newswires"),
    "boston_housing": _from("housing", "draw_boston"),
    "california_housing": _from("housing", "draw_california"),
    "cats_vs_dogs": _from("pets", "draw_files"),
}
# The sets that the course itself defines, in the same form.
GENERATED: dict[str, Draw] = {
    **{name: _from("shapes", "draw", name) for name in ("colours", "shapes", "colours_shapes")},
    **{name: _from("pets", "draw", name) for name in ("animals", "pets")},
}
