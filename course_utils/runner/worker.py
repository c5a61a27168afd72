"""The process of one notebook: `python -m course_utils.runner.worker JOB`.

It notes (`course_utils.events`) which cell it is at and how it ended, and leaves the executed copy
and its page.
"""

import json
import math
import re
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from course_utils import events
from course_utils.runner import notebook_file, pages
from course_utils.runner.processes import end_children, end_with_parent

MOST = 200_000  # characters that a cell may print
_CUT = f"\n… the cell printed more than {MOST:,} characters: the rest is left out\n"
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def execute(job: dict[str, Any]) -> None:
    """Execute the notebook, write the executed copy and its page, and note how it ended."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    cell: Any = None
    room = MOST

    class Client(NotebookClient):
        def output(self, outs: list, message: dict, *where: Any) -> Any:
            """One output more of the cell in hand; of what is printed, no more than `MOST`."""
            nonlocal room
            if message["msg_type"] != "stream":
                return super().output(outs, message, *where)
            content, before = message["content"], room
            room -= len(content["text"])
            if room < 0 <= before:
                content["text"] = content["text"][:before] + _CUT
            return super().output(outs, message, *where) if before >= 0 else None

    def started(**at: Any) -> None:
        nonlocal cell, room
        cell, room = at["cell"], MOST
        events.note("cell", cell=cell.id, index=at["cell_index"], of=len(nb.cells), at=time.time())

    notebook, error = Path(job["notebook"]), ""
    loaded = load_notebook_node(str(notebook))
    nb = parameterize_notebook(loaded, job["parameters"], kernel_name="python3", language="python")
    where = {"metadata": {"path": str(notebook.parent)}}
    limit = math.ceil(job["limit"])
    client = Client(
        nb, timeout=limit, kernel_name="python3", resources=where, on_cell_start=started
    )
    try:
        client.execute()
    except CellExecutionError as failed:
        error = _ANSI.sub("", f"{failed.ename}: {failed.evalue}")
    except CellTimeoutError:
        error = f"the cell did not end within its limit of {limit / 60:.3g} minutes (--limit)"
    except DeadKernelError:
        error = "the kernel died, perhaps for want of memory"
    except Exception as other:  # reported: no kernel that could be started, say
        error = f"{type(other).__name__}: {other}"
        traceback.print_exc()
    notebook_file.write(pages.tidy(nb), Path(job["out"]))
    pages.page(Path(job["out"]), Path(job["html"]))
    events.note("end", failure=_report(cell, error) if error else "")


def _report(cell: Any, error: str) -> str:
    """The failing cell's first lines, then the error."""
    lines = cell.source.splitlines() if cell else []
    shown = [f"    {line}" for line in lines[:12] + (["…"] if len(lines) > 12 else [])]
    return "\n".join([f" in cell {cell.id}:" if cell else ":", *shown, error[-3000:]])


if __name__ == "__main__":
    end_with_parent()
    try:
        execute(json.loads(sys.argv[1]))
    finally:
        end_children()
