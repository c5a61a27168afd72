"""The folder set, from every layout it comes in, small and made here."""

import io
import re
import zipfile

import numpy as np
import pytest
from makers import one_line

from course_utils import datasets
from course_utils.datasets import image_folder, read_images


def jpeg(seed: int) -> bytes:
    from PIL import Image

    rng = np.random.default_rng(seed)
    file = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (24, 32, 3), np.uint8)).save(file, "JPEG")
    return file.getvalue()


def photos(names: dict[str, str]) -> dict[str, bytes]:
    """Readable images 0 to 9 of each class, but number 1 is a PNG and number 3 has two bytes."""
    files = {}
    for kind, pattern in names.items():
        for number in range(10):
            data = jpeg(number + 100 * (kind == "dog"))
            if number == 1:
                data = b"\x89PNG\r\n\x1a\n" + data
            files[pattern.format(number)] = data[:2] if number == 3 else data
    return files


MICROSOFT = {"cat": "PetImages/Cat/{}.jpg", "dog": "PetImages/Dog/{}.jpg"}
KAGGLE = {"cat": "train/cat.{}.jpg", "dog": "train/dog.{}.jpg"}


def zipped(members: dict[str, bytes], mode: int = 0o644) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, data)
    return file.getvalue()


@pytest.fixture
def small_split(monkeypatch):
    monkeypatch.setattr(image_folder, "SPLIT", {"train": 3, "validation": 1, "test": 2})
    monkeypatch.setattr(image_folder, "KNOWN_BAD", {"cats": {0}, "dogs": set()})


EXPECTED = {
    "x_train": ["cat 2", "dog 0", "cat 4", "dog 2", "cat 5", "dog 4"],
    "x_validation": ["cat 6", "dog 5"],
    "x_test": ["cat 7", "dog 6", "cat 8", "dog 7"],
}


def check_pets(data) -> None:
    arrays = data.extras | {"x_train": data.x_train, "x_test": data.x_test}
    for part, names in EXPECTED.items():
        found = [re.search(r"(cat|dog).*?(\d+)\.jpe?g$", name.lower()) for name in arrays[part]]
        assert [f"{match[1]} {match[2]}" for match in found] == names
    assert data.y_train.tolist() == [0, 1] * 3 and data.y_train.dtype == np.uint8
    folder = data.extras["folder"]
    assert all((folder / name).read_bytes().startswith(b"\xff\xd8") for name in data.x_train)


def test_pets_from_the_canonical_archive(server, monkeypatch, small_split, tmp_path, capsys):
    archive = zipped(
        photos(MICROSOFT) | {"readme[1].txt": b"hello", "PetImages/Cat/Thumbs.db": b""}
    )
    server.publish(monkeypatch, "cats_vs_dogs", {"kagglecatsanddogs_5340.zip": archive})
    data = datasets.load("cats_vs_dogs")
    check_pets(data)
    line = one_line(capsys.readouterr(), tmp_path)
    assert "downloaded" in line
    bad = [f"PetImages/{kind}/{number}.jpg" for kind in ("Cat", "Dog") for number in (1, 3)]
    assert f"left out as no JPEG: {', '.join(bad)}" in line
    again = datasets.load("cats_vs_dogs", train=3, test=1)
    assert again.origin == "course folder" and again.x_train.tolist() == data.x_train[:3].tolist()
    assert server.gets == ["/kagglecatsanddogs_5340.zip"]
    left = {path.name for path in (tmp_path / "cache").iterdir()}
    assert left == {"cats_vs_dogs", ".cats_vs_dogs.lock"}  # the archive itself is not kept


def test_the_readers_own_archive_is_unpacked_and_kept(server, monkeypatch, small_split, tmp_path):
    archive = zipped(photos(MICROSOFT))
    server.publish(monkeypatch, "cats_vs_dogs", {"kagglecatsanddogs_5340.zip": archive})
    own = tmp_path / "cache" / "kagglecatsanddogs_5340.zip"
    own.parent.mkdir()
    own.write_bytes(archive)
    check_pets(datasets.load("cats_vs_dogs"))
    assert own.read_bytes() == archive and not server.gets


def test_wrong_archive_of_the_class_is_an_error(server, monkeypatch, small_split, tmp_path):
    archive = {"kagglecatsanddogs_5340.zip": zipped(photos(MICROSOFT))}
    server.publish(monkeypatch, "cats_vs_dogs", archive)
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "kagglecatsanddogs_5340.zip").write_bytes(zipped(photos(KAGGLE)))
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "class"))
    with pytest.raises(datasets.WrongChecksum, match="class folder"):
        datasets.load("cats_vs_dogs")
    assert not server.gets


LAYOUTS = {
    "Microsoft's in cats_vs_dogs": ("cats_vs_dogs", MICROSOFT),
    "Kaggle's in cats_vs_dogs": ("cats_vs_dogs", KAGGLE),
    "PetImages as unpacked": ("", MICROSOFT),
    "the inside of PetImages": ("", {"cat": "Cat/{}.jpg", "dog": "Dog/{}.jpg"}),
    "other endings": ("", {"cat": "petimages/cat/{}.JPG", "dog": "petimages/DOG/{}.jpeg"}),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pets_from_a_folder_of_another_layout(monkeypatch, small_split, tmp_path, layout):
    place, names = LAYOUTS[layout]
    for name, data in photos(names).items():
        path = tmp_path / "class" / place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "class"))
    data = datasets.load("cats_vs_dogs")
    check_pets(data)
    assert not (tmp_path / "cache").exists()  # read where it lies


def test_arranged_pets_with_a_file_that_is_no_jpeg(monkeypatch, tmp_path, capsys):
    for split in ("train", "validation", "test"):
        for kind in ("cat", "dog"):
            for number in (2, 10, 1):
                path = tmp_path / "class/cats_vs_dogs" / split / f"{kind}s" / f"{kind}.{number}.jpg"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"GIF89a" if number == 2 and kind == "cat" else jpeg(number))
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "class"))
    data = datasets.load("cats_vs_dogs")
    assert [name.split("/")[2] for name in data.x_train] == [
        *("cat.1.jpg", "dog.1.jpg", "cat.10.jpg", "dog.2.jpg", "dog.10.jpg"),
    ]
    line = one_line(capsys.readouterr(), tmp_path)
    assert "left out as no JPEG: train/cats/cat.2.jpg, " in line and "an unverified copy" in line


def test_arranged_pets_with_names_of_any_case(monkeypatch, tmp_path):
    folder = arranged(tmp_path / "class")
    (folder / "train" / "cats").rename(folder / "train" / "Cat")
    (folder / "train").rename(folder / "Train")
    for path in (folder / "test" / "dogs").iterdir():
        path.rename(path.with_suffix(".JPEG"))
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "class"))
    data = datasets.load("cats_vs_dogs")
    assert len(data.x_train) == len(data.x_test) == 12 and data.y_test.tolist() == [0, 1] * 6
    assert data.x_train[0] == "Train/Cat/cat.0.jpg"


def test_fault_folder_of_the_class_in_no_known_layout(monkeypatch, tmp_path, fault):
    (tmp_path / "class" / "cats_vs_dogs" / "kittens").mkdir(parents=True)
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "class"))
    with pytest.raises(datasets.BrokenFile, match="expected is cats_vs_dogs") as caught:
        datasets.load("cats_vs_dogs")
    fault("data files", "photographs in no known layout", str(caught.value))


def test_one_name_in_two_folders_one_of_them_damaged(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "class"))
    folder = arranged(tmp_path / "class") / "train"
    for kind in ("cats", "dogs"):
        (folder / kind / f"{kind[:-1]}.0.jpg").rename(folder / kind / "0.jpg")
    (folder / "cats" / "0.jpg").write_bytes(jpeg(0)[:-40])
    data = datasets.load("cats_vs_dogs")
    files = [data.extras["folder"] / name for name in data.x_train]
    images, _, refused = read_images(files, (8, 8))
    readable = [path not in refused for path in files]
    assert list(refused) == [folder / "cats" / "0.jpg"]
    assert len(images) == sum(readable) == 11


def arranged(folder, cats=6):
    """A folder of six cats and dogs in each part; of cats in `train` only so many."""
    for split in ("train", "validation", "test"):
        for kind in ("cat", "dog"):
            for number in range(cats if (split, kind) == ("train", "cat") else 6):
                path = folder / "cats_vs_dogs" / split / f"{kind}s" / f"{kind}.{number}.jpg"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(jpeg(number))
    return folder / "cats_vs_dogs"


def test_fault_one_image_only_is_said_and_an_empty_class_refused(
    monkeypatch, tmp_path, capsys, fault
):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "class"))
    folder = arranged(tmp_path / "class", cats=1)
    assert len(datasets.load("cats_vs_dogs").x_train) == 7
    line = one_line(capsys.readouterr(), tmp_path)
    assert "train is uneven, 1 cats and 6 dogs" in line
    fault("data files", "one cat, six dogs", line)
    (folder / "train" / "cats" / "cat.0.jpg").unlink()
    with pytest.raises(datasets.BrokenFile, match="train/cats holds no JPEG images") as caught:
        datasets.load("cats_vs_dogs")
    fault("data files", "a class without images", str(caught.value))


def test_a_third_class_is_left_out_by_name(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "class"))
    (arranged(tmp_path / "class") / "train" / "birds").mkdir()
    assert set(datasets.load("cats_vs_dogs").y_train) == {0, 1}
    line = one_line(capsys.readouterr(), tmp_path)
    assert "train/birds is left out, only cats and dogs are read" in line and "uneven" not in line


def test_a_picture_that_breaks_off_is_refused_when_it_is_read(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "class"))
    torn = arranged(tmp_path / "class") / "train" / "cats" / "cat.3.jpg"
    torn.write_bytes(torn.read_bytes()[:-40])
    data = datasets.load("cats_vs_dogs")
    files = [data.extras["folder"] / name for name in data.x_train]
    images, names, refused = read_images(files, (8, 8))
    assert len(images) == len(names) == 11 and list(refused) == [torn]


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (zipped({"../PetImages/Cat/0.jpg": b""}), "leave its folder"),
        (zipped({"/PetImages/Cat/0.jpg": b""}), "leave its folder"),
        (zipped({"..\\PetImages\\Cat\\0.jpg": b""}), "leave its folder"),
        (zipped({"C:PetImages/Cat/0.jpg": b""}), "leave its folder"),
        (zipped({"PetImages/Cat/0.jpg": b"/etc/passwd"}, 0o120777), "leave its folder"),
        (zipped({"PetImages/Cat/0.jpg": bytes(200_000)}), "refused"),
        (zipped({"PetImages/Cat/0.jpg": b"no image"}), "not enough"),
        (zipped({"PetImages/Cat/5.jpg": jpeg(5)}), "1 readable cats, not enough"),
        (b"no zip file", "no readable zip"),
    ],
)
def test_fault_archives_of_pets_that_are_refused(
    server, monkeypatch, small_split, tmp_path, fault, archive, reason
):
    monkeypatch.setattr(image_folder, "LIMIT", 100_000)
    server.publish(monkeypatch, "cats_vs_dogs", {"kagglecatsanddogs_5340.zip": archive})
    with pytest.raises(datasets.BrokenFile, match=reason) as caught:
        datasets.load("cats_vs_dogs")
    fault("data files", f"photographs: {len(archive)} bytes of zip", str(caught.value))
    assert {path.name for path in tmp_path.rglob("*.jpg")} == set()
    assert not list(tmp_path.rglob("*.part"))


def test_fault_incomplete_folder_is_set_aside(
    server, monkeypatch, small_split, tmp_path, capsys, fault
):
    damaged = tmp_path / "cache" / "cats_vs_dogs" / "train" / "cats"
    damaged.mkdir(parents=True)
    (damaged / "cat.77.jpg").write_bytes(jpeg(0))
    archive = {"kagglecatsanddogs_5340.zip": zipped(photos(MICROSOFT))}
    server.publish(monkeypatch, "cats_vs_dogs", archive)
    check_pets(datasets.load("cats_vs_dogs"))
    line = one_line(capsys.readouterr(), tmp_path)
    assert "set aside as cats_vs_dogs.broken" in line
    fault("data files", "half a folder of photographs in the course folder", line)
    assert (tmp_path / "cache/cats_vs_dogs.broken/train/cats/cat.77.jpg").exists()


def test_interrupted_unpacking_leaves_nothing_in_the_way(
    server, monkeypatch, small_split, tmp_path
):
    stale = tmp_path / "cache" / "cats_vs_dogs.part" / "train" / "cats"
    stale.mkdir(parents=True)
    (stale / "cat.77.jpg").write_bytes(b"half")
    archive = {"kagglecatsanddogs_5340.zip": zipped(photos(MICROSOFT))}
    server.publish(monkeypatch, "cats_vs_dogs", archive)
    check_pets(datasets.load("cats_vs_dogs"))
    assert not list(tmp_path.rglob("cat.77.jpg")) and not list(tmp_path.rglob("*.part"))
