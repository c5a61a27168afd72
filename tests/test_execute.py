"""What is done with an executed notebook: cleaned, stored, its images made small."""

import base64
import io
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from course_utils.runner import worker


def notebook(folder):
    """A notebook of one code cell."""
    path = folder / "01_a.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1", id="cell0")]), path)
    return path


def executed(path, *outputs):
    """An executed copy of `path` whose last cell has `outputs`."""
    nb = nbformat.read(path, as_version=4)
    nb.cells[-1].outputs = list(outputs)
    nb.cells[-1].execution_count = 9
    copy = path.with_name("executed.ipynb")
    nbformat.write(nb, copy)
    return copy


def text(content, name="stdout"):
    return new_output("stream", name=name, text=content)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (text("careful", "stderr"), "cell0: wrote to stderr, nothing was stored: careful"),
        (text(str(Path.home() / "x")), "cell0: shows a path of this machine"),
        (
            new_output("execute_result", {"text/plain": repr(Path.home() / "x")}),
            "cell0: shows a path of this machine",
        ),
        (new_output("error", ename="KeyError"), "cell0: failed with KeyError"),
    ],
)
def test_store_refuses(tmp_path, output, sentence):
    path = notebook(tmp_path)
    before = path.read_bytes()
    with pytest.raises(worker.StoreError, match=sentence):
        worker.store(executed(path, text("fine"), output), path)
    assert path.read_bytes() == before


def test_store_refuses_a_notebook_edited_meanwhile(tmp_path):
    path = notebook(tmp_path)
    copy = executed(path, text("fine"))
    path.write_text(path.read_text().replace('"1"', '"2"'))
    with pytest.raises(worker.StoreError, match="cell0: has changed since it was executed"):
        worker.store(copy, path)


def test_start_up_lines_are_dropped_and_others_kept():
    start_up = (
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        "I0000 00:00:1795334400.123456    1234 port.cc:153] oneDNN custom operations are on.\n"
        "2026-11-22 08:00:00.123456: I tensorflow/core/platform/cpu_feature_guard.cc:210] This\n"
        "To enable the following instructions: AVX2 FMA, in other operations, rebuild.\n"
    )
    real = "UserWarning: mind the gap\n"
    cells = [
        new_code_cell(outputs=[text(said, "stderr")]) for said in (start_up, start_up + real, real)
    ]
    cleaned = worker.without_start_up(new_notebook(cells=[new_markdown_cell("x"), *cells]))
    assert [[o.text for o in c.outputs] for c in cleaned.cells[1:]] == [[], [real], [real]]


def encoded(array):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def decoded(png):
    return Image.open(io.BytesIO(base64.b64decode(png)))


def test_palette_keeps_few_colours_exact_and_alpha():
    ramp = np.repeat(np.arange(0, 250, 10, dtype=np.uint8), 100).reshape(50, 50)
    colours = np.stack([ramp, ramp.T, ramp // 2], axis=-1)[:, :4]
    exact = worker.palette(encoded(colours))
    assert np.array_equal(np.asarray(decoded(exact).convert("RGB")), colours)
    clear = np.dstack([np.full((9, 9, 3), 40, np.uint8), np.tri(9, dtype=np.uint8) * 255])
    alpha = np.asarray(decoded(worker.palette(encoded(clear))).convert("RGBA"))[..., 3]
    assert np.array_equal(alpha, clear[..., 3])
    assert worker.palette(exact) == exact
