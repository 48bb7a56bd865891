"""What the scripts of tests/bench share: where things are, building programs, running them."""
import json
import os
import pathlib
import platform
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "bench"


class NotAvailable(Exception):
    """A peer that cannot be run here, and why."""


def build(folder, *targets):
    """A release build, as it ships: no -march=native. Returns the folder of the programs."""
    subprocess.run(["cmake", "--preset", "release", "-B", folder, "-DMARCHLAND_TESTS=ON"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder, "--target", *targets], check=True, stdout=subprocess.DEVNULL)
    return folder / "tests" / "bench"


def output_of(*command, **options):
    """What a program prints as JSON."""
    return json.loads(subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True,
                                     **options).stdout)


def python_with(*packages):
    """An interpreter of a virtual environment that has these packages of PyPI."""
    python = WORK / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([os.sys.executable, "-m", "venv", WORK / "venv"], check=True)
    names = [package.split("==")[0] for package in packages]
    check = "import importlib.metadata, sys\nfor name in sys.argv[1:]: importlib.metadata.version(name)"
    if subprocess.run([python, "-c", check, *names], check=False, stderr=subprocess.DEVNULL).returncode != 0:
        done = subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=False, capture_output=True,
                              text=True)
        if done.returncode != 0:
            raise NotAvailable("pip: " + (done.stderr.strip().splitlines() or ["it failed"])[-1])
    return python


def machine():
    model = platform.processor()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{os.cpu_count()} cores ({model}), load {os.getloadavg()[0]:.1f} at the start"
