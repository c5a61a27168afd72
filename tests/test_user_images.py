"""Pictures that a reader brings: every usual kind is read, every broken file refused by name."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from course_utils import datasets
from course_utils.datasets import read_images, user_images

SIZE = (32, 32)


def scene(height=48, width=48):
    """(height, width, 3): left half red, right half blue, a white bar on top."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 2, 0] = image[:, width // 2 :, 2] = 200
    image[: height // 6] = 255
    return image


def is_scene(picture):
    """Whether top, left and right are where `scene` has them."""
    top, left, right = picture[1:3, 4:-4], picture[12:-2, 3:12], picture[12:-2, -12:-3]
    return top.min() > 180 and left[..., 0].min() > 150 > 90 > left[..., 2].max() and (
        right[..., 2].min() > 150 > 90 > right[..., 0].max()
    )  # fmt: skip


def saved(folder, name, image, **options):
    path = folder / name
    image.save(path, **options)
    return path


@pytest.mark.parametrize(
    "name", ["a.png", "a.jpg", "a.bmp", "a.gif", "a.webp", "a.tiff", "no_suffix", "wrong.txt"]
)
def test_formats_by_content_not_by_name(tmp_path, name):
    options = {"format": "PNG"} if name in ("no_suffix", "wrong.txt") else {}
    path = saved(tmp_path, name, Image.fromarray(scene()), **options)
    pictures, names, refused = read_images([path], SIZE)
    assert pictures.shape == (1, 32, 32, 3) and pictures.dtype == np.uint8
    assert is_scene(pictures[0]) and names == [name] and not refused


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK", "YCbCr"])
def test_colour_modes_give_the_same_picture(tmp_path, mode):
    name = "a.png" if mode in ("RGB", "RGBA", "P") else "a.tiff"
    path = saved(tmp_path, name, Image.fromarray(scene()).convert(mode))
    assert is_scene(read_images([path], SIZE)[0][0])


@pytest.mark.parametrize(
    ("array", "name"),
    [
        (np.full((40, 40), 128, np.uint8), "grey.png"),
        (np.full((40, 40), 128 * 257, np.uint16), "grey16.png"),
        (np.full((40, 40), 128 * 257, np.int32), "grey32.tiff"),
        (np.full((40, 40), 128 / 255, np.float32), "real.tiff"),
        (np.full((40, 40), 128.0, np.float32), "real255.tiff"),
    ],
)
def test_depths_become_bytes(tmp_path, array, name):
    path = saved(tmp_path, name, Image.fromarray(array))
    colour, grey = (read_images([path], SIZE, gray=g)[0] for g in (False, True))
    assert colour.shape == (1, 32, 32, 3) and grey.shape == (1, 32, 32)
    assert set(np.unique(colour)) == set(np.unique(grey)) == {128}


def test_transparency_is_laid_on_white(tmp_path):
    clear = np.zeros((20, 20, 4), np.uint8)
    clear[:, 10:] = (10, 20, 30, 255)
    paths = [saved(tmp_path, "a.png", Image.fromarray(clear))]
    palette = Image.fromarray(clear[..., :3]).quantize(4)
    paths.append(saved(tmp_path, "p.png", palette, transparency=palette.getpixel((0, 0))))
    paths.append(saved(tmp_path, "la.png", Image.fromarray(clear).convert("LA")))
    for picture in read_images(paths, (20, 20))[0]:
        assert picture[:, 2:8].min() == 255 and picture[:, 12:].max() < 40


def test_the_middle_is_cut_out_never_squeezed(tmp_path):
    wide = np.concatenate(
        [np.zeros((48, 60, 3), np.uint8), scene(), np.zeros((48, 60, 3), "u1")], 1
    )
    tall = np.concatenate([np.zeros((60, 48, 3), "u1"), scene(), np.zeros((60, 48, 3), "u1")], 0)
    paths = [saved(tmp_path, f"{n}.png", Image.fromarray(a)) for n, a in enumerate((wide, tall))]
    pictures, _, _ = read_images(paths, (40, 40))
    assert is_scene(pictures[0]) and is_scene(pictures[1])
    assert read_images(paths, (20, 40))[0].shape == (2, 20, 40, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(tmp_path, orientation):
    image = Image.fromarray(scene(48, 48))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = image.transpose(undo[orientation]) if orientation > 1 else image
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, "a.jpg", stored, exif=exif, quality=95)
    assert is_scene(read_images([path], SIZE)[0][0])


@pytest.mark.parametrize("size", [(1, 1), (3, 2_000), (31, 33)])
def test_any_size_is_scaled(tmp_path, size):
    path = saved(tmp_path, "a.png", Image.fromarray(np.full((*size, 3), 77, np.uint8)))
    assert np.unique(read_images([path], SIZE)[0]).tolist() == [77]


def bomb(width, height):
    """A PNG of a few bytes that says it has so many pixels."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_fault_what_is_no_picture_is_refused_by_name_and_the_rest_go_on(tmp_path, capsys, fault):
    good = saved(tmp_path, "good.png", Image.fromarray(scene()))
    jpeg = saved(tmp_path, "whole.jpg", Image.fromarray(scene(300, 300))).read_bytes()
    broken = {
        "empty.png": (b"", "the file is empty"),
        "text.jpg": (b"this is no picture at all", "no picture in a format that can be read"),
        "cut.png": (good.read_bytes()[:90], "damaged or cut off"),
        "cut.jpg": (jpeg[: len(jpeg) // 2], "damaged or cut off"),
        "bomb.png": (bomb(50_000, 50_000), "the picture is too large"),
        "large.png": (bomb(10_001, 10_000), "10,001 × 10,000 pixels"),
    }
    for name, (data, _) in broken.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "folder.png").mkdir()
    broken |= {"folder.png": (b"", "this is a folder"), "gone.png": (b"", "there is no such file")}
    paths = [good, *(tmp_path / name for name in broken), str(good)]
    pictures, names, refused = read_images(paths, SIZE)
    assert names == ["good.png", "good.png"] and all(map(is_scene, pictures))
    assert refused.keys() == {tmp_path / name for name in broken}
    for name, (_, reason) in broken.items():
        assert reason in refused[tmp_path / name]
        fault("your images", name, refused[tmp_path / name])
    out = capsys.readouterr().out
    assert out.count("left out.") == len(broken) and str(tmp_path) not in out


def test_flipped_bits_are_read_or_refused_never_a_crash(tmp_path):
    rng = np.random.default_rng(0)
    good = [saved(tmp_path, "good.png", Image.fromarray(scene()))]
    for suffix in ("png", "jpg", "gif", "bmp", "tiff", "webp"):
        data = saved(tmp_path, f"a.{suffix}", Image.fromarray(scene())).read_bytes()
        for i in range(40):
            bad = bytearray(data)
            for at in rng.integers(0, len(bad), 4):
                bad[at] ^= 1 << rng.integers(8)
            path = tmp_path / f"{i}.{suffix}"
            path.write_bytes(bytes(bad))
            pictures, names, refused = read_images([path, *good], SIZE)
            assert len(pictures) == len(names) == 2 - len(refused)


WRONG = {
    "a path that is not there": ("no/such/folder", "there is no file or folder 'folder'"),
    "an address": ("https://example.org/cat.jpg", "download what the address shows first"),
    "an empty folder": ("empty", "no image that can be read here, 0 tried"),
    "an empty list": ([], "no image that can be read here, 0 tried"),
    "a number": (7, "a folder or files are wanted, not 7"),
    "a home of nobody": ("~nobody-of-that-name/x", "there is no file or folder 'x'"),
    "one file that is text": ("text.txt", "1 tried (this is no picture"),
    "a folder of text": ("texts", "no image that can be read here, 2 tried"),
}


@pytest.mark.parametrize("case", WRONG)
def test_fault_nothing_that_can_be_read_is_one_sentence(tmp_path, monkeypatch, fault, case):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    for name in ("text.txt", "texts/a.txt", "texts/b.txt"):
        (tmp_path / name).write_text("Dear network,")
    files, reason = WRONG[case]
    with pytest.raises(datasets.BadRequest) as caught:
        read_images(files, SIZE)
    assert reason in str(caught.value)
    assert caught.value._render_traceback_() == [f"BadRequest: {caught.value}"]
    fault("your images", case, str(caught.value))


def test_fault_folder_that_may_not_be_read(tmp_path, monkeypatch, fault):
    def denied(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.iterdir", denied)
    with pytest.raises(datasets.BadRequest, match="cannot be read") as caught:
        read_images(tmp_path, SIZE)
    fault("your images", "a folder that may not be read", str(caught.value))


def test_folder_file_home_and_list_give_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine" / "more").mkdir(parents=True)
    (tmp_path / "mine" / ".DS_Store").write_bytes(b"x")
    path = saved(tmp_path / "mine", "cost $5 to $9.png", Image.fromarray(scene()))
    for files in (path, str(path.parent), "~/mine", [path], ["~/mine/cost $5 to $9.png"]):
        pictures, names, refused = read_images(files, SIZE)
        assert is_scene(pictures[0]) and names == ["cost $5 to $9.png"] and not refused


def test_of_a_large_folder_the_first_files_are_read(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(user_images, "MOST_FILES", 3)
    for i in range(5):
        saved(tmp_path, f"{i}.png", Image.fromarray(scene()))
    assert read_images(tmp_path, SIZE)[1] == ["0.png", "1.png", "2.png"]
    assert "5 files in" in capsys.readouterr().out
    assert len(read_images(sorted(tmp_path.iterdir()), SIZE)[1]) == 5  # a list means all of it
