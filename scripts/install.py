"""Install raygen and what it needs: `python3 scripts/install.py VENV playground|test`.

Needs nothing but Python: pip brings uv at the locked version, and uv installs the rest. Both read the same indexes.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "handlers", "services")
LOCKS = {"playground": "requirements.lock", "test": "requirements-dev.lock"}
DEBIAN_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

# pip's settings, and the environment variables by which uv takes them.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "keyring-provider": "UV_KEYRING_PROVIDER",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "proxy": "ALL_PROXY",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
}


def main(venv: Path, scope: str) -> int:
    started = time.monotonic()
    packages = ["sh", str(ROOT / "scripts/system-packages"), scope]
    if subprocess.run([*packages, "python"], check=False).returncode:
        return 1
    system = subprocess.Popen(packages)
    try:
        install_python_packages(venv, scope)
    except subprocess.CalledProcessError as error:
        print(
            f"Installation failed: `{Path(error.cmd[0]).name}` exited with status {error.returncode}.",
            file=sys.stderr,
        )
        return 1
    finally:
        failed = system.wait()
    if failed:
        return 1
    for done in LOCKS if scope == "test" else [scope]:
        (venv / f"installed-{done}").touch()
    print(f"Installed in {time.monotonic() - started:.0f} s.")
    return 0


def install_python_packages(venv: Path, scope: str) -> None:
    """Raises CalledProcessError for the command that failed; that has printed why."""
    python = venv / "bin/python"
    if not (venv / "bin/pip").exists():
        print(f"Creating the virtual environment {venv}", flush=True)
        run([sys.executable, "-m", "venv", venv])
    print("Installing Python packages (about 250 MB the first time)", flush=True)
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    build = ["--require-hashes", "-r", ROOT / "requirements-build.lock"]
    run([*pip, "install", "-qq", *build], pip_settings(os.environ))
    listed = subprocess.run([*pip, "config", "list"], check=True, capture_output=True, text=True).stdout
    options = pip_options(listed)
    settings = uv_settings(options, os.environ)
    uv = [venv / "bin/uv", "pip", "install", "--python", python, "--quiet", "--compile-bytecode"]
    if options.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
        uv.append("--no-index")
    run([*uv, "--require-hashes", "-r", ROOT / LOCKS[scope]], settings)
    run([*uv, "--no-deps", "--no-build-isolation", "--editable", ROOT], settings)
    run([python, "-m", "compileall", "-q", "-j", "0", *(ROOT / name for name in PACKAGES)])


def run(command: Sequence[str | Path], settings: Mapping[str, str] | None = None) -> None:
    subprocess.run(command, check=True, env={**os.environ, **(settings or {})})


def pip_options(listed: str) -> dict[str, str]:
    """The options in what `pip config list` printed, lines such as `global.index-url='https://…'`."""
    lines = [line.partition("=") for line in listed.splitlines()]
    return {
        key.removeprefix(kind): " ".join(str(ast.literal_eval(value)).split())
        for kind in ("global.", "install.", ":env:.")  # the later ones win, as they do in pip
        for key, _, value in lines
        if key.startswith(kind)
    }


def uv_settings(options: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """The environment variables that give uv the options of pip; those that `environment` sets win."""
    found = {name: options[option] for option, name in UV_NAMES.items() if option in options}
    if "UV_FIND_LINKS" in found:
        found["UV_FIND_LINKS"] = found["UV_FIND_LINKS"].replace(" ", ",")
    if DEBIAN_CERTIFICATES.exists():
        found.setdefault("SSL_CERT_FILE", str(DEBIAN_CERTIFICATES))
    # Like pip, take a file from any of the indexes; the hashes in the lock decide which one is right.
    found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {name: value for name, value in found.items() if not environment.get(name)}


def pip_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment variables that give pip the index of uv, where only that is set."""
    index = environment.get("UV_DEFAULT_INDEX") or environment.get("UV_INDEX_URL")
    return {"PIP_INDEX_URL": index} if index and not environment.get("PIP_INDEX_URL") else {}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
