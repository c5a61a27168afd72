"""What stays compiled in this process: a few networks, each with an optimizer of its own."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any


def unused_optimizer(optimizer: Any) -> Any:
    """A new optimizer like `optimizer` (a name or an object), which may have been used."""
    import keras

    optimizer = keras.optimizers.get(optimizer)
    settings_of = {k: v for k, v in optimizer.get_config().items() if k != "name"}
    return type(optimizer).from_config(settings_of)


def recent(kept: OrderedDict[str, Any], key: str, make: Callable[[], Any], most: int) -> Any:
    """`kept[key]`, made where it is not there; beyond `most`, what was used longest ago goes."""
    if key not in kept:
        kept[key] = make()
        while len(kept) > most:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]
