"""What every exercise checker shares: three answers, and values compared with care."""

from collections.abc import Callable
from typing import Any

import numpy as np


class Wrong(Exception):
    """Raised inside a checker; its message names what is off."""


def judge(answer: Any, examine: Callable[[Any], None]) -> None:
    """Print "not attempted", "wrong: …" or "right" for `answer`.

    `answer` is a value, or a function of the reader's; `...` or None means not attempted (a
    function says so by returning it: `attempted` raises for that). `examine` raises Wrong. An
    error that the reader's own code raises is shown as wrong, with its type and text.
    """
    try:
        examine(attempted(answer))
    except _NotAttempted:
        print("not attempted")
    except Wrong as wrong:
        print(f"wrong: {wrong}")
    else:
        print("right")


class _NotAttempted(Exception):
    pass


def attempted(answer: Any) -> Any:
    """`answer`, unless it is `...` or None, which stand for an exercise not attempted."""
    if answer is None or answer is ...:
        raise _NotAttempted
    return answer


def call(function: Any, *arguments: Any) -> Any:
    """The reader's `function` applied; Wrong if it is none or raises."""
    if not callable(function):
        raise Wrong(f"a function is asked for, this is of type {type(function).__name__}")
    try:
        return attempted(function(*arguments))
    except _NotAttempted:
        raise
    except Exception as error:
        raise Wrong(f"your code stops with {type(error).__name__}: {error}") from error


def whole(answer: Any) -> int:
    """`answer` as a whole number; Wrong says what it is instead."""
    if isinstance(answer, bool) or not isinstance(answer, int | np.integer):
        if isinstance(answer, float) and answer.is_integer():
            return int(answer)
        raise Wrong(f"a whole number is asked for, this is {answer!r}")
    return int(answer)


def number(answer: Any, right: int, misconceptions: dict[int, str]) -> None:
    """Compare a whole number with `right`; a known wrong value gets its own message."""
    value = whole(answer)
    if value != right:
        raise Wrong(misconceptions.get(value, f"{value:,} is not the number"))


def shape(answer: Any, right: tuple[int, ...], misconceptions: dict[tuple, str]) -> None:
    """Compare a shape with `right`; a known wrong shape gets its own message."""
    try:
        value = tuple(answer)
    except TypeError as error:
        raise Wrong(f"a tuple is asked for, this is {answer!r}") from error
    if value != right:
        raise Wrong(misconceptions.get(value, f"{value} is not the shape"))


def array(answer: Any, right: np.ndarray, misconceptions: dict[str, np.ndarray]) -> None:
    """Compare an array with `right`: type, shape, dtype, values, then the known wrong results."""
    if not isinstance(answer, np.ndarray):
        raise Wrong(f"an array is asked for, this is of type {type(answer).__name__}")
    if answer.shape != right.shape:
        raise Wrong(f"the shape is {answer.shape}, it should be {right.shape}")
    if answer.dtype != right.dtype:
        raise Wrong(f"the dtype is {answer.dtype}, it should stay {right.dtype}")
    if not np.array_equal(answer, right):
        for message, value in misconceptions.items():
            if np.array_equal(answer, value):
                raise Wrong(message)
        differing = int(np.sum(answer != right))
        raise Wrong(f"{differing} of {right.size} values differ")
