"""Batches for `fit`: everything once an epoch, in order or shuffled, and no thread to wait for."""

import numpy as np
import pytest

from course_utils import training


def test_a_stream_is_in_order_without_a_seed_and_deals_out_everything_with_one():
    x, y = np.arange(10)[:, np.newaxis], {"a": np.arange(10), "b": -np.arange(10)}
    in_order = training.stream((x, y), 4)
    assert [len(xs) for xs, _ in in_order] == [4, 4, 2]
    np.testing.assert_array_equal(np.concatenate([xs for xs, _ in in_order]), x)
    shuffled = training.stream((x, y), 4, seed=1)
    first, second = ([(xs[:, 0], ys) for xs, ys in shuffled] for _ in range(2))
    for epoch in (first, second):
        rows = np.concatenate([xs for xs, _ in epoch])
        assert sorted(rows) == list(range(10)) != list(rows)
        np.testing.assert_array_equal(np.concatenate([ys["a"] for _, ys in epoch]), rows)
        np.testing.assert_array_equal(np.concatenate([ys["b"] for _, ys in epoch]), -rows)
    assert any(not np.array_equal(a, b) for (a, _), (b, _) in zip(first, second, strict=True))
    assert not shuffled.options().autotune.enabled
    with pytest.raises(ValueError, match="need a seed"):
        training.stream((x, y), 4, updates=3)
