"""`pytest --nbval notebooks`: quick profile, drawn data, strict, where nothing else is set."""

import os

os.environ.setdefault("COURSE_PROFILE", "quick")
os.environ.setdefault("COURSE_SOURCE", "drawn")
os.environ.setdefault("COURSE_STRICT", "1")
