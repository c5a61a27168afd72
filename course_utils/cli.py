"""The command line: `python -m course_utils run | test | lab | fetch | doctor`."""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from course_utils import __version__, config

_FAST = "not slow and not browser and not benchmark"


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit code: 1 where something failed, 2 where it cannot."""
    parser = _parser()
    args, extra = parser.parse_known_args(arguments)
    if extra and args.command not in ("test", "lab"):
        parser.error(f"{args.command} does not know {' '.join(extra)}")
    try:
        return {"run": _run, "test": _test, "lab": _lab, "fetch": _fetch, "doctor": _doctor}[
            args.command
        ](args, extra)
    except KeyboardInterrupt:
        print("\ninterrupted: what is finished is kept, the same command goes on", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"course: {error.strerror or error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m course_utils", description="Convnets, Measured: run, test and read it."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="execute chapters headless and print a table")
    run.add_argument("chapters", nargs="*", help="number, name or its beginning (default: all)")
    run.add_argument("--profile", help="quick (default), lesson or full")
    run.add_argument(
        "--source", help="auto (default), real (no stand-ins) or synthetic (no network)"
    )
    run.add_argument("--seed", type=int, help="base seed, 0 or more")
    run.add_argument("--jobs", type=int, help="chapters at a time (default: as the cores allow)")
    run.add_argument("--fresh", action="store_true", help="forget chapters that are finished")
    run.add_argument(
        "--store",
        action="store_true",
        help="write the outputs back into the notebooks and promote the results",
    )
    test = commands.add_parser(
        "test", help="check style, run the tests and compare the notebooks' outputs"
    )
    test.add_argument("--all", action="store_true", help="slow, browser and benchmark tests too")
    test.epilog = "Any other argument goes to pytest, which then runs alone."
    lab = commands.add_parser("lab", help="open JupyterLab on the first chapter")
    lab.epilog = "Any other argument goes to JupyterLab, such as --no-browser --port 8890."
    fetch = commands.add_parser("fetch", help="download data sets, ahead of a class")
    fetch.add_argument("sets", nargs="*", help="names of data sets (default: all)")
    commands.add_parser("doctor", help="say what this machine has and lacks")
    return parser


def _run(args: argparse.Namespace, extra: list[str]) -> int:
    from course_utils.runner import schedule, worker
    from course_utils.runner.finished import RunError

    try:
        return schedule.run(
            args.chapters,
            profile=args.profile,
            source=args.source,
            seed=args.seed,
            jobs=args.jobs,
            fresh=args.fresh,
            store=args.store,
        )
    except (RunError, worker.StoreError) as error:
        print(f"course: {error}", file=sys.stderr)
        return 2 if isinstance(error, RunError) else 1


def _checkout() -> Path:
    root = config.checkout()
    if root is None:
        raise FileNotFoundError("there is no checkout of the course here: clone it first")
    return root


def _python(*module: str) -> list[str]:
    return [sys.executable, "-m", *module]


def _test(args: argparse.Namespace, extra: list[str]) -> int:
    root = _checkout()
    workers = ["-n", "2", "--dist"]
    if extra:
        return subprocess.call(_python("pytest", *extra), cwd=root)
    wanted = "not benchmark" if args.all else _FAST
    stages = {
        "ruff check": _python("ruff", "check"),
        "ruff format": _python("ruff", "format", "--check"),
        "tests": _python("pytest", *workers, "worksteal", "-m", wanted),
    }
    if args.all:
        stages["benchmarks"] = _python("pytest", "-m", "benchmark")
    if any((root / "notebooks").glob("*.ipynb")):
        nbval = ("pytest", "--nbval", "notebooks", *workers, "loadscope")
        stages["notebooks (nbval)"] = _python(*nbval)
        if args.all:
            stages["chapters, real data"] = _python("course_utils", "run", "--source", "real")
    ends = []
    for name, command in stages.items():
        print(f"== {name}", flush=True)
        begin = time.monotonic()
        code = subprocess.call(command, cwd=root)
        ends.append((name, code, time.monotonic() - begin))
    print()
    for name, code, seconds in ends:
        print(f"{name:22}{'passed' if code == 0 else 'FAILED':8}{seconds:7.1f} s")
    return int(any(code for _, code, _ in ends))


def _lab(args: argparse.Namespace, extra: list[str]) -> int:
    from course_utils.runner.finished import find

    root = _checkout()
    first = find()[0].relative_to(root).as_posix()
    options = [
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{first}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
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
