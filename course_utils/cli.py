"""The command line: `python -m course_utils run | test | lab | fetch | doctor`."""

import argparse
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from course_utils import __version__, config

Command = Callable[[argparse.Namespace, list[str]], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit code: 1 where something failed, 2 where it cannot."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # no report is lost to an encoding
            stream.reconfigure(errors="backslashreplace")
    parser = _parser()
    args, extra = parser.parse_known_args(arguments)
    if extra and args.command not in ("test", "lab"):
        parser.error(f"{args.command} does not know {' '.join(extra)}")
    try:
        return args.act(args, extra)
    except KeyboardInterrupt:
        print("\ninterrupted: what is finished is kept, the same command goes on", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `… | head`: nobody reads on, and Python must not flush into it
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except OSError as error:
        print(f"course: {_sentence(args.attempt, error)}", file=sys.stderr)
        return 1


def _sentence(attempt: str, error: OSError) -> str:
    """What could not be done, with which file and why; the way out where it is the build folder."""
    if error.errno is None:  # the course's own, a sentence already
        return str(error)
    root, build = config.checkout() or Path(), config.build_folder()
    path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
    if path and path.is_relative_to(root):
        path = path.relative_to(root)
    where = f"{path.as_posix()}: " if path else ""
    hint = ""
    if path is None or (root / path).is_relative_to(build):
        hint = "; COURSE_BUILD may name another folder for what a run makes"
    return f"cannot {attempt}: {where}{os.strerror(error.errno)}{hint}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m course_utils", description="Convnets, Measured: run, test and read it."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(act: Command, attempt: str, text: str, epilog: str = "") -> argparse.ArgumentParser:
        command = commands.add_parser(act.__name__.strip("_"), help=text, epilog=epilog)
        command.set_defaults(act=act, attempt=attempt)
        return command

    run = add(_run, "execute the chapters", "execute chapters headless and print a table")
    text = "number, name or its beginning, `labs` for all labs (default: all chapters and labs)"
    run.add_argument("chapters", nargs="*", help=text)
    run.add_argument("--profile", help="quick (default), lesson or full")
    run.add_argument("--source", help="auto (default), real (no stand-ins) or synthetic (offline)")
    run.add_argument("--seed", type=int, help="base seed, 0 or more")
    run.add_argument("--jobs", type=int, help="chapters at a time (default: as the cores allow)")
    run.add_argument("--limit", type=float, help="minutes that one cell may take")
    text = "run on the Dask cluster at this address (of its scheduler)"
    run.add_argument("--cluster", metavar="tcp://HOST:8786", help=text)
    run.add_argument("--fresh", action="store_true", help="forget chapters that are finished")
    text = "write the outputs back into the notebooks and promote the results"
    run.add_argument("--store", action="store_true", help=text)
    text = "check style, run the tests and compare the notebooks' outputs"
    epilog = "Any other argument goes to pytest, which then runs alone."
    test = add(_test, "run the tests", text, epilog)
    test.add_argument("--all", action="store_true", help="slow, browser and benchmark tests too")
    epilog = "Any other argument goes to JupyterLab, such as --no-browser --port 8890."
    add(_lab, "open JupyterLab", "open JupyterLab on the first chapter", epilog)
    fetch = add(_fetch, "fetch the data", "download data sets, ahead of a class")
    fetch.add_argument("sets", nargs="*", help="names of data sets (default: all)")
    add(_doctor, "look at this machine", "say what this machine has and lacks")
    return parser


def _run(args: argparse.Namespace, extra: list[str]) -> int:
    from course_utils.runner import schedule, task

    names = ("profile", "source", "seed", "jobs", "limit", "fresh", "store")
    options = {name: getattr(args, name) for name in names}
    try:
        return schedule.run(args.chapters, address=args.cluster, **options)
    except task.RunError as error:
        print(f"course: {error}", file=sys.stderr)
        return 2


def _checkout() -> Path:
    root = config.checkout()
    if root is None:
        raise FileNotFoundError("there is no checkout of the course here: clone it first")
    return root


def _python(*module: str) -> list[str]:
    return [sys.executable, "-m", *module]


def stages(everything: bool = False) -> dict[str, list[str]]:
    """What `test` runs, by name: the one list, also of `make test`, `.ci/run` and the workflow."""
    workers = ("-n", "2", "--dist")
    wanted = "not benchmark" if everything else "not slow and not browser and not benchmark"
    listed = {
        "ruff check": _python("ruff", "check"),
        "ruff format": _python("ruff", "format", "--check"),
        "tests": _python("pytest", *workers, "worksteal", "-m", wanted),
        "notebooks (nbval)": _python("pytest", "--nbval", "notebooks", *workers, "loadscope"),
    }
    if everything:
        listed["benchmarks"] = _python("pytest", "-m", "benchmark")
        listed["chapters, real data"] = _python("course_utils", "run", "--source", "real")
    return listed


def _test(args: argparse.Namespace, extra: list[str]) -> int:
    root = _checkout()
    if extra:
        return subprocess.call(_python("pytest", *extra), cwd=root)
    ends = []
    for name, command in stages(args.all).items():
        print(f"== {name}", flush=True)
        begin = time.monotonic()
        code = subprocess.call(command, cwd=root)
        ends.append((name, code, time.monotonic() - begin))
    print()
    for name, code, seconds in ends:
        print(f"{name:22}{'passed' if code == 0 else 'FAILED':8}{seconds:7.1f} s")
    return int(any(code for _, code, _ in ends))


def _lab(args: argparse.Namespace, extra: list[str]) -> int:
    from course_utils import jupyterlab

    root = _checkout()
    options = jupyterlab.options(root)
    with subprocess.Popen(_python("jupyterlab", *options, *extra), cwd=root) as server:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to answer
        try:
            return server.wait()
        finally:
            signal.signal(signal.SIGINT, before)


def _fetch(args: argparse.Namespace, extra: list[str]) -> int:
    from course_utils import datasets

    fetched = []
    try:
        for name in args.sets or datasets.CARDS:
            fetched.append(datasets.fetch(name))
            print(fetched[-1].message, flush=True)
    except datasets.BadRequest as error:
        print(f"course: {error}", file=sys.stderr)
        return 2
    return int(not all(one.ok for one in fetched))


def _doctor(args: argparse.Namespace, extra: list[str]) -> int:
    from course_utils import doctor

    return doctor.report()
