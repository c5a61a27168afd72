"""JupyterLab as a reader meets it: the first chapter beside its contents, nothing in the way."""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from course_utils import config

CONTENTS = "@jupyterlab/toc:plugin"  # the table of contents, in the left sidebar


def options(root: Path) -> list[str]:
    """What JupyterLab is started with over the checkout `root`.

    Its settings are those of `overrides.json`: no news, and widgets are saved with a notebook. The
    layout is the course's own, kept in the build folder: at first the contents and the first
    chapter, then what the reader had open.
    """
    made = config.build_folder() / "jupyterlab"
    chapters = sorted(root.glob("notebooks/[0-9]*.ipynb"))
    trust([*chapters, *root.glob("notebooks/labs/[0-9]*.ipynb")])
    listed = [
        f"--ServerApp.root_dir={root}",
        "--ServerApp.contents_manager_class=course_utils.jupyterlab.contents.CourseContents",
        f"--LabApp.app_settings_dir={Path(__file__).parent}",
        f"--LabApp.workspaces_dir={made}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    if _first_time(made) and chapters:
        first = chapters[0].relative_to(root).as_posix()
        listed.append(f"--LabApp.default_url=/lab/tree/{first}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # not on Windows
        listed.append("--allow-root")
    return listed


def _first_time(folder: Path) -> bool:
    """Whether `folder` has no layout yet; then it gets one, with the contents beside a notebook."""
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    workspaces = WorkspacesManager(str(folder))
    if workspaces.list_workspaces():
        return False
    layout: dict[str, Any] = {
        "left": {"collapsed": False, "visible": True, "current": CONTENTS, "widgets": [CONTENTS]},
        "relativeSizes": [0.2, 0.8, 0],
    }
    folder.mkdir(parents=True, exist_ok=True)
    data = {"layout-restorer:data": layout}
    workspaces.save("default", json.dumps({"data": data, "metadata": {"id": "default"}}))
    return True


def trust(notebooks: list[Path]) -> None:
    """Let figures and predictions of these notebooks, as they came, play before a cell is run.

    JupyterLab shows scripts of a stored output only where the notebook is trusted. Those of the
    course are trusted with its code, which the reader runs anyway.
    """
    from nbformat.sign import NotebookNotary

    from course_utils.runner.notebook_file import read

    notary = NotebookNotary()
    for path in notebooks:
        with contextlib.suppress(ValueError):  # JupyterLab says what is wrong with the file
            notary.sign(read(path))
