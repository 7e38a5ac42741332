"""Every table of the house: importing all models makes `Base.metadata` complete."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from sqlalchemy import MetaData

from kernel.tables import Base

# The tables of the machinery itself stand beside their code.
_KERNEL = ("kernel.audit", "kernel.events", "kernel.idempotency")
_PACKAGES = ("authz", "masterdata", "domain")


def load_models() -> MetaData:
    """The metadata of all tables."""
    for name in model_modules():
        import_module(name)
    return Base.metadata


def model_modules() -> Iterator[str]:
    """The names of all modules that declare tables: `model.py` in whatever capability."""
    yield from _KERNEL
    for package in _PACKAGES:
        for module in pkgutil.walk_packages(import_module(package).__path__, prefix=f"{package}."):
            if module.name.endswith(".model"):
                yield module.name
