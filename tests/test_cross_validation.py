"""Folds in parallel: the same numbers, errors with a name, no worker left behind.

Whatever TensorFlow computes runs in processes of its own: only there is it still free to start
with one thread.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import OrderedDict

import psutil
import pytest

from course_utils import cross_validation

PREAMBLE = """
import os, json, sys, time
from course_utils import cross_validation, keras_setup, training
keras_setup.import_keras()
import keras, numpy as np
from keras import layers

rng = np.random.default_rng(0)
x = rng.normal(size=(43, 3)).astype("float32")
y = np.abs(x[:, 0]) + 0.1 * x[:, 1]

def build():
    return keras.Sequential([keras.Input((3,)), layers.Dense(8, activation="relu"),
                             layers.Dense(1)])

def parts(fold):
    held_out = np.array_split(np.arange(43), 4)[fold]
    others = np.setdiff1d(np.arange(43), held_out)
    return (x[others], y[others]), (x[held_out], y[held_out])

def validate(fold, seed, batch_size=5, **options):
    options |= {"batch_size": batch_size, "seed": seed}
    return cross_validation.train(build, *parts(fold), epochs=3, **options)

tasks = [{"fold": fold, "seed": seed} for seed in range(2) for fold in range(4)]
"""


PROGRAM = """
cross_validation.one_thread()
numbers = lambda run: [run["mae"], run["val_mae"], run["predicted"]]
answers = {}
answers["one"] = [numbers(run) for run in cross_validation.run(validate, tasks)]
answers["two"] = [numbers(run) for run in cross_validation.run(validate, tasks, jobs=2)]
back = [numbers(run) for run in cross_validation.run(validate, tasks[::-1], jobs=2)]
answers["back"] = back[::-1]
pids = cross_validation.run(lambda fold, seed: os.getpid(), tasks, jobs=2)
answers["elsewhere"] = os.getpid() not in pids
answers["threads"] = cross_validation.run(lambda **_: __import__("tensorflow").config.threading
                                          .get_intra_op_parallelism_threads(), tasks, jobs=2)

def fails(fold, seed):
    if fold == 2:
        raise ValueError("no rows")

try:
    cross_validation.run(fails, tasks, jobs=2)
except cross_validation.FoldError as error:
    answers["error"] = str(error)

(rows, validation), answers["fit"] = parts(1), []
for batch_size in (1, 5, 8):
    keras.utils.set_random_seed(3)
    model = build()
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    model.fit(*rows, batch_size=batch_size, epochs=3, shuffle=False, verbose=0)
    run = validate(1, 3, batch_size, shuffle=False)
    fits = [model.evaluate(*part, verbose=0)[1] for part in (rows, validation)]
    ours = [run["mae"][-1], run["val_mae"][-1]]
    predicted = model.predict(validation[0], verbose=0)[:, 0]
    answers["fit"].append([fits, ours, predicted.tolist(), run["predicted"], len(run["mae"])])

cross_validation._traced_networks.clear()
rate = keras.optimizers.schedules.CosineDecay(0.01, 21)
for name, fold, seed, rate in [("first", 0, 0, rate), ("other", 3, 1, rate), ("again", 0, 0, rate),
                               ("plain", 0, 0, 0.01)]:
    run = validate(fold, seed, optimizer=keras.optimizers.Adam(rate))
    answers[name] = run["val_mae"]
answers["traced"] = len(cross_validation._traced_networks)
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers():
    """What PROGRAM finds in a fresh process whose environment asks for more threads."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PREAMBLE + PROGRAM],
        capture_output=True,
        text=True,
        env=os.environ | {"TF_NUM_INTRAOP_THREADS": "2"},
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_workers_and_one_process_agree_to_the_last_bit(answers):
    """Also in another order, and where the environment asks for more threads."""
    assert answers["one"] == answers["two"] == answers["back"]
    assert len({json.dumps(run) for run in answers["one"]}) == 8  # each its own network
    assert answers["elsewhere"] and answers["threads"] == [1] * 8


def test_training_takes_the_steps_of_fit(answers):
    for fits, ours, predicted, again, epochs in answers["fit"]:
        assert ours == pytest.approx(fits, rel=1e-4)
        assert again == pytest.approx(predicted, rel=1e-3, abs=1e-4)
        assert epochs == 3


def test_each_training_starts_anew(answers):
    """Fresh weights and a fresh optimizer, whatever was trained before on the traced network."""
    assert answers["first"] == answers["again"] != answers["other"]
    assert answers["plain"] != answers["first"]
    assert answers["traced"] == 3  # 32 and 33 rows, and the constant rate


def test_fault_a_network_with_two_outputs_is_refused(fault):
    import keras

    def build():
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])

    with pytest.raises(ValueError, match=r"one output, not the shape \(None, 2\)") as error:
        cross_validation.train(build, (), (), epochs=1)
    fault("training", "cross-validation of a network with two outputs", str(error.value))


def test_fault_threads_that_have_started_are_an_error(fault, monkeypatch):
    import tensorflow as tf

    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert tf.constant(1.0) + 1 == 2
    with pytest.raises(RuntimeError, match="cannot be modified after initialization") as error:
        cross_validation.one_thread()
    fault("training", "one_thread() after TensorFlow has computed", str(error.value))


def test_only_a_few_networks_stay_traced(monkeypatch):
    monkeypatch.setattr(cross_validation, "_traced_networks", OrderedDict())
    monkeypatch.setattr(cross_validation, "_MOST_TRACED", 2)
    import keras

    def build():
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])

    def traced(n):
        keras.utils.set_random_seed(0)
        return cross_validation._traced(build(), "sgd", n, 1)[0]

    first, second = traced(1), traced(2)
    assert traced(1) is first  # used again, it stays; the other goes
    traced(3)
    assert len(cross_validation._traced_networks) == 2
    assert traced(1) is first and traced(2) is not second


def test_results_come_in_the_order_of_the_tasks():
    tasks = [{"fold": 2, "seed": 1}, {"fold": 0, "seed": 5}]
    assert cross_validation.run(lambda fold, seed: 10 * fold + seed, tasks) == [21, 5]


def fails(fold, seed):
    if fold == 2:
        raise ValueError("no rows")
    return fold


def test_fault_the_error_of_a_task_names_it(answers, fault):
    tasks = [{"fold": fold, "seed": 0} for fold in range(4)]
    with pytest.raises(cross_validation.FoldError) as error:
        cross_validation.run(fails, tasks)
    assert str(error.value) == answers["error"] == "fold=2, seed=0: ValueError: no rows"
    fault("training", "a fold that fails", str(error.value))


@pytest.mark.parametrize("jobs", [0, -1])
def test_fault_fewer_than_one_process_is_an_error(jobs, fault):
    with pytest.raises(ValueError, match=f"at least 1, not {jobs}") as error:
        cross_validation.run(fails, [], jobs=jobs)
    fault("training", f"cross-validation with jobs={jobs}", str(error.value))


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_cores_respect_the_affinity():
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        assert cross_validation.cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)


def test_fault_a_temporary_folder_with_other_letters(tmp_path, monkeypatch, capsys, fault):
    """The workers take another folder; where there is none, one process does it all."""
    monkeypatch.setenv("JOBLIB_TEMP_FOLDER", str(tmp_path / "用户"))
    assert cross_validation._worker_folder().isascii()
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/用户")
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "用户"))
    assert cross_validation._worker_folder() is None
    here = cross_validation.run(lambda fold: os.getpid(), [{"fold": 0}, {"fold": 1}], jobs=2)
    assert here == [os.getpid()] * 2
    told = capsys.readouterr().out
    assert told.endswith("one job runs.\n")
    fault("machine", "every temporary folder has a non-ASCII name", told)


def test_cores_are_those_of_this_process(monkeypatch):
    monkeypatch.setattr("joblib.cpu_count", lambda: 3)
    assert cross_validation.cores() == 3


def test_an_interrupt_ends_the_workers(tmp_path):
    (started := tmp_path / "started").mkdir()
    code = f"""
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it

def job(fold):
    open(os.path.join({str(started)!r}, str(os.getpid())), "w").close()
    time.sleep(300)

try:
    cross_validation.run(job, [{{"fold": fold}} for fold in range(4)], jobs=2)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    time.sleep(300)  # the workers end although this process goes on, as a notebook's does
"""
    command = [sys.executable, "-c", PREAMBLE + code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            pids = _wait(lambda: [int(p.name) for p in started.iterdir()], lambda v: len(v) == 2)
            process.send_signal(signal.SIGINT)
            assert process.stdout.readline() == "interrupted\n"
            assert _wait(lambda: _running(pids), lambda running: not running) == []
        finally:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()


def _running(pids):
    return [
        pid
        for pid in pids
        if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    ]


def _wait(ask, enough, seconds=120):
    until = time.monotonic() + seconds
    while not enough(value := ask()):
        assert time.monotonic() < until, value
        time.sleep(0.1)
    return value
