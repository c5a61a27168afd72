"""Stand-ins for data sets that cannot be reached: drawn by code, from a seed.

`STAND_INS[name](train, test, seed)` returns a dict of `x_train`, `y_train`, `x_test`, `y_test`
with the shapes and dtypes of the real set of that name.
"""

from collections.abc import Callable
from importlib import import_module

import numpy as np

Arrays = dict[str, np.ndarray]


def _stand_in(module: str) -> Callable[[int, int, int], Arrays]:
    def draw(train: int, test: int, seed: int) -> Arrays:
        return import_module(f"course_utils.drawn.{module}").draw(train, test, seed)

    return draw


STAND_INS: dict[str, Callable[[int, int, int], Arrays]] = {"mnist": _stand_in("digits")}
