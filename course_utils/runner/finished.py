"""Finished runs, kept under `build/runs/` and found again by all that their pages depend on."""

import hashlib
import json
import os
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

from course_utils import config, results
from course_utils.cache import fingerprint
from course_utils.runner import notebook_file, pages
from course_utils.runner.task import RunError, Task

PACKAGE = Path(__file__).resolve().parents[1]
LIBRARIES = ("keras", "matplotlib", "numpy", "pillow", "scikit-learn", "scipy", "tensorflow",
             "tensorflow-cpu")  # fmt: skip
_FIELDS = {"seconds", "peak", "notes", "found", "text"}


def identify(task: Task) -> None:
    """Work out the key of `task`; RunError where its notebook cannot be read.

    The data and the pretrained weights that it will use are not in the key: which they are is known
    after the run, and `restore` asks whether they are still on this machine as they were.
    """
    try:
        nb = notebook_file.read(task.notebook)
    except ValueError as error:
        raise RunError(str(error)) from None
    parts: list[Any] = [(c.cell_type, c.source, c.metadata.get("tags")) for c in nb.cells]
    files = [path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    folder = task.notebook.parents[1 if "/" in task.name else 0]
    parts += [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in sorted(files)]
    parts += [(path.name, _of(path, task.chapter)) for path in sorted(folder.glob("*.toml"))]
    parts += [task.profile, task.source, task.parameters, task.env.get("COURSE_SEED")]
    parts += [os.environ.get("COURSE_PRECISION"), config.flag("COURSE_STRICT")]
    for row in results.reference().values():  # what the page shows of the reference run
        if row["chapter"] == task.chapter:
            parts.append({k: v for k, v in row.items() if k not in ("date", "hardware")})
    parts += [(name, _version(name)) for name in LIBRARIES]
    task.key = fingerprint(parts)[:16]


def _of(path: Path, chapter: str) -> Any:
    """What the file of budgets or of published figures holds of one chapter or lab."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")).get(chapter)
    except ValueError as error:
        raise RunError(f"notebooks/{path.name} cannot be read: {error}") from None


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def stamp(name: str) -> dict[str, list[Any]]:
    """The files of data set `name` on this machine: where -> [name, bytes, time of change] each."""
    from course_utils.datasets import CARDS, locations

    names = locations.names(CARDS[name]) if name in CARDS else ()
    keras = config.keras_folder() / "datasets"
    folders = {"the course folder": config.cache_folder(), "the Keras cache": keras}
    if config.class_folder():
        folders = {"the class folder": config.class_folder()} | folders
    found = {where: _files(folder / one for one in names) for where, folder in folders.items()}
    return {where: files for where, files in found.items() if files}


def _files(paths: Any) -> list[list[Any]]:
    stats = [(path.name, path.stat()) for path in sorted(paths) if path.exists()]
    return [[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats]


def _found(task: Task) -> dict[str, Any]:
    """What is on this machine of the data and pretrained weights that the finished run used."""
    if task.source == "synthetic":
        return {}
    used = task.of("data")
    found: dict[str, Any] = {note["name"]: stamp(note["name"]) for note in used}
    if "load_pretrained" in task.notebook.read_text(encoding="utf-8"):
        found["weights"] = _files((config.keras_folder() / "models").glob("*"))
    lacking = any(note["source"] == "synthetic" for note in used) or not found.get("weights", True)
    return found | {"offline": lacking and task.env["COURSE_OFFLINE"]}


def _entry(task: Task) -> Path:
    name = f"{task.name.replace('/', '-')}-{task.profile}-{task.source}-{task.key}.json"
    return task.build / "runs" / name


def restore(task: Task) -> bool:
    """Take a finished run from the build folder, if what it used is still what it was."""
    path = _entry(task)
    entry = config.read_json(path)
    if entry is None:
        return False
    if not isinstance(entry, dict) or entry.keys() != _FIELDS:
        print(f"{path.name} is damaged: {config.set_aside(path).name} is what it was.")
        return False
    task.seconds, task.peak, task.notes = entry["seconds"], entry["peak"], entry["notes"]
    if entry["found"] != _found(task):
        return False
    out, html = task.made("notebooks"), task.made("html")
    if not (_text(html).rstrip().endswith("</html>") and _text(out) == entry["text"]):
        config.write_beside(out, lambda beside: beside.write_text(entry["text"], encoding="utf-8"))
        pages.page(out, html)
    return True


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def keep(task: Task) -> None:
    """Remember a finished run, in place of an older one of the same kind."""
    path = _entry(task)
    entry = {"seconds": task.seconds, "peak": task.peak, "notes": task.notes}
    entry |= {"found": _found(task), "text": _text(task.made("notebooks"))}
    text = json.dumps(entry)
    config.write_beside(path, lambda beside: beside.write_text(text, encoding="utf-8"))
    for old in path.parent.glob(path.name.replace(task.key, "*")):
        if old != path:
            old.unlink()
