"""The set-up of chapters that have not moved to `course.start` yet."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from course_utils import choices as choose
from course_utils import config, course


def setup(
    profile: str | None = None,
    *,
    seed: int | None = None,
    dtype: str | None = None,
    own: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
    choices: Mapping[str, tuple[Any, Sequence[Any]]] | None = None,
    least: Mapping[str, int] | None = None,
    **budgets: tuple[Any, Any, Any, Any],
) -> SimpleNamespace:
    """`course.start` for what stands in a notebook's own set-up cell."""
    own, files, choices, least = (dict(given or {}) for given in (own, files, choices, least))
    choose.refuse_unknown({"profile", "seed", "dtype", *own, *files, *choices, *budgets})
    table: dict[str, Any] = {} if dtype is None else {"dtype": dtype}
    for name, (_, allowed) in choices.items():
        known = [one for one in allowed if one is not None]
        table[name] = {"choose": known, "optional": allowed[0] is None}
    table |= {n: {"takes": "files"} for n in files} | {n: {"takes": "text"} for n in own}
    for name, values in budgets.items():
        table[name] = dict(zip(config.PROFILES, values[1:], strict=True))
        table[name]["least"] = least.get(name, 1)
    changes = own | files | {n: v[0] for n, v in (choices | budgets).items()}
    return course.begin(table, profile, seed, {n: v for n, v in changes.items() if v is not None})
