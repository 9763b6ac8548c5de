"""Every figure against its reference, on random offices: the SQL and plain Python must say the same.

The examples are always the same; HENREI_EXAMPLES=1000 tries so many others.
"""

import os
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

import reference
from henrei_analytics.figures.declarations import declarations
from reference.compare import disagreements
from reference.known import World
from reference.registry import REFERENCES, WITHOUT_REFERENCE
from reference.worlds import worlds

for module in Path(reference.__file__).parent.glob("*.py"):
    import_module(f"reference.{module.stem}")

MORE = os.environ.get("HENREI_EXAMPLES")
BY_SQL = {name for name, each in declarations().items() if not each.inputs}

differs: list[str] = []


@settings(
    max_examples=int(MORE or 20),
    derandomize=not MORE,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(worlds())
def test_figures_say_what_their_definitions_say(world: World):
    # Once a figure differs only this one is looked at, so that the example is made small in seconds.
    for name, how in disagreements(world, differs or sorted(BY_SQL & REFERENCES.keys())):
        differs[:] = [name]
        raise AssertionError(f"{name}: {how}")


def test_every_figure_has_a_reference():
    assert BY_SQL - REFERENCES.keys() - WITHOUT_REFERENCE.keys() == set()


@pytest.mark.parametrize("name", [*REFERENCES, *WITHOUT_REFERENCE])
def test_every_reference_has_a_figure(name):
    assert name in BY_SQL
    assert not (name in REFERENCES and name in WITHOUT_REFERENCE)
