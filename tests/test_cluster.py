"""Work sent to a Dask cluster: a scheduler and two workers on this machine."""

import json
import os
import subprocess
import sys
import time

import cloudpickle
import pytest
from runner_tools import go, notebook, printed, until

from course_utils.runner import cluster, finished, task
from course_utils.runner.task import RunError, Task


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of a scheduler with two workers of one thread each; all end with the tests."""
    folder = tmp_path_factory.mktemp("dask")
    started = []

    def start(name, *options):
        command = [sys.executable, "-m", f"distributed.cli.{name}", "--host", "127.0.0.1"]
        options = [*options, "--no-dashboard", "--scheduler-file", str(folder / "scheduler.json")]
        started.append(subprocess.Popen([*command, *options], cwd=folder, stdout=-3, stderr=-3))

    try:
        start("dask_scheduler", "--port", "0")
        until((folder / "scheduler.json").exists, 60)
        for _ in range(2):
            start("dask_worker", "--nthreads", "1", "--no-nanny")
        address = json.loads((folder / "scheduler.json").read_text())["address"]
        from distributed import Client

        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield address
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


TRAININGS = """
import os
from course_utils import config
from course_utils.runner.cluster import trainings
config.note_run(profile, ['epochs'])
base, here = 10, os.getpid()
def train(n):
    about = os.environ['OMP_NUM_THREADS'], config.profile(), config.changed_budget()
    return base ** n, *about, os.getpid() == here
found = dict(trainings(train, [1, 2, 3]))
print([found[i] for i in range(3)])
"""


def test_notebooks_and_trainings_are_the_same_on_a_cluster(tmp_path, address, monkeypatch, capsys):
    """Two notebooks take both threads of the cluster and still have it compute for them."""
    monkeypatch.setattr(finished, "PACKAGE", tmp_path / "package")
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    monkeypatch.setattr(finished, "PACKAGE", tmp_path / "package")
    names = ("01_a", "labs/02_b")
    for name in names:
        notebook(tmp_path, name, TRAININGS, "print(os.path.basename(os.getcwd()), seed)")
    shown = {}
    for where in (None, address):
        options = {
            "profile": "full",
            "source": "synthetic",
            "seed": 3,
            "fresh": True,
            "jobs": 2,
            "limit": 2,
        }
        assert go(tmp_path, address=where, **options) == 0, capsys.readouterr().out
        assert "2 of 2 notebooks to run" in capsys.readouterr().out
        shown[where] = [printed(tmp_path, name) for name in names]
    values = "[(10, '2', 'full', ['epochs'], {0}), (100, '2', 'full', ['epochs'], {0}), "
    values += "(1000, '2', 'full', ['epochs'], {0})]\n{1} 3\n"
    assert shown[None] == [values.format(True, folder) for folder in ("notebooks", "labs")]
    assert shown[address] == [values.format(False, folder) for folder in ("notebooks", "labs")]
    assert go(tmp_path, profile="full", source="synthetic", seed=3) == 0
    assert "0 of 2 notebooks to run" in capsys.readouterr().out, "kept as a run at home is"
    build = tmp_path / "build"
    assert not [*build.glob("trainings-*"), *build.glob("running-*")]


def test_fault_an_error_on_the_cluster(address, tmp_path, monkeypatch, fault):
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    monkeypatch.setenv("COURSE_CLUSTER", address)

    def fails(item):
        if item == "raises":
            raise ValueError("no such optimizer")
        os._exit(3)

    with pytest.raises(ValueError, match="no such optimizer"):
        list(cluster.trainings(fails, ["raises"]))
    with pytest.raises(RunError, match="the process of a training ended with 3") as error:
        list(cluster.trainings(fails, ["dies"]))
    fault("runs", "a training on the cluster dies", str(error.value))


def test_fault_a_folder_that_is_not_shared(tmp_path, fault):
    """The sentence says on which machine."""
    one = Task(tmp_path / "01_a.ipynb", tmp_path, "quick", "auto", {}, {}, 60)
    told = task.execute(one, tmp_path / "token").failure
    assert told.endswith("has no such notebook or build folder: they have to be shared")
    fault("runs", "a cluster that does not share the notebooks", told.strip(": "))
    with pytest.raises(RunError, match="does not see the build folder") as error:
        cluster._remote(tmp_path / "none", 0, {})
    fault("runs", "a cluster that does not share the build folder", str(error.value))


@pytest.mark.parametrize("case", ["no workers", "workers that die"])
def test_fault_a_cluster_that_does_not_work(address, monkeypatch, fault, case):
    from distributed import Client
    from distributed.scheduler import KilledWorker

    if case == "no workers":
        monkeypatch.setattr(Client, "ncores", lambda self: {})
    with pytest.raises(RunError) as error, cluster.backend(address) as threads:
        assert threads == 2
        raise KilledWorker("task", None, 3)
    told = str(error.value).replace(address, "tcp://HOST:8786")
    fault("runs", f"a cluster with {case}", told)
    assert ("dask worker" in told) == (case == "no workers")


def test_a_training_ends_with_the_notebook_that_asked_for_it(tmp_path):
    """Or with the run: when one of their files is gone, so is the process."""
    work = cloudpickle.dumps((None, "full", [])) + cloudpickle.dumps((time.sleep, [30]))
    (tmp_path / "work").write_bytes(work)
    with pytest.raises(RunError, match=r"ended with 1$"):
        cluster._remote(tmp_path, 0, {"COURSE_TOKEN": str(tmp_path / "gone")})


def test_without_a_cluster_trainings_are_made_here_and_in_order(monkeypatch):
    assert list(cluster.trainings(lambda n: n + 1, [3, 1])) == [(0, 4), (1, 2)]


MEASURED = """
import sys
import numpy as np
from course_utils import course, training
budget = course.start("04", "quick")
import keras
rng = np.random.default_rng(0)
x, y = rng.normal(size=(60, 5)).astype("float32"), rng.integers(0, 2, 60)
def build():
    return keras.Sequential([keras.Input((5,)), keras.layers.Dense(8, "relu"),
                             keras.layers.Dense(2, "softmax")])
def weight(network):
    return float(network.get_weights()[0][0, 0])
runs = training.measure(build, (x, y), (x, y), epochs=2, batch_size=8, seeds=[3, 5], also=weight)
print(runs.accuracy.tolist(), runs.histories, runs.also, training.predict(runs.model, x).tolist())
"""


def test_measure_gives_the_same_on_a_cluster(address, tmp_path):
    """Two trainings of one network, here one after the other, there each in its own process."""

    def measured(where):
        env = os.environ | {"COURSE_CLUSTER": where, "COURSE_BUILD": str(tmp_path / "build")}
        env |= {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, "-c", MEASURED], env=env, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    assert measured("") == measured(address)
