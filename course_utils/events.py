"""What a run notes about itself, for whoever started it: one JSON object a line."""

import json
import os
from pathlib import Path
from typing import Any


def note(kind: str, **fields: Any) -> None:
    """Append `{"kind": kind, **fields}` to the file named by `COURSE_RECORD`, if any."""
    path = os.environ.get("COURSE_RECORD")
    if path:
        line = json.dumps({"kind": kind, **fields}, default=lambda number: number.item())  # NumPy's
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def read(path: Path) -> list[dict[str, Any]]:
    """The notes in `path` so far; a last line that is still being written does not count."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
