"""Files are written beside and renamed; folders are the same for every process."""

from pathlib import Path

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


def test_the_users_folder_is_understood_and_none_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for variable, folder in (
        ("COURSE_CACHE", config.cache_folder),
        ("COURSE_DATA_DIR", config.class_folder),
        ("KERAS_HOME", config.keras_folder),
    ):
        monkeypatch.setenv(variable, "~/here")
        assert folder() == tmp_path / "here"
    monkeypatch.setattr(config.os.path, "expanduser", lambda name: name)  # nobody at home
    monkeypatch.delenv("KERAS_HOME")
    assert config.keras_folder() == Path("~/.keras")


@pytest.mark.parametrize("value", ["", "0", "no", "false", "FALSE", "off", " 0 "])
def test_a_flag_that_says_no_is_off(value, monkeypatch):
    monkeypatch.setenv("COURSE_OFFLINE", value)
    assert not config.flag("COURSE_OFFLINE")
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    assert config.flag("COURSE_OFFLINE")


@pytest.mark.parametrize("system", ["nt", "posix"])
def test_windows_tries_again_while_a_file_is_looked_into(system, tmp_path, monkeypatch):
    replace, tries = Path.replace, []

    def held(self, target):
        tries.append(1)
        if len(tries) < 3:
            raise PermissionError("held by another program")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(config.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(config, "_system", system)
    path = tmp_path / "file.json"
    if system == "nt":
        config.write_beside(path, lambda beside: beside.write_text("whole"))
        assert path.read_text() == "whole" and len(tries) == 3
    else:
        with pytest.raises(PermissionError):
            config.write_beside(path, lambda beside: beside.write_text("whole"))
        assert not path.exists()


def test_what_is_set_aside_is_numbered_and_nothing_is_deleted(tmp_path):
    path = tmp_path / "data.zip"
    for n, name in enumerate(["data.zip.broken", "data.zip.broken2", "data.zip.broken3"]):
        path.write_text(str(n))
        assert config.set_aside(path).name == name
    assert sorted(p.read_text() for p in tmp_path.iterdir()) == ["0", "1", "2"]


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe\x00", b"[1,"])
def test_fault_a_damaged_file_of_ours_is_named_and_set_aside(damage, tmp_path, capsys, fault):
    path = tmp_path / "precision.json"
    path.write_bytes(damage)
    assert config.read_json(path) is None and not path.exists()
    said = capsys.readouterr().out
    fault("the course's own files", f"precision.json holds {damage[:4]!r}", said)
    assert config.read_json(path) is None and capsys.readouterr().out == ""
