"""The files beside this module: templates, styles and scripts."""

from __future__ import annotations

from functools import cache
from importlib import resources

import jinja2


@cache
def environment() -> jinja2.Environment:
    """Templates escape by default; what is HTML already is marked `safe` there."""
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(asset),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


@cache
def asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
