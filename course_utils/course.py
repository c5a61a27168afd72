"""Start a chapter or lab: its budgets, the reader's changes, the precision, a seed."""

import html
import logging
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from course_utils import cards, config, events, precision, tables
from course_utils import choices as choose
from course_utils.keras_setup import import_keras
from course_utils.predictions import surprises

__all__ = ["budgets", "start", "surprises"]

_rows: list[list[str]] = []  # the table of budgets of the last start


def start(
    name: str,
    profile: str | None = None,
    *,
    seed: int | None = None,
    changes: Mapping[str, Any] | str | None = None,
) -> SimpleNamespace:
    """Check the reader's choices, prepare the kernel and return the budgets of this run.

    Shows one line; in a notebook the table of all budgets opens below it. With changes or a seed
    of the reader's own, a claim that fails does not stop the run.

    Parameters
    ----------
    name : of a table in `notebooks/budgets.toml`: "05" for a chapter, a lab's file name without
        its ending
    profile : "quick", "lesson" or "full"; None: as `COURSE_PROFILE` says, else "lesson"
    seed : the base seed; None: as `COURSE_SEED` says, else 0
    changes : values in place of the profile's, such as `{"epochs": 10}`; also as text, which is
        what `papermill -p changes '{"epochs": 10}'` hands over

    Returns
    -------
    a namespace with `profile`, `seed`, `dtype` and one attribute for each line of the table.

    Raises
    ------
    ChoiceError, in one sentence, for a choice that cannot be and for a name in the `parameters`
    cell that is none of the three.

    Examples
    --------
    >>> budget = start("01", "quick", changes={"seeds": 3})
    Profile quick, seed 0, float32, with your seeds.
    >>> budget.samples, budget.seeds
    (1280, 3)
    >>> start("01", "quick", changes={"sampels": 500})
    Traceback (most recent call last):
    course_utils.choices.ChoiceError: sampels is no budget of this chapter: did you mean samples?
    """
    table = _table(name)
    choose.refuse_unknown({"profile", "seed", "changes"}, set(_lines(table)))
    changes = choose.as_changes(changes)
    try:
        profile = config.choice(profile, "COURSE_PROFILE", config.PROFILES, "lesson")
        source = config.choice(None, "COURSE_SOURCE", config.SOURCES, "auto")
        seed = choose.base_seed(seed)
        lines, values, changed = _chosen(table, profile, changes)
        keras = import_keras()
        dtype, why = precision.choose(table.get("dtype", changes.get("dtype")))
    except ValueError as error:
        raise choose.ChoiceError(str(error)) from None
    config.note_run(profile, changed + ["seed"] * (seed != 0), name)
    _prepare(keras, dtype, seed, profile)
    budgets = {n: values[n] for n, line in lines.items() if profile in line}
    events.note("setup", profile=profile, seed=seed, precision=dtype, **budgets)
    _rows[:] = _table_of(lines, values)
    said = [f"Profile {profile}", f"seed {seed}", table.get("dtype", why)]
    said += [f"{table['data']} data"] if "data" in table else []
    said += [f"{source} data"] if "data" not in table and source != "auto" else []
    if changed:
        said.append(f"with your {', '.join(changed)}")
    else:
        said.append(f"about {_duration(table['minutes'][profile])}")
    line = ", ".join(said) + "."
    cards.show(line, _page(line, _rows))
    return SimpleNamespace(profile=profile, seed=seed, dtype=dtype, **values)


def budgets() -> None:
    """Print the budgets of this run, those of every profile, and what each is about.

    Examples
    --------
    >>> budget = start("01", "quick")
    Profile quick, seed 0, float32, about 1 minute.
    >>> budgets()                              # doctest: +ELLIPSIS, +NORMALIZE_WHITESPACE
    budget   this run  quick  lesson  full    about
    samples  1,280     1,280  12,800  60,000  training digits
    ...
    """
    if not _rows:
        raise choose.ChoiceError("no chapter has been started: run the first two cells first")
    print(tables.aligned(_rows))


# --- the tables of budgets.toml -------------------------------------------------------------------


def _table(name: str) -> dict[str, Any]:
    root = config.checkout()
    folders = [root / "notebooks"] if root else [Path(), Path("..")]  # of a notebook, or of a lab
    path = next((p for f in folders if (p := f / "budgets.toml").is_file()), None)
    if path is None:
        raise choose.ChoiceError(
            "budgets.toml is missing: it stands in the course's folder notebooks/, and has to lie"
            " beside a notebook that is run elsewhere"
        )
    try:
        every = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise choose.ChoiceError(f"budgets.toml cannot be read: {error}") from None
    if name not in every:
        known = ", ".join(every)
        raise choose.ChoiceError(f"budgets.toml has no table {name!r}, only {known}")
    return every[name]


def _lines(table: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What a reader may change: the lines of a table, by their names."""
    kinds = {"full", "choose", "takes"}
    lines = {n: v for n, v in table.items() if isinstance(v, Mapping) and kinds & v.keys()}
    return {n: v for n, v in lines.items() if n != "minutes"}


def _chosen(
    table: Mapping[str, Any], profile: str, changes: Mapping[str, Any]
) -> tuple[dict[str, dict[str, Any]], dict[str, Any], list[str]]:
    """The lines in force, their values in this run, and the names that the reader changed."""
    lines = _lines(table)
    choose.refuse_changes(changes, {*lines} | ({"dtype"} - table.keys()))
    values: dict[str, Any] = {}
    for name, line in lines.items():
        if "choose" in line:
            allowed = [None] * line.get("optional", False) + line["choose"]
            values[name] = choose.one_of(name, changes.get(name), allowed)
            lines = lines | table.get(str(values[name]), {})
    for name, line in lines.items():
        given = changes.get(name)
        if "takes" in line:
            check = choose.files_there if line["takes"] == "files" else choose.text
            values[name] = check(name, given)
        elif "full" in line:
            usual = _usual(line, profile)
            values[name] = choose.budget(name, given, usual, line.get("least", 1))
    usual = {n: _usual(line, profile) for n, line in lines.items()}
    return lines, {n: values[n] for n in lines}, [n for n in lines if values[n] != usual[n]]


def _usual(line: Mapping[str, Any], profile: str) -> Any:
    """What stands in a line for this profile; of a choice the default."""
    if "choose" in line:
        return None if line.get("optional") else line["choose"][0]
    value = line.get(profile)
    if value == "cores":
        from course_utils.cross_validation import cores

        return cores()
    return value


# --- the kernel, and what is shown ----------------------------------------------------------------


def _prepare(keras: Any, dtype: str, seed: int, profile: str) -> None:
    keras.config.set_dtype_policy("float32" if dtype == "float32" else "mixed_bfloat16")
    keras.utils.set_random_seed(seed)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    import tensorflow as tf

    # In `quick`, to improve a graph takes longer than its few steps gain.
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": profile == "quick"})
    if config.flag("COURSE_STRICT"):
        _warnings_are_errors()
    from course_utils import plots

    plots.use_style()


def _warnings_are_errors() -> None:
    import warnings

    warnings.simplefilter("error")
    # Not the course's to mend: sockets that ipykernel leaves to the garbage collector, and what
    # it says while the kernel shuts down.
    warnings.filterwarnings("ignore", category=ResourceWarning)
    warnings.filterwarnings("ignore", "For consistency across", PendingDeprecationWarning)
    # Keras's own, from the callback that lowers the rate.
    warnings.filterwarnings("ignore", "__array__ implementation doesn't", DeprecationWarning)


def _duration(minutes: float) -> str:
    """`minutes` in words: "30 seconds", "1 minute", "4 hours"."""
    if minutes < 1:
        return f"{60 * minutes:.0f} seconds"
    number, unit = (minutes, "minute") if minutes <= 90 else (minutes / 60, "hour")
    return f"{number:.3g} {unit}{'s' * (number != 1)}"


def _written(value: Any) -> str:
    if value is None:
        return ""
    values = value if isinstance(value, list) else [value]
    return " ".join(f"{v:,}" if isinstance(v, int) else str(v) for v in values)


def _table_of(lines: Mapping[str, Any], values: Mapping[str, Any]) -> list[list[str]]:
    rows = [["budget", "this run", *config.PROFILES, "about"]]
    for name, line in lines.items():
        usual = [_written(_usual(line, profile)) for profile in config.PROFILES]
        rows.append([name, _written(values[name]), *usual, line.get("about", "")])
    return rows


def _page(line: str, table: list[list[str]]) -> str:
    """HTML of the line that is said, with the table of budgets folded below it."""
    head, *rows = ([html.escape(cell) for cell in row] for row in table)
    heads = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join(
        f"<tr><th>{name}</th><td><b>{now}</b></td>{''.join(f'<td>{c}</td>' for c in usual)}"
        f'<td style="text-align: left">{about}</td></tr>'
        for name, now, *usual, about in rows
    )
    how = '<code>changes = {"NAME": VALUE}</code>, in the first code cell, changes one of them.'
    folded = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table><p>{how}</p>"
    return f"<details><summary>{html.escape(line)}</summary>{folded}</details>"
