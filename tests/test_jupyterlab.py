"""How JupyterLab is started over the course, and the notebooks that it gives out and takes back."""

import asyncio
import json
from pathlib import Path

import nbformat
import pytest
from ipykernel.ipkernel import IPythonKernel
from jupyterlab.commands import get_app_dir
from jupyterlab_server.settings_utils import get_settings
from jupyterlab_server.workspaces_handler import WorkspacesManager
from nbformat.sign import NotebookNotary
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_utils import jupyterlab
from course_utils.jupyterlab.contents import CourseContents

STATE = "application/vnd.jupyter.widget-state+json"
METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3"},
    "language_info": {"name": "python"},
}


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "notebooks" / "labs").mkdir(parents=True)
    for name in ("02_b", "01_a", "labs/01_deeper", "scratch"):
        output = new_output("display_data", {"text/html": f"<script>{len(name)}</script>"})
        cell = new_code_cell("1", id="one", outputs=[output])
        nb = new_notebook(metadata=METADATA, cells=[cell])
        nbformat.write(nb, tmp_path / "notebooks" / f"{name}.ipynb")
    return tmp_path


def test_the_first_time_the_first_chapter_opens_and_later_what_was_open(root):
    first = jupyterlab.options(root)
    assert "--LabApp.default_url=/lab/tree/notebooks/01_a.ipynb" in first
    folder = root / "build" / "jupyterlab"
    workspace = WorkspacesManager(str(folder)).load("default")
    assert workspace["data"]["layout-restorer:data"]["left"]["current"] == jupyterlab.CONTENTS
    (file,) = folder.iterdir()
    mine = file.read_text().replace("toc", "running-sessions")
    file.write_text(mine)
    again = jupyterlab.options(root)
    assert set(first) - set(again) == {"--LabApp.default_url=/lab/tree/notebooks/01_a.ipynb"}
    assert file.read_text() == mine, "the reader's own layout stays"


def test_jupyterlab_knows_every_setting_that_is_set(root):
    """A setting that its schema does not have is not applied, and nobody is told."""
    (folder,) = (o for o in jupyterlab.options(root) if "app_settings_dir" in o)
    folder = folder.partition("=")[2]
    overrides = json.loads((Path(folder) / "overrides.json").read_text())
    assert len(overrides) >= 2
    schemas = Path(get_app_dir()) / "schemas"
    extensions = [str(schemas.parent.parent / "labextensions")]
    for name, values in overrides.items():
        found, _ = get_settings(folder, str(schemas), "", name, labextensions_path=extensions)
        defaults = {key: found["schema"]["properties"][key]["default"] for key in values}
        assert defaults == values


def trusted(path):
    return NotebookNotary().check_signature(nbformat.read(path, as_version=4))


def test_chapters_and_labs_are_trusted_and_nothing_else(root):
    folder = root / "notebooks"
    assert not trusted(folder / "01_a.ipynb")
    (folder / "03_broken.ipynb").write_text("{")
    jupyterlab.options(root)
    names = ("01_a", "02_b", "labs/01_deeper", "scratch")
    assert [trusted(folder / f"{n}.ipynb") for n in names] == [True, True, True, False]


def test_a_notebook_opens_with_this_python_and_is_stored_without(root):
    """JupyterLab writes the kernel's own description, and marks what differs as unsaved."""
    jupyterlab.trust([root / "notebooks" / "01_a.ipynb"])
    contents = CourseContents(root_dir=str(root))

    async def opened_and_saved():
        model = await contents.get("notebooks/01_a.ipynb")
        opened = dict(model["content"]["metadata"]["language_info"])
        model["content"]["metadata"]["widgets"] = {STATE: {"state": {}}}
        await contents.save(model, "notebooks/01_a.ipynb")
        listed = await contents.get("notebooks", content=True)
        return opened, model, listed

    before = (root / "notebooks" / "01_a.ipynb").read_text()
    opened, model, listed = asyncio.run(opened_and_saved())
    assert opened == IPythonKernel.language_info
    assert (root / "notebooks" / "01_a.ipynb").read_text().strip() == before.strip()
    assert model["content"]["cells"][0]["metadata"]["trusted"] is True
    assert len(listed["content"]) == 4


def test_the_state_of_widgets_and_other_languages_are_kept(root):
    contents = CourseContents(root_dir=str(root))
    state = {STATE: {"state": {"abc": {"model_name": "IntSliderModel"}}}}
    other = {"language_info": {"name": "julia", "version": "1.11"}, "widgets": state}

    async def saved(metadata):
        nb = new_notebook(metadata=metadata)
        await contents.save({"type": "notebook", "content": nb}, "new.ipynb")
        return (await contents.get("new.ipynb"))["content"]["metadata"]

    assert asyncio.run(saved(other)) == other
    assert asyncio.run(saved(METADATA | {"widgets": state}))["widgets"] == state
    assert asyncio.run(saved({})) == {}
