"""The notebooks as JupyterLab's server gives them out and takes them back."""

from typing import Any

from ipykernel.ipkernel import IPythonKernel
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

STORED = {"name": "python"}
_STATE = "application/vnd.jupyter.widget-state+json"


class CourseContents(AsyncLargeFileManager):
    """Files; but a notebook does not hold this machine's version of Python.

    JupyterLab writes the kernel's `language_info` into a notebook that it opens. Where the notebook
    has another, of another version, it is unsaved before a key is pressed; and stored with the
    version it differs from everybody else's.
    """

    async def get(self, path: str, content: bool = True, *args: Any, **options: Any) -> dict:
        """The file; a notebook in Python comes with the `language_info` of this kernel."""
        model = await super().get(path, content, *args, **options)
        if metadata := _python(model):
            metadata["language_info"] = dict(IPythonKernel.language_info)
        return model

    async def save(self, model: dict[str, Any], path: str = "") -> dict:
        """Save the file; a notebook in Python with the name of the language alone.

        The state of its widgets stays only where it has any.
        """
        if metadata := _python(model):
            metadata["language_info"] = dict(STORED)
            if not metadata.get("widgets", {}).get(_STATE, {}).get("state", True):
                del metadata["widgets"]
        return await super().save(model, path)


def _python(model: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a notebook in Python that comes with its content, else nothing."""
    if model.get("type") != "notebook" or not model.get("content"):
        return {}
    metadata = model["content"].get("metadata", {})
    return metadata if metadata.get("language_info", {}).get("name") == "python" else {}
