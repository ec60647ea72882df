"""What the reorder arithmetic refuses: each finds the first value that cannot be meant and says which and why.

All raise `InvalidInput` with the field's name, the value and a reason: "missing" (NaN or infinite), "not_positive",
"negative", "out_of_range" (also for figures so large or so near 0 that sums of them would be no numbers any more) or
"lengths_differ".
"""

import numpy as np
import numpy.typing as npt

from av_pos.errors import InvalidInput

Floats = npt.NDArray[np.float64]

_LARGEST, _SMALLEST = 1e60, 1e-60


def positive(field: str, value: npt.ArrayLike) -> Floats:
    """Return the values as float64; raises where one is not above 0."""
    values = _known(field, value)
    _refuse(field, values, values <= 0, "not_positive")
    _refuse(field, values, values < _SMALLEST, "out_of_range")
    return values


def not_negative(field: str, value: npt.ArrayLike) -> Floats:
    """Return the values as float64; raises where one is below 0."""
    values = _known(field, value)
    _refuse(field, values, values < 0, "negative")
    return values


def cost_or_nan(field: str, value: npt.ArrayLike) -> Floats:
    """Return the values as float64, NaN where nobody knows the cost; raises where one is below 0 or infinite."""
    values = np.asarray(value, np.float64)
    _refuse(field, values, np.isinf(values), "missing")
    _refuse(field, values, values < 0, "negative")
    _refuse(field, values, (values > _LARGEST) | ((values > 0) & (values < _SMALLEST)), "out_of_range")
    return values


def inside(field: str, value: npt.ArrayLike, low: float, high: float) -> Floats:
    """Return the values as float64; raises where one does not lie strictly between `low` and `high`."""
    values = _known(field, value)
    _refuse(field, values, (values <= low) | (values >= high), "out_of_range")
    return values


def as_long_as(field: str, values: npt.NDArray[np.generic], titles: int) -> None:
    """Raise unless the array holds one value, or one for each title."""
    if values.ndim > 1 or (values.ndim == 1 and len(values) != titles):
        raise InvalidInput(field, str(values.shape), "lengths_differ")


def _known(field: str, value: npt.ArrayLike) -> Floats:
    values = np.asarray(value, np.float64)
    _refuse(field, values, ~np.isfinite(values), "missing")
    _refuse(field, values, np.abs(values) > _LARGEST, "out_of_range")
    return values


def _refuse(field: str, values: Floats, bad: npt.NDArray[np.bool_], reason: str) -> None:
    if bad.any():
        raise InvalidInput(field, f"{values[bad].flat[0]:g}", reason)
