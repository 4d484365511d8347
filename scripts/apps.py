"""Check the apps: types by ``tsc --strict``, tests by Node.js itself, the one that builds. Run by ``make test``."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import hatch_build  # noqa: E402  # it lies beside pyproject.toml, where the build backend looks for it


def main() -> None:
    if hatch_build.is_stale(ROOT) or not (ROOT / "apps" / "node_modules").is_dir():
        hatch_build.build(ROOT)
    for task in ("check", "test"):
        hatch_build.run_npm(ROOT, "run", task)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as why:
        sys.exit(why.returncode)
