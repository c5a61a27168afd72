"""Batches for `fit`: everything once an epoch, in order or shuffled, and no thread to wait for."""

import numpy as np
import pytest

from course_utils import training


def test_batches_are_in_order_without_a_seed_and_deals_out_everything_with_one():
    x, y = np.arange(10)[:, np.newaxis], {"a": np.arange(10), "b": -np.arange(10)}
    in_order = training.make_dataset((x, y), 4)
    assert [len(xs) for xs, _ in in_order] == [4, 4, 2]
    np.testing.assert_array_equal(np.concatenate([xs for xs, _ in in_order]), x)
    shuffled = training.make_dataset((x, y), 4, seed=1)
    first, second = ([(xs[:, 0], ys) for xs, ys in shuffled] for _ in range(2))
    for epoch in (first, second):
        rows = np.concatenate([xs for xs, _ in epoch])
        assert sorted(rows) == list(range(10)) != list(rows)
        np.testing.assert_array_equal(np.concatenate([ys["a"] for _, ys in epoch]), rows)
        np.testing.assert_array_equal(np.concatenate([ys["b"] for _, ys in epoch]), -rows)
    assert any(not np.array_equal(a, b) for (a, _), (b, _) in zip(first, second, strict=True))
    assert not shuffled.options().autotune.enabled
    with pytest.raises(ValueError, match="need a seed"):
        training.make_dataset((x, y), 4, steps=3)


@pytest.mark.parametrize(
    ("shape", "most"),
    [((28, 28, 1), 1_000), ((32, 32, 3), 1_000), ((64,), 1_000), ((150, 150, 3), 45),
     ((224, 224, 3), 20)],
)  # fmt: skip
def test_large_pictures_are_asked_a_few_at_a_time(shape, most):
    asked = []

    def model(x, training):
        asked.append(len(x))
        return np.tile([0.0, 1.0], (len(x), 1))

    x = np.zeros((most + 1, *shape), "uint8")
    assert training.accuracy(model, x, np.ones(most + 1)) == 1
    assert asked == [most, 1]
