"""The only cache of results: what was measured is found again by all it depends on."""

from course_utils.cache.code import FingerprintError
from course_utils.cache.fingerprints import fingerprint
from course_utils.cache.store import NotKeepable, Store, cached

__all__ = ["FingerprintError", "NotKeepable", "Store", "cached", "fingerprint"]
