"""Install what the tests need from Debian, where it is missing: a browser, a proxy, a C compiler for the bench.

Run by ``make test``. As root it installs by apt; otherwise it says in one line what to install.
"""

import os
import shutil
import subprocess
import sys

# Program that must be on PATH, and the Debian package that has it.
PROGRAMS = {"chromium": "chromium", "nginx": "nginx-light", "caddy": "caddy", "xmlsec1": "xmlsec1", "gcc": "gcc"}
# File that must be there, and the Debian package that has it.
FILES = {"/usr/include/stdio.h": "libc6-dev", "/usr/include/openssl/ssl.h": "libssl-dev"}


def missing() -> list[str]:
    """Return the Debian packages that are not there."""
    search = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    packages = [package for program, package in PROGRAMS.items() if not shutil.which(program, path=search)]
    return packages + [package for file, package in FILES.items() if not os.path.exists(file)]


def main() -> None:
    packages = missing()
    if not packages:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"The tests need {', '.join(packages)}. Install with: sudo apt-get install {' '.join(packages)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-qq"], install):
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    if still := missing():
        sys.exit(f"apt-get installed without an error, but these are still missing: {', '.join(still)}")


if __name__ == "__main__":
    main()
