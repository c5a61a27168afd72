"""What was measured: single results while a run goes on, and the file of reference results."""

import json
import os
import platform
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import config, events, tables

if TYPE_CHECKING:
    from course_utils.training import Runs

FILE = "reference_results.json"
_this_run: dict[str, dict[str, Any]] = {}


@dataclass
class Measured:
    """Figures of an experiment that `training.measure` did not run, for `publish`.

    Parameters
    ----------
    values : (n_seeds,), the figure from each seed
    seeds : the seeds
    epochs, parameters : None where there are none to tell
    seconds : training time from each seed, empty where it was not taken

    Examples
    --------
    >>> Measured(np.array([2.1, 2.3]), seeds=[0, 1], epochs=80, seconds=[], parameters=None).epochs
    80
    """

    values: np.ndarray
    seeds: list[int]
    epochs: int | None
    seconds: list[float]
    parameters: int | None


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
    """The stored reference results by id; empty where the file is not there, or damaged."""
    root = config.checkout()
    try:
        return {row["id"]: row for row in _stored(root / "data" / FILE)} if root else {}
    except ValueError as error:
        print(f"{error}.")
        return {}


def publish(
    id: str,
    runs: "Runs | Measured",
    *,
    chapter: str,
    what: str,
    data: str,
    metric: str = "test accuracy",
    literature: float | None = None,
    edition: str | None = None,
) -> None:
    """Note `runs` as the result `id` of this run: `table` shows it, a full run promotes it.

    Parameters
    ----------
    id : its name in the file of reference results
    runs : from `training.measure`, or Measured
    chapter, what, metric : where it belongs, what was measured, and as which figure
    data : "real", "synthetic" or "generated"
    literature : the published figure, if there is one
    edition : what differs from the original experiment

    Examples
    --------
    >>> runs = Measured(np.array([0.98, 1.0]), [0, 1], 5, [], None)
    >>> publish("digits", runs, chapter="99", what="LeNet", data="real", literature=0.99)
    >>> table("99")
           literature  reference run  this run
    LeNet  0.9900      –              0.9900 (0.9800 to 1.0000, 2 seeds)
    """
    values, seconds = np.asarray(runs.values), runs.seconds
    row = {"id": id, "chapter": chapter, "what": what, "metric": metric, "literature": literature}
    row |= {
        "measured": round(float(np.mean(values)), 6),
        "spread": [round(float(end), 6) for end in (np.min(values), np.max(values))],
        "seeds": [int(seed) for seed in runs.seeds],
        "epochs": runs.epochs,
        "train_seconds": round(float(np.mean(seconds)), 1) if len(seconds) else None,
        "parameters": runs.parameters,
    }
    row |= {"data": data, "edition": edition, "hardware": hardware()}
    row["date"] = date.today().isoformat()
    _this_run[id] = row
    events.note("result", row=row, profile=config.profile(), changed=config.changed_budget())


def hardware() -> str:
    """The machine in a few words: processor, cores."""
    cpuinfo = Path("/proc/cpuinfo")
    names = cpuinfo.read_text().splitlines() if cpuinfo.is_file() else []
    name = next((li.split(":", 1)[1].strip() for li in names if li.startswith("model name")), "")
    return f"{name or platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def promote(chapter: str, notes: list[dict[str, Any]], root: Path) -> int:
    """Put what a chapter's full run noted in place of all that the results file held of it.

    Returns how many rows; ValueError says why there are none to promote.
    """
    for row, profile, changed in ((n["row"], n["profile"], n["changed"]) for n in notes):
        no = {
            f"is of the profile {profile}": profile != "full",
            f"is measured with changed {', '.join(changed)}": changed,
            f"is measured on {row['data']} data": row["data"] not in ("real", "generated"),
            f"calls itself a result of chapter {row['chapter']}": row["chapter"] != chapter,
            "is no number": not np.isfinite(row["measured"]),
        }
        if why := [reason for reason, true in no.items() if true]:
            raise ValueError(f"no result is promoted: {row['id']} {why[0]}")
    path, fresh = root / "data" / FILE, {note["row"]["id"]: note["row"] for note in notes}
    rows = [row for row in _stored(path) if row["chapter"] != chapter] + [*fresh.values()]
    rows.sort(key=lambda row: (row["chapter"], row["id"]))
    text = json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
    config.write_beside(path, lambda beside: beside.write_text(text, encoding="utf-8"))
    return len(fresh)


def _rows(chapter: str) -> list[list[str]]:
    stored = reference()
    rows = [["", "literature", "reference run", "this run"]]
    for id in dict.fromkeys([*_this_run, *stored]):
        known, now = stored.get(id), _this_run.get(id)
        row = now or known
        if row["chapter"] == chapter:
            literature = row["literature"]
            what = row["what"] + ("" if row["metric"] == "test accuracy" else f", {row['metric']}")
            published = "–" if literature is None else _figure(literature, row["metric"])
            rows.append([what, published, *(_with_range(r) if r else "–" for r in (known, now))])
    return rows


def _figure(value: float, metric: str) -> str:
    return f"{value:.1f}" if metric in ("epoch", "minutes") else f"{value:.4f}"


def _with_range(row: dict[str, Any]) -> str:
    (low, high), seeds = (_figure(v, row["metric"]) for v in row["spread"]), len(row["seeds"])
    spread = f"{low} to {high}, {seeds} seeds" if seeds > 1 else "1 seed"
    return f"{_figure(row['measured'], row['metric'])} ({spread})"


def table(chapter: str) -> None:
    """Print literature, reference run and this run of a chapter's results side by side.

    Parameters
    ----------
    chapter : as in `publish`, where an example is
    """
    print(tables.aligned(_rows(chapter)))


def readme_table() -> str:
    """Markdown table of every stored result that has a figure in the literature."""
    lines = ["| chapter | what | literature | measured | range | seeds | epochs |"]
    lines += ["| --- | --- | --- | --- | --- | --- | --- |"]
    for row in (row for row in reference().values() if row["literature"] is not None):
        low, high = row["spread"]
        what = row["what"] + ("" if row["metric"] == "test accuracy" else f" ({row['metric']})")
        span = f"{low:.4f}–{high:.4f}" if len(row["seeds"]) > 1 else "–"
        figures = f"{row['literature']:.4f} | **{row['measured']:.4f}** | {span}"
        counts = f"{len(row['seeds'])} | {row['epochs']}"
        lines.append(f"| {row['chapter']} | {what} | {figures} | {counts} |")
    return "\n".join(lines)
