"""What behaves differently has another fingerprint; what is defined alike has the same."""

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import precision
from course_utils.cache import FingerprintError, fingerprint


def namespace(source: str, **names):
    """A notebook's namespace after `source` has run in it."""
    scope = {"__name__": "__main__", "keras": keras, "np": np, **names}
    exec(compile(source, "<cell>", "exec"), scope)
    return scope


# --- values ---------------------------------------------------------------------------------------

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(plain, plain)
@settings(max_examples=200, deadline=None)
def test_plain_values_are_told_apart_as_their_text_tells_them(one, other):
    assert fingerprint(one) == fingerprint(one)
    assert (fingerprint(one) == fingerprint(other)) == (_text(one) == _text(other))


def _text(value):
    """`repr`, whatever the order in which a dictionary was filled."""
    if isinstance(value, dict):
        return "{" + ",".join(sorted(f"{_text(k)}:{_text(v)}" for k, v in value.items())) + "}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({','.join(map(_text, value))})"
    return repr(value)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=6), st.sampled_from(["i4", "f4", "f8"]))
@settings(max_examples=60, deadline=None)
def test_arrays_count_by_values_shape_and_type(values, dtype):
    array = np.array(values, dtype)
    assert fingerprint(array) == fingerprint(array.copy()) == fingerprint(np.array(values, dtype))
    assert fingerprint(array) != fingerprint(array[None])
    assert fingerprint(array) != fingerprint(array.astype("i8"))
    changed = array.copy()
    changed[0] += 1
    assert fingerprint(array) != fingerprint(changed)


def test_memory_layout_and_identity_do_not_count():
    array = np.arange(6.0).reshape(2, 3)
    assert fingerprint(array) == fingerprint(np.asfortranarray(array))
    assert fingerprint([array, array]) == fingerprint([array, array.copy()])
    assert fingerprint(keras.ops.convert_to_tensor(array)) != fingerprint(array + 1)


# --- functions ------------------------------------------------------------------------------------

DIFFERENT = {
    "two lambdas on a line": "a, b = (lambda x: x + 1), (lambda x: x + 2)",
    "closures": "def make(k):\n    return lambda x: x + k\na, b = make(1), make(2)",
    "defaults": "a, b = [lambda x, k=k: x + k for k in (1, 2)]",
    "keyword defaults": "a, b = [lambda x, *, k=k: x + k for k in (1, 2)]",
    "partial arguments": "from functools import partial\na, b = partial(pow, 2), partial(pow, 3)",
    "bound objects": "class C:\n    def __init__(self, k):\n        self.k = k\n"
    "    def add(self, x):\n        return x + self.k\na, b = C(1).add, C(2).add",
    "constants in nested code": "a, b = (lambda x: [y + 1 for y in x]), "
    "(lambda x: [y + 2 for y in x])",
    "names of attributes": "a, b = (lambda x: x.min()), (lambda x: x.max())",
    "library functions": "a, b = (lambda x: np.sin(x)), (lambda x: np.cos(x))",
    "flags": "a, b = (lambda *x: x), (lambda x: x)",
    "closures of arrays": "def make(k):\n    return lambda x: x + k\n"
    "a, b = make(np.zeros(2)), make(np.ones(2))",
    "methods of a class": "class A:\n    def go(self):\n        return 1\n"
    "class B:\n    def go(self):\n        return 2\na, b = A, B",
    "base classes": "class P:\n    k = 1\nclass Q:\n    k = 2\n"
    "class A(P):\n    pass\nclass B(Q):\n    pass\na, b = A, B",
    "cached functions": "import functools\n"
    "a = functools.cache(lambda x: 1)\nb = functools.cache(lambda x: 2)",
    "attributes of a function": "def f(x):\n    return x\ndef g(x):\n    return x\n"
    "f.k, g.k = 1, 2\na, b = f, g",
    "random generators": "a, b = (np.random.default_rng(s).random for s in (1, 2))",
    "named tuples": "import collections\nP = collections.namedtuple('P', 'x')\na, b = P(1), P(2)",
    "properties": "class A:\n    p = property(lambda self: 1)\n"
    "class B:\n    p = property(lambda self: 2)\na, b = A, B",
}


@pytest.mark.parametrize("source", DIFFERENT.values(), ids=DIFFERENT)
def test_code_that_behaves_differently_is_told_apart(source):
    scope, again = namespace(source), namespace("\n\n# moved down\n" + source)
    assert fingerprint(scope["a"]) != fingerprint(scope["b"])
    assert fingerprint(scope["a"]) == fingerprint(again["a"])
    assert fingerprint(scope["b"]) == fingerprint(again["b"])


CHANGED = {
    "a global value": ("k = {}\ndef f(x):\n    return x + k", "1", "2"),
    "a helper": ("def g(x):\n    return x + {}\ndef f(x):\n    return g(x)", "1", "2"),
    "a helper of a helper": (
        "def h(x):\n    return x + {}\ndef g(x):\n    return h(x)\ndef f(x):\n    return g(x)",
        *("1", "2"),
    ),
    "a global array": ("k = np.full(3, {})\ndef f(x):\n    return x + k", "1", "2"),
    "a range": ("k = range({})\ndef f(x):\n    return [i for i in k]", "4", "5"),
    "a class that is made": (
        "class C:\n    def go(self):\n        return {}\ndef f(x):\n    return C().go()",
        *("1", "2"),
    ),
    "a budget": (
        "from types import SimpleNamespace as N\nbudget = N(epochs={}, other=3)\n"
        "def f(x):\n    return x * budget.epochs",
        *("1", "2"),
    ),
    "a global in nested code": ("k = {}\ndef f(x):\n    return [i + k for i in x]", "1", "2"),
}


@pytest.mark.parametrize(("source", "one", "other"), CHANGED.values(), ids=CHANGED)
def test_what_a_function_mentions_counts(source, one, other):
    f, same, changed = (namespace(source.format(value))["f"] for value in (one, one, other))
    assert fingerprint(f) == fingerprint(same) != fingerprint(changed)


def test_what_a_function_does_not_mention_does_not_count():
    source = (
        "from types import SimpleNamespace as N\nbudget = N(epochs=3, other={})\nunused = {}\n"
        "def f(x):\n    '''{}'''\n    return x * budget.epochs  # {}"
    )
    one, other = (namespace(source.replace("{}", value))["f"] for value in ("1", "2"))
    assert fingerprint(one) == fingerprint(other)


def test_recursion_and_mutual_recursion_end():
    source = "def f(n):\n    return n and g(n - 1)\ndef g(n):\n    return n and f(n - {})"
    one, same, other = (namespace(source.replace("{}", k))["f"] for k in "112")
    assert fingerprint(one) == fingerprint(same) != fingerprint(other)


def test_an_object_counts_with_its_class_and_what_it_holds():
    @dataclass
    class Point:
        x: int

    class Other:
        __slots__ = ("x",)

        def __init__(self, x):
            self.x = x

    assert fingerprint(Point(1)) == fingerprint(Point(1)) != fingerprint(Point(2))
    assert fingerprint(Other(1)) == fingerprint(Other(1)) != fingerprint(Other(2))
    assert fingerprint(Point(1)) != fingerprint(Other(1))


def test_what_cannot_be_looked_into_is_refused_by_name():
    with Path(os.devnull).open() as file:
        for thing, name in (
            ((i for i in range(3)), "generator"),
            (file, "TextIOWrapper"),
            (threading.Lock(), "lock"),
        ):
            with pytest.raises(FingerprintError, match=name):
                fingerprint(lambda thing=thing: thing)


# --- the environment ------------------------------------------------------------------------------


def test_another_process_finds_the_same():
    """Whatever the order of its sets and the addresses of its objects."""
    program = (
        "import keras, types; from course_utils import keras_setup\n"
        "from course_utils.cache import fingerprint\nkeras_setup.import_keras()\n"
        "keras.utils.set_random_seed(0)\n"
        "net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, 'relu')])\n"
        "def f(x, seen={'a', 'b', 'c', 'd'}):\n    return net(x), seen, types.SimpleNamespace\n"
        "print(fingerprint(f, net, keras.optimizers.Adam(), keras.losses.Huber()))"
    )
    command = [sys.executable, "-c", program]
    found = {
        subprocess.run(
            command,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=200,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


@pytest.fixture
def policy():
    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


@pytest.mark.parametrize(
    "change",
    [
        lambda patch, policy: policy("mixed_bfloat16"),
        lambda patch, policy: patch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2"),
        lambda patch, policy: patch.setenv("OMP_NUM_THREADS", "7"),
        lambda patch, policy: patch.setattr(precision, "processor_flags", lambda: {"avx9"}),
        lambda patch, policy: patch.setattr(keras, "__version__", "0"),
        lambda patch, policy: patch.setattr(sys.modules["tensorflow"], "__version__", "0"),
        lambda patch, policy: patch.setattr(np, "__version__", "0"),
    ],
    ids=["precision", "limit", "threads", "features", "Keras", "TensorFlow", "NumPy"],
)
def test_the_environment_counts(change, monkeypatch, policy):
    before = fingerprint(1)
    assert fingerprint(1) == before
    change(monkeypatch, policy)
    assert fingerprint(1) != before


def test_flags_that_decide_no_arithmetic_do_not_count(monkeypatch):
    flags = precision.processor_flags() or set()
    before = fingerprint(1)
    monkeypatch.setattr(precision, "processor_flags", lambda: flags | {"hypervisor"})
    assert fingerprint(1) == before


def test_modules_of_the_package_count_but_not_those_that_only_show(monkeypatch):
    scope = namespace(
        "from course_utils import precision, progress\n"
        "def measured(x):\n    return precision.time_ratio()\n"
        "def shown(x):\n    return progress.in_browser()"
    )
    before = fingerprint(scope["measured"]), fingerprint(scope["shown"])

    def other():
        return 1.0

    other.__module__ = "course_utils.precision"
    monkeypatch.setattr("course_utils.precision.time_ratio", other)
    changed = namespace("def in_browser():\n    return 3")["in_browser"]
    changed.__module__, changed.__qualname__ = "course_utils.progress", "in_browser"
    monkeypatch.setattr("course_utils.progress.in_browser", changed)
    assert fingerprint(scope["measured"]) != before[0]
    assert fingerprint(scope["shown"]) == before[1]
