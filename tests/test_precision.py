"""Whether this machine trains in bfloat16: flags, timing, what is kept."""

import json
from pathlib import Path
from types import SimpleNamespace

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


def test_fault_an_unknown_precision_is_named(fault, monkeypatch):
    with pytest.raises(ValueError, match="unknown 'half': choose one of auto, float32, bfloat16"):
        precision.choose("half")
    monkeypatch.setenv("COURSE_PRECISION", "float16")
    with pytest.raises(ValueError, match="COURSE_PRECISION") as error:
        precision.choose()
    fault("settings", "COURSE_PRECISION=float16", str(error.value))


def test_without_the_flags_nothing_is_timed(monkeypatch):
    with_flags(monkeypatch, {"avx2"})
    with_ratio(monkeypatch)
    assert precision.choose()[0] == "float32"


@pytest.mark.parametrize("flags", [{"amx_bf16"}, {"avx512_bf16"}, None])
@pytest.mark.parametrize(
    ("ratio", "dtype"),
    [(2.0, "bfloat16"), (1.25, "bfloat16"), (1.15, "float32"), (0.0, "float32")],
)
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


@pytest.mark.parametrize(
    ("case", "text", "said"),
    [
        ("half a timing file", "{half a", "damaged"),
        ("an empty timing file", "", "damaged"),
        ("a timing file that is a list", "[2.0]", ""),
        ("a timing that is a word", '{KEY: "fast"}', ""),
        ("a timing below zero", "{KEY: -1.0}", ""),
    ],
)
def test_fault_a_damaged_timing_is_measured_again(case, text, said, monkeypatch, capsys, fault):
    with_flags(monkeypatch, {"amx_bf16"})
    with_ratio(monkeypatch, 1.0, 2.0)
    assert precision.choose()[0] == "float32"
    path = config.machine_folder() / "precision.json"
    (key,) = json.loads(path.read_text())
    path.write_text(text.replace("KEY", json.dumps(key)))
    dtype, why = precision.choose()
    assert dtype == "bfloat16" and json.loads(path.read_text()) == {key: 2.0}
    told = capsys.readouterr().out
    assert said in told and bool(said) == bool(told)
    fault("machine", case, told + why)


def test_fault_a_folder_that_cannot_be_written_is_said_and_the_run_goes_on(
    monkeypatch, capsys, fault
):
    with_flags(monkeypatch, {"amx_bf16"})
    with_ratio(monkeypatch, 2.0)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert precision.choose()[0] == "bfloat16"
    told = capsys.readouterr().out
    assert told == "The timing of this machine could not be kept (Permission denied).\n"
    fault("machine", "the user's cache cannot be written", told)


def test_fault_another_process_that_never_ends_its_timing(monkeypatch, capsys, fault):
    with_flags(monkeypatch, {"amx_bf16"})
    with_ratio(monkeypatch, 2.0)

    def busy(self, *_, **__):
        raise precision.Timeout("precision.lock")

    monkeypatch.setattr(precision.FileLock, "acquire", busy)
    assert precision.choose()[0] == "bfloat16"
    told = capsys.readouterr().out
    assert told == "The timing of this machine could not be kept (another process is at it).\n"
    fault("machine", "another process holds the timing's lock", told)


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


def test_a_system_that_shows_no_flags(monkeypatch):
    monkeypatch.setattr(Path, "is_file", lambda self: False)
    assert precision.processor_flags() is None


def test_a_device_without_such_convolutions_trains_in_float32(monkeypatch):
    import tensorflow as tf

    def lacking(*_, **__):
        raise tf.errors.UnimplementedError(None, None, "no bfloat16 convolution here")

    monkeypatch.setattr(tf.nn, "conv2d", lacking)
    with_flags(monkeypatch, {"amx_bf16"})
    assert precision.choose() == ("float32", "float32 (bfloat16 gains nothing on this machine)")
    assert precision.time_ratio() == 0


def test_the_timing_is_float32_over_bfloat16(monkeypatch):
    """By a clock on which float32 takes 6 s and bfloat16 2 s, but for one of five each."""
    spans = [6, 2, 6, 2, 600, 2, 6, 200, 6, 2]
    times = iter([moment for span in spans for moment in (0, span)])
    monkeypatch.setattr(precision, "time", SimpleNamespace(perf_counter=lambda: next(times)))
    assert precision.time_ratio() == 3
    assert list(times) == []
