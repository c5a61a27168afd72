"""Any cell may be run again at any time: twice in a row, or the first two in the middle."""

import ast
import json
import re
import tomllib
from typing import Any

import nbformat
import notebook_tools as tools
import pytest
import slices
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell


def bound(source: str) -> set[str]:
    """Names that a cell binds in the kernel, not those of a function, class or comprehension."""
    names: set[str] = set()

    def visit(node: ast.AST) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.Lambda():
                pass
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                inner = (n for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
                names.update(n.target.id for n in inner)
            case ast.alias():
                names.add((node.asname or node.name).split(".")[0])
            case ast.Name(ctx=ast.Store() | ast.Del()):
                names.add(node.id)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                names.add(name)
                for child in ast.iter_child_nodes(node):
                    visit(child)
            case _:
                for child in ast.iter_child_nodes(node):
                    visit(child)

    visit(ast.parse(source))
    return names


def reuse(nb: NotebookNode) -> list[str]:
    """No cell binds a name that the first two bind: running these again would change it."""
    parameters, setup, *rest = tools.code(nb)
    mine, later = bound(parameters.source), bound(setup.source)
    found = [f"setup: {name}" for name in sorted(mine & later)]
    return found + [
        f"{cell.id}: {name}"
        for cell in rest
        for name in sorted(bound(cell.source) & (mine | later))
    ]


GROWING = ("add", "append", "extend", "insert", "pop", "remove")


def growth(nb: NotebookNode) -> list[str]:
    """No cell makes what an earlier one has begun longer: run again, it would do so again."""
    found = []
    for cell in tools.code(nb):
        nodes = [*ast.walk(ast.parse(cell.source))]
        longer = [n.target for n in nodes if isinstance(n, ast.AugAssign)]
        bound_here = (n for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
        own = {n.id for n in bound_here if n not in longer}
        own |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        targets = (t for n in nodes if isinstance(n, ast.Assign) for t in n.targets)
        begun = {ast.unparse(target) for target in targets}
        for node in nodes:
            match node:
                case ast.Call(func=ast.Attribute(value=grown, attr=name)) if name in GROWING:
                    pass
                case ast.AugAssign(target=grown, op=ast.Add() | ast.Sub() | ast.Mult()):
                    pass
                case _:
                    continue
            name = slices.owner(grown)
            if name and name not in own and ast.unparse(grown) not in begun:
                found.append(f"{cell.id}: {ast.unparse(grown)}")
    return found


@pytest.mark.parametrize("path", tools.NOTEBOOKS, ids=lambda path: path.stem)
def test_no_cell_makes_longer_what_another_has_begun(path):
    assert growth(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize(
    ("source", "grown"),
    [
        ("a.append(1)", ["a"]),
        ("a[1].append(2)", ["a[1]"]),
        ("a.setdefault(1, []).append(2)", ["a.setdefault(1, [])"]),
        ("a += [1]", ["a"]),
        ("a = []\na.append(1)\na += [2]", []),
        ("a[1] = []\na[1].append(2)", []),
        ("a |= {1: 2}\nb = [c.pop() for c in a]", []),
        ("def f(a):\n    a.append(1)\n    a += [2]", []),
        ("for a in b:\n    a.append(1)", []),
    ],
)
def test_what_a_cell_makes_longer(source, grown):
    nb = nbformat.v4.new_notebook(cells=[new_code_cell(source, id="one")])
    assert growth(nb) == [f"one: {name}" for name in grown]


@pytest.mark.parametrize("path", tools.NOTEBOOKS, ids=lambda path: path.stem)
def test_no_cell_binds_a_name_of_the_first_two(path):
    assert reuse(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = b.c = d[0] = 1", {"a"}),
        ("a, (b, *c) = x", {"a", "b", "c"}),
        ("a += 1\nb: int = 2\ndel c", {"a", "b", "c"}),
        ("for a in b:\n    with c as d:\n        e = 1", {"a", "d", "e"}),
        ("import a.b, c as d\nfrom e import f", {"a", "d", "f"}),
        ("def f(a=1):\n    b = 2\n    return [c for c in a]", {"f"}),
        ("class A:\n    b = 1", {"A"}),
        ("x(a=1, key=lambda b: b)\n[c for c in d if (e := c)]", {"e"}),
        ("try:\n    a = 1\nexcept ValueError as b:\n    c = 1", {"a", "b", "c"}),
    ],
)
def test_what_a_cell_binds(source, names):
    assert bound(source) == names


def test_the_rule_sees_each_kind_of_reuse():
    sources = {
        "parameters": "seeds = None\ntable = None",
        "setup": 'import numpy as np\n\ntable = table or "boston"\nbudget = 1',
        "run": "seeds = range(3)",
        "fine": "tables = [seed for seeds in [[1]] for seed in seeds]",
        "loop": "for budget in np.arange(3):\n    pass",
    }
    nb = nbformat.v4.new_notebook(cells=[new_code_cell(s, id=n) for n, s in sources.items()])
    assert reuse(nb) == ["setup: table", "run: seeds", "loop: budget"]


# --- in a kernel ----------------------------------------------------------------------------------


CHANGED = "from course_utils import config\nprint(config.changed_budget(), config.profile())"


def twice(nb: NotebookNode) -> NotebookNode:
    """Each cell two times in a row; in the middle, the first two cells again; what is changed."""
    cells = tools.code(nb)
    before, after = cells[: len(cells) // 2], cells[len(cells) // 2 :]
    nb.cells = [
        new_code_cell(cell.source, id=f"{cell.id}-{i}")
        for cell in [*before, *cells[:2], *after]
        for i in range(2)
    ]
    nb.cells.append(new_code_cell(CHANGED, id="changed"))
    return nb


@pytest.fixture
def quick(monkeypatch, tmp_path):
    for name, value in (("PROFILE", "quick"), ("SOURCE", "synthetic"), ("STRICT", "1")):
        monkeypatch.setenv(f"COURSE_{name}", value)
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("path", tools.NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_twice_and_the_first_two_again_in_the_middle(path, quick):
    nb = twice(tools.part(path.stem, None))
    tools.execute(nb)
    assert tools.text(nb.cells[-1]) == "[] quick\n"


def test_cells_that_changed_what_they_read_run_twice(quick):
    cells = ["parameters", "setup", "load", "means-predict", "prepare", "means", "means-answer"]
    nb = twice(tools.part("06_fashion_mnist", cells, samples=600))
    tools.execute(nb)
    said = {cell.id: tools.text(cell) for cell in nb.cells}
    assert said["means-answer-0"] == said["means-answer-1"] != ""
    assert said["changed"] == "['samples'] quick\n"


def test_other_shifts_are_never_drawn_with_the_values_of_the_first(quick):
    """Chapter 05: after `shift-plot`, `shifts` is written anew and cells are run again."""
    small = {"samples": 600, "test_samples": 200, "study_samples": 300, "study_epochs": 1}
    cells = {c.id: c.source for c in tools.part("05_lenet_mnist", None, **small).cells}
    every = [unit for name, source in cells.items() for unit in slices.units(name, source)]
    end = max(number for number, unit in enumerate(every) if unit.cell == "shift-plot")
    needed = slices.needed(every, end, {"parameters", "setup"})
    train, plot = cells["shift-run"], cells["shift-plot"]
    before = [unit.source for unit in needed if unit.cell not in ("shift-run", "shift-plot")]
    values = "[dict(zip(measured_shifts, runs.also[0])) for runs in shift_runs.values()]"
    show, others = f"import json; print(json.dumps({values}))", "shifts = range(-8, 10, 2)"
    anew = re.sub(r"^shifts = .+$", others, train, flags=re.MULTILINE)
    sources = [*before, train, plot, show, others, plot, show, anew, plot, show]
    nb = nbformat.v4.new_notebook(cells=list(map(new_code_cell, sources)))
    tools.execute(nb)
    first, same, new = (json.loads(tools.text(cell)) for cell in nb.cells if cell.source == show)
    assert first == same and first[0].keys() != new[0].keys()
    assert [*map(int, new[0])] == [*range(-8, 10, 2)]
    both = first[0].keys() & new[0].keys()
    assert len(both) > 3
    assert [[run[at] for at in both] for run in new] == [[run[at] for at in both] for run in first]


def least(name: str) -> dict[str, Any]:
    """Every budget of a chapter or lab as small as its table allows, lists with one value."""
    table = tomllib.loads((tools.FOLDER / "budgets.toml").read_text(encoding="utf-8"))[name]
    lines = {n: line for n, line in table.items() if n != "minutes" and "full" in line}
    smallest = {n: line.get("least", 1) for n, line in lines.items()}
    several = (n for n, line in lines.items() if isinstance(line["full"], list))
    return smallest | {n: [smallest[n]] for n in several}


@pytest.mark.slow
@pytest.mark.parametrize("path", tools.NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_runs_with_the_least_that_it_allows(path, quick):
    changes = least(tools.known_as(path))
    nb = tools.part(path.stem, None, **changes)
    nb.cells.append(new_code_cell(CHANGED, id="changed"))
    tools.execute(nb)
    changed = ast.literal_eval(tools.text(nb.cells[-1]).removesuffix(" quick\n"))
    assert len(changed) >= 2 and set(changed) <= set(changes)
