"""What a run notes about itself, for whoever started it: one JSON object a line."""

import json
import os
from typing import Any


def note(kind: str, **fields: Any) -> None:
    """Append `{"kind": kind, **fields}` to the file that `COURSE_RECORD` names; without one, do nothing."""
    path = os.environ.get("COURSE_RECORD")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, **fields}) + "\n")
