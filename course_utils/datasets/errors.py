"""What can go wrong with data, each said in one sentence that names no path of the machine."""

from pathlib import Path


class DatasetError(Exception):
    """Any failure to provide a set; a notebook shows its sentence without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class BadRequest(DatasetError, ValueError):
    """The caller asked for something that does not exist."""


class NotReachable(DatasetError):
    """The real set is not here and its address gave no complete file."""


class NotWritable(DatasetError):
    """The course folder is read-only, full or locked by another process."""


class BrokenFile(DatasetError):
    """A file that is there cannot be used; `path` says which."""

    def __init__(self, sentence: str, path: Path) -> None:
        super().__init__(sentence)
        self.path = path


class WrongChecksum(BrokenFile):
    """A complete file is not the one that its card names."""
