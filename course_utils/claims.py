"""A sentence bound to a comparison of measured numbers."""

import operator
from typing import Any

from course_utils import config, events

_RELATIONS = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "is": lambda left, right: left == right,
}


class ClaimError(AssertionError):
    """A sentence of the chapter that this run's numbers do not bear out."""

    def _render_traceback_(self) -> list[str]:
        return [f"ClaimError: {self}"]


def claim(sentence: str, left: Any, relation: str = "is", right: Any = True) -> None:
    """Print `sentence` if the comparison holds in this run, else stop the run.

    Where the reader changed a budget or the seed, a sentence that does not hold is shown with its
    numbers and the run goes on. NaN is never true.

    Parameters
    ----------
    sentence : what the comparison says, in words
    left, right : numbers, or whatever the relation compares; arrays are compared as wholes
    relation : ">", "<", ">=", "<=", "==", or nothing for a condition that is true or false

    Raises
    ------
    ClaimError where the comparison is false; TypeError for a condition that is no truth value,
    ValueError for another relation.

    Examples
    --------
    >>> claim("LeNet is more accurate than the dense network", 0.991, ">", 0.982)
    held: LeNet is more accurate than the dense network
    """
    if relation not in _RELATIONS:
        raise ValueError(f"a claim compares with {', '.join(_RELATIONS)}, not {relation!r}")
    held, margin = _compared(left, relation, right)
    events.note("claim", sentence=sentence, held=held, margin=margin)
    if held:
        print(f"held: {sentence}")
        return
    numbers = _in_numbers(left, relation, right, margin)
    changed = config.changed_budget()
    if not changed:
        raise ClaimError(f"this run does not bear out the sentence: {sentence}{numbers}")
    print(f"did not hold with your {', '.join(changed)}: {sentence}{numbers}")


def _compared(left: Any, relation: str, right: Any) -> tuple[bool, float | None]:
    """Whether it holds, and for an inequality by how much (below 0 where it does not)."""
    import numpy as np

    if relation == "is" and not isinstance(left, bool | np.bool_):
        raise TypeError(f"a condition is true or false, this is {type(left).__name__}")
    compared = np.asarray(_RELATIONS[relation](left, right))
    held = bool(compared.size and compared.all())  # of nothing at all, nothing holds
    if relation in ("==", "is") or np.ndim(left) or np.ndim(right):
        return held, None
    away = float(left) - float(right)
    return held, away if relation.startswith(">") else -away


def _in_numbers(left: Any, relation: str, right: Any, margin: float | None) -> str:
    if margin is None:
        return ""
    return f" ({left:.4g} {relation} {right:.4g} is false, by {abs(margin):.3g})"
