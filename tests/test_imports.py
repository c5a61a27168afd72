"""The package loads fast, loads no heavy library, and its modules load in any order."""

import pkgutil
import subprocess
import sys
from statistics import median

import pytest

import course_utils

HEAVY = ("keras", "tensorflow", "matplotlib", "scipy", "sklearn", "pandas", "requests", "pooch")
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(course_utils.__path__, "course_utils.")
    if not module.name.endswith("__main__")
)
PROBE = """
import time; began = time.process_time(); {code}
spent = time.process_time() - began
import sys; print(spent, *sorted(set({heavy!r}) & set(sys.modules)))
"""


def load(code):
    """Processor seconds of `code` in a fresh interpreter, and the heavy libraries it loaded."""
    command = [sys.executable, "-W", "error", "-c", PROBE.format(code=code, heavy=HEAVY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seconds, *loaded = done.stdout.split()
    return float(seconds), loaded


def test_importing_the_package_costs_little():
    """Under 0.3 s for everything a chapter imports, NumPy included: median of five.

    Processor time, since wall time is the neighbours' as well.
    """
    names = ", ".join(m.removeprefix("course_utils.") for m in MODULES if m.count(".") == 1)
    code = f"import course_utils; from course_utils import {names}"
    assert median(load(code)[0] for _ in range(5)) < 0.3


@pytest.mark.parametrize("module", ["course_utils", *MODULES])
def test_each_module_loads_first_and_light(module):
    """Alone in a fresh process: no circular import, nothing heavy."""
    assert load(f"import {module}")[1] == []
