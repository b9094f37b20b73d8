"""Real git repositories for tests."""

import subprocess
from pathlib import Path


def sh(folder: Path, *argv: str, check: bool = True) -> str:
    """Run a command in `folder`; its standard output."""
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True)
    if check and done.returncode:
        raise AssertionError(f"{argv} -> {done.returncode}: {done.stderr}")
    return done.stdout.strip()


def commit(folder: Path, name: str, text: str, message: str = "") -> str:
    """Write one file, commit it; the commit."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    sh(folder, "git", "add", "-A")
    sh(folder, "git", "commit", "-q", "-m", message or f"Write {name}")
    return sh(folder, "git", "rev-parse", "HEAD")


def make_repository(folder: Path, **files: str) -> Path:
    """A working repository on main with one commit."""
    folder.mkdir(parents=True)
    sh(folder, "git", "init", "-q", "-b", "main")
    for name, text in (files or {"README.md": "hello\n"}).items():
        (folder / name).write_text(text)
    sh(folder, "git", "add", "-A")
    sh(folder, "git", "commit", "-q", "-m", "Begin")
    return folder


def make_bare(folder: Path, **files: str) -> Path:
    """A bare repository with main."""
    work = make_repository(folder.with_name(f"{folder.name}-work"), **files)
    sh(work, "git", "clone", "-q", "--bare", str(work), str(folder))
    return folder
