"""What was measured beside what is published: one table a chapter, and the reference results.

Every figure is recorded under a label, by `training.measure(label=…)` or by `record`.
`notebooks/literature.toml` says for each id which label it is, what is published and where, and
what differs here; a full run on real data promotes the listed labels into
`data/reference_results.json`. `python -m course_utils.results` writes README's table anew.
"""

import html
import json
import os
import platform
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course_utils import cards, config, events, tables

FILE = "reference_results.json"
LITERATURE = "literature.toml"
FIELDS = {"label", "what", "metric", "published", "source", "recipe", "differs"}


def record(
    label: str,
    values: Any,
    *,
    of: Any = None,
    seeds: Sequence[int] | None = None,
    epochs: int | None = None,
    seconds: Sequence[float] | None = None,
    parameters: int | None = None,
) -> None:
    """Record under `label` what `training.measure` did not: `table` shows it if it is listed.

    Recorded again under the same label, as when a cell is run again, the last figures count.

    Parameters
    ----------
    label : as `notebooks/literature.toml` lists it
    values : (n_seeds,), the figure from each seed; or one number, found from all of them together
    of : the `Runs` that the figures are taken from; says what is not given here
    seeds, epochs, seconds, parameters : of the trainings, where there were any

    Raises
    ------
    ValueError where the values are not as many as the seeds.

    Examples
    --------
    >>> record("five nearest neighbors", 0.82)
    >>> record("the same network, flipped images", [0.93, 0.91], seeds=[0, 1], epochs=5)
    """
    given = {"seeds": seeds, "epochs": epochs, "seconds": seconds, "parameters": parameters}
    about = {name: getattr(of, name, None) if v is None else v for name, v in given.items()}
    about |= {name: () for name in ("seeds", "seconds") if about[name] is None}
    figures = np.asarray(values, float)
    if not label or figures.ndim > 1 or (figures.ndim and figures.size != len(about["seeds"])):
        count = f"{figures.size} values from {len(about['seeds'])} seeds"
        raise ValueError(f"a record needs a label and one value for each seed: {label!r}, {count}")
    events.result(label, np.atleast_1d(figures), **about)


def literature() -> dict[str, dict[str, dict[str, Any]]]:
    """The entries of `notebooks/literature.toml`: chapter or lab -> id -> entry.

    Empty without a checkout. ValueError, in one sentence, for a file that cannot be used.
    """
    root = config.checkout()
    return _listed(root) if root else {}


def _listed(root: Path) -> dict[str, dict[str, dict[str, Any]]]:
    path = root / "notebooks" / LITERATURE
    try:
        chapters = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        seen: set[str] = set()
        for chapter, entries in chapters.items():
            labels: set[str] = set()
            for id, entry in entries.items():
                if wrong := _wrong(entry) or ("is the id of two results" if id in seen else ""):
                    raise ValueError(f"{id} {wrong}")
                if entry["label"] in labels:
                    raise ValueError(f"two results of {chapter} are labeled {entry['label']!r}")
                seen.add(id)
                labels.add(entry["label"])
                entry.setdefault("what", entry["label"])
                entry.setdefault("metric", "test accuracy")
    except ValueError as error:
        raise ValueError(f"notebooks/{LITERATURE} cannot be used: {error}") from None
    return chapters


def _wrong(entry: Any) -> str:
    if not isinstance(entry, dict):
        return "is no table"
    if unknown := entry.keys() - FIELDS:
        return f"has the unknown {', '.join(sorted(unknown))}"
    return "" if entry.get("label") else "has no label"


def _stored(path: Path) -> list[dict[str, Any]]:
    """The rows of the results file; none without it; ValueError, in one sentence, for another."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
        {(row["id"], row["chapter"]) for row in rows}
        return rows
    except (ValueError, LookupError, TypeError) as error:
        text = f"data/{path.name} is damaged ({type(error).__name__}): git restore brings it back"
        raise ValueError(text) from None


def reference() -> dict[str, dict[str, Any]]:
    """The stored reference results by id, with the published figure where there is one.

    Empty, after a line that says so, where one of the two files cannot be used.
    """
    root = config.checkout()
    try:
        rows = {row["id"]: row for row in _stored(root / "data" / FILE)} if root else {}
        for id, entry in ((i, e) for entries in literature().values() for i, e in entries.items()):
            if id in rows and "published" in entry:
                rows[id] = rows[id] | {"published": entry["published"]}
        return rows
    except ValueError as error:
        print(f"{error}.")
        return {}


def hardware() -> str:
    """The machine in a few words: processor, cores."""
    cpuinfo = Path("/proc/cpuinfo")
    names = cpuinfo.read_text().splitlines() if cpuinfo.is_file() else []
    name = next((li.split(":", 1)[1].strip() for li in names if li.startswith("model name")), "")
    return f"{name or platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def _figures(note: Mapping[str, Any]) -> dict[str, Any]:
    """What the reference results hold of a recorded measurement."""
    values, seconds = np.asarray(note["values"], float), note["seconds"]
    return {
        "measured": round(float(np.mean(values)), 6),
        "spread": [round(float(end), 6) for end in (np.min(values), np.max(values))],
        "seeds": [int(seed) for seed in note["seeds"]],
        "epochs": note["epochs"],
        "train_seconds": round(float(np.mean(seconds)), 1) if len(seconds) else None,
        "parameters": None if note["parameters"] is None else int(note["parameters"]),
        "data": note["data"],
    }


def promote(chapter: str, notes: list[dict[str, Any]], root: Path) -> int:
    """Put what a chapter's full run recorded in place of all that the results file held of it.

    Returns how many rows; ValueError says why there are none to promote.
    """
    fresh = []
    for id, entry in _listed(root).get(chapter, {}).items():
        hits = [note for note in notes if note["label"] == entry["label"]]
        figures = [_figures(note) for note in hits]
        untimed = [one | {"train_seconds": None} for one in figures]
        last = hits[-1] if hits else {"profile": "full", "changed": (), "data": "real"}
        no = {
            "is in no record of this run": not hits,
            f"is of the profile {last['profile']}": last["profile"] != "full",
            f"is measured with changed {', '.join(last['changed'])}": last["changed"],
            "is measured on synthetic data": last["data"] == "synthetic",
            "is recorded twice, with different figures": untimed[1:] != untimed[:-1],
            "is no number": hits and not np.isfinite(figures[-1]["measured"]),
        }
        if why := [reason for reason, true in no.items() if true]:
            raise ValueError(f"no result is promoted: {entry['label']!r} ({id}) {why[0]}")
        row = {"id": id, "chapter": chapter, **figures[-1], "hardware": hardware()}
        fresh.append(row | {"date": last["date"]})
    path = root / "data" / FILE
    mine = {row["id"] for row in fresh}  # one may have stood in another chapter until now
    kept = (row for row in _stored(path) if row["chapter"] != chapter and row["id"] not in mine)
    rows = [*kept, *fresh]
    rows.sort(key=lambda row: (row["chapter"], row["id"]))
    text = json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
    config.write_beside(path, lambda beside: beside.write_text(text, encoding="utf-8"))
    return len(fresh)


def table(chapter: str) -> None:
    """Show what is published, the reference run, this run, and what differs, of one chapter.

    The reference run is the stored full run on real data; "–" stands where there is no figure.
    What has no published figure is folded away below.

    Parameters
    ----------
    chapter : "05", or the name of a lab such as "05_how_much_data"

    Raises
    ------
    ValueError for a chapter or lab that `notebooks/literature.toml` does not list.

    Examples
    --------
    >>> record("colors", [0.9632, 0.9708], seeds=[0, 1])
    >>> table("10")  # doctest: +ELLIPSIS, +NORMALIZE_WHITESPACE
    published  reference run  this run
    ...
    """
    listed = literature()
    if chapter not in listed:
        raise ValueError(f"{LITERATURE} does not list {chapter!r}, but {', '.join(listed)}")
    recorded = {note["label"]: _figures(note) for note in events.noted("result")}
    cards.show(*rendered(listed[chapter], reference(), recorded))


def rendered(
    entries: Mapping[str, Mapping[str, Any]],
    stored: Mapping[str, Mapping[str, Any]],
    recorded: Mapping[str, Mapping[str, Any]],
) -> tuple[str, str]:
    """The table of a chapter's `entries` as text and as HTML; `recorded` goes by label."""
    published, own = [], []
    for id, entry in entries.items():
        runs = stored.get(id), recorded.get(entry["label"])
        row = [_named(entry), *(_with_range(run, entry["metric"]) if run else "–" for run in runs)]
        if "published" in entry:
            row.insert(1, _figure(entry["published"], entry["metric"]))
            lead = (("Source", "source"), ("Recipe", "recipe"), ("Here", "differs"))
            published.append((row, [f"{name}: {entry[key]}" for name, key in lead if key in entry]))
        else:
            own.append(row)
    text, page, head = [], [], ["", "reference run", "this run"]
    if published:
        wide = [head[0], "published", *head[1:]]
        text += [tables.aligned([wide, *(row for row, _ in published)])]
        text += ["\n  ".join([row[0], *notes]) for row, notes in published]
        page += [_html([[*wide, "what differs"], *([*row, notes] for row, notes in published)])]
    if own:
        text += [tables.aligned([head, *own])]
        fold = f"<details><summary>{len(own)} more figures of this chapter</summary>{{}}</details>"
        page += [(fold if published else "{}").format(_html([head, *own]))]
    return "\n".join(text), "\n".join(page)


def _html(rows: list[list[Any]]) -> str:
    """A table; its first row is the head, and a list in a cell is one line for each part."""
    lines = []
    for i, row in enumerate(rows):
        tag = "td" if i else "th"
        parts = (cell if isinstance(cell, list) else [cell] for cell in row)
        cells = ("<br>".join(map(html.escape, lines_)) for lines_ in parts)
        lines.append("".join(f'<{tag} style="text-align: left">{cell}</{tag}>' for cell in cells))
    return "\n".join(["<table>", *(f"<tr>{line}</tr>" for line in lines), "</table>"])


def _named(entry: Mapping[str, Any]) -> str:
    return entry["what"] + ("" if entry["metric"] == "test accuracy" else f", {entry['metric']}")


def _figure(value: float, metric: str) -> str:
    return f"{value:.1f}" if metric in ("epoch", "minutes") else f"{value:.4f}"


def _with_range(row: Mapping[str, Any], metric: str) -> str:
    (low, high), seeds = (_figure(v, metric) for v in row["spread"]), len(row["seeds"])
    parts = [f"{low} to {high}"] * (low != high) + [f"{seeds} seeds"] * (seeds > 1)
    parts += ["1 seed"] * (seeds == 1)
    return _figure(row["measured"], metric) + (f" ({', '.join(parts)})" if parts else "")


def readme_table() -> str:
    """Markdown table of every stored result that has a published figure."""
    rows = reference()
    lines = ["| chapter | what | published | measured | range | seeds | epochs |"]
    lines += ["| --- | --- | --- | --- | --- | --- | --- |"]
    for chapter, entries in sorted(literature().items()):
        for id, entry in entries.items():
            if id in rows and "published" in entry:
                low, high = (_figure(end, entry["metric"]) for end in rows[id]["spread"])
                shown = [chapter.replace("_", " "), _named(entry)]
                shown += [_figure(entry["published"], entry["metric"])]
                shown += [f"**{_figure(rows[id]['measured'], entry['metric'])}**"]
                shown += [f"{low}–{high}" if low != high else "–", len(rows[id]["seeds"])]
                shown += [rows[id]["epochs"] or "–"]
                lines.append(f"| {' | '.join(map(str, shown))} |")
    return "\n".join(lines)


def write_readme(root: Path) -> None:
    """Write the table of results in README.md anew, between its markers."""
    tables.put(root / "README.md", "results", readme_table())


if __name__ == "__main__":
    write_readme(config.checkout())
