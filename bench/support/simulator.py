"""The GitHub that the tests run against, for benchmarks: loaded by its path, as both have a package `support`."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2] / "tests" / "support"

_spec = spec_from_file_location("simulator", TESTS / "__init__.py", submodule_search_locations=[str(TESTS)])
assert _spec
sys.modules["simulator"] = module_from_spec(_spec)
