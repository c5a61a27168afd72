"""Numbers in prose are those of the results; and the rule that says so can tell a false one."""

import notebook_tools as tools
import pytest
from bound_numbers import numbers, tells_reference_run


@pytest.mark.parametrize("path", tools.NOTEBOOKS, ids=lambda path: path.stem)
def test_numbers_in_the_prose_are_those_of_the_results(path):
    from course_utils.results import reference

    notebook = tools.read(path)
    every, printed = tools.prose(notebook), {c.id: tools.text(c) for c in tools.code(notebook)}
    told = tells_reference_run(every[0].source)
    found = {cell.id: numbers(cell.source, reference(), told, printed) for cell in every}
    assert {name: breaches for name, breaches in found.items() if breaches} == {}


def test_readme_table_and_numbers_are_those_of_the_results():
    from course_utils.results import readme_table, reference
    from course_utils.tables import marked

    readme = (tools.FOLDER.parent / "README.md").read_text(encoding="utf-8")
    begin, end = "<!-- results:begin -->", "<!-- results:end -->"
    assert readme.count(begin) == readme.count(end) == 1
    before, table, after = marked(readme, "results")
    assert table.strip() == readme_table().strip()
    assert numbers(before + after, reference()) == []


RESULTS = {"net": {"measured": 0.99206, "literature": 0.992, "spread": [0.9911, 0.9928],
                   "parameters": 1256080}}  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "*Reference run*: **0.9921**<!-- ref:net -->, from 0.9911<!-- ref:net.spread.0 -->.",
        "In the\nreference run 99.2 %<!-- ref:net --> (0.992<!-- ref:net.literature -->).",
        "The reference run has 1,256,080<!-- ref:net.parameters --> parameters.",
        "1,256,080<!-- const:20*26+50*501+2450*500+500+5010 --> parameters",
        "3,530<!-- const:3529.53 --> times",
        "469<!-- const:-(-60000//128) --> or 0.001<!-- const:round((0.99*0.01/1e4)**0.5,3) -->",
        "Write `0.9921<!-- ref:ID -->` or `<!-- const:1+1 -->`, as `2`<!-- const:1+1 --> does.",
        "A rate of 0.001 and momentum 0.9; `0.9921` in code; 0.987<!-- const:0.987 --> elsewhere.",
    ],
)
def test_true_numbers_pass(source):
    assert numbers(source, RESULTS) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("reference run 0.9922<!-- ref:net -->", "which is 0.99206"),
        ("reference run 0.992061<!-- ref:net -->", "which is 0.99206"),
        ("reference run 99.3 %<!-- ref:net -->", "which is 99.206"),
        ("0.9921<!-- ref:net -->\n\nThe reference run.", "no “reference run”"),
        ("reference run 0.9921<!-- ref:other -->", "other: KeyError"),
        ("reference run 0.9921<!-- ref:net.spread.4 -->", "net.spread.4: IndexError"),
        ("1,256,081<!-- const:20*26+50*501+2450*500+500+5010 -->", "which is 1256080"),
        ("3,529<!-- const:3529.53 --> times", "which is 3529.53"),
        ("2<!-- const:len('ab') -->", "no arithmetic"),
        ("2<!-- const:2** -->", "SyntaxError"),
        ("1<!-- const:9**9**9 -->", "no arithmetic"),
        ("accuracy<!-- ref:net -->", "a comment without a number"),
        ("It reaches 0.987 on the test set.", "0.987: bound to nothing"),
    ],
)
def test_untrue_numbers_are_named(source, words):
    (breach,) = numbers(source, RESULTS)
    assert words in breach


def test_the_title_may_say_once_that_numbers_are_of_the_reference_run():
    (breach,) = numbers("It is 0.9921<!-- ref:net -->.", RESULTS)
    assert "no “reference run”" in breach
    assert tells_reference_run("Numbers are of the *reference\nrun*.")
    assert numbers("It is 0.9921<!-- ref:net -->.", RESULTS, told=True) == []
    assert numbers("It is 0.9922<!-- ref:net -->.", RESULTS, told=True) != []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("reference run 0.82<!-- out:near -->, 84 %<!-- out:near -->, 1,234<!-- out:near -->", ""),
        ("reference run 12 %<!-- out:near -->, 0.0019<!-- out:near -->", ""),
        ("reference run 0.81<!-- out:near -->", "which is 0.8199"),
        ("reference run 85 %<!-- out:near -->", "which is 84"),
        ("reference run 12<!-- out:near -->", "which is 0.8"),
        ("reference run 0.82<!-- out:far -->", "far: KeyError"),
        ("reference run 0.82<!-- out:none -->", "no such number"),
        ("it is 0.82<!-- out:near -->", "no “reference run”"),
    ],
)
def test_numbers_that_a_cell_has_printed(source, words):
    printed = {"near": "accuracy 0.8199, 0.84 and 12% of 1,234; −0.0019", "none": "held: all"}
    found = numbers(source, {}, outputs=printed)
    assert len(found) == bool(words) and all(words in breach for breach in found)
