"""A sentence bound to a comparison of measured numbers."""

import math
import numbers
import operator
from typing import TYPE_CHECKING, Any

from course_utils import cards, config, events

if TYPE_CHECKING:
    import numpy as np

_RELATIONS = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "is": operator.eq,
}
_SHORT = 40  # characters of a value that is no number
_NEXT = "Raise a budget, or run the chapter again from its first cell; if it persists, report it."
_YOURS = "The chapter promises it for its own budgets and seed: take your change back to compare."


class ClaimError(AssertionError):
    """A sentence of the chapter that is not true of this run's numbers."""

    def _render_traceback_(self) -> list[str]:
        return [f"ClaimError: {self}".partition("\n")[0]]  # its card says what to do next


def claim(sentence: str, left: Any, relation: str = "is", right: Any = True) -> None:
    """Show `sentence` with its numbers if the comparison holds in this run, else stop the run.

    Of runs over several seeds the means are compared, and the difference is paired: that of each
    seed, with its range. Where the reader changed a budget or the seed, a sentence that does not
    hold is shown and the run goes on. NaN is never true.

    Parameters
    ----------
    sentence : what the comparison says, in words
    left, right : numbers, one number for each seed, or `Runs`; for "==" anything
    relation : ">", "<", ">=", "<=", "==", or nothing for a condition that is true or false

    Raises
    ------
    ClaimError where the comparison is false; TypeError for what cannot be compared so, ValueError
    for another relation, or for other seeds on the left than on the right.

    Examples
    --------
    >>> claim("LeNet is more accurate than the dense network", 0.98392, ">", 0.96321)
    held: LeNet is more accurate than the dense network (0.9839 > 0.9632, difference 0.0207)
    >>> claim("the deeper network has the lower loss", [0.21, 0.25], "<", [0.31, 0.29])
    held: the deeper network has the lower loss (0.23 < 0.3, paired difference 0.07, \
0.04 to 0.10 over 2 seeds)
    >>> claim("LeNet-5 has 61,706 parameters", 61_706, "==", 156 + 2_416 + 48_120 + 10_164 + 850)
    held: LeNet-5 has 61,706 parameters (61,706 == 61,706)
    """
    if relation not in _RELATIONS:
        raise ValueError(f"a claim compares with {', '.join(_RELATIONS)}, not {relation!r}")
    held, margin, shown = _compared(left, relation, right)
    events.note("claim", sentence=sentence, held=held, margin=margin)
    if held:
        cards.show(*cards.card("good", "held", sentence, shown))
        return
    changed = config.changed_budget()
    if changed:
        word = f"did not hold with your {', '.join(changed)}"
        cards.show(*cards.card("bad", word, sentence, shown, _YOURS))
        return
    if cards.shown_as_page():
        cards.show(*cards.card("bad", "did not hold", sentence, shown, _NEXT))
    said = " ".join(filter(None, (sentence, shown)))
    raise ClaimError(f"did not hold: {said}\n{_NEXT}")


def _compared(left: Any, relation: str, right: Any) -> tuple[bool, float | None, str]:
    """Whether it holds, by how much in the direction of the relation, and the numbers as text."""
    import numpy as np

    if relation == "is":
        if not isinstance(left, bool | np.bool_):
            raise TypeError(f"a condition is true or false, this is {type(left).__name__}")
        return bool(left == right), None, ""
    seeds = [getattr(side, "seeds", None) for side in (left, right)]
    sides = left, right = _values(left), _values(right)
    arrays = [None if relation == "==" else _numbers(side) for side in sides]
    if any(array is None for array in arrays):
        compared = np.asarray(_RELATIONS[relation](left, right))
        short = [_short(side) for side in sides]
        shown = f"({short[0]} {relation} {short[1]})" if all(short) else ""
        return bool(compared.size and compared.all()), None, shown
    if None not in seeds and [*seeds[0]] != [*seeds[1]]:
        raise ValueError(f"the two sides have other seeds: {[*seeds[0]]} and {[*seeds[1]]}")
    counts = [array.size for array in arrays if array.ndim]
    if len({*counts}) > 1:
        raise ValueError(f"there are {counts[0]} values on the left and {counts[1]} on the right")
    if 0 in counts:
        return False, None, "(of no values at all)"
    with np.errstate(all="ignore"):
        means = [side if not array.ndim else float(array.mean())
                 for side, array in zip(sides, arrays, strict=True)]  # fmt: skip
        away = np.atleast_1d(arrays[0] - arrays[1])
        away = away if relation.startswith(">") else -away
        margin = float(away.mean())
    shown = _in_numbers(means, relation, arrays, margin, away)
    return bool(_RELATIONS[relation](*means)), margin, shown


def _in_numbers(
    means: list[Any], relation: str, arrays: list["np.ndarray"], margin: float, away: "np.ndarray"
) -> str:
    shown = [number(mean) for mean in means]
    compared = f"{shown[0]} {relation} {shown[1]}"
    to_zero = arrays[1].ndim == 0 and arrays[1] == 0  # the left is the difference, then
    most = max(len(text.partition(".")[2]) for text in shown)
    decimals: int | None = min(most, _decimals(max(*means, key=abs)))
    if not math.isfinite(margin) or any("e" in text for text in shown):
        decimals = None
    parts = [] if to_zero or math.isnan(margin) else [f"difference {_difference(margin, decimals)}"]
    if max(array.ndim for array in arrays):
        each, n = (arrays[0] if to_zero else away), away.size
        low, high = (_difference(float(end), decimals) for end in (each.min(), each.max()))
        if n > 1 and min(array.ndim for array in arrays):
            parts = [f"paired {part}" for part in parts]
        parts.append(f"{low} to {high} over {n} seeds" if n > 1 else "1 seed")
    return f"({', '.join([compared, *parts])})"


def _values(side: Any) -> Any:
    """The accuracy from each seed where `side` is `Runs`, else `side`."""
    return getattr(side, "accuracy", side)


def _numbers(side: Any) -> "np.ndarray | None":
    """One number, or one for each seed, as float64; None for what is something else."""
    import numpy as np

    if isinstance(side, str | bytes | set | frozenset | dict):
        return None
    array = np.asarray(side)
    if array.dtype.kind not in "iuf":
        return None
    if array.ndim > 1:
        raise TypeError(
            f"a claim compares numbers, or one for each seed, not arrays of shape {array.shape}"
        )
    return array.astype("float64")


def number(value: float) -> str:
    """A number with four significant digits, thousands separated; short ones as they are."""
    if isinstance(value, numbers.Integral) or (float(value).is_integer() and abs(value) < 1e15):
        return f"{int(value):,}"
    value = float(value)
    if not 1e-4 <= abs(value) < 1e15:  # nan, too
        return f"{value:.4g}"
    decimals = _decimals(value)
    rounded = f"{value:,.{decimals}f}"
    return min(f"{value:.12g}", rounded, key=len) if decimals else rounded


def _decimals(value: float) -> int:
    """Decimals of four significant digits."""
    size = abs(value)
    return max(0, 3 - math.floor(math.log10(size))) if 0 < size < math.inf else 0


def _difference(value: float, decimals: int | None) -> str:
    """A difference with the decimals of what was compared, more where it would be 0 with those."""
    if decimals is None or 0 < abs(value) < 0.5 * 10**-decimals:
        return f"{value:.2g}"
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def _short(value: Any) -> str:
    """`value` in a few characters; "" where they are more, or an object has no short form."""
    value = value.tolist() if hasattr(value, "tolist") else value  # NumPy's
    if isinstance(value, tuple | list):
        value = type(value)(item.item() if hasattr(item, "item") else item for item in value)
        plain = all(isinstance(item, str | int | float) for item in value)
        text = repr(value) if plain else ""
    elif isinstance(value, bool | str | type(None)):
        text = repr(value)
    else:
        text = number(value) if isinstance(value, int | float) else ""
    return text if len(text) <= _SHORT else ""
