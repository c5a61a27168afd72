"""The package loads fast, loads no heavy library, and its modules load in any order."""

import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "course_utils"
HEAVY = ["keras", "tensorflow", "matplotlib", "scipy", "sklearn", "pandas", "requests", "pooch"]
MODULES = sorted(
    ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in FOLDER.rglob("*.py")
    if path.name != "__main__.py"
)
# Every module first, as in a fresh process: what was loaded of the package is forgotten.
EACH_FIRST = f"""
import importlib, json, sys, traceback
found = {{}}
for module in {MODULES}:
    for name in [n for n in sys.modules if n.partition(".")[0] in {["course_utils", *HEAVY]}]:
        del sys.modules[name]
    try:
        importlib.import_module(module)
        found[module] = sorted(set({HEAVY}) & set(sys.modules))
    except Exception:
        found[module] = traceback.format_exc()
print(json.dumps(found))
"""
COST = """
import time; began = time.process_time()
import course_utils; from course_utils import {names}
print(time.process_time() - began)
"""


def python(code):
    """What a fresh interpreter prints, read as JSON."""
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_importing_the_package_costs_little():
    """Under 0.3 s for everything a chapter imports, NumPy included: the best of at most three.

    Processor time, since wall time is the neighbours' as well.
    """
    names = ", ".join(m.removeprefix("course_utils.") for m in MODULES if m.count(".") == 1)
    assert any(python(COST.format(names=names)) < 0.3 for _ in range(3))


def test_each_module_loads_first_and_light():
    """No module needs another to be loaded before it, none loads a heavy library."""
    found = python(EACH_FIRST)
    assert list(found) == MODULES
    assert {module: loaded for module, loaded in found.items() if loaded} == {}
