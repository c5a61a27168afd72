"""Numbers in prose, bound by comments: to results (`<!-- ref:ID -->`), to arithmetic (`const`) or
to what a cell of the same notebook has printed (`<!-- out:CELL -->`)."""

import ast
import operator
import re
from collections.abc import Mapping
from typing import Any

BOUND = re.compile(
    r"(?P<number>(?<![\d.,])\d[\d,]*(?:\.\d+)?)(?P<percent>[ \u202f\xa0]?%)?[*`$]*"
    r"<!--\s*(?P<kind>ref|const|out):\s*(?P<what>.+?)\s*-->"
)
_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Pow: operator.pow,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.USub: operator.neg,
}  # fmt: skip


def arithmetic(expression: str) -> float:
    """Value of numbers joined by + - * / // ** and parentheses, or `round` of such a value.

    ValueError for anything else, and for a power above 64.
    """

    def value(node: ast.AST) -> float:
        match node:
            case ast.Constant(value=int() | float()):
                return node.value
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                left, right = value(left), value(right)
                if not isinstance(op, ast.Pow) or right <= 64:
                    return _OPERATORS[type(op)](left, right)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -value(operand)
            case ast.Call(func=ast.Name("round"), args=parts, keywords=[]):
                return round(*map(value, parts))
        raise ValueError(f"no arithmetic: {expression!r}")

    return value(ast.parse(expression.strip(), mode="eval").body)


def lookup(results: Mapping[str, Mapping[str, Any]], what: str) -> float:
    """`ID`, `ID.field` or `ID.field.index` in the results; LookupError or TypeError without it."""
    name, *path = what.split(".")
    value: Any = results[name]
    for step in path or ["measured"]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return float(value)


def printed(output: str, shown: float, percent: bool) -> float:
    """The number in `output` nearest to `shown`; of a percentage also shares. LookupError: none."""
    found = re.findall(r"([-−]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?)(\s?%)?", output)
    values = [
        float(number.replace(",", "").replace("−", "-")) / (100 if sign else 1)
        for number, sign in found
        if bool(sign) <= percent
    ]
    if not values:
        raise LookupError("no such number is printed there")
    return min((abs(v) for v in values), key=lambda v: abs(v * (100 if percent else 1) - shown))


def tells_reference_run(text: str) -> bool:
    return "reference run" in " ".join(text.lower().replace("*", "").split())


def numbers(
    source: str,
    results: Mapping[str, Mapping[str, Any]],
    told: bool = False,
    outputs: Mapping[str, str] | None = None,
) -> list[str]:
    """Numbers bound by comments, against what they stand for; shares that are not bound.

    `told`: the first cell says already that the numbers are of the reference run. `outputs`: what
    each cell of the notebook has printed, by its id.
    """
    found = []
    about = re.sub(r"`[^`\n]*<!--[^`\n]*`", "", source)  # comments shown as code bind nothing
    for paragraph in re.split(r"\n\s*\n", about):
        marked = told or tells_reference_run(paragraph)
        hits = list(BOUND.finditer(paragraph))
        if len(hits) != len(re.findall(r"<!--\s*(?:ref|const|out)\b", paragraph)):
            found.append(f"a comment without a number before it: {paragraph[:60]!r}")
        for hit in hits:
            shown, what = hit["number"].replace(",", ""), hit["what"]
            try:
                if hit["kind"] == "out":
                    true = printed((outputs or {})[what], float(shown), bool(hit["percent"]))
                else:
                    true = arithmetic(what) if hit["kind"] == "const" else lookup(results, what)
            except (LookupError, TypeError, ValueError, SyntaxError) as error:
                found.append(f"{what}: {type(error).__name__} {error}")
                continue
            true *= 100 if hit["percent"] else 1
            decimals = len(shown.partition(".")[2])
            rounded = decimals > 0 or true != round(true)
            if abs(float(shown) - true) > (0.5 * 10**-decimals if rounded else 0) + 1e-9:
                found.append(f"{hit['number']} stands for {what}, which is {true:.10g}")
            if hit["kind"] != "const" and not marked:
                found.append(f"{hit['number']}: no “reference run” in its paragraph")
        plain = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", BOUND.sub("", paragraph), flags=re.S)
        loose = re.findall(r"(?<![\d.])0\.[5-9]\d\d+", plain)
        found += [f"{number}: bound to nothing" for number in loose]
    return found
