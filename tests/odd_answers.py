"""Answers that no exercise asks for: values, and functions by what they do. Each is made anew."""

import functools
import math
from decimal import Decimal
from fractions import Fraction
from unittest.mock import MagicMock

import numpy as np


class Hostile:
    """An object whose special methods named in `names` raise, or lie."""

    def __new__(cls, *names, raises=RuntimeError):
        def method(self, *_, **__):
            raise raises("hostile")

        return object.__new__(type("Hostile", (), dict.fromkeys(names, method)))


class AlwaysEqual(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class HostileError(Exception):
    def __str__(self):
        raise RuntimeError("no text")


class HostileList(list):
    def __iter__(self):
        raise RuntimeError("hostile")

    __len__ = __getitem__ = __repr__ = __iter__


class HasArray:
    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return self.array


def _within_itself():
    endless = []
    endless.append(endless)
    return endless


def _deep():
    nested = 1
    for _ in range(5_000):
        nested = [nested]
    return nested


def _symbolic():
    import keras

    return keras.Input((3,))


def _tensorflow(make):
    import tensorflow as tf

    return make(tf)


VALUES = {
    "not a number": lambda: math.nan,
    "infinity": lambda: math.inf,
    "minus infinity": lambda: -math.inf,
    "a NaN of NumPy": lambda: np.float32("nan"),
    "a number in words": lambda: "196",
    "an empty string": lambda: "",
    "bytes": lambda: b"196",
    "a text of a million characters": lambda: "x" * 1_000_000,
    "True": lambda: True,
    "a truth value of NumPy": lambda: np.True_,
    "a complex number": lambda: 196 + 2j,
    "a complex number without imaginary part": lambda: np.complex128(196),
    "a number of 400 digits": lambda: 10**400,
    "a number of 5,000 digits": lambda: -(10**5_000),
    "a fraction beyond float": lambda: Fraction(10**400, 3),
    "a decimal NaN": lambda: Decimal("nan"),
    "a date": lambda: np.datetime64("2020-01-01"),
    "an empty list": list,
    "an empty tuple": tuple,
    "a dictionary": lambda: {"answer": 196},
    "a set": lambda: {196},
    "rows of different lengths": lambda: [[1, 2], [3]],
    "a number beside a list": lambda: [3, [3]],
    "a list within itself": _within_itself,
    "lists 5,000 deep": _deep,
    "a pair of nothing": lambda: (None, None),
    "a pair of stubs": lambda: (..., ...),
    "a pair of words": lambda: ["a", "b"],
    "a pair of NaN": lambda: (math.nan, math.nan),
    "a pair of huge numbers": lambda: (10**400, 10**400),
    "ten thousand zeros": lambda: [0] * 10_000,
    "an array of NaN": lambda: np.full((2, 3), np.nan),
    "a NaN without axes": lambda: np.array(np.nan),
    "an array of words": lambda: np.array(["a", "b"]),
    "an array of objects": lambda: np.array([object(), object()]),
    "an array of complex numbers": lambda: np.array([1 + 1j, 2]),
    "an array of truth values": lambda: np.array([True, False]),
    "an array without elements": lambda: np.zeros((0, 3)),
    "a masked array": lambda: np.ma.masked_all(3),
    "a record": lambda: np.zeros(2, "i4, f4"),
    "an empty range": lambda: range(0),
    "a generator": lambda: (n for n in (4, 9)),
    "a map": lambda: map(int, "49"),
    "an iterator": lambda: iter([4, 9]),
    "an object": object,
    "a class": lambda: int,
    "a class of its own": lambda: Hostile,
    "a module": lambda: math,
    "an exception": lambda: ValueError("196"),
    "a slice": lambda: slice(196),
    "a memory view": lambda: memoryview(b"196"),
    "NotImplemented": lambda: NotImplemented,
    "a mock": MagicMock,
    "a number that equals everything": lambda: AlwaysEqual(7),
    "an object whose == raises": lambda: Hostile("__eq__"),
    "an object whose repr raises": lambda: Hostile("__repr__", "__str__"),
    "a list of such objects": lambda: [Hostile("__repr__"), Hostile("__repr__")],
    "an object whose length raises": lambda: Hostile("__len__", "__getitem__"),
    "an object whose iterator raises": lambda: Hostile("__iter__"),
    "an object whose truth raises": lambda: Hostile("__bool__"),
    "an object whose attributes raise": lambda: Hostile("__getattr__", raises=ValueError),
    "an object whose __array__ raises": lambda: Hostile("__array__"),
    "an object whose __array__ exits": lambda: Hostile("__array__", raises=SystemExit),
    "an object whose __array__ is a word": lambda: HasArray("196"),
    "an object whose __float__ raises": lambda: Hostile("__float__", "__int__", "__index__"),
    "a tensor that does not detach": lambda: Hostile("detach"),
    "a list whose methods raise": lambda: HostileList([4, 9]),
    "a symbolic tensor": _symbolic,
    "a tensor of words": lambda: _tensorflow(lambda tf: tf.constant(["a", "b"])),
    "a ragged tensor": lambda: _tensorflow(lambda tf: tf.ragged.constant([[1, 2], [3]])),
    "a sparse tensor": lambda: _tensorflow(lambda tf: tf.sparse.eye(2)),
}


def raising(error):
    def function(*_):
        raise error

    return function


def _for_ever(*arguments):
    return _for_ever(*arguments)


def _nothing(*_):
    pass


def _zeroes(*arguments):
    """Sets what it is given to zero, and returns zeros."""
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            argument[...] = 0
        elif isinstance(argument, list):
            argument[:] = [0 for _ in argument]
    first = next((a for a in arguments if isinstance(a, np.ndarray | list)), 0)
    return np.zeros_like(first)


def _yields(*_):
    yield 4


async def _waits(*_):
    return 4


class _Class:
    def __init__(self, *_):
        pass


FUNCTIONS = {
    "divides by zero": lambda *_: 1 / 0,
    "raises an error of a million characters": raising(ValueError("x" * 1_000_000)),
    "raises an error of many lines": raising(ValueError("one\ntwo\n\nthree")),
    "raises an error that no terminal can print": raising(ValueError("\ud800")),
    "raises an error without text": raising(ValueError()),
    "raises an error that has no string": raising(HostileError()),
    "leaves Python": raising(SystemExit(3)),
    "raises the mother of all errors": raising(BaseException("odd")),
    "stops an iteration": raising(StopIteration()),
    "runs out of memory": raising(MemoryError()),
    "calls itself for ever": _for_ever,
    "returns nothing": _nothing,
    "takes no argument": lambda: 196,
    "takes twenty arguments": eval(f"lambda {', '.join(f'a{i}' for i in range(20))}: 196"),
    "takes keywords only": lambda *, a: 196,
    "sets its arguments to zero and returns zeros": _zeroes,
    "returns all that it is given": lambda *arguments: arguments,
    "returns a function": lambda *_: _nothing,
    "yields": _yields,
    "is asynchronous": _waits,
    "is a class": _Class,
    "is a partial that fits nothing": functools.partial(lambda *, a: a, 1, 2),
    "is a built-in": len,
    "counts what it is given": lambda *arguments: len(arguments) + 0.5,
}
