"""Whether this machine trains in bfloat16: flags, timing, what is kept."""

import json
from pathlib import Path

import pytest

from course_utils import config, precision


@pytest.fixture(autouse=True)
def own_machine_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "machine_folder", lambda: tmp_path / "machine")
    monkeypatch.setattr(precision, "_has_gpu", lambda: False)


def with_flags(monkeypatch, flags):
    monkeypatch.setattr(precision, "processor_flags", lambda: flags)


def with_ratio(monkeypatch, *ratios):
    left = list(ratios)
    monkeypatch.setattr(precision, "time_ratio", lambda: left.pop(0))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_reader_overrules(dtype, monkeypatch):
    with_flags(monkeypatch, set())
    assert precision.choose(dtype) == (dtype, f"{dtype} as asked")
    monkeypatch.setenv("COURSE_PRECISION", dtype)
    assert precision.choose() == (dtype, f"{dtype} as asked")


def test_an_unknown_precision_is_named():
    with pytest.raises(ValueError, match="unknown 'half': choose one of auto, float32, bfloat16"):
        precision.choose("half")


def test_without_the_flags_nothing_is_timed(monkeypatch):
    with_flags(monkeypatch, {"avx2"})
    with_ratio(monkeypatch)
    assert precision.choose()[0] == "float32"


@pytest.mark.parametrize("flags", [{"amx_bf16"}, {"avx512_bf16"}, None])
@pytest.mark.parametrize(("ratio", "dtype"), [(2.0, "bfloat16"), (1.1, "float32")])
def test_with_the_flags_or_unreadable_ones_the_timing_decides(monkeypatch, flags, ratio, dtype):
    with_flags(monkeypatch, flags)
    with_ratio(monkeypatch, ratio)
    assert precision.choose()[0] == dtype


def test_the_timing_is_kept_for_the_machine(monkeypatch):
    with_flags(monkeypatch, {"amx_bf16"})
    with_ratio(monkeypatch, 2.0)
    assert precision.choose() == precision.choose()
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX512_CORE")
    with pytest.raises(IndexError):  # another limit is another machine: it would be timed anew
        precision.choose()


def test_a_damaged_timing_is_measured_again(monkeypatch):
    with_flags(monkeypatch, {"amx_bf16"})
    with_ratio(monkeypatch, 2.0, 2.0)
    precision.choose()
    path = config.machine_folder() / "precision.json"
    path.write_text("{half a")
    assert precision.choose()[0] == "bfloat16"
    assert list(json.loads(path.read_text()).values()) == [2.0]


def test_a_folder_that_cannot_be_written_is_said_and_the_run_goes_on(monkeypatch, capsys):
    with_flags(monkeypatch, {"amx_bf16"})
    with_ratio(monkeypatch, 2.0)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert precision.choose()[0] == "bfloat16"
    assert capsys.readouterr().out == (
        "The timing of this machine could not be kept (Permission denied).\n"
    )


@pytest.mark.parametrize(
    ("limit", "left"),
    [
        ("", {"amx_bf16", "avx512_bf16", "avx2"}),
        ("AVX512_CORE_BF16", {"avx512_bf16", "avx2"}),
        ("AVX512_CORE", {"avx2"}),
        ("AVX2", {"avx2"}),
        ("AVX10_1_512_AMX", {"amx_bf16", "avx512_bf16", "avx2"}),
    ],
)
def test_a_limit_hides_flags(monkeypatch, limit, left):
    text = "processor : 0\nflags\t\t: avx2 amx_bf16 avx512_bf16\n"
    monkeypatch.setattr(Path, "is_file", lambda self: True)
    monkeypatch.setattr(Path, "read_text", lambda self, *a, **k: text)
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", limit)
    assert precision.processor_flags() == left


def test_the_timing_is_a_ratio():
    assert 0.05 < precision.time_ratio() < 50
