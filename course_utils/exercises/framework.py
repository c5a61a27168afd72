"""What the exercise checkers share: makers of checkers, answers taken in once, one comparison.

A chapter holds the data: arguments, the right answer, the known slips with their messages. `value`
makes a checker of a value, `function` of a function of the reader's, `examined` of anything else;
`helpers` makes the hints and the score.
"""

import inspect
import math
import numbers
import reprlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from decimal import Decimal
from typing import Any

import numpy as np

from course_utils.exercises.verdicts import Wrong, attempted, examined, reported
from course_utils.exercises.verdicts import helpers as helpers  # for the chapters

DEEPEST = 8  # lists within lists
TOLERANCE = 1e-5
ROUNDED = 1e-3  # of a known slip, where decimals are asked for
REAL = numbers.Real | Decimal
_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = 60


# --- checkers -------------------------------------------------------------------------------------


def value(
    question: str,
    right: Any,
    *slips: Mapping,
    want: Callable | None = None,
    tolerance: float = 0.0,
) -> Callable[[Any], None]:
    """The checker of a value, taken in by `want` (a whole number, where none is given)."""

    def check(answer: Any) -> None:
        known = {key: item for mapping in slips for key, item in mapping.items()}
        match((want or whole)(answer), right, known, tolerance)

    check.__doc__ = question
    return examined(check)


def function(
    *arguments: tuple, want: Callable | None = None, case: str = "", untouched: bool = False
) -> Callable[[Callable[..., tuple[Any, Mapping]]], Callable[[Any], None]]:
    """The checker of a function, tried on each of the `arguments`.

    What is decorated takes them too and returns what is right and the known slips. `want` takes in
    what the reader's function returns (an array, where none is given); `case` is the format of what
    stands in front of a message; `untouched`: the arguments have to stay as they are.
    """

    def decorated(expected: Callable[..., tuple[Any, Mapping]]) -> Callable[[Any], None]:
        def check(answer: Any) -> None:
            for given in arguments:
                with in_case(case.format(*given)):
                    found = call(answer, *given, untouched=untouched)
                    match((want or real_numbers)(found), *expected(*given))

        check.__doc__ = expected.__doc__
        return examined(check)

    return decorated


@contextmanager
def in_case(name: str) -> Iterator[None]:
    """What is wrong inside is said of the case `name`."""
    try:
        yield
    except Wrong as wrong:
        raise Wrong(f"for {name}: {wrong}" if name else str(wrong)) from wrong


def call(function: Any, *arguments: Any, untouched: bool = False) -> Any:
    """What the reader's `function` returns for copies of the `arguments`."""
    if not callable(function):
        raise Wrong(f"a function is asked for, this is of type {type(function).__name__}")
    given = deepcopy(arguments)
    with reported("your code stops", function=function):
        found = function(*given)
    if found is None:
        raise Wrong("your function returns nothing: is a return missing?")
    if inspect.iscoroutine(found):
        found.close()
        raise Wrong("an ordinary function is asked for, this one is `async`")
    if untouched and not all(map(np.array_equal, given, arguments)):
        raise Wrong("what was passed in is changed: work on a copy")
    return attempted(found)


# --- answers taken in -----------------------------------------------------------------------------


def shown(answer: Any) -> str:
    """`answer` in a few words, whatever it is."""
    if isinstance(answer, np.generic):
        answer = answer.item()
    if isinstance(answer, np.ndarray):
        return f"an array of shape {answer.shape}, dtype {answer.dtype}"
    if isinstance(answer, str | bytes | numbers.Number | list | tuple | dict | set):
        try:
            return _short.repr(answer)
        except ValueError:
            return "a number of thousands of digits"
    return f"of type {type(answer).__name__}"


def _plain(answer: Any, depth: int = 0) -> Any:
    """Numbers, lists and tuples of them, arrays and tensors of any library, as NumPy takes them."""
    if type(answer) in (int, float):
        return answer
    if isinstance(answer, list | tuple | range):
        if depth == DEEPEST:
            raise TypeError("lists too deep within lists")
        return [_plain(item, depth + 1) for item in answer]
    if hasattr(type(answer), "detach"):  # PyTorch
        answer = answer.detach().cpu()
    if hasattr(type(answer), "numpy"):
        answer = answer.numpy()
    if isinstance(answer, REAL) and not isinstance(answer, bool):
        return answer
    if not hasattr(type(answer), "__array__") or np.ma.is_masked(answer):
        raise TypeError("no number")
    return np.asarray(answer)


def as_array(answer: Any, what: str = "an array of numbers") -> np.ndarray:
    """Real numbers as an array of the dtype they have (`object` for fractions, huge integers)."""
    with reported(f"{what} is asked for, this is {shown(answer)}", error_too=False):
        array = np.asarray(_plain(answer))
        if array.dtype.kind == "V":  # bfloat16
            array = array.astype("float64")
        if array.dtype.kind not in "iufO":
            raise TypeError("no real numbers")
        if array.dtype.kind == "O" and not all(isinstance(item, REAL) for item in array.flat):
            raise TypeError("no numbers")
    return array


def real_numbers(answer: Any, not_finite: str = "") -> np.ndarray:
    """Finite real numbers as an array of float64."""
    array = as_array(answer)
    with reported("the numbers are too large", error_too=False):
        array = array.astype("float64")
    if not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        where = f" at {list(at)}" if at else ""
        raise Wrong(not_finite or f"not every number is finite: {array[at]}{where}")
    return array


def image_bytes(answer: Any) -> np.ndarray:
    """Images of dtype uint8, as float64."""
    if isinstance(answer, list | tuple):
        raise Wrong(f"an array is asked for, this is of type {type(answer).__name__}")
    array = as_array(answer)
    if array.dtype != np.uint8:
        raise Wrong(f"the dtype is {array.dtype}, it should be uint8")
    return array.astype("float64")


def _number_of(answer: Any, what: str, take: Callable) -> Any:
    with reported(f"{what} is asked for, this is {shown(answer)}", error_too=False):
        array = as_array(answer, what)
        number = take(array.item())
        if array.ndim or not abs(number) < math.inf or (take is int and number != array.item()):
            raise TypeError("no such number")
    return number


def whole(answer: Any) -> int:
    """A whole number; 196.0 is one, 196.5 is none."""
    return _number_of(answer, "a whole number", int)


def real(answer: Any) -> float:
    """A finite real number."""
    return _number_of(answer, "a number", float)


def items(answer: Any, what: str) -> list[Any]:
    """What a list, a tuple or an array of numbers holds."""
    with reported(f"{what} is asked for, this is {shown(answer)}", error_too=False):
        return list(answer if isinstance(answer, tuple | list) else as_array(answer, what))


def shape(answer: Any) -> tuple[int | None, ...]:
    """A shape: whole numbers, or None for a batch axis."""
    answer = tuple(answer) if type(answer).__name__ == "TensorShape" else answer
    return tuple(n if n is None else whole(n) for n in items(answer, "a tuple"))


def pair(what: str, *want: Callable) -> Callable[[Any], tuple]:
    """Two values (`what` they are), each taken in by its own `want`, or both by one."""

    def take(answer: Any) -> tuple:
        found = items(answer, f"a pair ({what})")
        if len(found) != 2:
            raise Wrong(f"a pair ({what}) is asked for, these are {len(found)}")
        return want[0](found[0]), want[-1](found[1])

    return take


# --- the comparison -------------------------------------------------------------------------------


def match(found: Any, right: Any, slips: Mapping, tolerance: float = 0.0) -> None:
    """Raise Wrong unless `found` is `right`: exact for int, up to rounding for float and arrays.

    `slips` maps a known wrong value to its message, or a message to its value; `tolerance` is
    absolute, for answers that are asked for to so many decimals.
    """
    if same(found, right, tolerance):
        return
    for key, item in slips.items():
        message, wrong = (key, item) if isinstance(key, str) else (item, key)
        if same(found, wrong, tolerance, ROUNDED if tolerance else 0.0):
            break
    else:
        message = ""
    if isinstance(right, tuple) and isinstance(right[0], np.ndarray) and not message:
        found, right = next(two for two in zip(found, right, strict=True) if not same(*two))
    array = isinstance(right, np.ndarray)
    if array and found.shape != right.shape:
        off = f"the shape is {found.shape}, it should be {right.shape}"
        raise Wrong(f"{off}: {message}" if message else off)
    raise Wrong(
        message or (_differing(found, right) if array else f"{_text(found)} is not the answer")
    )


def same(found: Any, other: Any, atol: float = 0.0, rtol: float = 0.0) -> bool:
    """Whether two values that were taken in are the same, up to rounding."""
    if isinstance(other, tuple):
        alike = isinstance(found, tuple) and len(found) == len(other)
        return alike and all(same(a, b, atol, rtol) for a, b in zip(found, other, strict=True))
    if isinstance(other, int | None) or found is None:
        return found == other
    if np.shape(found) != np.shape(other):
        return False
    return np.allclose(found, other, atol=max(atol, TOLERANCE), rtol=max(rtol, TOLERANCE))


def _differing(found: np.ndarray, right: np.ndarray) -> str:
    away = ~np.isclose(found, right, atol=TOLERANCE, rtol=TOLERANCE)
    at = tuple(int(i) for i in np.argwhere(away)[0])
    first = f"the first, at {list(at)}, is {found[at]:.4g} and should be {right[at]:.4g}"
    return f"{away.sum()} of {right.size} values differ; {first}"


def _text(found: Any) -> str:
    if isinstance(found, tuple):
        return f"({', '.join(map(_text, found))})"
    if isinstance(found, int) and abs(found) < 10**30:
        return f"{found:,}"
    return f"{found:.4g}" if isinstance(found, float) else shown(found)


# --- slips that several chapters share ------------------------------------------------------------


def parameters(units: int, inputs: int, what: str = "units") -> tuple[int, dict[int, str]]:
    """Parameters of one layer: right, and without its biases."""
    return units * (inputs + 1), {
        units * inputs: f"the weights are right; each of the {units} {what} has a bias too",
        units * inputs + 1: f"each of the {units} {what} has a bias of its own",
    }


def steps(samples: int, batch: int, epochs: int) -> tuple[int, dict[int, str]]:
    """Steps of a training: right, and counted wrongly."""
    return -(-samples // batch) * epochs, {
        -(-samples // batch): "that is one epoch",
        samples // batch: "that is one epoch, and without its last, smaller batch",
        samples // batch * epochs: "the last, smaller batch of an epoch is a step too: round up",
        -(-samples * epochs // batch): "a batch ends with its epoch: round up first, then multiply",
        samples * epochs: "these are samples seen, not steps: divide by the batch size",
    }


def image_shape(h: int, w: int, c: int) -> tuple[tuple, dict[tuple, str]]:
    """A shape (h, w, channels): right, and with other axes."""
    return (h, w, c), {
        (c, h, w): "the values are right; Keras puts the channels last",
        (h, w): f"the channels are missing: the output has an axis for the {c} filters",
        (None, h, w, c): "right but for the batch axis, which is not asked for",
    }
