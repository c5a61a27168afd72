"""What a run notes about itself, for its own tables and for whoever started it."""

import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from course_utils import config

_noted: list[dict[str, Any]] = []  # by this process


def note(kind: str, **fields: Any) -> None:
    """Note `{"kind": kind, **fields}`: here, and as a line of the file named by `COURSE_RECORD`."""
    _noted.append({"kind": kind, **fields})
    path = os.environ.get("COURSE_RECORD")
    if path:
        line = json.dumps(_noted[-1], default=lambda number: number.item())  # NumPy's
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def noted(kind: str) -> list[dict[str, Any]]:
    """What this process has noted of one kind."""
    return [one for one in _noted if one["kind"] == kind]


def result(
    label: str,
    values: Sequence[float],
    *,
    seeds: Sequence[int],
    epochs: int | None,
    seconds: Sequence[float],
    parameters: int | None,
) -> None:
    """Note what was measured under `label`, with the profile and the kind of data of this run."""
    figures = {"values": list(values), "seeds": list(seeds), "seconds": list(seconds)}
    figures |= {"epochs": epochs, "parameters": parameters, "data": _kind_of_data()}
    figures |= {"profile": config.profile(), "changed": config.changed_budget()}
    note("result", label=label, **figures, date=date.today().isoformat())


def _kind_of_data() -> str:
    """ "synthetic" if any set of this run is; else "real" if any is; else "generated"."""
    sources = {one["name"]: one["source"] for one in noted("data")}  # loaded again, the last counts
    return next((k for k in ("synthetic", "real") if k in sources.values()), "generated")


def read(path: Path) -> list[dict[str, Any]]:
    """The notes in `path` so far; a last line that is still being written does not count."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
