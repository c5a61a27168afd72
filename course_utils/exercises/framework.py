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


def real_numbers(value: Any) -> np.ndarray:
    """`value` as an array of float64; Wrong says what it is instead."""
    try:
        return np.asarray(value, dtype="float64")
    except (TypeError, ValueError) as error:
        raise Wrong(f"an array of numbers is asked for, this is {value!r}") from error


def compare(case: str, value: Any, right: np.ndarray, known: dict[str, np.ndarray]) -> None:
    """Wrong names the `case` and what is off (beyond 1e-5); `known`: wrong results by message."""
    array = real_numbers(value)
    if array.shape == right.shape and np.allclose(array, right, atol=1e-5):
        return
    slips = [
        message
        for message, wrong in known.items()
        if wrong.shape == array.shape and np.allclose(wrong, array, atol=1e-5)
    ]
    if array.shape != right.shape:
        off = f"the shape is {array.shape}, it should be {right.shape}"
        raise Wrong(f"{case}: {': '.join([off, *slips[:1]])}")
    differing = int(np.sum(~np.isclose(array, right, atol=1e-5)))
    raise Wrong(f"{case}: {slips[0] if slips else f'{differing} of {right.size} values differ'}")


def network(build: Any, input_shape: tuple[int, int, int]) -> Any:
    """The Keras model that the reader's `build()` returns, for images (height, width, channels)."""
    import keras

    model = call(build)
    if not isinstance(model, keras.Model):
        raise Wrong(f"a Keras model is asked for, this is of type {type(model).__name__}")
    if not model.built:
        raise Wrong(f"the network has no input shape yet: begin with keras.Input({input_shape})")
    if model.input_shape == (None, input_shape[2], *input_shape[:2]):
        raise Wrong(f"channels first: Keras expects {input_shape}, the channels last")
    if model.input_shape != (None, *input_shape):
        found = model.input_shape[1:]
        raise Wrong(f"the input shape is {found}, it should be {input_shape}")
    return model
