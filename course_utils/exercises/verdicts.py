"""What an exercise checker says, its hints, and how many exercises are right so far.

A verdict is "not attempted", "wrong: what is off" or "right", on a card, whatever is examined.
"""

import re
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial, wraps
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from course_utils import cards

LONGEST = 300  # characters of a verdict
KINDS = {"right": "good", "wrong": "bad", "not attempted": "note"}


class Wrong(Exception):
    """Raised inside a checker; its message names what is off."""


class NotAttempted(Exception):
    """Raised where the answer is still that of the stub."""


def attempted(answer: Any) -> Any:
    """`answer`, unless it is `...` or None, which stand for an exercise not attempted."""
    if answer is None or answer is ...:
        raise NotAttempted
    return answer


@contextmanager
def reported(what: str, error_too: bool = True, function: Any = None) -> Iterator[None]:
    """Whatever is raised inside becomes Wrong, but for Ctrl-C; of a `function` with its line."""
    try:
        yield
    except (Wrong, NotAttempted, KeyboardInterrupt):
        raise
    except BaseException as error:
        try:
            text = str(error)
        except Exception:
            text = ""
        where = "" if function is None else f"{_where(error, function)} with"
        said = f"{what}{where} {type(error).__name__}: {text}".removesuffix(": ")
        raise Wrong(said if error_too else what) from error


def _where(error: BaseException, function: Any) -> str:
    """The line of its cell at which the reader's `function` stopped; "" where there is none."""
    if type(function) not in (FunctionType, MethodType):
        return ""
    file = function.__code__.co_filename
    steps = traceback.walk_tb(error.__traceback__)
    lines = [line for frame, line in steps if frame.f_code.co_filename == file]
    return f" in line {lines[-1]}" if lines else ""


def examined(examine: Callable[..., None]) -> Callable[..., None]:
    """The checker that shows the verdict on its answers; `examine` raises Wrong of them."""

    @wraps(examine)
    def check(*answers: Any) -> None:
        word, off = "right", ""
        try:
            with reported("this answer cannot be examined:"), np.errstate(all="ignore"):
                examine(*map(attempted, answers))
        except NotAttempted:
            word = "not attempted"
        except Wrong as wrong:
            word, off = "wrong", " ".join(str(wrong).split())
        off = re.sub(r" at 0x[0-9a-fA-F]+|\x1b\[[0-9;]*m", "", off)  # addresses, colors of Keras
        off = off.encode("utf-8", "backslashreplace").decode()
        most = LONGEST - len("wrong: ")
        off = off if len(off) <= most else off[: most - 1] + "…"
        cards.show(*cards.card(KINDS[word], word, off, advice=check.noted(word)))

    check.noted = lambda word: ""
    return check


def helpers(
    chapter: str, hints: Mapping[int, Sequence[str]]
) -> tuple[Callable[..., None], Callable[[], None]]:
    """`hint` and `score` of a chapter; the last statement of its module, `chapter` its `__name__`.

    Parameters
    ----------
    chapter : name of the module that holds `check_1`, `check_2`, …
    hints : one or two for each exercise, by its number
    """
    module = vars(sys.modules[chapter])
    checks = {int(n[6:]): module[n] for n in module if re.fullmatch(r"check_\d+", n)}
    solved: set[int] = set()
    shown: Counter[int] = Counter()

    def tally() -> str:
        return f"{len(solved)} of {len(checks)} right so far"

    def noted(number: int, word: str) -> str:
        """Advice on the card of this verdict."""
        if word == "not attempted":
            return ""
        (solved.add if word == "right" else solved.discard)(number)
        if word == "right":
            return f"{tally()}."
        left = shown[number] < len(hints.get(number, ()))
        return f"Stuck? check.hint({number}) shows a hint." if left else ""

    for number, check in checks.items():
        check.noted = partial(noted, number)

    def hint(exercise: Any = None) -> None:
        """Show the first hint of an exercise; called again, the second.

        Parameters
        ----------
        exercise : its number
        """
        number = exercise if type(exercise) is int and exercise in checks else 0
        given, word = hints.get(number, ()), "hint"
        if not number:
            say = f"of which exercise? check.hint(1) is of the first, there are {len(checks)}"
        elif shown[number] < len(given):
            shown[number] += 1
            word, say = f"hint {shown[number]} of {len(given)}", given[shown[number] - 1]
        else:
            say = f"no more of exercise {number}; its solution is folded below it"
        cards.show(*cards.card("note", word, say))

    def score() -> None:
        """Say how many exercises of the chapter are right so far."""
        cards.show(*cards.card("good" if len(solved) == len(checks) else "note", tally()))

    return hint, score
