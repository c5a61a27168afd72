"""Which statements of a chapter one of its claims needs: a backward slice over names."""

import ast
import builtins
import re
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

BUILTIN = frozenset(dir(builtins))


@dataclass
class Unit:
    """A statement at the top of a cell, with the seed that is set just before it.

    `uses` names from before it, `binds` some, `changes` what others stand for; `later`: what its
    functions use when they are called; `spoils`: which of their arguments they change (position
    and name); `calls`: what it calls by a name, with the arguments that are names.
    """

    cell: str
    source: str
    uses: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    later: dict[str, set[str]] = field(default_factory=dict)
    spoils: dict[str, set[int | str]] = field(default_factory=dict)
    calls: list[tuple[str, dict[int | str, str]]] = field(default_factory=list)


def units(cell: str, source: str) -> list[Unit]:
    """The statements of a cell."""
    found, seed = [], []
    for statement in ast.parse(source).body:
        seed.append(statement)
        if isinstance(statement, ast.Expr) and "set_random_seed" in ast.unparse(statement):
            continue
        found.append(Unit(cell, "\n".join(map(ast.unparse, seed))))
        _look(seed, found[-1])
        seed = []
    return found


def _look(body: Sequence[ast.stmt], unit: Unit) -> None:
    for statement in body:
        blocks: list[list[ast.stmt]] = []
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                unit.later[name] = _free(statement) - {name}
                unit.spoils[name] = _spoilt(statement)
                used, bound = _at_definition(statement), {name}
            case ast.Import() | ast.ImportFrom():
                used, bound = set(), {(a.asname or a.name).split(".")[0] for a in statement.names}
                unit.imports |= bound
            case ast.For():
                used, bound = _free(statement.iter), _bound(statement.target)
                blocks = [statement.body, statement.orelse]
            case ast.With():
                used = _free(*(item.context_expr for item in statement.items))
                bound = {n for i in statement.items if i.optional_vars
                         for n in _bound(i.optional_vars)}  # fmt: skip
                blocks = [statement.body]
            case ast.If() | ast.While():
                used, bound = _free(statement.test), set()
                blocks = [statement.body, statement.orelse]
            case _:
                used, bound = _free(statement), _bound(statement)
                used |= bound if isinstance(statement, ast.AugAssign) else set()
                if lambdas := [n for n in ast.walk(statement) if isinstance(n, ast.Lambda)]:
                    unit.later |= dict.fromkeys(bound, _free(*lambdas) & used)
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
            unit.changes |= _changed(statement)
            unit.calls += _calls(statement)
        unit.uses |= (used | unit.changes) - unit.binds
        unit.binds |= bound
        for block in blocks:
            _look(block, unit)


def _free(*nodes: ast.AST) -> set[str]:
    """Names that the expressions or statements look up outside themselves."""
    source = "\n".join(ast.unparse(node) for node in nodes)
    tables, found = [symtable.symtable(source, "cell", "exec")], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        found |= {s.get_name() for s in table.get_symbols()
                  if s.is_referenced() and (top or s.is_global())}  # fmt: skip
    return found - BUILTIN


def _at_definition(statement: ast.FunctionDef | ast.ClassDef) -> set[str]:
    """What defining it uses: decorators, and bases or default values."""
    if isinstance(statement, ast.ClassDef):
        return _free(*statement.decorator_list, *statement.bases)
    values = [*statement.args.defaults, *filter(None, statement.args.kw_defaults)]
    return _free(*statement.decorator_list, *values)


def _bound(node: ast.AST) -> set[str]:
    """Names that the statement or target binds; those within a comprehension are its own."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Store) else set()
    if isinstance(node, ast.Lambda):
        return set()
    inner = [c for c in ast.iter_child_nodes(node) if not isinstance(c, ast.comprehension)]
    return set().union(*map(_bound, inner))


def owner(node: ast.AST) -> str:
    """`model` of `model.layers[0].get().trainable`, "" where it starts otherwise."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _changed(statement: ast.stmt) -> set[str]:
    """Names of what it changes: `x[…] = …`, `x.y = …`, `x.fit(…)`, `x.append(…)`.

    What changes in a loop `for x in zip(y, z)` are `y` and `z`, too.
    """
    found = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            found.add(owner(node))
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "fit":
            found.add(owner(node.func))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            func = node.value.func
            found |= {owner(func)} if isinstance(func, ast.Attribute) else set()
    for node in ast.walk(statement):
        if isinstance(node, ast.For) and _bound(node.target) & found:
            found |= _free(node.iter)
    return found - {""}


def _spoilt(function: ast.FunctionDef | ast.ClassDef) -> set[int | str]:
    if isinstance(function, ast.ClassDef):
        return set()
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    changed = _changed(function) & {*names, *(a.arg for a in function.args.kwonlyargs)}
    return changed | {names.index(name) for name in changed if name in names}


def _calls(statement: ast.stmt) -> Iterator[tuple[str, dict[int | str, str]]]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            given = [*enumerate(node.args), *((k.arg, k.value) for k in node.keywords)]
            yield node.func.id, {at: a.id for at, a in given if isinstance(a, ast.Name)}


def claims(statement: Unit, sentence: str) -> bool:
    """Whether it makes the claim; of an f-string any value will do."""
    for node in ast.walk(ast.parse(statement.source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "claim":
            parts = getattr(node.args[0], "values", [node.args[0]])
            words = [re.escape(p.value) if isinstance(p, ast.Constant) else ".+" for p in parts]
            if re.fullmatch("".join(words), sentence):
                return True
    return False


def needed(every: Sequence[Unit], goal: int, always: set[str]) -> list[Unit]:
    """`every[goal]` and what it needs, in order; all of the cells `always` with what they need."""
    imports = set().union(*(unit.imports for unit in every))
    spoils: dict[str, set[int | str]] = {}
    for unit in every:
        for name, arguments in unit.spoils.items():
            spoils[name] = spoils.get(name, set()) | arguments
    changes = [
        unit.changes.union(
            *({n for at, n in given.items() if at in spoils.get(f, ())} for f, given in unit.calls)
        )
        - imports
        for unit in every
    ]
    chosen: set[int] = set()
    seen: set[tuple[str, int]] = set()
    todo: list[tuple[str, int]] = []

    def choose(i: int) -> None:
        if i not in chosen:
            chosen.add(i)
            todo.extend((name, i) for name in every[i].uses)

    for i in [*(i for i, unit in enumerate(every) if unit.cell in always), goal]:
        choose(i)
    while todo:
        name, at = todo.pop()
        if (name, at) in seen:
            continue
        seen.add((name, at))
        for i in range(at - 1, -1, -1):
            if name in changes[i]:
                choose(i)
            if name in every[i].binds:
                choose(i)
                todo += [(inner, at) for inner in every[i].later.get(name, ())]
                break
    return [every[i] for i in sorted(chosen)]
