"""Work for an existing Dask cluster, through joblib's own backend.

The course's folder and the build folder are shared by all machines: files are what a run sends and
gets back. `python -m course_utils.runner.cluster FOLDER INDEX` is the process of one training.
"""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cloudpickle

from course_utils import config, keras_setup
from course_utils.runner import task
from course_utils.runner.processes import deciding, end_with_parent, supervise
from course_utils.runner.task import RunError, Task

PATIENCE = 10  # seconds for a cluster to answer


@contextmanager
def backend(address: str) -> Iterator[int]:
    """Inside, joblib works on the Dask cluster at `address` -> how many threads its workers have.

    RunError, in one sentence, where there is no such cluster or it loses its workers.
    """
    import joblib

    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise RunError('a cluster needs dask: pip install "convnets-measured[cluster]"') from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        text = f"no Dask scheduler answers at {address} ({type(error).__name__})"
        raise RunError(text) from None
    with client:
        threads = sum(client.ncores().values())
        if not threads:
            raise RunError(f"the cluster has no workers yet: dask worker {address} starts one")
        try:
            with joblib.parallel_config("dask", client=client):
                yield threads
        except KilledWorker:
            raise RunError("a worker of the cluster died again and again under one task") from None


def execute(one: Task, token: Path) -> Task:
    """`task.execute` on a worker, whose thread is free meanwhile for the trainings of `full`."""
    from distributed import secede

    if one.env["COURSE_CLUSTER"]:
        secede()
    return task.execute(one, token)


def trainings(function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """(i, `function(items[i])`) for every item, each as soon as it is there.

    The cluster that `COURSE_CLUSTER` names computes them, each in a process of its own with the
    precision and the threads of this one; without a cluster, they come from here and in order.
    `function` (it may be defined in a notebook) and what it returns are pickled, and an error that
    it raises is raised here.
    """
    address = os.environ.get("COURSE_CLUSTER")
    if not address:
        yield from ((i, function(item)) for i, item in enumerate(items))
        return
    import joblib

    build = config.build_folder().resolve()
    build.mkdir(parents=True, exist_ok=True)
    folder, env = Path(tempfile.mkdtemp(prefix="trainings-", dir=build)), deciding()
    keras = sys.modules.get("keras")
    try:
        precision = keras and keras.config.dtype_policy().name
        work = precision, config.profile(), config.changed_budget(), function, items
        (folder / "work").write_bytes(cloudpickle.dumps(work[:3]) + cloudpickle.dumps(work[3:]))
        with backend(address):
            parallel = joblib.Parallel(batch_size=1, return_as="generator_unordered")
            for i in parallel(joblib.delayed(_remote)(folder, i, env) for i in range(len(items))):
                result, error = cloudpickle.loads((folder / f"{i}.pkl").read_bytes())
                if error is not None:
                    raise error
                yield i, result
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remote(folder: Path, i: int, env: dict[str, str]) -> int:
    """On a worker: the process that computes item `i`, until it ends or `folder` is gone."""
    if not folder.is_dir():
        raise RunError(f"{socket.gethostname()} does not see the build folder: it has to be shared")
    module = ["course_utils.runner.cluster", str(folder), str(i)]
    with (folder / f"{i}.log").open("w+b") as log:
        run = [Path(env["COURSE_TOKEN"])] if "COURSE_TOKEN" in env else []
        env = env | {"COURSE_CLUSTER": ""}
        code, _ = supervise(module, env, log, folder / "work", *run)
        if code:
            log.seek(0)
            said = log.read().decode(errors="replace").strip().rpartition("\n")[2]
            raise RunError(f"the process of a training ended with {code} {said[:300]}".strip())
    return i


def _compute(folder: Path, i: int) -> None:
    with (folder / "work").open("rb") as file:
        precision, profile, changed = cloudpickle.load(file)
        config.note_run(profile, changed)
        if precision:
            keras_setup.import_keras().config.set_dtype_policy(precision)
        function, items = cloudpickle.load(file)
    try:
        end = function(items[i]), None
    except Exception as error:  # raised where the training was asked for
        end = None, error
    (folder / f"{i}.pkl").write_bytes(cloudpickle.dumps(end))


if __name__ == "__main__":
    end_with_parent()
    _compute(Path(sys.argv[1]), int(sys.argv[2]))
