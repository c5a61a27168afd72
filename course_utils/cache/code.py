"""What code depends on: is it a library's or one's own, and which names outside does it mention."""

import dis
import inspect
import sys
import sysconfig
import types
from collections.abc import Iterator
from typing import Any

# Modules of the package that show or note things and compute nothing that is measured.
SILENT = ("cache", "claims", "config", "events", "plots", "progress")
_LIBRARIES = tuple(
    sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
_ATTRIBUTES = ("LOAD_ATTR", "LOAD_METHOD")
ABSENT = object()  # a name that is not defined, or not yet


class FingerprintError(TypeError):
    """Something that a result depends on cannot be looked into; the message names it."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def is_library(thing: Any) -> bool:
    """Whether `thing`, or the module that defines it, was installed and not written here."""
    name = thing.__name__ if isinstance(thing, types.ModuleType) else thing.__module__
    if name is None or name == "builtins":
        return True
    if name.partition(".")[0] in ("__main__", "course_utils"):
        return False
    if name not in sys.modules:
        return False
    file = getattr(sys.modules[name], "__file__", None)
    return file is None or file.startswith(_LIBRARIES)


def is_silent(module: str) -> bool:
    """Whether this is a module of the package that shows, keeps or notes what others measure."""
    package, _, rest = module.partition(".")
    return package == "course_utils" and rest.partition(".")[0] in SILENT


def is_own(thing: Any) -> bool:
    return isinstance(thing, types.FunctionType | types.MethodType) and not is_library(thing)


def is_full(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def described(thing: Any) -> str:
    module = thing if isinstance(thing, types.ModuleType) else inspect.getmodule(thing)
    name = getattr(module, "__name__", "builtins")
    version = getattr(sys.modules.get(name.partition(".")[0]), "__version__", "")
    return f"{name} {version} {getattr(thing, '__qualname__', getattr(thing, '__name__', ''))}"


def _chains(code: types.CodeType) -> Iterator[tuple[str, ...]]:
    """Every global name that `code` mentions, with the attributes asked of it at once."""
    chain: list[str] = []
    for instruction in dis.get_instructions(code):
        if chain and instruction.opname in _ATTRIBUTES:
            chain.append(instruction.argval)
            continue
        if instruction.opname in ("CACHE", "PUSH_NULL"):
            continue
        if chain:
            yield tuple(chain)
        names = ("LOAD_GLOBAL", "LOAD_NAME", "IMPORT_NAME")
        chain = [instruction.argval] if instruction.opname in names else []
        if instruction.opname == "IMPORT_NAME":
            chain = ["import", *instruction.argval.split(".")]
        elif instruction.opname == "IMPORT_FROM":
            chain = []
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _chains(constant)


def mentioned(function: types.FunctionType) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(chain, object) for what the function's code finds outside it; once for each chain."""
    builtins = vars(sys.modules["builtins"])
    for chain in {chain: None for chain in _chains(function.__code__)}:
        if chain[0] == "import":
            yield chain, sys.modules.get(".".join(chain[1:]), ABSENT)
            continue
        scope = function.__globals__
        if chain[0] not in scope:
            if chain[0] not in builtins:
                yield chain, ABSENT  # a name that is defined later, or never
            continue
        found, rest = scope[chain[0]], list(chain[1:])
        if _is_state(function, chain[0], found):
            continue
        while rest and _is_namespace(found, rest[0]):
            found = getattr(found, rest.pop(0))
        yield chain[: len(chain) - len(rest)], found


def _is_namespace(thing: Any, name: str) -> bool:
    if isinstance(thing, types.ModuleType | types.SimpleNamespace):
        return hasattr(thing, name)
    fields = getattr(type(thing), "__dataclass_fields__", {})
    return not isinstance(thing, type) and name in fields and hasattr(thing, name)


def _is_state(function: types.FunctionType, name: str, found: Any) -> bool:
    """Whether a function of the package remembers something there: a lower-case container."""
    inside = (function.__module__ or "").startswith("course_utils.")
    return inside and isinstance(found, dict | list | set) and not name.isupper()
