"""Files are written beside and renamed."""

import pytest

from course_utils import settings


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "new" / "file.json"
    settings.write_beside(path, lambda beside: beside.write_text("first"))

    def fails(beside):
        beside.write_text("half")
        assert beside.suffix == ".json" and path.read_text() == "first"
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        settings.write_beside(path, fails)
    assert [p.name for p in path.parent.iterdir()] == ["file.json"]
    assert path.read_text() == "first"
