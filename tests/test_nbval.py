"""nbval compares the words of claims and predictions, and leaves their numbers out."""

import os
import re
import subprocess
import sys

import nbformat
import notebook_tools as tools
import pytest
from nbformat.v4 import new_code_cell

SETUP = """from course_utils import claim, config, course, predict
left, right = [0.98392, 0.985], [0.96321, 0.964]"""
CLAIM = 'claim("LeNet (20, 50) wins", left, ">", right)'
STEPS = 'claim("60,000 digits are 469 steps", -(-60_000 // 128), "==", 469)'
ASK = 'guess = predict("What is left of 4 pixels?", ["all", "half"])'
ANSWER = 'guess.answer("half", "0.52 of 10,000 digits")'
PARENTHESES = r" \([^()]*\)(?=$)|\s<span class=\"course-numbers\">[^<]*</span>"
# What a cell runs, how what it stored is edited, whether nbval takes the two for the same.
CASES = {
    "other numbers": (CLAIM, [("0.9845", "5"), ("0.0209", "1e-05"), ("2 seeds", "9 seeds")], True),
    "one seed": (CLAIM, [("paired ", ""), (", 0.0207 to 0.0210 over 2 seeds", ", 1 seed")], True),
    "no numbers": (CLAIM, [(PARENTHESES, "")], True),
    "no values": (STEPS, [(PARENTHESES, "")], True),
    "another look": (CLAIM, [("border-left: 4px", "border-left: 9px")], True),
    "another sentence": (CLAIM, [("wins", "loses")], False),
    "another number in the sentence": (STEPS, [("60,000 digits", "50,000 digits")], False),
    "another number in parentheses in it": (CLAIM, [(r"\(20, 50\)", "(20, 40)")], False),
    "did not hold": (CLAIM, [("held", "did not hold with your epochs")], False),
    "no claim": (f"if 1:\n    {CLAIM}\n    {STEPS}", [("held: .*LeNet.*", "")], False),
    "the question": (ASK, [], True),
    "another script": (ASK, [("<script>[^<]*", "<script>")], True),
    "another question": (ASK, [("4 pixels", "3 pixels")], False),
    "another choice": (ASK, [("half", "a third")], False),
    "another figure": (ANSWER, [("0.52", "52.1e-2"), ("10,000", "300")], True),
    "another answer": (ANSWER, [("half", "all")], False),
    "other words": (ANSWER, [("digits", "images")], False),
    "surprises": ("course.surprises()", [("0.52", "0.61")], True),
    "another surprise": ("course.surprises()", [("half", "all")], False),
}  # fmt: skip


@pytest.fixture(scope="module")
def passed(tmp_path_factory):
    """Whether each case passes, from one run of nbval over one notebook."""
    sources = [SETUP, *(source for source, *_ in CASES.values())]
    nb = nbformat.v4.new_notebook(cells=[*map(new_code_cell, sources)])
    nb.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    tools.execute(nb)
    for cell, (_, edits, _) in zip(nb.cells[1:], CASES.values(), strict=True):
        before = str(cell.outputs)
        for output in cell.outputs:
            for kind, text in output.data.items():
                for old, new in edits:
                    text = re.sub(old, new, text, flags=re.M)
                output.data[kind] = text
        assert edits == [] or str(cell.outputs) != before
    path = tmp_path_factory.mktemp("nbval") / "tiny.ipynb"
    nbformat.write(nb, path)
    env = os.environ | {"PYTHONPATH": str(tools.FOLDER)}  # its conftest hands over the file
    plain = ["-p", "conftest", "-p", "no:cacheprovider", "--nbval", "--color=no", "-rA"]
    command = [sys.executable, "-m", "pytest", *plain, path.name]
    run = subprocess.run(command, cwd=path.parent, env=env, capture_output=True, text=True)
    found = re.findall(r"^(PASSED|FAILED) .*::Cell (\d+)", run.stdout, re.M)
    ends = {int(cell): end == "PASSED" for end, cell in found}
    assert [*sorted(ends)] == [*range(len(nb.cells))] and ends[0], run.stdout + run.stderr
    return {case: ends[cell] for cell, case in enumerate(CASES, start=1)}


@pytest.mark.parametrize("case", CASES)
def test_nbval_compares_words(case, passed):
    assert passed[case] == CASES[case][-1]
