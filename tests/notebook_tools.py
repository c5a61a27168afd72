"""What chapters and labs keep to. Each rule takes a notebook, returns its breaches in words."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import slices
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbval.plugin import get_sanitize_patterns

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
IGNORED = "nbval-ignore-output"
LARGEST = 1_500_000  # bytes
FORBIDDEN = r"\btf\.keras\b|\btensorflow\.keras\b|ImageDataGenerator|fit_generator|\.to_json\("
PRIVATE = rf"(?<![\w.])/(?:home|root|tmp|work)\b|[A-Za-z]:\\+Users|{re.escape(str(Path.home()))}\b"


def notebooks(folder: Path = FOLDER) -> list[Path]:
    """The chapters in order, then the labs: the same rules hold for both."""
    return [p for sub in ("", "labs") for p in sorted((folder / sub).glob("[0-9][0-9]_*.ipynb"))]


NOTEBOOKS = notebooks()


def read(path: Path) -> NotebookNode:
    """The notebook in `path`, which knows what it is known as."""
    nb = nbformat.read(path, as_version=4)
    nb.metadata["known_as"] = known_as(path)
    return nb


def known_as(path: Path) -> str:
    """What budgets, results and mutations call it: `05`, or `05_how_much_data` for a lab."""
    return path.stem if path.parent.name == "labs" else path.stem[:2]


def least_exercises(nb: NotebookNode) -> int:
    return 2 if "_" in nb.metadata["known_as"] else 4


def part(
    chapter: str,
    cells: Iterable[str] | None,
    edits: Iterable[tuple[str, str, str]] = (),
    **changes: Any,
) -> NotebookNode:
    """The `cells` of a chapter or lab (None: all code), after `edits`: (cell, old, new text).

    `changes` are what a reader writes into the first cell: `samples=300`.
    """
    nb = read(next(path for path in NOTEBOOKS if path.stem == chapter))
    by_id = {cell.id: cell for cell in code(nb)}
    nb.cells = [by_id[name] for name in (by_id if cells is None else cells)]
    for name, old, new in edits:
        assert old in by_id[name].source, f"{name} no longer holds {old!r}"
        by_id[name].source = by_id[name].source.replace(old, new, 1)
    if changes:
        by_id["parameters"].source = changed(by_id["parameters"].source, changes)
    return nb


def changed(parameters: str, changes: Mapping[str, Any]) -> str:
    """The source of the first cell with a reader's changes."""
    assert "changes = None" in parameters
    return parameters.replace("changes = None", f"changes = {dict(changes)!r}")


def client(nb: NotebookNode, timeout: int = 300, folder: Path = FOLDER) -> NotebookClient:
    """What runs `nb` in `folder`; the kernel ends at once when it is done."""
    where = {"metadata": {"path": str(folder)}}
    return NotebookClient(nb, timeout=timeout, resources=where, shutdown_kernel="immediate")


def execute(nb: NotebookNode, timeout: int = 300, folder: Path = FOLDER) -> None:
    """Run `nb` in `folder`, at most `timeout` seconds a cell; the outputs go into it."""
    client(nb, timeout, folder).execute()


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def code(nb: NotebookNode, tag: str = "") -> list[NotebookNode]:
    return [c for c in nb.cells if c.cell_type == "code" and (not tag or tag in tags(c))]


def prose(nb: NotebookNode) -> list[NotebookNode]:
    return [c for c in nb.cells if c.cell_type == "markdown"]


def text(cell: NotebookNode) -> str:
    """What the cell printed to stdout, with the cards that it showed, a line each."""
    shown = []
    for output in cell.outputs:
        if output.get("name") == "stdout":
            shown.append(output.text)
        elif "text/html" in output.get("data", {}):
            shown.append(output.data.get("text/plain", "") + "\n")
    return "".join(shown)


# --- form -----------------------------------------------------------------------------------------


PARAMETERS = """\
profile = None  # "quick", "lesson" or "full"
seed = None  # a whole number
changes = None  # such as {"epochs": 10}"""
START = 'budget = course.start("{}", profile, seed=seed, changes=changes)'
FOLDED = "hide-input"  # on pages; `source_hidden` in JupyterLab


def opening(nb: NotebookNode) -> list[str]:
    """The title first; then, as first code cells, `parameters` and a short `setup`, both folded."""
    first, start = nb.cells[0], START.format(nb.metadata["known_as"])
    found = []
    if first.cell_type != "markdown" or not re.match(r"# \S", first.source):
        found.append("the first cell is not the title (`# …`)")
    parameters, setup = code(nb)[:2]
    for cell, tag in ((parameters, "parameters"), (setup, "setup")):
        if tag not in tags(cell):
            found.append(f"{cell.id}: not tagged {tag}")
        if FOLDED not in tags(cell) or not cell.metadata.get("jupyter", {}).get("source_hidden"):
            found.append(f"{cell.id}: not folded ({FOLDED}, source_hidden)")
    if parameters.source != PARAMETERS:
        found.append(f"{parameters.id}: not {PARAMETERS!r}")
    lines = [line for cell in (parameters, setup) for line in cell.source.splitlines() if line]
    if start not in lines:
        found.append(f"{setup.id}: without the line {start!r}")
    return found + ([f"{len(lines)} lines of set-up, at most 8"] if len(lines) > 8 else [])


def ids(nb: NotebookNode) -> list[str]:
    """Stable ids: unique short words joined by hyphens, none of Jupyter's random hex ones."""
    every = [cell.id for cell in nb.cells]
    found = [f"{name}: used twice" for name in sorted(set(every)) if every.count(name) > 1]
    words = r"[a-z]+[0-9]*(-[a-z0-9]+)*"
    hexadecimal = r"[0-9a-f]{8}(-.*)?"
    return found + [
        f"{name}: not made of words"
        for name in every
        if not re.fullmatch(words, name) or re.fullmatch(hexadecimal, name)
    ]


def lengths(nb: NotebookNode) -> list[str]:
    """Code cells of 15 lines at most, exercises and their checks of 25; set-up is in `opening`."""
    limits = {"exercise": 25, "check": 25}
    found = []
    for cell in code(nb)[2:]:
        lines = len(cell.source.splitlines())
        limit = max((limits.get(tag, 15) for tag in tags(cell)), default=15)
        if lines > limit:
            found.append(f"{cell.id}: {lines} lines of code, at most {limit}")
    return found


def idiom(nb: NotebookNode) -> list[str]:
    """Keras 3 only."""
    hits = ((c.id, re.search(FORBIDDEN, c.source)) for c in code(nb))
    return [f"{name}: {hit.group()}" for name, hit in hits if hit]


# --- outputs --------------------------------------------------------------------------------------


def outputs(nb: NotebookNode) -> list[str]:
    """Executed from top to bottom, without an error, a warning or a line on stderr."""
    found = []
    for number, cell in enumerate(code(nb), start=1):
        if cell.execution_count != number:
            found.append(f"{cell.id}: execution count {cell.execution_count}, not {number}")
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"{cell.id}: stored error {output.ename}")
            if output.get("name") == "stderr":
                found.append(f"{cell.id}: stored stderr {output.text[:60]!r}")
    return found


def _strings(node: Any, skip: str = "image/") -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            if not key.startswith(skip):
                yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)


def privacy(nb: NotebookNode) -> list[str]:
    """No path of a machine (user names stand in those), no trace of papermill, anywhere."""
    found = [
        f"{cell.id}: shows {hit.group()!r}"
        for cell in nb.cells
        for string in _strings(cell)
        for hit in re.finditer(PRIVATE, string)
    ]
    traces = ["papermill" in part.metadata for part in (nb, *nb.cells)]
    return found + (["papermill's metadata is left"] if any(traces) else [])


def compared(nb: NotebookNode) -> list[str]:
    """At least four in ten code cells are compared by nbval."""
    cells = code(nb)
    kept = [cell for cell in cells if IGNORED not in tags(cell)]
    if len(kept) * 10 >= len(cells) * 4:
        return []
    return [f"only {len(kept)} of {len(cells)} code cells are compared"]


# --- exercises ------------------------------------------------------------------------------------

SOLUTION = re.compile(
    r"<details>\s*<summary>Solution</summary>\n\n(?:(?!```).)*```python\n(?P<code>(?:(?!```).)+?)\n```\n"
    r"(?:(?!```).)*\n</details>\s*",
    re.DOTALL,
)


def solution(cell: NotebookNode) -> str:
    """The code of a solution cell; "" where it is not folded as agreed."""
    whole = SOLUTION.fullmatch(cell.source)
    return whole["code"] if whole and cell.cell_type == "markdown" else ""


def exercises(nb: NotebookNode) -> list[tuple[NotebookNode, NotebookNode, NotebookNode]]:
    """(stub, check, solution) of each exercise: a stub and the two cells after it."""
    starts = [i for i, cell in enumerate(nb.cells) if "exercise" in tags(cell)]
    return [tuple(nb.cells[i : i + 3]) for i in starts if i + 2 < len(nb.cells)]


def practice(nb: NotebookNode) -> list[str]:
    """At least four exercises (a lab: two): stub, check and folded solution, in this order."""
    every = exercises(nb)
    found = [] if len(every) >= least_exercises(nb) else [f"only {len(every)} exercises"]
    for stub, *rest in every:
        name = stub.id.removesuffix("-stub")
        for cell, tag in zip(rest, ("check", "solution"), strict=True):
            if tag not in tags(cell) or cell.id != f"{name}-{tag}":
                found.append(f"{name}: {cell.id} is not its {tag}")
        if not solution(rest[1]):
            found.append(f"{name}: the solution is not one folded python block")
    lonely = sum(bool({"check", "solution"} & set(tags(cell))) for cell in nb.cells)
    return found + (["a check or a solution without a stub"] if lonely != 2 * len(every) else [])


def _names(source: str) -> tuple[set[str], set[str]]:
    """Names that `source` binds at its top level, and names that it uses from outside."""
    units = slices.units("", source)
    bound = set().union(*(unit.binds for unit in units))
    return bound, set().union(*(u.uses.union(*u.later.values()) for u in units)) - bound


def independence(nb: NotebookNode) -> list[str]:
    """No later cell uses a name that an exercise or its solution defines, but its own check."""
    found = []
    for stub, check, answer in exercises(nb):
        mine = _names(stub.source)[0] | _names(solution(answer))[0]
        after = code(nb)[code(nb).index(stub) + 1 :]
        for cell in (c for c in after if c is not check):
            if shared := mine & _names(cell.source)[1]:
                found.append(f"{cell.id}: uses {', '.join(sorted(shared))} of {stub.id}")
    return found


def solved(nb: NotebookNode) -> NotebookNode:
    """A copy with set-up, cells tagged `defines`, solutions and checks, no outputs."""
    nb = nbformat.from_dict(nb)
    answers = {stub.id: solution(answer) for stub, _, answer in exercises(nb)}
    wanted = {"parameters", "setup", "defines", "exercise", "check"}
    nb.cells = [cell for cell in code(nb) if wanted & set(tags(cell))]
    for cell in nb.cells:
        cell.outputs, cell.execution_count = [], None
        cell.source = answers.get(cell.id, cell.source)
    return nb


# --- predictions ----------------------------------------------------------------------------------


def predictions(nb: NotebookNode) -> list[str]:
    """Each prediction is answered in a later cell, and the last code cell lists the surprises."""
    asked, answered = {}, {}
    for number, cell in enumerate(code(nb)):
        found = re.findall(r"^(?:(\w+) = )?predict\(", cell.source, re.MULTILINE)
        asked |= {name or f"the one in {cell.id}": number for name in found}
        answered |= dict.fromkeys(re.findall(r"\b(\w+)\.answer\(", cell.source), number)
    last = code(nb)[-1]
    listed = not asked or "course.surprises()" in last.source
    return [
        f"{name}: predicted and not answered later"
        for name, number in asked.items()
        if answered.get(name, -1) <= number
    ] + ([] if listed else [f"{last.id}: without course.surprises()"])


# --- full, real against quick, drawn --------------------------------------------------------------


_VARIES = get_sanitize_patterns(Path(__file__).with_name("nbval_sanitize.cfg").read_text("utf-8"))


def _shown(cell: NotebookNode) -> list[tuple[str, str]]:
    """What nbval compares: streams, joined, and texts of results and displays, but for numbers."""
    streams: dict[str, str] = {}
    data = []
    for output in cell.outputs:
        if output.output_type == "stream":
            streams[output.name] = streams.get(output.name, "") + output.text
        data += [(k, v) for k, v in output.get("data", {}).items() if k.startswith("text/")]
    shown = sorted(streams.items()) + data
    for pattern, replacement in _VARIES:
        shown = [(kind, re.sub(pattern, replacement, text)) for kind, text in shown]
    return shown


def _moving(cell: NotebookNode) -> bool:
    """Whether the cell shows an image or a widget (a progress bar), which runs draw anew."""
    kinds = [kind for output in cell.outputs for kind in output.get("data", {})]
    return any(kind.startswith("image/") or "widget" in kind for kind in kinds)


def tagging(stored: NotebookNode, other: NotebookNode) -> list[str]:
    """Cells whose text differs between two runs and lack the tag, or have it without need."""
    again = {cell.id: cell for cell in code(other)}
    found = []
    for cell in code(stored):
        differs = _shown(cell) != _shown(again[cell.id])
        if differs and IGNORED not in tags(cell):
            found.append(f"{cell.id}: differs between the runs, needs {IGNORED}")
        if IGNORED in tags(cell) and not differs and not _moving(cell):
            found.append(f"{cell.id}: the same in both runs, {IGNORED} is not needed")
    return found


RULES = [
    opening, ids, lengths, idiom, outputs, privacy, compared, practice, independence, predictions,
]  # fmt: skip
