"""What was measured: single trainings while a run goes on, and the file of reference results."""

import functools
import hashlib
import inspect
import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from course_utils import settings

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
    root = settings.checkout()
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

    `data`: "real", "drawn" or "generated"; `edition`: what differs from the original experiment.
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
    if settings.profile() == "full" and not settings.changed_budget() and data != "drawn":
        _write(settings.build_folder() / "results" / f"{id}.json", row)


def hardware() -> str:
    """The machine in a few words: processor, cores."""
    cpuinfo = Path("/proc/cpuinfo")
    names = cpuinfo.read_text().splitlines() if cpuinfo.is_file() else []
    name = next((li.split(":", 1)[1].strip() for li in names if li.startswith("model name")), "")
    return f"{name or platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def promote() -> int:
    """Merge `build/results/*.json` into `data/reference_results.json`; returns how many rows."""
    root = settings.checkout()
    if root is None:
        raise FileNotFoundError("there is no checkout of the course to promote results into")
    rows = reference()
    fresh = sorted((settings.build_folder() / "results").glob("*.json"))
    for path in fresh:
        row = json.loads(path.read_text(encoding="utf-8"))
        rows[row["id"]] = row
    ordered = sorted(rows.values(), key=lambda row: (row["chapter"], row["id"]))
    _write(root / "data" / "reference_results.json", ordered)
    return len(fresh)


def _write(path: Path, content: Any) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    settings.write_beside(path, lambda beside: beside.write_text(text, encoding="utf-8"))


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


def definition(model: Any, extra: list[Any]) -> str:
    """Text that two networks share only if they are defined alike, whatever their names."""
    import keras

    serialize = keras.saving.serialize_keras_object  # learning-rate schedules and the like
    config = json.loads(json.dumps(model.get_config(), default=serialize))
    config.pop("name", None)
    if "input_layers" in config:  # a functional model refers to its layers by their names
        config = _numbered(config, {layer["name"]: i for i, layer in enumerate(config["layers"])})
    for layer in config["layers"]:
        for name in ("name", "seed"):
            layer["config"].pop(name, None)
    parts = [config, keras.config.dtype_policy().name, keras.__version__, *extra]
    return json.dumps(parts, sort_keys=True, default=serialize)


def _numbered(part: Any, numbers: dict[str, int]) -> Any:
    """`part` of a configuration with the names of layers replaced by their numbers."""
    if isinstance(part, dict):
        return {key: _numbered(value, numbers) for key, value in part.items()}
    if isinstance(part, list):
        return [_numbered(value, numbers) for value in part]
    return f"layer {numbers[part]}" if isinstance(part, str) and part in numbers else part


def source(function: Callable) -> str:
    """What tells a function from others: its source; of a partial one, its arguments too."""
    if isinstance(function, functools.partial):
        fixed = json.dumps([function.args, function.keywords], sort_keys=True, default=source)
        return f"{source(function.func)}:{fixed}"
    return inspect.getsource(function)


def _digest(parts: Sequence[Any]) -> str:
    """A key of 24 digits for arrays, functions (their source) and plain values."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(f"{part.shape}{part.dtype}".encode())
            digest.update(np.ascontiguousarray(part))
        else:
            known = {"sort_keys": True, "default": source}
            text = source(part) if callable(part) else json.dumps(part, **known)
            digest.update(f"{len(text)}:{text}".encode())
    return digest.hexdigest()[:24]


_kept: dict[str, str] = {}  # JSON: nobody changes what another one gets


def kept(compute: Callable[[], Any], *depends: Any) -> Any:
    """`compute()`, a plain value (numbers, lists, dicts), computed once.

    `depends`: all that the value depends on: arrays, functions (by their source), plain values;
    the versions of Keras and NumPy and the precision are added. Asked again, this process has the
    value at hand; in the `full` profile it lies in `build/kept/` too, where an interrupted run
    finds it again.
    """
    import keras

    versions = [keras.__version__, np.__version__, keras.config.dtype_policy().name]
    key = _digest([versions, *depends])
    if settings.profile() == "full":
        path = settings.build_folder() / "kept" / f"{key}.json"
        if not path.is_file():
            _write(path, compute())
        return json.loads(path.read_text(encoding="utf-8"))
    if key not in _kept:
        _kept[key] = json.dumps(compute())
    return json.loads(_kept[key])


class Store:
    """Results of single trainings: for this process, and in the `full` profile in `build/kept/`.

    One experiment has one key, whatever cell asks for it; of the weights only those of a first
    seed are kept.
    """

    _memory: ClassVar[dict[str, tuple[dict[str, Any], list[np.ndarray] | None]]] = {}

    def __init__(self, key: str, data: Sequence[np.ndarray], budget: list, also: Any) -> None:
        self.key = _digest([key, *data, budget, *([also] if also else [])])
        self.on_disk = settings.profile() == "full"

    def _path(self, seed: int) -> Path:
        return settings.build_folder() / "kept" / f"{self.key}-{seed}.json"

    def find(self, seed: int, weights: bool) -> dict[str, Any] | None:
        """The result of `seed`, None without one, or without the `weights` that are asked for."""
        name, path = f"{self.key}-{seed}", self._path(seed)
        if name not in self._memory and self.on_disk and path.is_file():
            result, arrays = json.loads(path.read_text(encoding="utf-8")), None
            if path.with_suffix(".npz").is_file():
                with np.load(path.with_suffix(".npz")) as file:
                    arrays = [file[f"w{i}"] for i in range(len(file.files))]
            self._memory[name] = result, arrays
        result, arrays = self._memory.get(name, (None, None))
        return None if weights and arrays is None else result

    def weights(self, seed: int) -> list[np.ndarray]:
        """The weights of the network that `find(seed, weights=True)` found."""
        return self._memory[f"{self.key}-{seed}"][1]

    def put(self, seed: int, result: dict[str, Any], weights: list[np.ndarray] | None) -> None:
        """Keep the result of `seed`; beside it, the network's weights, if given."""
        path = self._path(seed)
        self._memory[path.stem] = result, weights
        if self.on_disk:
            if weights is not None:
                arrays = {f"w{i}": w for i, w in enumerate(weights)}
                settings.write_beside(path.with_suffix(".npz"), lambda p: np.savez(p, **arrays))
            _write(path, result)
