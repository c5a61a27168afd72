"""What is done with an executed notebook: cleaned, stored, its images made small."""

import base64
import io
from pathlib import Path

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from course_utils import plots
from course_utils.play import Playable
from course_utils.runner import pages


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
def test_fault_store_refuses(tmp_path, fault, output, sentence):
    path = notebook(tmp_path)
    before = path.read_bytes()
    with pytest.raises(pages.StoreError, match=sentence) as error:
        pages.store(executed(path, text("fine"), output), path, tmp_path)
    fault("runs", f"to be stored: {sentence.partition(': ')[2]}", str(error.value))
    assert path.read_bytes() == before


def test_fault_store_refuses_a_path_of_the_checkout(tmp_path, fault):
    path = notebook(tmp_path)
    with pytest.raises(pages.StoreError, match="cell0: shows a path of this machine") as error:
        pages.store(executed(path, text(f"read {tmp_path / 'data' / 'x.npz'}")), path, tmp_path)
    fault("runs", "to be stored: shows a path of the checkout", str(error.value))


def test_fault_store_refuses_a_notebook_edited_meanwhile(tmp_path, fault):
    path = notebook(tmp_path)
    copy = executed(path, text("fine"))
    path.write_text(path.read_text().replace('"1"', '"2"'))
    with pytest.raises(pages.StoreError, match="cell0: has changed since") as error:
        pages.store(copy, path, tmp_path)
    fault("runs", "to be stored: edited meanwhile", str(error.value))


def test_start_up_lines_are_dropped_and_others_kept():
    start_up = (
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        "I0000 00:00:1795334400.123456    1234 port.cc:153] oneDNN custom operations are on.\n"
        "2026-11-22 08:00:00.123456: I tensorflow/core/platform/cpu_feature_guard.cc:210] This\n"
        "To enable the following instructions: AVX2 FMA, in other operations, rebuild.\n"
    )
    real = "UserWarning: mind the gap"
    cells = [
        new_code_cell(outputs=[text(said, "stderr")]) for said in (start_up, start_up + real, real)
    ]
    cleaned = pages.tidy(new_notebook(cells=[new_markdown_cell("x"), *cells]))
    assert [[o.text for o in c.outputs] for c in cleaned.cells[1:]] == [[], [real], [real]]


def test_what_a_cell_printed_in_pieces_is_joined_up_to_a_figure_or_card():
    card = new_output("display_data", {"text/plain": "held: so it is"})
    pieces = [text("a"), text("b\n"), card, text("old\rnew\r\n"), text("7 %", "stderr")]
    pieces += [text("\n\rlast\r"), card, card, text("end")]
    (cell,) = pages.tidy(new_notebook(cells=[new_code_cell(outputs=pieces)])).cells
    shown = [output.get("text", "-") for output in cell.outputs]
    assert shown == ["ab\n", "-", "new\n\nlast", "7 %", "-", "-", "end"]


def test_a_long_line_takes_no_time():
    """Joining that is quadratic in the length of a line would take hours here."""
    long = new_notebook(cells=[new_code_cell(outputs=[text("x" * 5_000_000)])])
    assert len(pages.tidy(long).cells[0].outputs[0].text) == 5_000_000


def encoded(array):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def decoded(png):
    return Image.open(io.BytesIO(base64.b64decode(png)))


def test_palette_keeps_few_colours_exact_and_alpha():
    ramp = np.repeat(np.arange(0, 250, 10, dtype=np.uint8), 100).reshape(50, 50)
    colours = np.stack([ramp, ramp.T, ramp // 2], axis=-1)[:, :4]
    exact = pages.palette(encoded(colours))
    assert np.array_equal(np.asarray(decoded(exact).convert("RGB")), colours)
    clear = np.dstack([np.full((9, 9, 3), 40, np.uint8), np.tri(9, dtype=np.uint8) * 255])
    alpha = np.asarray(decoded(pages.palette(encoded(clear))).convert("RGBA"))[..., 3]
    assert np.array_equal(alpha, clear[..., 3])
    assert pages.palette(exact) == exact


def test_a_film_stays_one():
    frames = [Image.fromarray(np.full((9, 9, 3), value, np.uint8)) for value in (0, 90, 180)]
    file = io.BytesIO()
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:], duration=100)
    film = base64.b64encode(file.getvalue()).decode()
    assert decoded(pages.palette(film)).n_frames == 3
    assert pages.palette(film) == film


PAGE = '<!doctype html>\n<p title="a & b">…</p>'


@pytest.mark.parametrize("where", ["", "labs"])
def test_playable_figures_are_stored_as_their_twins_and_their_pages_beside(tmp_path, where):
    """The page only of a cell tagged `page`, and of no other HTML."""
    (tmp_path / where).mkdir(exist_ok=True)
    path = notebook(tmp_path / where)
    nb = nbformat.read(path, as_version=4)
    nb.cells[0].metadata["tags"] = ["page", "picture"]
    nb.cells.append(new_code_cell("2", id="cell1"))
    nbformat.write(nb, path)
    twin = plots.images(np.eye(9)[None], title="A line")
    data, about = Playable("A", PAGE, twin, 300)._repr_mimebundle_()
    playable = new_output("display_data", data, metadata=about)
    for cell in nb.cells:
        table = new_output("display_data", {"text/html": '<b srcdoc="">', "text/plain": "b"})
        cell.outputs, cell.execution_count = [playable, table], 1
    copy = tmp_path / "executed.ipynb"
    nbformat.write(nb, copy)
    pages.store(copy, path, tmp_path)
    for cell in nbformat.read(path, as_version=4).cells:
        stored, other = cell.outputs
        assert set(stored.data) == {"image/png", "text/plain"} and stored.metadata == about
        assert set(other.data) == {"text/html", "text/plain"}
    (made,) = (tmp_path / "pages").iterdir()
    assert (made.name, made.read_text(encoding="utf-8")) == ("01_cell0.html", PAGE)
    assert [p.name for p in (tmp_path / "pictures").iterdir()] == ["01_cell0.png"]


def shown(tmp_path, *cells):
    """The page of a notebook of these cells."""
    nbformat.write(new_notebook(cells=[*cells]), tmp_path / "one.ipynb")
    pages.page(tmp_path / "one.ipynb", tmp_path / "html" / "one.html")
    text = (tmp_path / "html" / "one.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


@pytest.mark.parametrize(("below", "prefix"), [("html", ""), ("html/labs", "../")])
def test_pictures_beside_the_notebooks_are_inside_the_page(tmp_path, below, prefix):
    picture = f"![A digit.]({prefix}pictures/05_sliding-digit.png)"
    nbformat.write(new_notebook(cells=[new_markdown_cell(picture)]), tmp_path / "one.ipynb")
    pages.page(tmp_path / "one.ipynb", tmp_path / below / "one.html")
    text = (tmp_path / below / "one.html").read_text(encoding="utf-8")
    (image,) = BeautifulSoup(text, "html.parser").select("main img")
    assert image["alt"] == "A digit." and image["src"].startswith("data:image/png;base64,")


def test_a_page_folds_set_up_and_has_the_notebooks_heading(tmp_path):
    hidden = new_code_cell("a = 1", metadata={"tags": ["hide-input"]}, outputs=[text("an output")])
    page = shown(tmp_path, new_markdown_cell("# A *heading*"), hidden, new_code_cell("b = 2"))
    (folded,) = page.select("details")
    assert folded.summary.text == "Code of this cell" and not folded.has_attr("open")
    assert "a = 1" in folded.text and "an output" not in folded.text
    assert "an output" in page.text and "b = 2" in page.text
    assert page.title.text == "A heading" and page.html["lang"] == "en"


@pytest.mark.parametrize(
    ("prose", "scripts"),
    [
        ("no formula", 0),
        ("It costs `$5` here and `$6` there.\n\n```\n$HOME or $PATH\n```", 0),
        ("the formula $x^2$", 1),
        ("$$\nx^2\n$$", 1),
    ],
)
def test_a_page_asks_the_network_for_formulas_only(tmp_path, prose, scripts):
    page = shown(tmp_path, new_markdown_cell(prose), new_code_cell("1"))
    found = [script for script in page.select("script[src]") if "//" in script["src"]]
    assert len(found) == scripts and all(script.has_attr("async") for script in found)
    assert not page.select("link[href*='//']") and "import(" not in str(page)


def test_scripts_of_outputs_stay_on_a_page(tmp_path):
    """Predictions and playable figures work without a kernel."""
    plays = "<p id='x'></p><script>document.getElementById('x').textContent = 1</script>"
    frame = "<iframe srcdoc='&lt;script&gt;1&lt;/script&gt;'></iframe>"
    outputs = [new_output("display_data", {"text/html": html}) for html in (plays, frame)]
    page = shown(tmp_path, new_code_cell("1", outputs=outputs))
    assert "document.getElementById('x').textContent = 1" in str(page)
    assert page.iframe["srcdoc"] == "<script>1</script>"
