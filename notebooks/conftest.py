"""`pytest --nbval notebooks`: quick profile, synthetic data, strict, where nothing else is set.

What may differ between two runs of a claim or an answer is in `tests/nbval_sanitize.cfg`.
"""

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("COURSE_PROFILE", "quick")
os.environ.setdefault("COURSE_SOURCE", "synthetic")
os.environ.setdefault("COURSE_STRICT", "1")


def pytest_configure(config: Any) -> None:
    """nbval leaves numbers out as the file says, from whatever folder pytest was started."""
    if config.option.nbval_sanitize_with is None:
        file = Path(__file__).resolve().parent.parent / "tests" / "nbval_sanitize.cfg"
        config.option.nbval_sanitize_with = str(file)
