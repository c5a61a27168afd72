"""One chapter, in a process of its own: `python -m course_utils.runner.worker JOB`.

The process says on its standard output, one JSON object a line, which cell it is at and how it
ended. It ends with its kernel as soon as its standard input closes, so nothing goes on when the
run that started it is gone, however it went.
"""

import base64
import io
import json
import os
import re
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_utils import config

if TYPE_CHECKING:
    from nbformat import NotebookNode

# What TensorFlow writes to the terminal while it starts: nothing that a reader could act on.
_START_UP = re.compile(
    r"^(WARNING: All log messages before absl::InitializeLog\(\) is called.*"
    r"|[IWE]\d{4} \d\d:\d\d:.*"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWE] .*"
    r"|To enable the following instructions:.*|oneDNN custom operations are on\..*)\n?",
    re.MULTILINE,
)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_WIDGET = "application/vnd.jupyter.widget-view+json"


class StoreError(ValueError):
    """An executed notebook that must not be stored."""


def end_processes(pid: int, itself: bool = True) -> None:
    """Kill everything that process `pid` has started, and with `itself` the process too."""
    import psutil

    try:
        process = psutil.Process(pid)
        family = process.children(recursive=True) + ([process] if itself else [])
    except psutil.NoSuchProcess:
        return
    for member in family:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=5)


def without_start_up(nb: "NotebookNode") -> "NotebookNode":
    """Take TensorFlow's start-up lines out of the stderr of every cell, in place."""
    for cell in nb.cells:
        kept = []
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                output.text = _START_UP.sub("", output.text)
                if not output.text.strip():
                    continue
            kept.append(output)
        if cell.cell_type == "code":
            cell.outputs = kept
    return nb


def write(nb: "NotebookNode", path: Path) -> None:
    """Write `nb` beside `path`, in nbformat's fixed form (sorted keys, indent 1), and rename."""
    import nbformat

    text = nbformat.writes(nb).rstrip("\n") + "\n"
    config.write_beside(path, lambda p: p.write_text(text, encoding="utf-8", newline="\n"))


def page(notebook: Path, html: Path) -> None:
    """Write `notebook` as one HTML page, images inside; without a network it opens as well."""
    from nbconvert import HTMLExporter

    body, _ = HTMLExporter(template_name="lab", embed_images=True).from_filename(str(notebook))
    # Scripts from the network (formulas) must not hold up the page where there is none.
    body = body.replace('<script src="https://', '<script async src="https://')
    config.write_beside(html, lambda beside: beside.write_text(body, encoding="utf-8"))


def palette(png: str) -> str:
    """A base64 PNG with at most 256 colours and no metadata; `png` where that is no smaller."""
    from PIL import Image

    raw = base64.b64decode(png)
    image = Image.open(io.BytesIO(raw))
    if image.mode == "P":
        return png
    rgba = image.convert("RGBA")
    if rgba.getextrema()[3][0] == 255:
        small = rgba.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, dither=0)
    else:
        small = rgba.quantize(256, Image.Quantize.FASTOCTREE, dither=0)
    file = io.BytesIO()
    small.save(file, "PNG", optimize=True)
    chosen = file.getvalue() if file.tell() < len(raw) else raw
    return base64.b64encode(chosen).decode() + "\n"


def store(executed: Path, original: Path) -> None:
    """Put the outputs of `executed` into `original`: sources, ids and metadata stay as they are.

    Cells are counted from 1 as Run All does. Images become palette PNG, widgets are left out (the
    static figure beside each one stays). StoreError where a cell wrote to stderr, failed, or shows
    a path of this machine, or where `original` is no longer what was executed.
    """
    import nbformat

    nb = nbformat.read(original, as_version=4)
    done = nbformat.read(executed, as_version=4)
    outputs = {cell.id: cell for cell in done.cells if cell.cell_type == "code"}
    private = [str(original.resolve().parent.parent) + os.sep, str(Path.home()) + os.sep]
    count = 0
    for cell in (cell for cell in nb.cells if cell.cell_type == "code"):
        where = f"{original.name}, cell {cell.id}"
        if cell.id not in outputs or outputs[cell.id].source != cell.source:
            raise StoreError(f"{where}: has changed since it was executed, nothing was stored")
        cell.outputs = [o for o in outputs[cell.id].outputs if _WIDGET not in o.get("data", {})]
        ran = outputs[cell.id].execution_count is not None
        count += ran
        cell.execution_count = count if ran else None
        for output in cell.outputs:
            _refuse(output, where, private)
            _plain(output, cell.execution_count)
    write(nb, original)
    for name, png in pictures(nb, original).items():
        (original.parent / "pictures").mkdir(exist_ok=True)
        (original.parent / "pictures" / name).write_bytes(png)


def pictures(nb: "NotebookNode", path: Path) -> dict[str, bytes]:
    """The PNG of each cell tagged `picture`, by file name: what README shows of the chapter."""
    return {
        f"{path.name[:2]}_{cell.id}.png": base64.b64decode(output.data["image/png"])
        for cell in nb.cells
        if "picture" in cell.metadata.get("tags", [])
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    }


def _refuse(output: "NotebookNode", where: str, private: list[str]) -> None:
    if output.output_type == "error":
        raise StoreError(f"{where}: failed with {output.ename}, nothing was stored")
    if output.get("name") == "stderr":
        raise StoreError(f"{where}: wrote to stderr, nothing was stored: {output.text.strip()}")
    texts = {k: v for k, v in output.get("data", {}).items() if not k.startswith("image/")}
    text = str(output.get("text", "")) + str(texts)
    if any(path in text for path in private):
        raise StoreError(f"{where}: shows a path of this machine, nothing was stored")


def _plain(output: "NotebookNode", count: int | None) -> None:
    if output.output_type == "execute_result":
        output.execution_count = count
    data = output.get("data", {})
    if "image/png" in data:
        data["image/png"] = palette(data["image/png"])
    if "image/svg+xml" in data:  # the one thing in Matplotlib's SVG that differs between runs
        data["image/svg+xml"] = re.sub(r"\s*<dc:date>.*?</dc:date>", "", data["image/svg+xml"])


def _execute(job: dict[str, Any], say: Any) -> None:
    import nbformat
    import papermill
    from papermill.engines import NBClientEngine, papermill_engines
    from papermill.exceptions import PapermillExecutionError

    at = {"cell": "", "source": ""}

    class Reporting(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
            begin = nb_man.cell_start

            def cell_start(cell: Any, cell_index: int, **more: Any) -> None:
                at.update(cell=cell.get("id", str(cell_index)), source=cell.source)
                say(cell=cell_index, of=len(nb_man.nb.cells))
                begin(cell, cell_index, **more)

            nb_man.cell_start = cell_start
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)

    papermill_engines.register("reporting", Reporting)
    out = Path(job["out"])
    part = out.with_name(f".{out.name}.part.ipynb")
    failure = None
    try:
        papermill.execute_notebook(
            job["notebook"],
            str(part),
            parameters=job["parameters"],
            engine_name="reporting",
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            coalesce_streams=True,
            cwd=str(Path(job["notebook"]).parent),
        )
    except PapermillExecutionError as error:
        failure = at | {"error": _ANSI.sub("", f"{error.ename}: {error.evalue}")}
    except Exception as error:  # reported: a dead kernel, a file that is no notebook, a full disk
        failure = at | {"error": f"{type(error).__name__}: {error}"}
        traceback.print_exc()
    if part.exists():
        write(without_start_up(nbformat.read(part, as_version=4)), out)
        part.unlink()
        page(out, Path(job["html"]))
    say(failure=failure)


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    end_processes(os.getpid(), itself=False)
    os._exit(1)


def main() -> None:
    """Execute the job (a JSON object) given as the only argument."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # the kernel inherits this process's output: keep it out of the channel
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def say(**fields: Any) -> None:
        channel.write(json.dumps(fields) + "\n")
        channel.flush()

    _execute(json.loads(sys.argv[1]), say)


if __name__ == "__main__":
    main()
