"""notebooks/budgets.toml: every line is whole, and read by its notebook."""

import ast
import tomllib

import nbformat
import notebook_tools as tools
import pytest

from course_utils import config

TABLES = tomllib.loads((tools.FOLDER / "budgets.toml").read_text(encoding="utf-8"))


def faults(table, kinds=("minutes", "dtype", "data")):
    """What is wrong with a table, line by line, in words."""
    found = []
    for name, line in table.items():
        if name in kinds:
            continue
        if not isinstance(line, dict) or not {"full", "choose", "takes"} & line.keys():
            found.append(f"{name}: neither a budget nor a choice")
        elif not line.get("about"):
            found.append(f"{name}: says nothing about itself")
        elif "takes" in line:
            if line.keys() != {"takes", "about"} or line["takes"] not in ("files", "text"):
                found.append(f"{name}: takes files or text")
        elif "choose" in line:
            if not line.keys() <= {"choose", "optional", "about"} or len(line["choose"]) < 2:
                found.append(f"{name}: less than two to choose from")
        elif line.keys() - {"least"} != {*config.PROFILES, "about"}:
            found.append(f"{name}: other keys than those of a budget")
        else:
            found += _wrong_values(name, line)
    return found


def _wrong_values(name, line):
    values = [line[profile] for profile in config.PROFILES]
    if len({isinstance(value, list) for value in values}) > 1:
        return [f"{name}: a list in one profile and a number in another"]
    numbers = [n for value in values for n in (value if isinstance(value, list) else [value])]
    whole = all(type(n) is int and n >= line.get("least", 1) for n in numbers if n != "cores")
    return [] if whole and all(value != [] for value in values) else [f"{name}: a wrong value"]


def inner(table):
    """The tables within one, of what differs with a choice."""
    return {
        name: part
        for name, part in table.items()
        if isinstance(part, dict) and all(isinstance(line, dict) for line in part.values())
    }


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_whole(name):
    table = TABLES[name]
    minutes = table["minutes"]
    assert [*minutes] == [*config.PROFILES]
    assert 0 < minutes["quick"] <= minutes["lesson"] <= minutes["full"]
    assert table.get("dtype", "float32") == "float32"
    assert table.get("data", "generated") == "generated"
    parts = inner(table)
    assert faults({n: line for n, line in table.items() if n not in parts}) == []
    choices = [one for line in table.values() if "choose" in line for one in line["choose"]]
    for value, part in parts.items():
        assert value in choices and part.keys() <= table.keys()
        assert faults(part) == []


def read(nb):
    """What the code reads as `budget.NAME`."""
    trees = (ast.parse(cell.source) for cell in tools.code(nb))
    return {
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "budget"
    }


@pytest.mark.parametrize("path", tools.NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_reads_every_budget_of_its_own_table(path):
    nb = nbformat.read(path, as_version=4)
    table = TABLES[tools.known_as(path)]
    lines = table.keys() - {"minutes", "dtype", "data"} - inner(table).keys()
    assert read(nb) - {"profile", "seed", "dtype"} == lines


FULL = {"quick": 1, "lesson": 1, "full": 1, "about": "epochs"}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (3, "neither a budget nor a choice"),
        ({"quick": 1, "about": "epochs"}, "neither a budget nor a choice"),
        ({**FULL, "about": ""}, "says nothing about itself"),
        ({**FULL, "most": 3}, "other keys"),
        ({"full": 3, "about": "epochs"}, "other keys"),
        ({**FULL, "quick": [1]}, "a list in one profile"),
        ({**FULL, "quick": 1.5}, "a wrong value"),
        ({**FULL, "quick": True}, "a wrong value"),
        ({**FULL, "least": 2}, "a wrong value"),
        ({**FULL, "quick": [], "lesson": [1], "full": [1]}, "a wrong value"),
        ({"takes": "music", "about": "a song"}, "takes files or text"),
        ({"choose": ["one"], "about": "a choice"}, "less than two"),
    ],
)
def test_the_rule_sees_each_fault(line, sentence):
    (found,) = faults({"minutes": 3, "fine": FULL, "one": line})
    assert found.startswith("one: ") and sentence in found
