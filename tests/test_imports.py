"""The rules of the house, held by walking the imports."""

import ast
from pathlib import Path

import pytest

TASKS = Path(__file__).resolve().parents[1] / "tasks"
SEAMS = {
    "forge": ("github", "local"),
    "agent": ("command", "replay"),
    "executor": ("local",),
    "channel": ("auto", "terminal"),
}
"""Seam folder -> its variants."""

STARTERS = {"subprocess", "plumbum", "os.system", "os.popen"}


def module_name(path: Path) -> str:
    parts = path.relative_to(TASKS).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(path: Path) -> set[str]:
    """What a module imports: modules of ours as `forge.local`, others by their full names."""
    package = module_name(path).split(".")[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            target = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            found.add(target)
            found.update(f"{target}.{alias.name}".strip(".") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module))
    return found


MODULES = {module_name(path): path for path in sorted(TASKS.rglob("*.py"))}
OURS = {name: imports(path) & set(MODULES) for name, path in MODULES.items()}


def test_everything_was_found() -> None:
    assert {"forge.local", "engine.run", "phases.merge", "git.mirror"} <= set(MODULES)
    assert "forge.base" in OURS["forge.local"] and "git.mirror" in OURS["train.landing"]


def test_there_is_no_import_cycle() -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name not in done:
            for target in OURS[name]:
                visit(target, (*path, name))
            done.add(name)

    for name in OURS:
        visit(name, ())


@pytest.mark.parametrize("folder", SEAMS)
def test_no_variant_imports_another(folder: str) -> None:
    variants = {f"{folder}.{name}" for name in SEAMS[folder]}
    assert variants <= set(MODULES)
    for variant in variants:
        assert not OURS[variant] & (variants - {variant})


def test_phases_know_no_variant() -> None:
    variants = {f"{folder}.{name}" for folder, names in SEAMS.items() for name in names}
    tables = {"forge.forges", "agent.agents", "executor.executors", "channel.channels"}
    for name, targets in OURS.items():
        if name.startswith(("phases.", "train.", "planning.", "report.")):
            assert not targets & (variants | tables), name


def test_only_the_engine_knows_doit() -> None:
    knowing = {
        name for name, path in MODULES.items() if any(one.split(".")[0] == "doit" for one in imports(path))
    }
    assert knowing and all(name.startswith("engine.") for name in knowing)


def test_only_github_knows_the_client() -> None:
    knowing = {
        name
        for name, path in MODULES.items()
        if any(one.split(".")[0] == "github" for one in imports_of_any(path))
    }
    assert knowing == {"github.connection"}


def test_only_process_starts_processes() -> None:
    starting = {
        name for name, path in MODULES.items() if any(one.split(".")[0] in STARTERS for one in imports(path))
    }
    assert starting == {"process.command", "process.dialogue", "process.supervise"}


def test_only_git_spells_git_commands() -> None:
    spelling = {
        name for name, path in MODULES.items() if '"git"' in path.read_text() or "'git'" in path.read_text()
    }
    using = {name for name in MODULES if "git.command" in OURS[name] and not name.startswith("git.")}
    assert {name.split(".")[0] for name in spelling} == {"git"}
    assert using == {"phases.worktree", "workspace"}, "they ask for a check of a name and of the version"


def test_nobody_imports_by_the_folder_name() -> None:
    for path in [*MODULES.values(), *TASKS.parent.glob("tests/**/*.py"), TASKS.parent / "dodo.py"]:
        assert not any(one.split(".")[0] == "tasks" for one in imports_of_any(path)), path


def imports_of_any(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {
        str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level
    }


def test_no_shell_strings() -> None:
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "shell":
                raise AssertionError(f"{name}:{node.value.lineno} passes shell=")
