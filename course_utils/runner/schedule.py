"""Execute chapters headless, several at a time, and remember which are finished.

Each chapter runs in a process of its own (`course_utils.runner.worker`). A finished one is kept
(`course_utils.runner.finished`), so that an interrupted run goes on where it stopped.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from course_utils import config
from course_utils.runner import worker
from course_utils.runner.finished import Chapter, RunError, find, keep, prepare, restore

# The threads that TensorFlow and OpenMP get in a chapter, whatever the machine and `jobs`: on
# another number, sums come out a little different. Two are what a laptop's kernel can use well.
THREADS = 2


def run(
    names: Sequence[str] = (),
    *,
    profile: str | None = None,
    source: str | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    fresh: bool = False,
    store: bool = False,
    folder: Path | None = None,
) -> int:
    """Execute the chapters `names` (number, name or its beginning; all where empty).

    `profile`: else `COURSE_PROFILE`, else quick. `source`: what `load` may use, else
    `COURSE_SOURCE`, else auto. `jobs`: chapters at a time, else as many as the cores allow.
    `fresh` forgets finished runs; `store` writes the outputs back into the notebooks and promotes
    the results; `folder` holds the notebooks. Prints a table and returns the exit code: 1 where a
    chapter failed. RunError names what cannot be run.
    """
    try:
        profile = config.choice(profile, "COURSE_PROFILE", config.PROFILES, "quick")
        source = config.choice(source, "COURSE_SOURCE", config.SOURCES, "auto")
    except ValueError as error:
        raise RunError(str(error)) from None
    for what, value, least in (("jobs", jobs, 1), ("seed", seed, 0)):
        if value is not None and value < least:
            raise RunError(f"{what} must be at least {least}, not {value}")
    from course_utils import datasets

    notebooks = find(names, folder)
    jobs = jobs or _jobs(profile)
    offline = source != "synthetic" and datasets.offline()
    with _alone():
        chapters = [prepare(n, profile, source, seed) for n in notebooks]
        for chapter in chapters:
            chapter.kept = not fresh and restore(chapter, offline)
        todo = [c for c in chapters if not c.kept]
        jobs = min(jobs, max(1, len(todo)))
        print(
            f"{len(todo)} of {len(chapters)} chapters to run: profile {profile}, data {source}"
            f"{', offline' if offline else ''}, {jobs} at a time, "
            f"{THREADS} threads each.",
            flush=True,
        )
        if todo:
            _run_all(todo, jobs, seed, offline)
        print(table(chapters))
        failed = [c for c in chapters if c.failure]
        for chapter in failed:
            print(_report(chapter))
        if store:
            _store([c for c in chapters if not c.failure])
    return 1 if failed else 0


def _jobs(profile: str) -> int:
    """Chapters at a time: one for each core where start-up counts most, else one for two cores."""
    import psutil

    cores = (os.cpu_count() or 1) // (1 if profile == "quick" else THREADS)
    return max(1, min(cores, psutil.virtual_memory().total // (3 * 2**30)))


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the build folder: two runs at once would write the same files."""
    from filelock import FileLock, Timeout

    build = config.build_folder()
    build.mkdir(parents=True, exist_ok=True)
    lock = FileLock(build / "run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise RunError("another run is at work in this build folder: wait for its end") from None
    try:
        yield
    finally:
        lock.release()


def _run_all(todo: list[Chapter], jobs: int, seed: int | None, offline: bool) -> None:
    from tqdm import tqdm

    terminal = sys.stderr.isatty()
    bar = tqdm(
        total=sum(c.cells for c in todo),
        disable=not terminal,
        bar_format="{percentage:3.0f}% |{bar:20}| {elapsed}  {desc}",
    )
    stopped = threading.Event()
    before = signal.getsignal(signal.SIGTERM)
    in_main = threading.current_thread() is threading.main_thread()
    if in_main:
        signal.signal(signal.SIGTERM, _terminated)
    pool = ThreadPoolExecutor(jobs)
    open_: dict[Future[None], Chapter] = {}
    try:
        for chapter in todo:
            open_[pool.submit(_run_one, chapter, seed, offline, stopped)] = chapter
        while open_:
            finished, _ = wait(open_, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in finished:
                chapter = open_.pop(future)
                future.result()
                end = "failed" if chapter.failure else "done"
                tqdm.write(f"{chapter.name}: {end} after {chapter.seconds / 60:.1f} min")
            busy = [c for c in open_.values() if c.process and c.process.poll() is None]
            for chapter in busy:
                chapter.peak = max(chapter.peak, _memory(chapter.process.pid))
            bar.n = sum(c.at for c in todo)
            bar.set_description_str(", ".join(f"{c.name} {c.at}/{c.cells}" for c in busy))
    finally:
        stopped.set()
        for chapter in todo:
            if chapter.process and chapter.process.poll() is None:
                worker.end_processes(chapter.process.pid)
        pool.shutdown(cancel_futures=True)
        bar.close()
        if in_main:
            signal.signal(signal.SIGTERM, before)


def _terminated(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def _memory(pid: int) -> int:
    import psutil

    total = 0
    try:
        for process in (p := psutil.Process(pid), *p.children(recursive=True)):
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        return total
    return total


def _run_one(chapter: Chapter, seed: int | None, offline: bool, stopped: threading.Event) -> None:
    if stopped.is_set():
        return
    for kind in ("notebooks", "html", "records", "logs"):
        chapter.made(kind).parent.mkdir(parents=True, exist_ok=True)
        chapter.made(kind).unlink(missing_ok=True)
    threads = str(THREADS)
    env = os.environ | {
        "COURSE_PROFILE": chapter.profile,
        "COURSE_SOURCE": chapter.source,
        "COURSE_RECORD": str(chapter.made("records").resolve()),
        "TF_NUM_INTRAOP_THREADS": threads,
        "TF_NUM_INTEROP_THREADS": threads,
        "OMP_NUM_THREADS": threads,
    }
    parameters: dict[str, Any] = {"profile": chapter.profile}
    if seed is not None:
        parameters["seed"] = seed
        env["COURSE_SEED"] = str(seed)
    if offline:
        env["COURSE_OFFLINE"] = "1"
    job = {
        "notebook": str(chapter.notebook.resolve()),
        "out": str(chapter.made("notebooks").resolve()),
        "html": str(chapter.made("html").resolve()),
        "parameters": parameters,
    }
    begin = time.monotonic()
    command = [sys.executable, "-m", "course_utils.runner.worker", json.dumps(job)]
    end: dict[str, Any] = {}
    with (
        chapter.made("logs").open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,  # left open: the process ends when it closes
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            env=env,
            start_new_session=True,  # Ctrl-C reaches this process alone, which ends the others
        ) as chapter.process,
    ):
        for line in chapter.process.stdout or ():
            end = json.loads(line)
            chapter.at = end.get("cell", chapter.cells)
        chapter.process.wait()
    chapter.seconds = time.monotonic() - begin
    if "failure" in end:
        chapter.failure = end["failure"]
    else:
        tail = chapter.made("logs").read_text(encoding="utf-8", errors="replace")[-2000:]
        error = f"{tail}\nits process ended with {chapter.process.returncode}"
        chapter.failure = {"cell": "", "source": "", "error": error}
    if chapter.made("records").is_file():
        lines = chapter.made("records").read_text(encoding="utf-8").splitlines()
        chapter.notes = [json.loads(line) for line in lines]
    if chapter.failure is None:
        keep(chapter, offline)


def table(chapters: Sequence[Chapter]) -> str:
    """A row for each chapter: profile, data, minutes, peak memory, claims held, how it ended."""
    rows = [["chapter", "profile", "data", "minutes", "peak memory", "claims held", ""]]
    for chapter in chapters:
        sources = {note["source"] for note in chapter.of("data")}
        held = [bool(note["held"]) for note in chapter.of("claim")]
        end = "FAILED" if chapter.failure else "kept from before" if chapter.kept else "ran"
        rows.append(
            [
                chapter.name,
                chapter.profile,
                " + ".join(sorted(sources)) or "none",
                f"{chapter.seconds / 60:.1f}",
                f"{chapter.peak / 2**30:.1f} GiB",
                f"{sum(held)}/{len(held)}",
                end,
            ]
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) for r in rows)
    return "\n" + "\n".join(line.rstrip() for line in lines)


def _report(chapter: Chapter) -> str:
    """The failing cell: its first lines, then the error."""
    failure = chapter.failure or {}
    source = failure["source"].splitlines()
    shown = [f"    {line}" for line in source[:12] + (["…"] if len(source) > 12 else [])]
    head = f"\n{chapter.name} failed" + (f" in cell {failure['cell']}:" if shown else ":")
    return "\n".join([head, *shown, failure["error"]])


def _store(chapters: Sequence[Chapter]) -> None:
    from course_utils import results

    for chapter in chapters:
        worker.store(chapter.made("notebooks"), chapter.notebook)
        print(f"{chapter.name}: outputs stored")
    if chapters:
        print(f"{results.promote()} results promoted")
