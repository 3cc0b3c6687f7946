"""The smallest Ray that runs programs: a GCS and a raylet, without dashboard, monitors, agents and their processes.

Nothing here imports Ray: the GCS starts while the interpreter is still importing it.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import shlex
import sys
import time
from pathlib import Path

IP = "127.0.0.1"
GCS_PORT = 6379
GCS = f"{IP}:{GCS_PORT}"
RUNTIME_ENV_PORT = 6380
STATE_PORT = 8265
TEMP = Path("/tmp/ray")  # noqa: S108  # the sandbox's own
# Named as Ray names them, so that a program can't recognize the sandbox by a fixed name.
SESSION = time.strftime("session_%Y-%m-%d_%H-%M-%S_") + f"{time.time_ns() // 1000 % 1_000_000:06}_2"
HERE = TEMP / SESSION
LOGS = HERE / "logs"
JOURNAL = HERE / "touched"
PROGRAMS = HERE / "runtime_resources" / "working_dir_files"
PROGRAM = "program.py"
WRITABLE = ("/home/ray", "/tmp", "/dev")  # noqa: S108  # the sandbox's own
INPUTS = Path("/raygen/inputs")
PACKAGES = Path("/packages")
CHECKPOINTS = Path("/raygen/checkpoints.tar")
RAYLET_SOCKET = HERE / "sockets" / "raylet"
NODE_ID = os.urandom(28).hex()
_IDLE = "/bin/sh -c 'exec sleep infinity' idle"

# Chosen by measuring; each is explained by what it saves.
SYSTEM_CONFIG = {
    "enable_metrics_collection": False,  # nothing collects them
    "memory_monitor_refresh_ms": 0,  # the bot watches the whole tree
    "worker_niceness": 0,  # the sandbox as a whole has its priority
    # Workers that an attempt's end took as they began count as beginning for a minute, and must not hold others up.
    "worker_maximum_startup_concurrency": 1000,
    "idle_worker_killing_time_threshold_ms": 600_000,  # spare workers stay
    "task_events_report_interval_ms": 100,  # states are asked for right after the end
    "gcs_server_request_timeout_seconds": 20,
}


def program_directory() -> Path:
    """A new name for one, as Ray's packages of a job's files have it."""
    return PROGRAMS / f"_ray_pkg_{os.urandom(16).hex()}"


def python_path(place: Path) -> str:
    """Where interpreters that a program starts look first: its directory, and the packages that are installed for it."""
    return os.pathsep.join(map(str, (place, PACKAGES) if PACKAGES.is_dir() else (place,)))


def see_packages() -> None:
    """Import from the packages that are installed for a program, from now on; process 1 never does."""
    if PACKAGES.is_dir() and str(PACKAGES) not in sys.path:
        sys.path.insert(0, str(PACKAGES))


def ray_home() -> Path:
    spec = importlib.util.find_spec("ray")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def make_session() -> None:
    for path in (LOGS / "old", HERE / "sockets", PROGRAMS, TEMP / "bin"):
        path.mkdir(parents=True, exist_ok=True)
    (TEMP / "session_latest").symlink_to(HERE)


def gcs() -> list[str]:
    return _command(
        str(ray_home() / "core/src/ray/gcs/gcs_server"),
        log_dir=LOGS,
        config_list=base64.b64encode(json.dumps(SYSTEM_CONFIG).encode()).decode(),
        gcs_server_port=GCS_PORT,
        metrics_agent_port=1,
        node_ip_address=IP,
        session_name=SESSION,
        session_dir=HERE,
        node_id=NODE_ID,
        stdout_filepath=LOGS / "gcs_server.out",
        stderr_filepath=LOGS / "gcs_server.err",
    )


def raylet(
    cluster_id: str, launcher: str, resources: dict[str, float], shared: int, workers: int
) -> list[str]:
    """The command of a raylet that starts its workers through `launcher`, a script that has them forked."""
    amounts = {f"node:{IP}": 1.0, "node:__internal_head__": 1.0, **resources}
    listed = ",".join(f"{name},{amount}" for name, amount in amounts.items())
    return _command(
        str(ray_home() / "core/src/ray/raylet/raylet"),
        "--head",
        raylet_socket_name=RAYLET_SOCKET,
        store_socket_name=HERE / "sockets" / "plasma_store",
        object_manager_port=0,
        min_worker_port=0,
        max_worker_port=0,
        node_manager_port=0,
        node_id=NODE_ID,
        node_ip_address=IP,
        maximum_startup_concurrency=workers,
        static_resource_list=listed,
        python_worker_command=_worker_command(cluster_id, launcher),
        java_worker_command="",
        cpp_worker_command="",
        native_library_path=ray_home() / "cpp/lib",
        temp_dir=TEMP,
        session_dir=HERE,
        log_dir=LOGS,
        resource_dir=HERE / "runtime_resources",
        metrics_agent_port=1,
        metrics_export_port=1,
        dashboard_agent_listen_port=1,
        runtime_env_agent_port=RUNTIME_ENV_PORT,
        object_store_memory=shared,
        plasma_directory="/dev/shm",  # noqa: S108  # the sandbox's own
        fallback_directory=HERE,
        gcs_address=GCS,
        session_name=SESSION,
        labels="{}",
        cluster_id=cluster_id,
        num_prestart_python_workers=workers,
        dashboard_agent_command=_IDLE,
        runtime_env_agent_command=_IDLE,
        stdout_filepath=LOGS / "raylet.out",
        stderr_filepath=LOGS / "raylet.err",
    )


def last_words() -> str:
    """The ends of the logs in which Ray says why it went."""
    logs = (LOGS / name for name in ("gcs_server.err", "raylet.err", "gcs_server.out", "raylet.out"))
    return "\n".join(log.read_text(errors="replace")[-1500:] for log in logs if log.exists())


def _worker_command(cluster_id: str, launcher: str) -> str:
    words = [
        *(sys.executable, "-I", "-S", launcher),
        f"--node-ip-address={IP}",
        "--node-manager-port=RAY_NODE_MANAGER_PORT_PLACEHOLDER",
        f"--object-store-name={HERE / 'sockets' / 'plasma_store'}",
        f"--raylet-name={RAYLET_SOCKET}",
        "--redis-address=None",
        "--metrics-agent-port=1",
        "--logging-rotate-bytes=0",
        "--logging-rotate-backup-count=0",
        f"--runtime-env-agent-port={RUNTIME_ENV_PORT}",
        f"--gcs-address={GCS}",
        f"--session-name={SESSION}",
        f"--temp-dir={TEMP}",
        "--webui=",
        f"--cluster-id={cluster_id}",
        "RAY_WORKER_DYNAMIC_OPTION_PLACEHOLDER",
    ]
    return shlex.join(words)


def _command(*words: str, **options: object) -> list[str]:
    return [*words, *(f"--{name}={value}" for name, value in options.items())]
