"""The most important claims of each chapter fail when what they are about is taken away.

`mutations.toml` says what is taken away; all mutations of a chapter run in one kernel, where what
was trained once is found again, and what a claim does not look at is not trained. Each is preceded
by the same statements as they stand in the chapter, for which the claim has to hold.
"""

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import nbformat
import notebook_tools as tools
import pytest
import slices
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

TABLE = Path(__file__).with_name("mutations.toml")
MUTATIONS = tomllib.loads(TABLE.read_text(encoding="utf-8"))["mutation"]


def program(
    path: Path, sentence: str, changes: Sequence[tuple[str, str, str]] = ()
) -> list[slices.Unit]:
    """The statements of the chapter, after `changes`, that its claim `sentence` needs."""
    cells = {cell.id: cell.source for cell in tools.code(nbformat.read(path, as_version=4))}
    for name, old, new in changes:
        assert cells[name].count(old) >= 1, f"{name} no longer holds {old!r}"
        cells[name] = cells[name].replace(old, new, 1)
    every = [unit for name, source in cells.items() for unit in slices.units(name, source)]
    goals = [i for i, unit in enumerate(every) if slices.claims(unit, sentence)]
    assert len(goals) == 1, f"{path.stem} claims {len(goals)} times: {sentence}"
    found = slices.needed(every, goals[0], {"parameters", "setup"})
    aside = {name for name, *_ in changes} - {unit.cell for unit in found}
    assert not aside, f"the claim does not need what changes in {aside}"
    return found


@contextmanager
def kernel() -> Iterator[NotebookClient]:
    client = tools.client(new_notebook(), timeout=200)
    with client.setup_kernel():
        here = str(Path(__file__).parent)
        assert _execute(client, f"import sys; sys.path.append({here!r})") == ""
        assert _execute(client, "import lazy_kernel; lazy_kernel.install()") == ""
        yield client


def _execute(client: NotebookClient, source: str) -> str:
    client.nb.cells.append(new_code_cell(source))
    try:
        client.execute_cell(client.nb.cells[-1], len(client.nb.cells) - 1)
    except CellExecutionError as error:
        return f"{error.ename}: {error.evalue}"
    return ""


def end(client: NotebookClient, units: list[slices.Unit]) -> str:
    """How a run of `units` in an empty namespace ends: "ErrorName: what it says", or "".

    The statements of a cell run together, as they do in the chapter.
    """
    cells = [[unit.source for unit in cell] for _, cell in groupby(units, lambda unit: unit.cell)]
    ends = (_execute(client, source) for source in ["%reset -f", *map("\n".join, cells)])
    return next(filter(None, ends), "")


@pytest.mark.parametrize("path", tools.NOTEBOOKS, ids=lambda path: path.stem)
def test_the_claims_fail_without_what_they_are_about(path, monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    monkeypatch.setenv("COURSE_SOURCE", "synthetic")
    of_chapter = [m for m in MUTATIONS if m["chapter"] == tools.known_as(path)]
    assert len(of_chapter) >= (2 if path.parent.name == "labs" else 3)
    ends = {}
    with kernel() as client:
        for mutation in of_chapter:
            sentence, less = mutation["sentence"], mutation.get("less", [])
            false = f"ClaimError: did not hold: {sentence}"
            stands = end(client, program(path, sentence, less))
            falls = end(client, program(path, sentence, less + mutation["changes"]))
            said = falls.partition("\n")[0]  # with or without numbers
            if stands or not (said == false or said.startswith(f"{false} (")):
                ends[mutation["what"]] = (stands or "as it stands: true", falls or "still true")
    assert ends == {}


def test_every_mutation_is_of_a_chapter():
    assert {m["chapter"] for m in MUTATIONS} == set(map(tools.known_as, tools.NOTEBOOKS))
