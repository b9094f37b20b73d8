"""The table of channels."""

from collections.abc import Callable, Sequence

from ..errors import ConfigError
from ..screen import Screen
from .auto import AutoChannel
from .base import Answer, Channel, Question, Unavailable
from .terminal import TerminalChannel

CHANNELS: dict[str, Callable[[Screen], Channel]] = {
    "auto": lambda screen: AutoChannel(),
    "terminal": TerminalChannel,
}


class Fallback:
    """Several channels, asked in their order: one that cannot ask anybody hands over to the next."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        self.name = ", ".join(channel.name for channel in channels)
        self.by_rule = all(channel.by_rule for channel in channels)
        self._channels = channels

    def ask(self, question: Question, cancelled: Callable[[], bool]) -> Answer | None:
        reasons = []
        for channel in self._channels:
            try:
                return channel.ask(question, cancelled)
            except Unavailable as reason:
                reasons.append(str(reason))
        raise Unavailable("; ".join(reasons))


def make_channel(names: Sequence[str], screen: Screen) -> Channel:
    """The channel, or the line of channels, that `approval: {channel: ...}` names. Raises ConfigError."""
    unknown = next((name for name in names if name not in CHANNELS), None)
    if unknown:
        raise ConfigError(f"approval: no channel `{unknown}`; there are {', '.join(sorted(CHANNELS))}")
    made = [CHANNELS[name](screen) for name in names]
    return made[0] if len(made) == 1 else Fallback(made)
