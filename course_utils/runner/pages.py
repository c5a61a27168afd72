"""What is done with an executed notebook: cleaned, shown as a page, stored in the notebook."""

import base64
import html
import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils import config
from course_utils.runner import links
from course_utils.runner.notebook_file import read, write

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
_WIDGET = "application/vnd.jupyter.widget-view+json"
_FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$|\\begin\{", re.DOTALL)


class StoreError(ValueError):
    """An executed notebook that must not be stored."""


def tidy(nb: "NotebookNode") -> "NotebookNode":
    """Join what a cell printed between two figures or cards, without start-up lines, in place."""
    for cell in (cell for cell in nb.cells if cell.cell_type == "code"):
        pieces: dict[int, list[str]] = {}
        streams: dict[str, NotebookNode] = {}
        for output in cell.outputs:
            if output.output_type != "stream":
                streams.clear()  # what follows stays behind it
            else:  # all of one name go where the first was
                first = streams.setdefault(output.name, output)
                pieces.setdefault(id(first), []).append(output.text)
        for output in (output for output in cell.outputs if output.output_type == "stream"):
            lines = "".join(pieces.get(id(output), [])).split("\n")
            # What was overwritten from the start of a line (`\r`) was not to stay.
            output.text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
            if output.name == "stderr":
                output.text = _START_UP.sub("", output.text).strip("\n")
        cell.outputs = [o for o in cell.outputs if o.output_type != "stream" or o.text]
    return nb


def page(notebook: Path, html: Path) -> None:
    """Write `notebook` as one HTML page, images inside; without a network it opens as well.

    It has links to the pages of the notebooks around it, and stands in the index of all.
    """
    from nbconvert import HTMLExporter

    nb = read(notebook)
    for output in (o for cell in nb.cells for o in cell.get("outputs", []) if "data" in o):
        if "image/png" in output.data:  # a widget is dead on a page, its image is not
            output.data.pop(_WIDGET, None)
    if _WIDGET not in str(nb.cells):
        nb.metadata.pop("widgets", None)
    nb.cells = [cell for cell in nb.cells if cell.get("id") != links.CELL]  # they are on the page
    nb.metadata.title = links.title(notebook)
    listed = links.titles(folder) if (folder := links.folder()) else {}
    pages = html.parents[1 if html.parent.name == "labs" else 0]
    name = html.relative_to(pages).with_suffix("").as_posix()
    prose = "\n\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")
    course = {
        "formulas": bool(_FORMULA.search(re.sub(r"```.*?```|`[^`]*`", "", prose, flags=re.DOTALL))),
        "style": links.STYLE.read_text(encoding="utf-8"),
        "links": links.bar(name, listed, html.parent, pages),
    }
    template = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    exporter = HTMLExporter(template_name="lab", raw_template=template, embed_images=True)
    for cell in nb.cells:  # a lab's pictures lie above it, where the exporter would not look
        cell.source = cell.source.replace("](../pictures/", "](pictures/")
    resources = {"course": course, "metadata": {"path": str(folder or notebook.parent)}}
    body, _ = exporter.from_notebook_node(nb, resources)
    # Scripts from the network (formulas) must not hold up the page where there is none.
    body = body.replace('<script src="https://', '<script async src="https://')
    body = links.converted(body, name, pages)
    config.write_beside(html, lambda beside: beside.write_text(body, encoding="utf-8"))
    links.known(name, listed, pages)
    all_pages = links.index(listed, pages)
    config.write_beside(
        pages / "index.html", lambda beside: beside.write_text(all_pages, encoding="utf-8")
    )


def palette(png: str) -> str:
    """A base64 PNG with at most 256 colors, no metadata; as it was if it is a film, or smaller."""
    from PIL import Image

    raw = base64.b64decode(png)
    image = Image.open(io.BytesIO(raw))
    if image.mode == "P" or getattr(image, "is_animated", False):
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


def store(executed: Path, original: Path, root: Path) -> None:
    """Put the outputs of `executed` into `original`: sources, ids and metadata stay as they are.

    Cells are counted from 1 as Run All does. Images become palette PNG; of widgets and playable
    figures their static twins are stored. What README shows of the notebook goes beside it.
    StoreError where a cell wrote to stderr, failed, or shows a path of this machine (in `root` or
    at home), or where `original` is not what was executed.
    """
    nb, done = read(original), read(executed)
    shown = {"pages": playables(done, original)}
    outputs = {cell.id: cell for cell in done.cells if cell.cell_type == "code"}
    private = [str(folder) + os.sep for folder in (root.resolve(), Path.home())]
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
    shown["pictures"] = pictures(nb, original)
    folder = original.parents[1 if original.parent.name == "labs" else 0]
    for path, data in ((folder / k / name, d) for k in shown for name, d in shown[k].items()):
        config.write_beside(path, lambda beside, data=data: beside.write_bytes(data))


def playables(nb: "NotebookNode", path: Path) -> dict[str, bytes]:
    """The page of each playable figure in a cell tagged `page`, by file name, for README."""
    return {
        f"{path.name[:2]}_{cell.id}.html": html.unescape(frame[1]).encode()
        for cell in nb.cells
        if "page" in cell.metadata.get("tags", [])
        for output in cell.outputs
        if output.get("metadata", {}).get("course") == "playable"
        for frame in re.finditer(r'srcdoc="([^"]*)"', output.data.get("text/html", ""))
    }


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
    if output.get("metadata", {}).get("course") == "playable":
        del data["text/html"]
    if "image/png" in data:
        data["image/png"] = palette(data["image/png"])
    if "image/svg+xml" in data:  # the one thing in Matplotlib's SVG that differs between runs
        data["image/svg+xml"] = re.sub(r"\s*<dc:date>.*?</dc:date>", "", data["image/svg+xml"])
