"""Files are written beside and renamed; folders are the same for every process."""

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


@pytest.mark.parametrize(
    ("variable", "folder", "otherwise"),
    [
        ("COURSE_CACHE", settings.cache_folder, settings.checkout() / "data"),
        ("COURSE_BUILD", settings.build_folder, settings.checkout() / "build"),
        ("COURSE_DATA_DIR", settings.class_folder, None),
    ],
)
def test_a_relative_folder_starts_at_the_checkout_wherever_one_stands(
    variable, folder, otherwise, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, "build/here")
    assert folder() == settings.checkout() / "build" / "here"
    monkeypatch.setenv(variable, str(tmp_path))
    assert folder() == tmp_path
    monkeypatch.setenv(variable, "")
    assert folder() == otherwise
