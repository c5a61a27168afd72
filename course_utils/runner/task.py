"""One notebook of a run, and what becomes of it."""

import json
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_utils import events
from course_utils.runner.processes import supervise

MADE = {"notebooks": ".ipynb", "html": ".html", "records": ".jsonl", "logs": ".log"}


class RunError(ValueError):
    """A run that cannot be started as asked; the message is one sentence for the reader."""


@dataclass
class Task:
    """One notebook of a run and what became of it."""

    notebook: Path
    build: Path
    profile: str
    source: str
    parameters: dict[str, Any]
    env: dict[str, str]
    limit: float  # seconds that a cell may take
    key: str = ""
    kept: bool = False
    seconds: float = 0.0
    peak: int = 0  # bytes of memory, kernel and all
    failure: str = ""  # where, and with which error
    notes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """`05_lenet_mnist`, or `labs/01_missing_values`."""
        return ("labs/" if self.notebook.parent.name == "labs" else "") + self.notebook.stem

    @property
    def chapter(self) -> str:
        """What its results and budgets call it: `05`, or `01_missing_values` for a lab."""
        return self.notebook.stem if "/" in self.name else self.notebook.stem.partition("_")[0]

    def made(self, kind: str) -> Path:
        """The file that this run makes, of one kind of `MADE`."""
        return self.build / kind / f"{self.name}{MADE[kind]}"

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The run's own notes of one kind."""
        return [note for note in self.notes if note["kind"] == kind]


def execute(task: Task, token: Path) -> Task:
    """Run the notebook to its end, or until the file `token` is gone; returns `task`, filled in."""
    began = time.monotonic()
    try:
        if not (task.notebook.is_file() and task.build.is_dir()):
            here = socket.gethostname()
            raise ValueError(f"{here} has no such notebook or build folder: they have to be shared")
        for path in map(task.made, MADE):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
        job = {"notebook": str(task.notebook), "parameters": task.parameters, "limit": task.limit}
        job |= {"out": str(task.made("notebooks")), "html": str(task.made("html"))}
        env = task.env | {"COURSE_RECORD": str(task.made("records")), "COURSE_TOKEN": str(token)}
        module = ["course_utils.runner.worker", json.dumps(job)]
        with task.made("logs").open("wb") as file:
            code, task.peak = supervise(module, env, file, token)
        task.notes = events.read(task.made("records"))
        ends = task.of("end") or [{"failure": _no_end(task, code)}]
        task.failure = ends[0]["failure"]
    except (OSError, ValueError) as error:  # a full disk, say: this notebook fails, not the run
        why = getattr(error, "strerror", None)
        task.failure = f": {why}: {Path(error.filename or '').name}" if why else f": {error}"
    task.seconds = time.monotonic() - began
    return task


def _no_end(task: Task, code: int) -> str:
    at = "".join(f" in cell {note['cell']}" for note in task.of("cell")[-1:])
    if code in (-9, 137):
        return f"{at}: its process was killed, perhaps for want of memory"
    said = task.made("logs").read_text(encoding="utf-8", errors="replace").strip()
    return f"{at}: its process ended with {code}: {said.rpartition(chr(10))[2][:300]}"
