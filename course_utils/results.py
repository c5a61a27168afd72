"""What was measured: single trainings while a run goes on, and the file of reference results."""

import json
import os
import platform
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import config

if TYPE_CHECKING:
    from course_utils.training import Runs


@dataclass
class Measured:
    """Figures of an experiment that `training.measure` did not run, for `publish`.

    `values` (n_seeds,): the figure from each of `seeds`; `seconds`: training time of each, empty
    where it was not taken; `epochs`, `parameters`: None where there are none to tell.
    """

    values: np.ndarray
    seeds: list[int]
    epochs: int | None
    seconds: list[float]
    parameters: int | None


_this_run: dict[str, dict[str, Any]] = {}


def reference() -> dict[str, dict[str, Any]]:
    """The stored reference results by id; empty where the file is not there."""
    root = config.checkout()
    path = root / "data" / "reference_results.json" if root else None
    if path is None or not path.is_file():
        return {}
    return {row["id"]: row for row in json.loads(path.read_text(encoding="utf-8"))}


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
    """Note `runs` as the result `id` of this run, and of a full run for the results file.

    `data`: "real", "synthetic" or "generated"; `edition`: what differs from the original.
    A full run with its own budgets on real or generated data leaves the row in
    `build/results/ID.json`, from where `promote` takes it.
    """
    row = {
        "id": id,
        "chapter": chapter,
        "what": what,
        "metric": metric,
        "literature": literature,
        "measured": round(float(np.mean(runs.values)), 6),
        "spread": [round(float(f(runs.values)), 6) for f in (np.min, np.max)],
        "seeds": runs.seeds,
        "epochs": runs.epochs,
        "train_seconds": round(float(np.mean(runs.seconds)), 1) if len(runs.seconds) else None,
        "parameters": runs.parameters,
        "data": data,
        "edition": edition,
        "hardware": hardware(),
        "date": date.today().isoformat(),
    }
    _this_run[id] = row
    if config.profile() == "full" and not config.changed_budget() and data != "synthetic":
        _write(config.build_folder() / "results" / f"{id}.json", row)


def hardware() -> str:
    """The machine in a few words: processor, cores."""
    cpuinfo = Path("/proc/cpuinfo")
    names = cpuinfo.read_text().splitlines() if cpuinfo.is_file() else []
    name = next((li.split(":", 1)[1].strip() for li in names if li.startswith("model name")), "")
    return f"{name or platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def promote() -> int:
    """Merge `build/results/*.json` into `data/reference_results.json`; returns how many rows."""
    root = config.checkout()
    if root is None:
        raise FileNotFoundError("there is no checkout of the course to promote results into")
    rows = reference()
    fresh = sorted((config.build_folder() / "results").glob("*.json"))
    for path in fresh:
        row = json.loads(path.read_text(encoding="utf-8"))
        rows[row["id"]] = row
    ordered = sorted(rows.values(), key=lambda row: (row["chapter"], row["id"]))
    _write(root / "data" / "reference_results.json", ordered)
    return len(fresh)


def _write(path: Path, content: Any) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    config.write_beside(path, lambda beside: beside.write_text(text, encoding="utf-8"))


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
    """Print literature, reference run and this run of a chapter's results side by side."""
    rows = _rows(chapter)
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    for row in rows:
        print("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())


def readme_table() -> str:
    """Markdown table of every stored result that has a figure in the literature."""
    lines = ["| chapter | what | literature | measured | range | seeds | epochs |"]
    lines += ["| --- | --- | --- | --- | --- | --- | --- |"]
    for row in reference().values():
        if row["literature"] is not None:
            low, high = row["spread"]
            cells = [
                row["chapter"],
                row["what"] + ("" if row["metric"] == "test accuracy" else f" ({row['metric']})"),
                f"{row['literature']:.4f}",
                f"**{row['measured']:.4f}**",
                f"{low:.4f}–{high:.4f}" if len(row["seeds"]) > 1 else "–",
                str(len(row["seeds"])),
                str(row["epochs"]),
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
