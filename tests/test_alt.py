"""Every image that a notebook stores has an alternative text, which says what is seen."""

import nbformat
import notebook_tools as tools
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

LEAST, MOST = 30, 600  # characters: more than a title, no more than can be listened to


def images(nb):
    """(cell, kind of image, the stored output) of every image."""
    for cell in tools.code(nb):
        for output in cell.outputs:
            for kind in (k for k in output.get("data", {}) if k.startswith("image/")):
                yield cell, kind, output


def alternatives(nb):
    """The breaches: images without a text, or with one that says little or goes on for long."""
    found = []
    for cell, kind, output in images(nb):
        alt = output.metadata.get(kind, {}).get("alt", "")
        if not alt:
            found.append(f"{cell.id}: {kind} without an alternative text")
        elif alt == output.data.get("text/plain") or not LEAST <= len(alt) <= MOST:
            found.append(f"{cell.id}: an alternative text of {len(alt)} characters: {alt[:40]!r}")
    return found


@pytest.mark.parametrize("path", tools.NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_images_have_an_alternative_text(path):
    nb = nbformat.read(path, as_version=4)
    assert list(images(nb)), "a chapter and a lab show something"
    assert alternatives(nb) == []


@pytest.mark.parametrize(
    ("alt", "breach"),
    [
        ("Line plot: LeNet rises from 0.7 to 0.9.", ""),
        ("", "image/png without an alternative text"),
        ("Figure: One", "an alternative text of 11 characters"),
        ("Figure: " + "a title that is long and says nothing", "an alternative text of 45"),
        ("word " * 200, "an alternative text of 1000 characters"),
    ],
)
def test_the_rule_finds(alt, breach):
    data = {"image/png": "", "text/plain": alt if alt.startswith("Figure: ") else "Figure: One"}
    output = new_output("display_data", data, metadata={"image/png": {"alt": alt}} if alt else {})
    found = alternatives(new_notebook(cells=[new_code_cell(id="one", outputs=[output])]))
    assert len(found) == bool(breach) and (not breach or breach in found[0])
