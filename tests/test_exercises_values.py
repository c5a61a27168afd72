"""Exercises that ask for a value: what is said of the right one, of each slip, of others."""

from fractions import Fraction

import numpy as np
import pytest
from exercise_tools import assert_says, rows, said

# fmt: off
NUMBERS = {
    "01.1": [
        (196, "right"), (196.0, "right"), (192, "the last, smaller batch"),
        (49, "one epoch"), (48, "without its last"), (100_000, "divide by the batch size"),
        (4 * 25_000 / 512, "never taken in part"), (195.5, "a whole number is asked for"),
    ],
    "02.1": [
        (235_146, "right"), (234_752, "each unit has a bias too"),
        (234_755, "one bias for each unit, not for each layer"),
        (203_530, "the second hidden layer of 128 units is missing"),
        (233_856, "the last layer, one unit for each digit, is missing"),
        (309_290, "only the first layer sees the image"),
        (235_920, "units · (inputs + 1) parameters, not inputs · (units + 1)"),
    ],
    "02.2": [
        (np.log(9), "right"), (np.float32(2.1972), "right"), (2.2, "right"),
        (2.19, "2.19 is not the answer"), (9, "that is the ratio of the probabilities"),
        (-9.0, "that is the ratio of the probabilities"), (3, "3 is not the answer"),
        (8, "probabilities are not proportional to outputs"),
        (np.log10(9), "the logarithm to base 10"), (np.log2(9), "the logarithm to base 2"),
        (np.exp(9), "the other way"), (-np.log(9), "the more probable class has the larger output"),
        (float("nan"), "a number is asked for, this is nan"),
        (np.complex128(2.2), "a number is asked for, this is (2.2+0j)"),
    ],
    "03.1": [
        (4_801, "right"), (4_672, "every unit has a bias too"),
        (4_675, "a bias of its own, not each layer"), (5_121, "California has 8"),
        (4_736, "the output unit is missing"), (4_800, "the output unit has a bias too"),
        (641, "the second hidden layer is missing"), (4_234, "the first layer has 64 units"),
    ],
    "05.1": [
        (51_232, "right"), (832, "looks at all 64 channels"), (51_200, "has a bias too"),
        (51_264, "one bias for each filter"), (51_201, "a bias of its own"),
        (10_272, "25 weights a channel"), (1_664, "that is the first convolution"),
        (52_896, "that is both convolutions"),
    ],
    "06.1": [
        (262_656, "right"), (803_328, "that is with padding"), (262_144, "has a bias too"),
        (262_145, "a bias of its own"), (410_112, "off by one"),
        (1_049_088, "was the second pool forgotten"), (6_554_112, "were the pools forgotten"),
        (524_800, "the 64 are the first's"), (8_704, "each of the 32 channels comes in"),
        (590_336, "the first convolution takes 4 pixels too"),
    ],
    "07.1": [
        (2_097_664, "right"), (1_606_144, "that is the network as it stands"),
        (2_097_152, "has a bias too"), (2_097_153, "a bias of its own"),
        (8_389_120, "was the second pool forgotten"), (33_280, "each of the 64 channels comes in"),
        (1_049_088, "the last convolution has 64 filters"), (4_096, "these are its inputs"),
        (33_554_944, "were the pools forgotten"),
    ],
    "08.1": [
        (6_553_856, "right"), (6_553_600, "has a bias too"), (6_553_601, "a bias of its own"),
        (262_400, "behind the mean of each channel"), (25_600, "these are its inputs"),
        (1_310_976, "there are 5 × 5 positions, not 5"),
        (6_560_000, "one bias, not one for each position"),
        (6_554_113, "the last unit is a layer of its own"),
    ],
    "09.1": [
        (10, "right"), (8, "two pixels apart"), (9, "the pool itself widens"),
        (5, "behind the second convolution"), (6, "behind the pool"), (7, "without a pool"),
        (12, "two neighbors, not three"), (100, "the side is asked for"),
    ],
    "09.2": [
        (49, "right"), (7, "there are as many rows"), (36, "the first position counts too"),
        (64, "over the edge"), (16, "not by its own side"), (625, "not by one pixel"),
    ],
    "10.1": [
        (185, "right"), (50, "reads all 4 channels"), (180, "has a bias too"),
        (181, "a bias of its own"), (184, "4 filters"), (65, "9 weights a channel, not 3"),
        (140, "the 1 × 1 filters left 4 channels"),
    ],
    "11.1": [
        (231_211_008, "right"), (73_728, "these are the weights"),
        (4_128_768, "there are 56 × 56 positions"), (231_612_416, "leave them out"),
        (1_806_336, "each of the 128 filters"), (3_612_672, "each filter reads 64 channels"),
        (462_422_016, "is one, not two"), (214_990_848, "is the output already"),
    ],
    "11.2": [
        (25 / 18, "right"), (1.388889, "right"), (Fraction(25, 18), "right"), (2, "2 is not the"),
        (25 / 9, "there are two of 3 × 3"), (18 / 25, "the other way round"),
        (5 / 6, "k² weights for each channel"), (7, "the ratio is asked for"),
    ],
    "11.3": [
        (15_872 / 153_600, "right"), (12_800 / 153_600, "has weights, too"),
        (153_600 / 15_872, "the other way round"), (15_872, "the share is asked for"),
        (156_672 / 153_600, "reads 16 channels, not 192"),
        (5_632 / 30_720, "25 weights for each channel"), (0.5, "0.5 is not the answer"),
        (1 - 15_872 / 153_600, "the share that is saved"),
    ],
}

SHAPES = {
    "04.1": [
        ((3, 3, 32), "right"), ((5, 5, 32), "was the dilation forgotten?"),
        ((10, 10, 32), "was the stride forgotten?"), ((10, 10, 16), "was the stride forgotten?"),
        ((2, 2, 32), "off by one"), ((4, 4, 32), "without it 32 pixels"),
        ((8, 8, 32), "that is with padding"), ((32, 3, 3), "channels last"),
        ((3, 3, 16), "the last layer has 32 filters"), ((3, 3, 512), "reads all 16 channels"),
        ((3, 3), "the channels are missing"), ((None, 3, 3, 32), "but for the batch axis"),
    ],
    "05_networks.1": [
        ((6, 6, 16), "right"), ((12, 12, 16), "was the stride forgotten"),
        ((7, 7, 16), "that is with padding"), ((5, 5, 16), "off by one"),
        ((16, 6, 6), "channels last"), ((6, 6, 1), "a channel of its own"),
        ((6, 6), "the channels are missing"), ((None, 6, 6, 16), "but for the batch axis"),
        ((14, 14, 16), "two steps halve the image"),
    ],
    "10.2": [
        ((7, 7, 3), "right"), ((8, 8, 3), "that is with padding"),
        ((14, 14, 3), "the last pool"), ((15, 15, 3), "the first pool"),
        ((6, 6, 3), "for pictures of 28 × 28"), ((7, 7, 2), "each makes a channel"),
        ((7, 7, 6), "reads both channels"), ((3, 7, 7), "channels last"),
        ((7, 7), "the channels are missing"), ((None, 7, 7, 3), "but for the batch axis"),
    ],
}

ARRAYS = {
    "08.2": [
        ((513, 8_193), "right"), ([513, 8_193], "right"), (np.array([513, 8_193]), "right"),
        (513, "a pair (behind the means, behind the flattened numbers) is asked for, this is 513"),
        ((513, 8_193, 1), "is asked for, these are 3"), ((8_193, 513), "the means come first"),
        ((512, 8_193), "behind the means are right; the unit has a bias"),
        ((528, 8_193), "one number, however many positions"), ((513, 7), "7 is not the answer"),
        ((513, 8_192), "behind the flattened numbers are right; the unit has a bias"),
        ((513, 2_049), "there are 4 × 4 positions, not 4"),
        ((513, 8_208), "one bias, not one for each position"),
        ((513, 8_193.5), "a whole number is asked for, this is 8193.5"),
    ],
    "10.3": [
        ([1, 1, -1, -1], "right"), (np.array([2.0, 3.0, -9.0, -3.5]), "right"),
        ([1, 1, -1, 0], "responds to red and green, too: with a negative bias"),
        ([-1, 1, 1, -1], "the order is red, green, blue, not BGR"),
        ([-1, -1, 1, 0], "yellow's opposite"),
        ([1, 1, -1, -2], "its response to yellow is 0: the sum 0"),
        ([2, 1, 0, -1], "it responds to red and magenta, too"),
        ([1, 1, -1], "the shape is (3,), it should be (4,)"),
        ([1, 1, -1, np.inf], "not every number is finite: inf at [3]"),
    ],
}
XOR = ([[1, -1], [-1, 1]], [0, 0], [1, 1])
# fmt: on


@rows(NUMBERS | SHAPES | ARRAYS)
def test_the_right_value_and_each_slip_have_their_message(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)


@pytest.mark.parametrize("name", [*NUMBERS, *SHAPES])
def test_another_value_is_named(name, capsys):
    other, named = ((1, 7), "(1, 7)") if name in SHAPES else (12_345_678, "")
    assert_says(name, other, f"{named} is not the answer".strip(), capsys)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (tuple(map(np.array, XOR)), "right"),
        (XOR, "right"),
        (([[1, 1], [1, 1]], [0, -1], [1, -2]), "right"),
        (([[1, 1], [1, 1]], [0, -1], [1, -1]), "that is *or*"),
        (([[-1, 1], [-1, 1]], [1, -1], [1, 1]), "1 where the two are equal"),
        (([[1, 0], [0, 1]], [0, 0], [1, 1]), "no unit bends"),
        (([[-1, 0], [0, -1]], [0, 0], [1, 1]), "no unit bends"),
        (([[1, -1], [-1, 1]], [0, 0], [2, 1]), "(1, 0) gives 2"),
        (([1, -1], [0, 0], [1, 1]), "for xor_w: the shape is (2,), it should be (2, 2)"),
        (([[1, -1], [-1, 1]], 0, [1, 1]), "for xor_b: the shape is ()"),
        (([[1, -1], [-1, 1]], [0, 0], [[1], [1]]), "for cut: the shape is (2, 1)"),
        ((XOR[0], "zero", XOR[2]), "for xor_b: an array of numbers is asked for, this is 'zero'"),
        ((XOR[0], ..., XOR[2]), "not attempted"),
        ((XOR[0], XOR[1], None), "not attempted"),
    ],
)
def test_exclusive_or(answers, message, capsys):
    verdict = said("01.4", answers, capsys)
    assert message in verdict and (message == "right") == (verdict == "right")


def test_two_convolutions_are_what_keras_makes_of_them(capsys):
    import keras
    from keras import layers

    of_both = [layers.Conv2D(16, 5, strides=2), layers.MaxPooling2D(2)]
    of_both += [layers.Conv2D(32, 3, dilation_rate=2)]
    model = keras.Sequential([keras.Input((32, 32, 3)), *of_both])
    assert_says("04.1", model.output_shape[1:], "right", capsys)
