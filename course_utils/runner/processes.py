"""Processes that a run starts, watches and ends, and the memory that they may use."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

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
    module: Sequence[str], env: Mapping[str, str], log: IO[bytes], token: Path
) -> tuple[int, int]:
    """Run a module of Python until it ends or the file `token` is gone; end all it has started.

    The module calls `end_with_parent`, so nothing goes on when this process is gone, however it
    went. Returns its exit code and the most memory that it took, in bytes.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        env={k: v for k, v in (os.environ | env).items() if v or not k.startswith("COURSE_")},
        start_new_session=True,  # Ctrl-C reaches this process alone, which ends the others
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
    )
    _started.add(process)
    peak = 0
    try:
        while process.poll() is None:
            if not token.exists():
                _stop(process)
            peak = max(peak, memory_of(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.5)
    finally:
        _stop(process)
        process.stdin.close()
        process.wait()
        _started.discard(process)
    return process.returncode, peak


def end_started() -> None:
    """End what `supervise` has started here, in whatever thread."""
    for process in tuple(_started):
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        others = family(process.pid)[1:]
        process.kill()
        end(others)


def end_with_parent() -> None:
    """End this process, with all that it has started, as soon as its standard input closes."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        end(family(os.getpid())[1:])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def family(pid: int) -> "list[psutil.Process]":
    """Process `pid` and all that it has started; nothing where it is gone."""
    import psutil

    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def end(processes: "list[psutil.Process]") -> None:
    """Kill them, and wait until they are gone."""
    import psutil

    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=5)


def memory_of(pid: int) -> int:
    """Bytes of memory that process `pid` and all that it has started hold."""
    import psutil

    total = 0
    for process in family(pid):
        with suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss
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
