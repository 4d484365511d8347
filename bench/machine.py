"""The machine under the figures: which CPU for whom, how many connections, a network of our own, and versions.

It knows nothing of servers or rounds; those are in ``bench.contenders`` and ``bench.measurement``.
"""

import importlib.metadata
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A program needs descriptors for more than connections: its journal, its libraries, its publisher.
DESCRIPTORS_KEPT = 200
PRIORITY = -15
# Several thousand connections come in one burst; the kernel's own default would drop some.
NAMESPACE_LIMITS = {
    "net/ipv4/ip_local_port_range": "2000 65500",
    "net/core/somaxconn": "65535",
    "net/ipv4/tcp_max_syn_backlog": "65535",
}
IN_NAMESPACE = "BENCH_IN_NAMESPACE"


@dataclass(frozen=True)
class Placing:
    """CPU of the server and CPU of the load generator; the same one on a machine that has one."""

    server: int
    load: int


def place() -> Placing:
    cpus = sorted(os.sched_getaffinity(0))
    return Placing(cpus[0], cpus[1] if len(cpus) > 1 else cpus[0])


def raise_open_files() -> int:
    """Raise the limit on open files, for us and what we start, to the most; return how many connections it allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return (hard - DESCRIPTORS_KEPT) // 100 * 100


def may_prefer() -> bool:
    """Return whether we may let what we start go before other programs."""
    return os.geteuid() == 0


def prefer(pid: int) -> None:
    """Let a program that was started in a session of its own go before other programs, where that is allowed.

    Both contenders get it alike. It makes nobody faster; it keeps foreign work out of the figures.
    """
    if not may_prefer():
        return
    os.setpriority(os.PRIO_PROCESS, pid, PRIORITY)
    # The scheduler weighs sessions first where autogroup is on, and programs only within one.
    group = Path(f"/proc/{pid}/autogroup")
    if group.exists():
        group.write_text(str(PRIORITY))


def enter_namespace() -> str:
    """Start this program again in a private network namespace where that is allowed; say what came of it.

    A namespace has a loopback of its own: nobody's limiter, firewall or connections are on it, and wider limits touch
    nothing outside. Without root, or without ``unshare`` and ``ip``, the plain loopback has to do.
    """
    if os.environ.get(IN_NAMESPACE):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        for name, value in NAMESPACE_LIMITS.items():
            Path("/proc/sys", name).write_text(value)
        return f"private network namespace, {_queue_of_loopback()}"
    if os.geteuid() == 0 and shutil.which("unshare") and shutil.which("ip"):
        probe = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
        if probe.returncode == 0:
            os.environ[IN_NAMESPACE] = "1"
            os.execvp("unshare", ["unshare", "--net", sys.executable, "-m", "bench.fanout", *sys.argv[1:]])
    return f"plain loopback, {_queue_of_loopback()}"


def _queue_of_loopback() -> str:
    if not shutil.which("tc"):
        return "queue discipline unknown (no tc)"
    shown = subprocess.run(["tc", "qdisc", "show", "dev", "lo"], capture_output=True, text=True, check=False).stdout
    if "noqueue" not in shown:
        sys.exit(f"The loopback has a queue discipline, so figures would mean nothing: {shown.strip()}")
    return "noqueue"


def describe() -> dict[str, str]:
    """Return what a reader needs to judge the figures, in the order in which it is to be printed."""
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    packages = ("uvloop", "uvicorn", "httptools", "apsw", "cryptography")
    revision = _first_line(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"])
    return {
        "CPU": f"{model[1] if model else platform.machine()}, {os.cpu_count()} CPUs",
        "kernel": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "packages": ", ".join(f"{name} {_version(name)}" for name in packages),
        "compiler": _first_line(["gcc", "--version"]),
        "Tocsin": f"{_version('tocsin')}, revision {revision}",
    }


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "(absent)"


def _first_line(command: list[str]) -> str:
    try:
        shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return "unknown"
    return shown.splitlines()[0] if shown else "unknown"
