"""Finished notebooks are kept, and run again when something that matters has changed."""

import errno
import json

import nbformat
import pytest
from nbformat.v4 import new_output
from runner_tools import go, instead, notebook

from course_utils import config, datasets, precision, results
from course_utils.runner import finished
from course_utils.runner.task import RunError

# --- what is kept -----------------------------------------------------------------------------


@pytest.fixture
def ran(here, monkeypatch):
    """Whether `01_a` ran, and was not kept; it used synthetic data for want of real ones."""
    notebook(here, "01_a", "1")
    note = {"kind": "data", "name": "mnist", "source": "synthetic", "origin": "synthetic"}
    runs = instead(monkeypatch, note)

    def ran(**options):
        before = len(runs)
        assert go(here, **options) == 0
        return len(runs) > before

    assert ran()
    return ran


def edited(here, old, new):
    path = here / "notebooks" / "01_a.ipynb"
    path.write_text(path.read_text().replace(old, new))


def rows(here, chapter, measured, date="today"):
    """A checkout whose results file holds one row."""
    row = {"id": "a", "chapter": chapter, "measured": measured, "date": date}
    (here / "data").mkdir(exist_ok=True)
    (here / "data" / results.FILE).write_text(json.dumps([row]))


def budgets(here, chapter, epochs):
    line = f'["{chapter}"]\nepochs = {{ quick = {epochs} }}\n'
    (here / "notebooks" / "budgets.toml").write_text(line)


CHANGES = {
    "the notebook": lambda here, patch: edited(here, '"1"', '"2"'),
    "its tags": lambda here, patch: edited(here, '"parameters"\n', '"parameters", "picture"\n'),
    "the package": lambda here, patch: (here / "package" / "plots" / "style.mplstyle").touch(),
    "a budget of its own": lambda here, patch: budgets(here, "01", 6),
    "a library": lambda here, patch: patch.setattr(finished, "_version", lambda name: "99"),
    "the processor": lambda here, patch: patch.setattr(
        precision, "processor_flags", lambda: {"avx9"}
    ),
    "the precision": lambda here, patch: patch.setenv("COURSE_PRECISION", "bfloat16"),
    "the arithmetic": lambda here, patch: patch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2"),
    "warnings as errors": lambda here, patch: patch.setenv("COURSE_STRICT", "1"),
    "the seed": lambda here, patch: patch.setenv("COURSE_SEED", "7"),
    "its reference results": lambda here, patch: rows(here, "01", 0.6),
    "the network": lambda here, patch: patch.setattr(datasets, "offline", lambda: False),
    "the data": lambda here, patch: (here / "cache" / "mnist.npz").touch(),
    "its run, damaged": lambda here, patch: next((here / "build/runs").iterdir()).write_text("{"),
    "its run, empty": lambda here, patch: next((here / "build/runs").iterdir()).write_text(""),
    "its run, another thing": lambda here, patch: next((here / "build/runs").iterdir()).write_text(
        '{"notes": 1}'
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_notebook_runs_again_when_something_that_matters_has_changed(
    here, ran, monkeypatch, what
):
    monkeypatch.setattr(config, "checkout", lambda: here)
    (here / "package" / "plots").mkdir(parents=True)
    (here / "cache").mkdir()
    rows(here, "01", 0.5)
    budgets(here, "02", 5)
    ran()
    rows(here, "01", 0.5, date="tomorrow")
    assert not ran(), "no page shows the date"
    budgets(here, "02", 6)
    assert not ran(), "a budget of another chapter"
    CHANGES[what](here, monkeypatch)
    assert ran()
    assert not ran()
    assert len(list((here / "build" / "runs").glob("01_a-quick-auto-*.json"))) == 1


def test_a_lab_runs_again_when_its_own_budgets_have_changed(here, monkeypatch):
    notebook(here, "labs/01_deeper", "1")
    runs = instead(monkeypatch)
    for chapter, epochs, times in (("01", 5, 1), ("01", 6, 1), ("01_deeper", 6, 2)):
        budgets(here, chapter, epochs)
        assert go(here) == 0
        assert len(runs) == times


def test_fault_a_table_of_budgets_that_is_none(here, fault):
    notebook(here, "01_a", "1")
    (here / "notebooks" / "budgets.toml").write_text('["01"\n')
    with pytest.raises(RunError, match=r"notebooks/budgets\.toml cannot be read: ") as error:
        go(here)
    fault("runs", "budgets.toml is no TOML", str(error.value))


def test_what_a_page_depends_on_is_the_whole_package():
    assert {"cli.py", "plots", "runner"} <= {path.name for path in finished.PACKAGE.iterdir()}


def test_pretrained_weights_that_have_come_are_a_reason_to_run_again(here, monkeypatch):
    notebook(here, "01_a", "load_pretrained")
    runs = instead(monkeypatch)
    for online, times in ((False, 1), (False, 1), (True, 2), (False, 3)):
        monkeypatch.setattr(datasets, "offline", lambda online=online: not online)
        assert go(here) == 0
        assert len(runs) == times, "without weights, it matters whether they could be fetched"
    models = config.keras_folder() / "models"
    models.mkdir(parents=True)
    (models / "weights.h5").touch()
    for offline in (True, True, False):
        monkeypatch.setattr(datasets, "offline", lambda offline=offline: offline)
        assert go(here) == 0
        assert len(runs) == 4, "the weights are here: the network does not matter"


def test_a_page_that_is_gone_or_damaged_is_made_again_and_outputs_are_no_reason(here, ran):
    path = here / "notebooks" / "01_a.ipynb"
    nb = nbformat.read(path, as_version=4)
    nb.cells[2].outputs = [new_output("stream", text="stored")]
    nbformat.write(nb, path)
    page, copy = (here / "build" / k / f"01_a.{e}" for k, e in
                  (("html", "html"), ("notebooks", "ipynb")))  # fmt: skip
    executed = copy.read_bytes()
    for spoil in (page.unlink, lambda: page.write_text("<html>"), copy.unlink,
                  lambda: copy.write_text("of another profile")):  # fmt: skip
        spoil()
        assert not ran()
        assert copy.read_bytes() == executed
        assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert ran(fresh=True)
    assert ran(seed=1)
    assert ran(), "one run of a kind is kept: seed 1 took its place"
    assert ran(source="synthetic")
    assert ran(profile="lesson")
    assert not ran()


@pytest.mark.parametrize(
    ("case", "content"), [("cut off", '{"seconds": 1'), ("of another form", "[1]"), ("empty", "")]
)
def test_fault_a_kept_run_is_damaged(here, ran, capsys, fault, case, content):
    entry = next((here / "build" / "runs").iterdir())
    entry.write_text(content)
    capsys.readouterr()
    assert ran()
    told = capsys.readouterr().out.splitlines()[0]
    assert told.startswith(f"{entry.name} is damaged")
    aside = entry.with_name(entry.name + ".broken")
    assert aside.read_text() == content, "set aside as it was"
    fault("runs", f"a kept run is {case}", told)


def test_fault_one_that_cannot_be_kept_does_not_end_the_others(here, monkeypatch, capsys, fault):
    for name in ("01_a", "02_b"):
        notebook(here, name, "1")
    instead(monkeypatch)
    beside = config.write_beside

    def full(path, write):
        if path.name.startswith("01_a"):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        beside(path, write)

    monkeypatch.setattr(config, "write_beside", full)
    assert go(here, jobs=1) == 0
    said = capsys.readouterr().out
    assert "02_b: done" in said
    assert [p.name[:4] for p in (here / "build" / "runs").iterdir()] == ["02_b"]
    told = next(line for line in said.splitlines() if "kept" in line)
    assert told == "01_a: cannot be kept for another run: No space left on device"
    fault("runs", "the disk is full when a run is kept", told)


@pytest.mark.parametrize("folder", ["logs", "records"])
def test_fault_one_that_cannot_be_written_does_not_end_the_others(here, capsys, fault, folder):
    notebook(here, "01_a", "1")
    (here / "build" / folder).mkdir(parents=True)
    for kind in ("logs", "records"):
        (here / "build" / folder / f"01_a.{'log' if kind == 'logs' else 'jsonl'}").mkdir(
            exist_ok=True
        )
    assert go(here) == 1
    told = capsys.readouterr().out.strip().splitlines()[-1]
    assert told.startswith("01_a failed: ") and "01_a" in told.partition(": ")[2]
    fault("runs", f"its file in build/{folder} cannot be written", told)
