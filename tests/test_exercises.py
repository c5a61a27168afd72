"""What every checker says of stubs, of odd answers, and of right ones in any form."""

import contextlib
import io
import re
import sys
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import nbformat
import notebook_tools as tools
import numpy as np
import pytest
from exercise_tools import arguments, assert_says, checker, known_as, said
from hypothesis import assume, given
from hypothesis import strategies as st
from odd_answers import FUNCTIONS, VALUES, HasArray

from course_utils.exercises import framework
from course_utils.exercises.framework import Wrong, match, real, real_numbers, whole
from course_utils.exercises.verdicts import LONGEST

NAMES = [
    f"{known_as(path)}.{exercise}"
    for path in tools.NOTEBOOKS
    for exercise in re.findall(r"check\.check_(\d+)\(", path.read_text(encoding="utf-8"))
]
OF_FUNCTIONS = [
    f"{known_as(path)}.{re.search(r'check_([0-9]+)', check.source)[1]}"
    for path in tools.NOTEBOOKS
    for stub, check, _ in tools.exercises(nbformat.read(path, as_version=4))
    if stub.source.startswith("def ")
]
of_functions = pytest.mark.parametrize("name", OF_FUNCTIONS)


def verdict_of(name, answer):
    """All that is printed; of an exercise that asks for three answers, all are `answer`."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        checker(name)(*arguments(name, answer))
    return printed.getvalue()


def refused(name, answer):
    """The verdict, held to what every verdict on an odd answer has to be."""
    printed = verdict_of(name, answer)
    assert printed.endswith("\n") and printed.count("\n") == 1, (name, printed)
    verdict = printed.rstrip("\n")
    assert verdict.startswith("wrong: ") and 10 < len(verdict) <= LONGEST, (name, verdict)
    assert "Traceback" not in verdict and "cannot be examined" not in verdict, (name, verdict)
    assert not re.search(r"0x[0-9a-f]{6}", verdict), (name, verdict)
    return verdict


# --- not attempted --------------------------------------------------------------------------------


def test_the_notebooks_call_every_checker():
    modules = Path(framework.__file__).parent.glob("chapter*.py")
    defined = [
        f"{path.stem.removeprefix('chapter')}.{name.removeprefix('check_')}"
        for path in modules
        for name in vars(import_module(f"course_utils.exercises.{path.stem}"))
        if re.fullmatch(r"check_\d+", name)
    ]
    assert sorted(defined) == sorted(NAMES) and len(OF_FUNCTIONS) >= 35
    assert all(checker(name).__doc__ for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("stub", [..., None])
def test_a_stub_is_not_attempted(name, stub):
    assert verdict_of(name, stub) == "not attempted\n"


@of_functions
def test_a_function_that_returns_the_stub_is_not_attempted(name):
    assert verdict_of(name, lambda *_: ...) == "not attempted\n"


@of_functions
def test_a_function_without_return_is_told_so(name):
    assert "your function returns nothing: is a return missing?" in verdict_of(
        name, lambda *_: None
    )


@of_functions
def test_an_error_in_the_readers_code_is_named(name):
    line = sys._getframe().f_lineno + 1
    verdict = verdict_of(name, lambda *_: 1 / 0)
    assert f"your code stops in line {line} with ZeroDivisionError: division by zero" in verdict
    assert "a function is asked for, this is of type int" in verdict_of(name, 3)


# --- odd answers ----------------------------------------------------------------------------------


def test_there_are_odd_answers_enough():
    assert len(VALUES) >= 60 and len(FUNCTIONS) >= 20


@pytest.mark.parametrize("odd", VALUES)
def test_fault_odd_value(odd, fault):
    for name in NAMES:
        refused(name, VALUES[odd]())
    fault("exercises", f"{odd}, for a number of steps", refused("01.1", VALUES[odd]()))


@pytest.mark.parametrize("odd", VALUES)
def test_fault_function_that_returns_an_odd_value(odd, fault):
    for name in OF_FUNCTIONS:
        refused(name, lambda *_: VALUES[odd]())
    fault("exercises", f"a function that returns {odd}", refused("01.3", lambda *_: VALUES[odd]()))


@pytest.mark.parametrize("odd", FUNCTIONS)
def test_fault_odd_function(odd, fault):
    for name in OF_FUNCTIONS:
        refused(name, FUNCTIONS[odd])
    fault("exercises", f"a function that {odd}", refused("01.3", FUNCTIONS[odd]))


@pytest.mark.parametrize("odd", ["not a number", "a generator", "an object whose repr raises"])
def test_fault_odd_value_beside_right_ones(odd, fault, capsys):
    verdict = said("01.4", ([[1, -1], [-1, 1]], VALUES[odd](), [1, 1]), capsys)
    assert verdict.startswith("wrong: for xor_b: ")
    fault("exercises", f"{odd} as one of three answers", verdict)


def test_ctrl_c_goes_through():
    def interrupted(*_):
        raise KeyboardInterrupt

    for name in OF_FUNCTIONS:
        with pytest.raises(KeyboardInterrupt):
            checker(name)(*arguments(name, interrupted))


# --- right answers in any form --------------------------------------------------------------------


class Torch:
    """As much of a PyTorch tensor as a checker may ask of one."""

    def __init__(self, array, attached=True):
        self.array, self.attached = np.asarray(array), attached

    def detach(self):
        return Torch(self.array, attached=False)

    def cpu(self):
        return self

    def numpy(self):
        assert not self.attached, "Can't call numpy() on Tensor that requires grad"
        return self.array

    def __array__(self, dtype=None, copy=None):
        return self.numpy()


def has_array(value):
    return HasArray(np.asarray(value))


def tensorflow(value):
    import tensorflow as tf

    return tf.constant(value)


def variable(value):
    import keras

    return keras.Variable(value, dtype=np.asarray(value).dtype.name)


def bfloat16(value):
    import tensorflow as tf

    return tf.constant(value, tf.bfloat16)


FORMS = [np.asarray, has_array, Torch, tensorflow, variable]


SCALARS = [int, float, np.int64, np.float32, Fraction, Decimal]


@pytest.mark.parametrize("form", [*FORMS, *SCALARS, np.uint8, np.float16, bfloat16])
def test_a_whole_number_in_any_form_is_right(form, capsys):
    assert_says("01.1", form(196), "right", capsys)
    assert_says("01.1", form(192), "the last, smaller batch", capsys)


@pytest.mark.parametrize("form", [*FORMS, *SCALARS])
def test_a_number_that_a_function_returns_in_any_form_is_right(form, capsys):
    assert_says("05_data.1", lambda n, b, e: form(-(-n // b) * e), "right", capsys)
    of_one = {(1, 3): 0.125, (2, 3): 15 / 64, (8, 1): 255 / 256, (64, 4): 1 - (15 / 16) ** 64}
    verdict = "0 is not the answer" if form in (int, np.int64) else "right"
    assert_says("10.5", lambda f, c: form(of_one[f, c]), verdict, capsys)


@pytest.mark.parametrize("form", [*FORMS, tuple, list, lambda v: tuple(map(np.int64, v))])
def test_a_shape_or_a_pair_in_any_form_is_right(form, capsys):
    assert_says("04.1", form((3, 3, 32)), "right", capsys)
    assert_says("04.1", form((32, 3, 3)), "channels last", capsys)
    assert_says("08.2", form((513, 8_193)), "right", capsys)
    assert_says("11.4", lambda c, g, n: form((c + n * g, c + n * g - g)), "right", capsys)


@pytest.mark.parametrize("form", [*FORMS, np.ndarray.tolist, list, np.float32])
def test_an_array_in_any_form_is_right(form, capsys):
    assert_says("01.3", lambda x: form(x.transpose(0, 3, 1, 2)), "right", capsys)
    assert_says("01.3", lambda x: form(x), "as they were", capsys)
    assert_says("03.6", lambda *_: form(np.array([3.0, 3.0])), "draw with replacement", capsys)


@pytest.mark.parametrize("form", FORMS)
def test_images_of_bytes_in_any_form_are_taken(form):
    from course_utils.exercises.framework import image_bytes

    images = np.arange(24, dtype="uint8").reshape(2, 3, 4, 1)
    assert np.array_equal(image_bytes(form(images)), images)


def test_a_shape_of_tensorflow_is_right(capsys):
    import tensorflow as tf

    assert_says("04.1", tf.TensorShape((3, 3, 32)), "right", capsys)
    assert_says("04.1", tf.TensorShape((None, 3, 3, 32)), "but for the batch axis", capsys)


def test_arithmetic_in_place_is_right_where_nothing_forbids_it(capsys):
    def softmax_in_place(outputs):
        outputs -= outputs.max(axis=1, keepdims=True)
        np.exp(outputs, out=outputs)
        outputs /= outputs.sum(axis=1, keepdims=True)
        return outputs

    assert_says("02.3", softmax_in_place, "right", capsys)


def test_what_the_readers_function_prints_stands_before_the_verdict(capsys):
    def steps(samples, batch, epochs):
        print(samples)
        return -(-samples // batch) * epochs

    checker("05_data.1")(steps)
    assert capsys.readouterr().out.split("\n") == ["256", "60000", "300", "7", "right", ""]


# --- the comparison -------------------------------------------------------------------------------


DECIMALS = st.decimals().filter(lambda number: not number.is_snan())  # == raises for those


@given(st.integers() | st.floats() | st.fractions() | DECIMALS)
def test_only_196_is_196(answer):
    assert (verdict_of("01.1", answer) == "right\n") == (answer == 196)


@given(st.lists(st.integers(-5, 40) | st.none(), max_size=5))
def test_only_the_shape_is_the_shape(answer):
    assert (verdict_of("04.1", answer) == "right\n") == (answer == [3, 3, 32])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_two_decimals_are_enough_and_one_is_not(away):
    assume(abs(away) <= 0.005 or abs(away) >= 0.02)
    right = verdict_of("02.2", float(np.log(9)) + away) == "right\n"
    assert right == (abs(away) <= 0.005)


@given(st.integers(0, 119), st.floats(allow_infinity=True, allow_nan=True))
def test_one_value_that_is_off_is_found(at, off):
    assume(not abs(off) <= 1e-4)

    def answer(images):
        moved = images.transpose(0, 3, 1, 2).copy()
        moved.flat[at] += off
        return moved

    assert verdict_of("01.3", answer).startswith("wrong: ")


@pytest.mark.parametrize(
    "nearly",
    [
        [True, True, -1, -1],
        np.array([1, 1, -1, -1j]) ** 2,
        np.array([1, 1, -1, -1], complex),
        np.ma.array([1, 1, -1, -1], mask=[1, 0, 0, 0]),
        np.array(["1", "1", "-1", "-1"]),
        ["1", "1", "-1", "-1"],
    ],
)
def test_what_would_be_right_if_it_were_numbers_is_wrong(nearly, capsys):
    assert_says("10.3", nearly, "an array of numbers is asked for", capsys)


def test_a_list_of_one_number_is_no_number(capsys):
    assert_says("01.1", [196], "a number is asked for, this is [196]", capsys)
    assert_says("09.1", np.array([10]), "a whole number is asked for, this is an array", capsys)
    assert_says("09.1", np.array([True])[0], "a whole number is asked for, this is True", capsys)
    assert_says("11.2", np.array([25 / 18]), "a number is asked for, this is an array", capsys)


@given(st.integers(), st.integers())
def test_whole_numbers_are_compared_exactly(found, right):
    if found == right:
        match(whole(found), right, {})
    else:
        with pytest.raises(Wrong):
            match(whole(found), right, {})


@given(st.floats(-1e6, 1e6))
def test_a_number_is_taken_in_as_it_is(number):
    assert real(number) == number and real_numbers([number])[0] == number
    if number == int(number):
        assert whole(number) == number
    else:
        with pytest.raises(Wrong, match="a whole number is asked for"):
            whole(number)
