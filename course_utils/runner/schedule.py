"""Which notebooks run, how many at a time; the table, the report of what failed, the results."""

import os
import signal
import sys
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from course_utils import config, datasets, events, results, tables
from course_utils.choices import SEEDS
from course_utils.runner import cluster, pages, task
from course_utils.runner.finished import identify, keep, restore
from course_utils.runner.processes import HEADLESS, THREADS, deciding, end_started, memory_limit
from course_utils.runner.task import RunError, Task

MEMORY = 3 * 2**30  # bytes that a notebook may need
LONG = 300  # seconds in one cell, after which a log is told which one it is


def find(names: Sequence[str] = (), folder: Path | None = None) -> list[Path]:
    """The notebooks `names`, chapters first, in order; every chapter and lab where it is empty."""
    folder = folder or (config.checkout() or Path()) / "notebooks"
    every = [p for where in ("", "labs") for p in sorted((folder / where).glob("[0-9]*.ipynb"))]
    known = {path.relative_to(folder).with_suffix("").as_posix(): path for path in every}
    if not known:
        raise RunError("there is no chapter here: clone the course, and run it in the checkout")
    chosen = set() if names else set(every)
    for name in names:
        start = name.replace("\\", "/").rpartition("notebooks/")[2].removesuffix(".ipynb")
        labs = "" if start.isdecimal() else "labs/"  # 05 is the chapter, 05_rows its lab
        start = f"{int(start):02d}_" if start.isdecimal() else start
        hits = [one for one in known if start and one.startswith((start, labs + start))]
        if not hits:
            raise RunError(f"unknown chapter {name!r}: choose from {', '.join(known)}")
        chosen.update(known[one] for one in ([start] if start in hits else hits))
    return [path for path in every if path in chosen]


def run(
    names: Sequence[str] = (),
    *,
    profile: str | None = None,
    source: str | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    limit: float | None = None,
    fresh: bool = False,
    store: bool = False,
    address: str | None = None,
    folder: Path | None = None,
) -> int:
    """Execute the notebooks `names` (number, name or its beginning; `labs` and `labs/01` are labs).

    `profile`: else `COURSE_PROFILE`, else quick. `source`: what `load` may use, else
    `COURSE_SOURCE`, else auto. `jobs`: notebooks at a time, else as many as cores and memory allow.
    `limit`: minutes for one cell, else 240 in full and 20 otherwise. `fresh` forgets finished runs;
    `store` writes the outputs back into the notebooks and promotes the results. `address`: of a
    Dask cluster that runs them, else `COURSE_CLUSTER`. `folder` holds the notebooks. Prints a table
    and returns the exit code: 1 where one failed. RunError names what cannot be run.
    """
    try:
        profile = config.choice(profile, "COURSE_PROFILE", config.PROFILES, "quick")
        source = config.choice(source, "COURSE_SOURCE", config.SOURCES, "auto")
    except ValueError as error:
        raise RunError(str(error)) from None
    limit = (240 if profile == "full" else 20) if limit is None else limit
    for what, value in (("jobs", jobs), ("limit", limit)):
        if value is not None and not value > 0:
            raise RunError(f"{what} must be more than 0, not {value}")
    text = os.environ.get("COURSE_SEED", "").strip() if seed is None else str(seed)
    if text and not (text.isdecimal() and int(text) < SEEDS):
        raise RunError(f"the seed must be a whole number from 0 to {SEEDS - 1:,}, not {text!r}")
    folder = folder or (config.checkout() or Path()) / "notebooks"
    notebooks, address = find(names, folder), address or os.environ.get("COURSE_CLUSTER")
    offline = source != "synthetic" and datasets.offline()
    env = deciding() | HEADLESS | {"COURSE_PROFILE": profile, "COURSE_SOURCE": source}
    env |= {"COURSE_SEED": text, "COURSE_OFFLINE": "1" if offline else ""}
    env["COURSE_CLUSTER"] = address if address and profile == "full" else ""
    parameters = {"profile": profile} | ({} if seed is None else {"seed": seed})
    build = config.build_folder().resolve()
    about = (build, profile, source, parameters, env, 60 * limit)
    with _alone(build) as token, cluster.backend(address) if address else nullcontext() as threads:
        tasks = {}
        for notebook in notebooks:
            one = Task(notebook.resolve(), *about)
            identify(one)
            one.kept = not fresh and restore(one)
            tasks[one.name] = one
        todo = [one for one in tasks.values() if not one.kept]
        jobs = min(jobs or threads or at_once(profile), max(1, len(todo)))
        print(
            f"{len(todo)} of {len(tasks)} notebooks to run: profile {profile}, data {source}"
            f"{', offline' if offline else ''}, {jobs} at a time, {THREADS} threads each.",
            flush=True,
        )
        if todo:
            tasks |= {one.name: one for one in _run_all(todo, jobs, token, address)}
        print(_table(tasks.values()))
        failed = [one for one in tasks.values() if one.failure]
        for one in failed:
            print(f"\n{one.name} failed{one.failure}")
        stored = [_store(one, folder.parent) for one in tasks.values() if store and not one.failure]
    return 0 if all(stored) and not failed else 1


def at_once(profile: str) -> int:
    """Notebooks at a time: one for each core where start-up counts most, else one for two cores."""
    import joblib

    cores = joblib.cpu_count() // (1 if profile == "quick" else THREADS)
    return max(1, min(cores, memory_limit() // MEMORY))


@contextmanager
def _alone(build: Path) -> Iterator[Path]:
    """Hold the build folder, in which two runs would write the same files -> the run's token."""
    from filelock import FileLock, Timeout

    build.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(build / "run.lock", timeout=0):
            for old in build.glob("running-*"):  # of a run that was killed
                old.unlink()
            token = build / f"running-{uuid.uuid4().hex[:8]}"
            token.touch()
            try:
                yield token
            finally:
                token.unlink(missing_ok=True)
    except Timeout:
        raise RunError("another run is at work in this build folder: wait for its end") from None


def _run_all(todo: list[Task], jobs: int, token: Path, address: str | None) -> Iterator[Task]:
    """Run all of `todo` and hand each out when it has ended, kept for another run."""
    import joblib
    from tqdm import tqdm

    execute, how = (cluster.execute, {}) if address else (task.execute, {"backend": "threading"})
    parallel = joblib.Parallel(
        jobs, batch_size=1, pre_dispatch=jobs, return_as="generator_unordered", **how
    )
    running = {one.name: one for one in todo}
    for path in (one.made("records") for one in todo):  # of an earlier run: `_watch` reads them
        if path.is_file():
            path.unlink()
    shape = "{n}/{total} |{bar:20}| {elapsed}  {desc}"
    bar = tqdm(total=len(todo), disable=not sys.stderr.isatty(), bar_format=shape)
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(running, bar, over), daemon=True)
    before = signal.signal(signal.SIGTERM, _terminated)
    watch.start()
    try:
        for one in parallel(joblib.delayed(execute)(one, token) for one in todo):
            del running[one.name]
            bar.update()
            end = "failed" if one.failure else "done"
            tqdm.write(f"{one.name}: {end} after {one.seconds / 60:.1f} min")
            try:
                if not one.failure:
                    keep(one)
            except OSError as error:
                tqdm.write(f"{one.name}: cannot be kept for another run: {error.strerror}")
            yield one
    except KeyboardInterrupt:
        for name, (_, _, cell, seconds) in _places(running):
            print(f"{name}: stopped in cell {cell}, after {seconds:.0f} s", file=sys.stderr)
        raise
    finally:
        token.unlink(missing_ok=True)
        end_started()
        over.set()
        watch.join()
        bar.close()
        signal.signal(signal.SIGTERM, before)


def _terminated(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def _places(running: dict[str, Task]) -> Iterator[tuple[str, tuple[int, int, str, float]]]:
    """Of each that has begun: how many cells of how many, the one it is in, and for how long."""
    for name, one in list(running.items()):
        cells = [note for note in events.read(one.made("records")) if note["kind"] == "cell"]
        for at in cells[-1:]:
            yield name, (at["index"], at["of"], at["cell"], time.time() - at["at"])


def _watch(running: dict[str, Task], bar: Any, over: threading.Event) -> None:
    """Show where every notebook is; in a log, each cell that takes long."""
    told = set()
    while not over.wait(0.5):
        places = dict(_places(running))
        shown = (f"{name} {i}/{n} {cell} {s:.0f} s" for name, (i, n, cell, s) in places.items())
        bar.set_description_str(", ".join(shown))
        for name, (_, _, cell, seconds) in places.items():
            if bar.disable and seconds > LONG and (name, cell) not in told:
                told.add((name, cell))
                print(f"{name}: {seconds / 60:.0f} min in cell {cell} so far", flush=True)


def _table(tasks: Iterable[Task]) -> str:
    """A row for each: profile, data, minutes, peak memory, claims held, how it ended."""
    rows = [["notebook", "profile", "data", "minutes", "peak memory", "claims held", ""]]
    for one in tasks:
        data = " + ".join(sorted({note["source"] for note in one.of("data")})) or "none"
        held = [bool(note["held"]) for note in one.of("claim")]
        end = "FAILED" if one.failure else "kept from before" if one.kept else "ran"
        cost = f"{one.seconds / 60:.1f}", f"{one.peak / 2**30:.1f} GiB"
        rows.append([one.name, one.profile, data, *cost, f"{sum(held)}/{len(held)}", end])
    return "\n" + tables.aligned(rows)


def _store(one: Task, root: Path) -> bool:
    """Store the outputs of a notebook that passed and promote its results; False if it fails."""
    try:
        pages.store(one.made("notebooks"), one.notebook, root)
        print(f"{one.name}: outputs stored")
        if one.profile == "full":
            count = results.promote(one.chapter, one.of("result"), root)
            print(f"{one.name}: {count} results promoted")
    except (ValueError, OSError) as error:
        print(f"{one.name}: {getattr(error, 'strerror', None) or error}")
        return False
    return True
