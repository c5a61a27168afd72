"""`pytest --nbval notebooks`: quick profile, synthetic data, strict, where nothing else is set."""

import os

os.environ.setdefault("COURSE_PROFILE", "quick")
os.environ.setdefault("COURSE_SOURCE", "synthetic")
os.environ.setdefault("COURSE_STRICT", "1")
