"""The chapters of a run: which there are, and which are finished already.

A finished chapter is kept under `build/runs/` with its executed notebook. Its key is everything
that its result depends on: notebook, package, profile, source, seed, versions; beside the key, the
data sets that it used must still be on this machine as they were.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from course_utils import config
from course_utils.runner import worker


class RunError(ValueError):
    """A run that cannot be started as asked; the message is one sentence for the reader."""


@dataclass
class Chapter:
    """One chapter of a run and what became of it."""

    notebook: Path
    profile: str
    source: str
    key: str
    cells: int
    at: int = 0
    seconds: float = 0.0
    peak: int = 0  # bytes of memory, kernel and all
    failure: dict[str, str] | None = None
    notes: list[dict[str, Any]] = field(default_factory=list)
    kept: bool = False
    process: "subprocess.Popen[str] | None" = None

    @property
    def name(self) -> str:
        """The notebook's stem, `05_lenet_mnist`."""
        return self.notebook.stem

    def made(self, kind: str) -> Path:
        """The file that this chapter's run makes: "notebooks", "html", "records" or "logs"."""
        suffix = {"notebooks": ".ipynb", "html": ".html", "records": ".jsonl", "logs": ".log"}[kind]
        return config.build_folder() / kind / f"{self.name}{suffix}"

    @property
    def entry(self) -> Path:
        """Where a finished run is kept (JSON; the executed notebook lies beside it)."""
        stem = f"{self.name}-{self.profile}-{self.source}-{self.key}"
        return config.build_folder() / "runs" / f"{stem}.json"

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The run's own notes of one kind."""
        return [note for note in self.notes if note["kind"] == kind]


def find(names: Sequence[str] = (), folder: Path | None = None) -> list[Path]:
    """The notebooks of the chapters `names`, in order; every chapter where `names` is empty."""
    if folder is None:
        root = config.checkout()
        if root is None:
            raise RunError("there is no checkout of the course here: clone it, then run it there")
        folder = root / "notebooks"
    known = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    if not known:
        raise RunError("there is no chapter in the notebooks folder")
    chosen = set() if names else set(known)
    for name in names:
        stem = Path(name).name.removesuffix(".ipynb")
        stem = f"{int(stem):02d}_" if stem.isdecimal() else stem
        exact = [path for path in known if path.stem == stem]
        hits = exact or [path for path in known if stem and path.stem.startswith(stem)]
        if not hits:
            listed = ", ".join(path.stem for path in known)
            raise RunError(f"unknown chapter {name!r}: choose from {listed}")
        chosen.update(hits)
    return sorted(chosen)


def prepare(notebook: Path, profile: str, source: str, seed: int | None) -> Chapter:
    """Read `notebook` and work out its key; RunError where it cannot be read."""
    import nbformat

    try:
        cells = nbformat.read(notebook, as_version=4).cells
    except (OSError, ValueError) as error:  # NotJSONError is a ValueError
        raise RunError(f"{notebook.name} is not a readable notebook: {error}"[:200]) from None
    package = Path(__file__).resolve().parent
    parts: list[Any] = [(c.cell_type, c.source, c.metadata.get("tags")) for c in cells]
    parts += [hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(package.rglob("*.py"))]
    parts += [profile, source, seed, os.environ.get("COURSE_SEED"), sys.version, _versions()]
    parts += [config.flag("COURSE_STRICT")]
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
    return Chapter(notebook, profile, source, key, len(cells))


def _versions() -> list[str]:
    names = {"keras", "numpy", "tensorflow", "tensorflow-cpu", "scikit-learn", "scipy"}
    found = ((d.metadata["Name"].lower(), d.version) for d in metadata.distributions())
    return sorted(f"{name} {version}" for name, version in found if name in names)


def stamp(name: str) -> dict[str, list[Any]]:
    """The files of data set `name` on this machine: where -> [name, bytes, time of change] each."""
    from course_utils.datasets import CARDS

    names = {name, f"{name}.npz"}
    for remote in CARDS[name].files if name in CARDS else ():
        names |= {remote.name, *remote.aliases}
    keras = config.keras_folder() / "datasets"
    folders = {"the course folder": config.cache_folder(), "the Keras cache": keras}
    if config.class_folder():
        folders = {"the class folder": config.class_folder()} | folders
    found: dict[str, list[Any]] = {}
    for where, folder in folders.items():
        paths = sorted(path for path in (folder / n for n in names) if path.exists())
        stats = [(path.name, path.stat()) for path in paths]
        if stats:
            found[where] = [[n, stat.st_size, stat.st_mtime_ns] for n, stat in stats]
    return found


def _stamps(notes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {note["name"]: stamp(note["name"]) for note in notes if note["kind"] == "data"}


def restore(chapter: Chapter, offline: bool) -> bool:
    """Take a finished run from the build folder, if its data are still what they were."""
    executed = chapter.entry.with_suffix(".ipynb")
    if not (chapter.entry.is_file() and executed.is_file()):
        return False
    entry = json.loads(chapter.entry.read_text(encoding="utf-8"))
    drawn = any(n["kind"] == "data" and n["source"] == "synthetic" for n in entry["notes"])
    changed = entry["found"] != _stamps(entry["notes"]) or (drawn and entry["offline"] != offline)
    if chapter.source != "synthetic" and changed:
        return False
    chapter.seconds, chapter.peak = entry["seconds"], entry["peak"]
    chapter.notes = entry["notes"]
    out = chapter.made("notebooks")
    if not (out.is_file() and out.read_bytes() == executed.read_bytes()):
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(executed, out)
        worker.page(out, chapter.made("html"))
    return True


def keep(chapter: Chapter, offline: bool) -> None:
    """Remember a finished chapter, in place of an older run of the same kind."""
    folder = chapter.entry.parent
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{chapter.name}-{chapter.profile}-{chapter.source}-*"):
        old.unlink()
    entry = {"seconds": chapter.seconds, "peak": chapter.peak, "notes": chapter.notes}
    entry |= {"found": _stamps(chapter.notes), "offline": offline}
    shutil.copyfile(chapter.made("notebooks"), chapter.entry.with_suffix(".ipynb"))
    text = json.dumps(entry)  # the entry comes last: it says all is there
    config.write_beside(chapter.entry, lambda beside: beside.write_text(text, encoding="utf-8"))
