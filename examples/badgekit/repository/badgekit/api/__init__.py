"""The HTTP interface. A module in this package is an endpoint by having a ``ROUTES`` tuple."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from badgekit.web import App, Route, Settings

__all__ = ["create_app", "discover"]


def discover() -> Iterator[Route]:
    """Yield the routes of every module in this package, in the order of the modules' names."""
    for module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
        yield from getattr(importlib.import_module(module.name), "ROUTES", ())


def create_app(settings: Settings | None = None) -> App:
    """Make the WSGI application with every endpoint there is."""
    return App(discover(), settings)
