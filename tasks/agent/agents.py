"""The table of agents: settings from a preset, a command, and the changes of one issue."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import PurePath
from typing import Any

import yaml

from ..durations import parse_duration
from ..environment import check_names
from ..errors import ConfigError
from ..executor.base import Executor
from ..stopping import Stop
from .base import Agent, AgentSettings
from .command import CommandAgent, check_command

_CHOICES = {"prompt": ("stdin", "none"), "output": ("text", "json", "jsonl")}


def agent_settings(
    value: str | Mapping[str, Any], change: str | Mapping[str, Any] | None = None
) -> AgentSettings:
    """The settings that `agent:` and an issue's own `agent:` mean.

    Either is the name of a preset, or keys: `preset` or `command` with the rest. A change that names another
    preset or command keeps only `timeout` and `silence` of the first. Raises ConfigError, one line.
    """
    settings = _apply(None, _keys(value), "agent")
    if change is not None:
        settings = _apply(settings, _keys(change), "agent of the issue")
    _check(settings)
    return settings


def make_agent(
    settings: AgentSettings, executor: Executor, stop: Stop, report: Callable[[int, str], None]
) -> Agent:
    """The agent of these settings. `report(issue, line)` is told what a person may want to know meanwhile."""
    return CommandAgent(settings, executor, stop, report)


def presets() -> tuple[str, ...]:
    """The names that `agent:` and `preset:` may have."""
    return tuple(_data()["presets"])


def _apply(base: AgentSettings | None, keys: dict[str, Any], where: str) -> AgentSettings:
    given = dict(keys)
    preset, command = given.pop("preset", None), given.get("command")
    if preset is None and command is None and base is None:
        raise ConfigError(f"{where}: name a `preset` ({', '.join(presets())}) or a `command`")
    if preset is not None or command is not None:
        base = _begin(base, preset, command, where)
    assert base is not None
    given = _with_options(base, given)
    return replace(base, **{key: _read(base, key, value, where) for key, value in given.items()})


def _with_options(base: AgentSettings, given: dict[str, Any]) -> dict[str, Any]:
    """A preset's own options may stand beside the other keys: `{preset: replay, patches: DIR}`."""
    own = {key: given.pop(key) for key in base.options if key in given}
    named = given.get("options", {})
    return given | {"options": {**named, **own}} if own and isinstance(named, Mapping) else given


def _begin(base: AgentSettings | None, preset: object, command: object, where: str) -> AgentSettings:
    begun = _own(command, where) if preset is None else _preset(preset, where)
    return replace(begun, timeout=base.timeout, silence=base.silence) if base else begun


def _own(command: object, where: str) -> AgentSettings:
    return AgentSettings(_command_name(command, where), (), **_common())


def _preset(name: object, where: str) -> AgentSettings:
    if not isinstance(name, str) or name not in presets():
        raise ConfigError(f"{where}: there is no preset {name!r}; there is {', '.join(presets())}")
    entry = dict(_data()["presets"][name])
    options = entry.pop("options", {})
    begun = AgentSettings(name, (), options=options, **_common())
    return replace(begun, **{key: _read(begun, key, value, name) for key, value in entry.items()})


def _read(base: AgentSettings, key: str, value: object, where: str) -> Any:
    reader = _READERS.get(key)
    if reader is None:
        known = ", ".join(sorted({"preset", *_READERS, *base.options}))
        raise ConfigError(f"{where}: there is no key `{key}`; there is {known}")
    try:
        return reader(base, key, value)
    except ConfigError as error:
        raise ConfigError(f"{where}: `{key}`: {error}") from None


def _duration(_base: AgentSettings, _key: str, value: object) -> float:
    return parse_duration(value)


def _name(_base: AgentSettings, _key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{value!r} is no name")
    return value


def _amount(_base: AgentSettings, _key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
        raise ConfigError(f"{value!r} is no amount of dollars above 0")
    return float(value)


def _choice(_base: AgentSettings, key: str, value: object) -> str:
    if value not in _CHOICES[key]:
        raise ConfigError(f"{value!r} is none of {', '.join(_CHOICES[key])}")
    return str(value)


def _list(_base: AgentSettings, _key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(_scalar(part) for part in value):
        raise ConfigError(f"{value!r} is no list of texts")
    return tuple(str(part) for part in value)


def _command(base: AgentSettings, key: str, value: object) -> tuple[str, ...]:
    parts = _list(base, key, value)
    if not parts:
        raise ConfigError("it is empty")
    return parts


def _more(base: AgentSettings, key: str, value: object) -> tuple[str, ...]:
    """Added to what the preset has: its keys and patterns are needed as well."""
    return tuple(dict.fromkeys((*getattr(base, key), *_list(base, key, value))))


def _patterns(base: AgentSettings, key: str, value: object) -> tuple[str, ...]:
    for pattern in _list(base, key, value):
        try:
            re.compile(pattern)
        except re.error as error:
            raise ConfigError(f"{pattern!r} is no pattern: {error}") from None
    return _more(base, key, value)


def _merged(base: AgentSettings, key: str, value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not all(_scalar(one) for pair in value.items() for one in pair):
        raise ConfigError(f"{value!r} is no mapping of names to texts")
    texts = {str(name): str(text) for name, text in value.items()}
    return {**getattr(base, key), **texts}


def _scalar(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


_READERS: Mapping[str, Callable[[AgentSettings, str, object], Any]] = {
    "command": _command,
    "model": _name,
    "model_args": _list,
    "budget_usd": _amount,
    "budget_args": _list,
    "session_args": _list,
    "resume": _list,
    "prompt": _choice,
    "output": _choice,
    "fields": _merged,
    "environment": _more,
    "variables": _merged,
    "usage_limits": _patterns,
    "lost_sessions": _patterns,
    "timeout": _duration,
    "silence": _duration,
    "options": _merged,
}


def _check(settings: AgentSettings) -> None:
    missing = [name for name, value in settings.options.items() if value is None]
    if missing:
        raise ConfigError(f"agent `{settings.name}` needs `{missing[0]}`")
    where = f"agent `{settings.name}`"
    check_names(settings.environment, f"{where}: `environment`")
    check_names(settings.variables, f"{where}: `variables`")
    check_command(settings)


def _keys(value: object) -> dict[str, Any]:
    if isinstance(value, str):
        return {"preset": value}
    if isinstance(value, Mapping):
        return {str(key): one for key, one in value.items()}
    raise ConfigError(f"agent: {value!r} is neither a preset nor a mapping")


def _command_name(command: object, where: str) -> str:
    if isinstance(command, list | tuple) and command and isinstance(command[0], str):
        return PurePath(command[0]).name
    raise ConfigError(f"{where}: `command` is a list: the program and its arguments")


def _common() -> dict[str, Any]:
    """What all agents share."""
    return {name: tuple(_data()[name]) for name in ("usage_limits", "lost_sessions")}


@cache
def _data() -> dict[str, Any]:
    text = resources.files("auto_milestone.agent").joinpath("presets.yaml").read_text("utf-8")
    value: dict[str, Any] = yaml.safe_load(text)
    return value
