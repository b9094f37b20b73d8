"""`auto-milestone tabcompletion`: scripts that need nothing but the shell, for commands, tasks and issues.

In place of doit's own, which needs the package bash-completion and knows no issues in zsh.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from doit.cmd_base import Command
from doit.cmd_completion import opt_shell

from .typed import Typed, no_arguments
from .words import NAMES

SCRIPTS = {
    "bash": """\
# Completion of auto-milestone for bash:  source <(auto-milestone tabcompletion)
_auto_milestone() {
    local words word
    # Bash splits at the colon of merge:12: what is completed is the part behind it.
    word=${COMP_LINE:0:COMP_POINT}
    word=${word##*[[:space:]]}
    if [[ $word == *:* ]]; then
        words=$(auto-milestone list --all --quiet "${word%%:*}" 2>/dev/null)
    elif [[ ${COMP_WORDS[1]} == explain && $COMP_CWORD -gt 1 ]]; then
        words=$(auto-milestone list --all --quiet worktree 2>/dev/null | sed -n 's/^worktree://p')
    elif [[ ${COMP_WORDS[1]} == markers && $COMP_CWORD -gt 1 ]]; then
        COMPREPLY=($(compgen -f -- "$word"))
        return
    else
        words="@NAMES@"
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    if [[ $word == *:* && $COMP_WORDBREAKS == *:* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${word%%:*}:"}")
    fi
}
complete -F _auto_milestone auto-milestone
""",
    "zsh": """\
#compdef auto-milestone
# Completion of auto-milestone for zsh:  source <(auto-milestone tabcompletion --shell zsh)
_auto_milestone() {
    local word=${words[CURRENT]}
    local -a names
    if [[ $word == *:* ]]; then
        names=(${(f)"$(auto-milestone list --all --quiet "${word%%:*}" 2>/dev/null)"})
    elif [[ ${words[2]} == explain && $CURRENT -gt 2 ]]; then
        names=(${(f)"$(auto-milestone list --all --quiet worktree 2>/dev/null | sed -n 's/^worktree://p')"})
    elif [[ ${words[2]} == markers && $CURRENT -gt 2 ]]; then
        _files
        return
    else
        names=(@NAMES@)
    fi
    compadd -- $names
}
compdef _auto_milestone auto-milestone
""",
}


class Completion(Typed, Command):  # type: ignore[misc]
    """`auto-milestone tabcompletion [--shell bash|zsh]`."""

    name = "tabcompletion"
    doc_purpose = "a script that completes words in bash or zsh"
    cmd_options = (opt_shell,)

    def __init__(self, cmds: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._commands = sorted(cmds or ())

    def execute(self, opt_values: Mapping[str, Any], pos_args: Sequence[str]) -> int:
        no_arguments(pos_args, self.name)
        names = " ".join(dict.fromkeys([*NAMES, *self._commands]))
        print(SCRIPTS[opt_values["shell"]].replace("@NAMES@", names), end="")
        return 0
