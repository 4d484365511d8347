"""When the apps are built, and with which Node.js."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import hatch_build


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small source tree, and in place of npm a record of what it was asked."""
    (tmp_path / "apps/shared").mkdir(parents=True)
    (tmp_path / "apps/package-lock.json").write_text("{}")
    (tmp_path / "apps/shared/one.ts").write_text("export const one = 1;\n")
    (tmp_path / "src/tocsin/web/apps").mkdir(parents=True)

    def npm(command: list[str], apps: Path, *arguments: str) -> None:
        (apps / "node_modules").mkdir(exist_ok=True)
        with (tmp_path / "asked").open("a") as record:
            record.write(arguments[0] + "\n")

    monkeypatch.setattr(hatch_build, "_run", npm)
    return tmp_path


def asked(tree: Path) -> list[str]:
    return (tree / "asked").read_text().split()


def test_apps_are_stale_until_they_are_built_and_again_after_an_edit(tree: Path) -> None:
    assert hatch_build.is_stale(tree)
    hatch_build.build(tree)
    assert not hatch_build.is_stale(tree)
    (tree / "apps/shared/one.ts").write_text("export const one = 2;\n")
    assert hatch_build.is_stale(tree)


def test_a_renamed_file_makes_the_apps_stale(tree: Path) -> None:
    hatch_build.build(tree)
    (tree / "apps/shared/one.ts").rename(tree / "apps/shared/two.ts")
    assert hatch_build.is_stale(tree)


def test_packages_are_installed_again_only_when_the_lock_file_changed(tree: Path) -> None:
    hatch_build.build(tree)
    hatch_build.build(tree)
    assert asked(tree) == ["ci", "run", "run"]
    (tree / "apps/package-lock.json").write_text('{"lockfileVersion": 3}')
    hatch_build.build(tree)
    assert asked(tree) == ["ci", "run", "run", "ci", "run"]


def test_what_npm_installed_does_not_make_the_apps_stale(tree: Path) -> None:
    hatch_build.build(tree)
    (tree / "apps/node_modules/package.js").write_text("")
    assert not hatch_build.is_stale(tree)


def program(folder: Path, name: str, output: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {output}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("version", "suits"), [("v22.18.0", True), ("v24.1.0", True), ("v22.17.9", False), ("v20.20.2", False), ("", False)]
)
def test_a_node_that_is_too_old_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, suits: bool
) -> None:
    program(tmp_path, "node", version)
    program(tmp_path, "npm", "11.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert hatch_build.find_node_on_path() == ([str(tmp_path / "npm")] if suits else None)


def test_without_node_on_path_the_one_of_the_wheel_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert hatch_build.find_node_on_path() is None
    node, npm = hatch_build.find_node_of_wheel()
    assert os.access(node, os.X_OK)
    assert Path(npm).is_file()


def hook(root: Path) -> Any:
    return hatch_build.Apps(str(root), {}, None, None, str(root), "wheel")


def test_the_wheel_with_node_is_asked_for_only_when_something_is_to_be_built(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert hook(tree).dependencies() == [hatch_build.NODE_WHEEL]
    monkeypatch.setenv(hatch_build.SKIP, "1")
    assert hook(tree).dependencies() == []
    monkeypatch.delenv(hatch_build.SKIP)
    hatch_build.build(tree)
    assert hook(tree).dependencies() == []


def test_tools_print_to_stderr_so_that_build_front_ends_can_read_stdout(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hatch_build._run([sys.executable], tmp_path, "-c", "print('building')")
    out, err = capfd.readouterr()
    assert out == ""
    assert "building" in err
