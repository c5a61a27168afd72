"""Where things lie and what the environment asks for: the only place that reads `COURSE_*`."""

import json
import operator
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

PROFILES = ("quick", "lesson", "full")
SOURCES = ("auto", "real", "synthetic")
_system = os.name
_PACKAGE = Path(__file__).resolve().parent


def checkout() -> Path | None:
    """Folder of the course (README.md, notebooks/, data/), None without a checkout."""
    root = _PACKAGE.parent
    return root if (root / "notebooks").is_dir() and (root / "pyproject.toml").is_file() else None


def _user_cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("convnets-measured", appauthor=False)


def _folder(variable: str) -> Path | None:
    """The folder that the environment names, None where it names none; `~` is the user's own.

    A relative one starts at the checkout, not where the process that asks was started: a kernel
    is started in another folder than the run that starts it.
    """
    named = os.environ.get(variable, "").strip()
    return (checkout() or Path()) / _at_home(named) if named else None


def _at_home(name: str) -> str:
    """`name` with `~` as the user's folder; as it is where the user has none (pathlib raises)."""
    return os.path.expanduser(name)  # noqa: PTH111


def cache_folder() -> Path:
    """The course's own cache of data sets: `COURSE_CACHE`, else `data/` of the checkout."""
    root = checkout()
    return _folder("COURSE_CACHE") or (root / "data" if root else _user_cache() / "data")


def build_folder() -> Path:
    """Everything that a run makes: `COURSE_BUILD`, else `build/` of the checkout."""
    root = checkout()
    return _folder("COURSE_BUILD") or (root / "build" if root else _user_cache() / "build")


def keras_folder() -> Path:
    """Keras's own cache, with `datasets` and `models` in it: `KERAS_HOME`, else `~/.keras`."""
    return Path(_at_home(os.environ.get("KERAS_HOME") or "~/.keras"))


def machine_folder() -> Path:
    """What was measured about this machine, kept for the user and not for one checkout."""
    return _user_cache()


def class_folder() -> Path | None:
    """The class's shared folder of ready files, from `COURSE_DATA_DIR`."""
    return _folder("COURSE_DATA_DIR")


def choice(value: str | None, variable: str, allowed: tuple[str, ...], default: str) -> str:
    """`value`, else the environment's `variable`, else `default`; ValueError names `allowed`."""
    chosen = value if value is not None else os.environ.get(variable) or default
    if chosen not in allowed:
        origin = "" if value is not None else f" (from {variable})"
        raise ValueError(f"unknown {chosen!r}{origin}: choose one of {', '.join(allowed)}")
    return chosen


def flag(variable: str) -> bool:
    """Whether the environment sets `variable` to something other than 0, no, false or nothing."""
    return os.environ.get(variable, "").strip().lower() not in ("", "0", "no", "off", "false")


_run: dict[str, Any] = {"profile": None, "changed": [], "chapter": None}


def note_run(profile: str, changed: list[str], chapter: str | None = None) -> None:
    """Remember the profile in force, the budgets that the reader changed, the chapter or lab."""
    _run.update(profile=profile, changed=list(changed), chapter=chapter)


def profile() -> str | None:
    """The profile in force, None before `course.start`."""
    return _run["profile"]


def chapter() -> str | None:
    """The name that `course.start` was given: "05", or a lab's "05_how_much_data"."""
    return _run["chapter"]


def changed_budget() -> list[str]:
    """Names of the budgets that the reader changed; empty where the profile's own are in force."""
    return list(_run["changed"])


def write_beside(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make a file beside `path`, then rename it: nobody ever reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        write(beside)
        _rename(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _rename(source: Path, target: Path) -> None:
    """`source.replace(target)`, on Windows again while another program looks into `target`."""
    for wait in (0.1, 0.3, 1.0) if _system == "nt" else ():
        try:
            source.replace(target)
            return
        except PermissionError:
            time.sleep(wait)
    source.replace(target)


def whole(name: str, value: Any, least: int) -> int:
    """`value` as an int; ValueError, by `name`, for less than `least` or no whole number."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or number < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {value!r}")
    return number


def read_json(path: Path) -> Any:
    """What the course wrote into `path`; None without the file, or where it was damaged.

    A damaged file is set aside, beside the others of its kind, and named in one line.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        _damaged(path, error)
        return None


def read_arrays(path: Path) -> dict[str, "np.ndarray"] | None:
    """The arrays of an .npz file that the course wrote; None as in `read_json`."""
    import zipfile

    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as file:
            return dict(file)
    except FileNotFoundError:
        return None
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile) as error:
        _damaged(path, error)
        return None


def _damaged(path: Path, error: Exception) -> None:
    print(f"{path.name} is damaged ({type(error).__name__}) and is made anew.")
    if path.is_file():
        set_aside(path)


def set_aside(path: Path) -> Path:
    """Rename `path` to the first free of NAME.broken, NAME.broken2, …; nothing is ever deleted."""
    number, aside = 1, path.with_name(f"{path.name}.broken")
    while aside.exists() or aside.is_symlink():
        number += 1
        aside = path.with_name(f"{path.name}.broken{number}")
    _rename(path, aside)
    return aside
