"""A change as a person reads it."""

from pathlib import Path

from .command import git


def diff(git_folder: Path, since: str, until: str) -> str:
    """The files with their counts, then the patch, as `git diff --stat --patch` shows them."""
    flags = ("--stat", "--patch", "--no-ext-diff", "--no-textconv", "--no-color")
    return git("--git-dir", str(git_folder), "diff", *flags, since, until, "--").stdout
