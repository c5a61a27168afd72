"""What a result depends on, found by looking: values, code, networks, and the machine.

Two things have the same fingerprint only if they are defined alike. A function counts with its
byte code, defaults, closure, bound object and every global name that its code mentions, however
deep; an attribute of a namespace counts alone, so that another budget changes nothing. Libraries
count by name and version. What cannot be looked into is refused by name.
"""

import dataclasses
import enum
import functools
import os
import platform
import re
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from course_utils import precision
from course_utils.cache.code import (
    ABSENT,
    FingerprintError,
    described,
    is_full,
    is_library,
    is_own,
    is_silent,
    mentioned,
)  # fmt: skip
from course_utils.cache.networks import configuration, own_parts, weights

_ARITHMETIC = re.compile("avx|amx|fma|sse|asimd|sve|bf16|neon")  # flags of a processor
_ASIDE = {
    *("__doc__", "__module__", "__qualname__", "__name__", "__dict__", "__weakref__"),
    *("__firstlineno__", "__static_attributes__", "__annotations__", "__annotate_func__"),
    *(
        "__annotations_cache__",
        "__dataclass_params__",
        "__dataclass_fields__",
        "__match_args__",
        "__abstractmethods__",
    ),
}


def fingerprint(*parts: Any) -> str:
    """The fingerprint of `parts` and of the environment that decides numbers.

    Parameters
    ----------
    *parts : values, arrays, functions, classes, Keras networks, losses, optimizers

    Returns
    -------
    str of 32 hexadecimal digits, the same for parts that are defined alike.

    Raises
    ------
    FingerprintError for a part (a generator, an open file) that cannot be looked into.

    Examples
    --------
    >>> fingerprint([1, 2.0]) == fingerprint([1, 2.0]) != fingerprint([1, 2])
    True
    """
    return joblib.hash(_Look().see(environment()) + _Look().see(parts))


def environment() -> dict[str, Any]:
    """What decides numbers beside the experiment: versions, precision, processor, threads."""
    found: dict[str, Any] = {
        "python": sys.version_info[:2],
        "machine": platform.machine(),
        "features": sorted(filter(_ARITHMETIC.match, precision.processor_flags() or ())),
        "set": {name: os.environ.get(name) for name in precision.DECIDING},
    }
    found |= {name: sys.modules[name].__version__ for name in ("numpy", "keras", "tensorflow")
              if name in sys.modules}  # fmt: skip
    if "keras" in sys.modules:
        keras = sys.modules["keras"]
        found["backend"] = keras.backend.backend(), keras.config.dtype_policy().name
        found["layout"] = keras.config.floatx(), keras.config.image_data_format()
    if "tensorflow" in sys.modules:
        tf = sys.modules["tensorflow"]
        threads = tf.config.threading
        found["threads"] = (
            threads.get_intra_op_parallelism_threads(), threads.get_inter_op_parallelism_threads()
        )  # fmt: skip
        found["devices"] = len(tf.config.list_physical_devices("GPU"))
    return found


class _Look:
    """One walk; objects that are being looked into are not entered again."""

    def __init__(self) -> None:
        self.open: dict[int, int] = {}
        self.done: dict[int, tuple[Any, str]] = {}  # of arrays, with the array: ids stay taken

    def see(self, value: Any) -> str:
        if type(value) in (type(None), bool, int, float, complex, str, bytes):
            return f"{type(value).__name__}:{value!r};"
        if id(value) in self.open:
            return f"again {len(self.open) - self.open[id(value)]};"
        self.open[id(value)] = len(self.open)
        try:
            return f"({self._kind(value)});"
        finally:
            del self.open[id(value)]

    def _kind(self, value: Any) -> str:
        if look := _PLAIN.get(type(value)):
            return look(self, value)
        for kinds, look in _KINDS:
            if isinstance(value, kinds):
                return look(self, value)
        for inner in ("python_function", "__wrapped__"):  # tf.function, functools.cache
            if callable(value) and hasattr(value, inner):
                return self.see(getattr(value, inner))
        for belongs, look in ((_is_keras, _Look.keras), (_is_tensor, _Look.tensor)):
            if belongs(value):
                return look(self, value)
        if dataclasses.is_dataclass(value) or not is_library(type(value)):
            return self.instance(value)
        return self.pickled(value)

    def items(self, values: Any) -> str:
        return type(values).__name__ + "".join(self.see(one) for one in values)

    def unordered(self, values: Any) -> str:
        return type(values).__name__ + "".join(sorted(self.see(one) for one in values))

    def mapping(self, values: Any) -> str:
        pairs = (self.see(key) + self.see(one) for key, one in values.items())
        return type(values).__name__ + "".join(sorted(pairs))

    def namespace(self, value: types.SimpleNamespace) -> str:
        return self.mapping(vars(value))

    def array(self, value: np.ndarray) -> str:
        if value.dtype.hasobject:
            return f"objects {value.shape}" + "".join(self.see(one) for one in value.flat)
        if id(value) not in self.done:
            digest = joblib.hash(np.ascontiguousarray(value), hash_name="sha1")
            self.done[id(value)] = value, f"array {value.dtype.str} {value.shape} {digest}"
        return self.done[id(value)][1]

    def scalar(self, value: np.generic) -> str:
        return f"{value.dtype.str} {value!r}"

    def tensor(self, value: Any) -> str:
        return "tensor " + self.array(np.asarray(value))

    def path(self, value: Path) -> str:
        content = joblib.hash(value.read_bytes()) if value.is_file() else ""
        return f"path {value} {content}"

    def member(self, value: enum.Enum) -> str:
        return f"{type(value).__qualname__}.{value.name}"

    def module(self, value: types.ModuleType) -> str:
        if is_library(value) or is_silent(value.__name__):
            return described(value)
        file = getattr(value, "__file__", None)
        return described(value) + (joblib.hash(Path(file).read_bytes()) if file else "")

    def partial(self, value: functools.partial) -> str:
        return self.see(value.func) + self.see(value.args) + self.see(value.keywords)

    def method(self, value: types.MethodType) -> str:
        return self.see(value.__func__) + self.see(value.__self__)

    def builtin(self, value: Any) -> str:
        owner = getattr(value, "__self__", None)
        bound = "" if owner is None or isinstance(owner, types.ModuleType) else self.see(owner)
        return described(value) + bound

    def wrapper(self, value: Any) -> str:
        inner = {"fget", "fset", "fdel", "__func__", "func"} & set(dir(value))
        return type(value).__name__ + "".join(self.see(getattr(value, n)) for n in sorted(inner))

    def function(self, value: types.FunctionType) -> str:
        if is_silent(value.__module__):
            return described(value)
        if is_library(value):  # what a library wrapped, a decorated function of the reader's
            held = (cell.cell_contents for cell in value.__closure__ or () if is_full(cell))
            return described(value) + "".join(self.see(one) for one in held if is_own(one))
        documented = value.__doc__ if value.__code__.co_consts[:1] == (value.__doc__,) else None
        parts = [self.code(value.__code__, documented), self.closure(value)]
        parts += map(self.see, (value.__defaults__, value.__kwdefaults__, value.__dict__))
        for chain, found in sorted(mentioned(value)):
            parts.append(".".join(chain) if found is ABSENT else self.see(found))
        return "function " + "".join(parts)

    def closure(self, value: types.FunctionType) -> str:
        return "".join(self.cell(cell) for cell in value.__closure__ or ())

    def cell(self, cell: types.CellType) -> str:
        return self.see(cell.cell_contents) if is_full(cell) else "empty;"

    def code(self, code: types.CodeType, documented: str | None = None) -> str:
        constants = "".join(
            self.code(one) if isinstance(one, types.CodeType) else self.see(one)
            for one in code.co_consts
            if one is not documented or one is None
        )
        names = (code.co_names, code.co_varnames, code.co_freevars, code.co_argcount)
        counts = (code.co_kwonlyargcount, code.co_posonlyargcount, code.co_flags & 0x2AC)
        return f"code {joblib.hash((code.co_code, names, counts))} {constants}"

    def class_(self, value: type) -> str:
        if is_library(value) or is_silent(value.__module__):
            return described(value)
        parts = [self.see(base) for base in value.__bases__]
        for name, one in sorted(vars(value).items()):
            if name not in _ASIDE and not name.startswith("_abc_"):
                parts.append(name + self.see(one))
        return "class " + "".join(parts)

    def instance(self, value: Any) -> str:
        """An object of the reader's own class, or a dataclass: its class and what it holds."""
        slots = [n for c in type(value).__mro__ for n in getattr(c, "__slots__", ())]
        held = {n: getattr(value, n) for n in slots if hasattr(value, n)} | getattr(
            value, "__dict__", {}
        )
        whole = self.items(list(value)) if isinstance(value, list | tuple) else ""
        whole += self.mapping(dict(value)) if isinstance(value, dict) else ""
        return self.see(type(value)) + self.see(held) + whole

    def pickled(self, value: Any) -> str:
        try:
            return f"{described(type(value))} {joblib.hash(value)}"
        except Exception as error:
            raise FingerprintError(
                f"a result that depends on {type(value).__module__}.{type(value).__qualname__}"
                f" ({str(value)[:60]}) cannot be kept: it cannot be looked into. Pass plain values"
                " or arrays in its place"
            ) from error

    def keras(self, value: Any) -> str:
        parts = [self.see(type(value)), self.see(configuration(value))]
        parts += [self.see(one) for one in own_parts(value)]
        return "keras " + "".join(parts) + self.see(weights(value))


_PLAIN: dict[type, Callable] = {
    list: _Look.items,
    tuple: _Look.items,
    range: _Look.items,
    set: _Look.unordered,
    frozenset: _Look.unordered,
    dict: _Look.mapping,
    types.MappingProxyType: _Look.mapping,
}
_KINDS: tuple[tuple[Any, Callable], ...] = (
    (np.ndarray, _Look.array),
    (np.generic, _Look.scalar),
    (functools.partial, _Look.partial),
    (types.ModuleType, _Look.module),
    (types.FunctionType, _Look.function),
    (types.MethodType, _Look.method),
    ((types.BuiltinFunctionType, types.MethodWrapperType, np.ufunc), _Look.builtin),
    ((types.MethodDescriptorType, types.WrapperDescriptorType), _Look.builtin),
    ((types.GetSetDescriptorType, types.MemberDescriptorType), _Look.builtin),
    ((property, staticmethod, classmethod, functools.cached_property), _Look.wrapper),
    (type, _Look.class_),
    (enum.Enum, _Look.member),
    (types.SimpleNamespace, _Look.namespace),
    (Path, _Look.path),
    (os._Environ, lambda look, value: "environment"),  # what decides of it: `environment`
)


def _is_keras(value: Any) -> bool:
    return hasattr(value, "get_config") and any(
        c.__module__.startswith("keras.") for c in type(value).__mro__
    )


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "__array__") and hasattr(value, "dtype") and hasattr(value, "shape")
