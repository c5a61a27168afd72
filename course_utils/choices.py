"""The reader's choices in the first cell of a chapter, checked before anything starts."""

import ast
import contextlib
import difflib
import json
import os
import reprlib
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from course_utils.config import whole

_MOST = 10**9  # of any budget
SEEDS = 2**31  # from here on some generator refuses, or the seeds after it


class ChoiceError(ValueError):
    """A choice of the reader's that cannot be; a notebook shows its sentence and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"ChoiceError: {self}"]


def one_of(name: str, value: Any, allowed: Sequence[Any]) -> Any:
    """Return the choice if it is allowed, the first allowed where there is none.

    Parameters
    ----------
    name : of the choice, for the message
    value : the reader's choice or None
    allowed : what it may be

    Returns
    -------
    the choice in force.

    Raises
    ------
    ChoiceError, in one sentence, for any other.

    Examples
    --------
    >>> one_of("table", None, ["boston", "california"])
    'boston'
    >>> one_of("table", "mnist", ["boston", "california"])
    Traceback (most recent call last):
    course_utils.choices.ChoiceError: table cannot be 'mnist': choose one of boston, california
    """
    if value is None:
        return allowed[0]
    if not isinstance(value, str) or value not in allowed:
        known = [one for one in allowed if one is not None]
        near = known if len(known) <= 12 else difflib.get_close_matches(str(value), known, 5, 0.3)
        raise ChoiceError(
            f"{name} cannot be {reprlib.repr(value)}: choose one of {', '.join(near)}"
        )
    return value


def base_seed(given: int | None) -> int:
    """`given`, or what COURSE_SEED says, or 0."""
    seed: Any = given
    if given is None:
        text = os.environ.get("COURSE_SEED", "").strip() or "0"
        try:
            seed = int(text)
        except ValueError:
            named = reprlib.repr(text)
            raise ChoiceError(f"COURSE_SEED must be a whole number, not {named}") from None
    seed = whole("seed", seed, least=0)
    if seed >= SEEDS:
        raise ChoiceError(f"seed must be below {SEEDS:,}")
    return seed


def budget(name: str, value: Any, usual: Any, least: int) -> Any:
    """`value`, else `usual`: a whole number, or a list of them where the usual one is a list."""
    value = usual if value is None else value
    several = isinstance(usual, list)
    plain = isinstance(value, str | bytes | Mapping) or not hasattr(value, "__len__")
    if several == (plain or getattr(value, "ndim", 1) == 0) or (several and len(value) == 0):
        kind = "a list" if several else "one whole number"
        raise ChoiceError(f"{name} takes {kind} such as {usual}, not {reprlib.repr(value)}")
    numbers = [whole(name, one, least) for one in (value if several else [value])]
    if max(numbers) > _MOST:
        raise ChoiceError(f"{name} must be at most {_MOST:,}")
    return numbers if several else numbers[0]


def text(name: str, value: Any) -> str | None:
    """`value`, which is text or None."""
    if value is not None and not isinstance(value, str):
        raise ChoiceError(f"{name} takes a text in quotes, not {reprlib.repr(value)}")
    return value


def files_there(name: str, value: Any) -> Any:
    """`value`, or each of a list, with ~ resolved; ChoiceError where no file or folder is."""
    if isinstance(value, list | tuple):
        return [files_there(name, one) for one in value]
    if value is None:
        return None
    if not isinstance(value, str | os.PathLike):
        what = "a file or folder, its name in quotes"
        raise ChoiceError(f"{name} takes {what}, not {reprlib.repr(value)}")
    if "://" in str(value):
        raise ChoiceError(f"{name} takes a file or folder, not an address: download it first")
    try:
        path = Path(value).expanduser()
        there = bool(str(value)) and path.exists()
    except (OSError, RuntimeError, ValueError):  # a name too long, ~ of nobody
        there = False
    if not there:
        raise ChoiceError(f"{name}: there is no file or folder {reprlib.repr(str(value))}")
    return str(path)


def as_changes(given: Any) -> dict[str, Any]:
    """The dictionary that a reader, or papermill as text, gave."""
    found = given
    if isinstance(given, str):
        for read in (json.loads, ast.literal_eval):
            with contextlib.suppress(ValueError, SyntaxError):
                found = read(given)
    if found is not None and not isinstance(found, Mapping):
        raise ChoiceError(
            f'changes takes a dictionary such as {{"epochs": 10}}, not {reprlib.repr(given)}'
        )
    return dict(found or {})


def refuse_changes(changes: Mapping[str, Any], known: set[str]) -> None:
    """ChoiceError for a name in `changes` that is none of the chapter's."""
    for name in changes:
        if name in ("profile", "seed"):
            raise ChoiceError(f"{name} has a line of its own in the first cell, outside changes")
        if name not in known:
            raise ChoiceError(f"{name} is no budget of this chapter: {_nearest(name, known)}")


def _nearest(name: Any, known: set[str]) -> str:
    near = difflib.get_close_matches(str(name), known, 1)
    return f"did you mean {near[0]}?" if near else f"it has {', '.join(sorted(known))}."


def refuse_unknown(known: set[str], budgets: Collection[str] = ()) -> None:
    """ChoiceError for a name that the `parameters` cell, or papermill's, sets in vain."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    for source in reversed(shell.user_ns.get("In", [])[:-1] if shell else []):
        injected = source.startswith("# Parameters")
        if not injected and "profile" not in source:
            continue
        try:
            body = ast.parse(source).body
        except SyntaxError:  # a cell that did not run, or one of magic
            continue
        assigned = [node for node in body if isinstance(node, ast.Assign)]
        names = {t.id: a for a in assigned for t in a.targets if isinstance(t, ast.Name)}
        if not injected and "profile" not in names:
            continue
        for name in (n for n in names if n not in known and not n.startswith("_")):
            if name in budgets:
                how = f'{{"{name}": {ast.unparse(names[name].value)[:60]}}}'
                how = f"papermill -p changes '{how}'" if injected else f"changes = {how}"
                raise ChoiceError(f"{name} is set through changes: write {how}")
            raise ChoiceError(f"{name} is no choice of this chapter: {_nearest(name, known)}")
        if not injected:
            return
