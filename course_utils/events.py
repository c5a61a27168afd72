"""What a run notes about itself, for whoever started it: one JSON object a line."""

import json
import os
from pathlib import Path
from typing import Any


def note(kind: str, **fields: Any) -> None:
    """Append `{"kind": kind, **fields}` to the file named by `COURSE_RECORD`, if any."""
    path = os.environ.get("COURSE_RECORD")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, **fields}) + "\n")
