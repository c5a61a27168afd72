"""Files are written beside and renamed; folders are the same for every process."""

import pytest

from course_utils import config


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "new" / "file.json"
    config.write_beside(path, lambda beside: beside.write_text("first"))

    def fails(beside):
        beside.write_text("half")
        assert beside.suffix == ".json" and path.read_text() == "first"
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        config.write_beside(path, fails)
    assert [p.name for p in path.parent.iterdir()] == ["file.json"]
    assert path.read_text() == "first"


@pytest.mark.parametrize(
    ("variable", "folder", "otherwise"),
    [
        ("COURSE_CACHE", config.cache_folder, config.checkout() / "data"),
        ("COURSE_BUILD", config.build_folder, config.checkout() / "build"),
        ("COURSE_DATA_DIR", config.class_folder, None),
    ],
)
def test_a_relative_folder_starts_at_the_checkout_wherever_one_stands(
    variable, folder, otherwise, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, "build/here")
    assert folder() == config.checkout() / "build" / "here"
    monkeypatch.setenv(variable, str(tmp_path))
    assert folder() == tmp_path
    monkeypatch.setenv(variable, "")
    assert folder() == otherwise
