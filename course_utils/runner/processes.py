"""Processes that a run starts, watches and ends, and the memory that they may use."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO

# The threads that TensorFlow and OpenMP get, whatever the machine and however many notebooks run:
# on another number, sums come out a little different. Two are what a laptop's kernel can use well.
THREADS = 2
HEADLESS = {"COURSE_HEADLESS": "1", "TF_FORCE_GPU_ALLOW_GROWTH": "true"} | dict.fromkeys(
    ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"), str(THREADS)
)
_started: set[subprocess.Popen[bytes]] = set()


def deciding() -> dict[str, str]:
    """What of this process's environment its work depends on, on whichever machine."""
    ours = ("COURSE_", "KERAS_", "TF_", "OMP_", "ONEDNN_")
    return {name: value for name, value in os.environ.items() if name.startswith(ours)}


def supervise(
    module: list[str], env: Mapping[str, str], log: IO[bytes], *tokens: Path
) -> tuple[int, int]:
    """Run a module of Python until it ends or one of the files `tokens` is gone.

    The module calls `end_with_parent`: closing its input ends it with all that it has started, and
    that happens as well when this process is gone, however it went. Returns its exit code and the
    most memory that it took, in bytes.
    """
    peak = 0
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        env={k: v for k, v in (os.environ | env).items() if v or not k.startswith("COURSE_")},
        start_new_session=True,  # Ctrl-C reaches this process alone, which ends the others
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
    )
    with process:  # closes its input and waits
        _started.add(process)
        while process.poll() is None and all(token.exists() for token in tokens):
            peak = max(peak, memory_of(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.5)
    _started.discard(process)
    return process.returncode, peak


def end_started() -> None:
    """End what `supervise` has started here, in whatever thread."""
    for process in tuple(_started):
        process.stdin.close()
        process.wait()


def end_with_parent() -> None:
    """End this process, and all that it has started, as soon as its standard input closes."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        end_children()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def end_children() -> None:
    """Kill all that this process has started."""
    import psutil

    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def memory_of(pid: int) -> int:
    """Bytes of memory that process `pid` and all that it has started hold."""
    import psutil

    total = 0
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += one.memory_info().rss
    return total


def memory_limit(root: Path = Path("/")) -> int:
    """Bytes this process may use: the machine's memory, or less where its container has a limit."""
    import psutil

    limits = [path.read_text().strip() for path in _limits(root) if path.is_file()]
    return min([psutil.virtual_memory().total, *(int(n) for n in limits if n.isdecimal())])


def _limits(root: Path) -> Iterator[Path]:
    """Where Linux keeps the limits of this process's control groups (both versions)."""
    listed = root / "proc/self/cgroup"
    for line in listed.read_text().splitlines() if listed.is_file() else ():
        _, kinds, name = line.split(":", 2)
        if not kinds or "memory" in kinds.split(","):
            path = "memory/{}/memory.limit_in_bytes" if kinds else "{}/memory.max"
            group = PurePosixPath(name.lstrip("/"))
            for one in (group, *group.parents):
                yield root / "sys/fs/cgroup" / path.format(one)
