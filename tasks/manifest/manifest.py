"""milestone.yaml in and out: one YAML document, the upper part the person's, the lower part the plan."""

from contextlib import suppress
from pathlib import Path

from ..model import Plan
from . import cache
from . import text as manifest_text
from .edit import add_to_list, set_depends_on
from .file import Manifest, ManifestFile, read_bytes
from .plan_data import plan_as_dict, plan_from
from .schema_check import SettingError
from .settings import Settings, settings_from
from .yaml_text import block

__all__ = [
    "Manifest",
    "add_to_list",
    "check_names",
    "plan_as_dict",
    "plan_from",
    "read_manifest",
    "read_settings",
    "set_depends_on",
    "write_plan",
]


def read_manifest(path: Path) -> Manifest:
    """Both parts of the manifest, checked together. Raises ConfigError."""
    data = read_bytes(path)
    key = cache.key_of(data)
    # A cache that was written over is no cache, whatever it holds.
    with suppress(KeyError, TypeError, ValueError, AttributeError, SettingError):
        known = cache.load(path, key)
        if known is not None:
            person, plan = known
            return Manifest(path, settings_from(person), plan_from(plan) if plan else None)
    file = ManifestFile(path, data)
    manifest = file.manifest()
    cache.keep(path, key, file.person(), plan_as_dict(manifest.plan) if manifest.plan else None)
    return manifest


def read_settings(path: Path) -> Settings:
    """The person's part alone, whatever the plan part holds: what `doit plan` starts from. Raises ConfigError."""
    return ManifestFile.read(path).settings()


def write_plan(path: Path, plan: Plan) -> bool:
    """Put `plan` into the lower part; the person's part is read anew and stays as it is, byte for byte.

    False when the file holds exactly this already; it is not touched then. Raises ConfigError when the
    person's part cannot be used, OSError when the file cannot be written.
    """
    old = ManifestFile.read(path)
    old.settings()
    new = manifest_text.replaced_plan(old.text, block({"plan": plan_as_dict(plan)}))
    # What cannot stand above `plan:` (`{...}` around it all, `...`) is found before anything is written.
    old.with_text(new).settings()
    return old.replace(new)


def check_names(path: Path, plan: Plan) -> None:
    """Has every issue that the person's part names a meaning to `plan`? Raises ConfigError."""
    file = ManifestFile.read(path)
    file.check_names(file.settings(), plan)
