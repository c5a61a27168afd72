"""Sequences of unequal length in two arrays, as texts have them."""

import numpy as np


class Ragged:
    """Sequences of unequal length: `tokens` (n,), `offsets` (rows + 1,); row i is an array."""

    def __init__(self, tokens: np.ndarray, offsets: np.ndarray) -> None:
        self.tokens, self.offsets = tokens, offsets

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int | slice) -> "np.ndarray | Ragged":
        if isinstance(row, slice):
            start, stop, step = row.indices(len(self))
            if step != 1:
                raise ValueError("rows are taken one after the other: the step must be 1")
            return Ragged(self.tokens, self.offsets[start : max(start, stop) + 1])
        row = range(len(self))[row]
        return self.tokens[self.offsets[row] : self.offsets[row + 1]]

    def __repr__(self) -> str:
        return f"Ragged({len(self):,} rows, {self.offsets[-1] - self.offsets[0]:,} tokens)"
