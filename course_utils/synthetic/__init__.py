"""Stand-ins for data sets that cannot be reached: drawn by code, from a seed.

`STAND_INS[name](train, test, seed)` returns a dict of `x_train`, `y_train`, `x_test`, `y_test`
with the shapes and dtypes of the real set of that name, and what else belongs to it (`words`).
The same seed gives the same rows; the first rows of a longer draw are the shorter draw, for each
part by itself. ValueError where a count or the seed is negative.
"""

import operator
from collections.abc import Callable
from importlib import import_module
from typing import Any

Arrays = dict[str, Any]


def _stand_in(module: str, function: str = "draw") -> Callable[[int, int, int], Arrays]:
    def draw(train: int, test: int, seed: int) -> Arrays:
        for name, value in (("train", train), ("test", test), ("seed", seed)):
            if operator.index(value) < 0:
                raise ValueError(f"{name} is {value}: it must be 0 or more.")
        drawn = getattr(import_module(f"course_utils.synthetic.{module}"), function)
        return drawn(train, test, seed)

    return draw


STAND_INS: dict[str, Callable[[int, int, int], Arrays]] = {
    "mnist": _stand_in("digits"),
    "fashion_mnist": _stand_in("clothes"),
    "cifar10": _stand_in("objects"),
    "imdb": _stand_in("reviews"),
    "reuters": _stand_in("newswires"),
    "boston_housing": _stand_in("housing", "draw_boston"),
    "california_housing": _stand_in("housing", "draw_california"),
    "cats_vs_dogs": _stand_in("pets", "draw_files"),
}
# The sets that the course itself defines, in the same form.
GENERATED: dict[str, Callable[[int, int, int], Arrays]] = {
    "colours": _stand_in("shapes", "draw_colours"),
    "shapes": _stand_in("shapes", "draw_shapes"),
    "colours_shapes": _stand_in("shapes", "draw_colours_shapes"),
    "animals": _stand_in("pets", "draw_animals"),
    "pets": _stand_in("pets", "draw_pets"),
}
