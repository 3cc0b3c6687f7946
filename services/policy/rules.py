"""The policy's rules, one table: what each looks for, how serious it is, and what it says.

`calls` are dotted names, apart by spaces, after aliases are resolved (`subprocess.*` is everything directly in a
module, `()` the result of a call, `[]` an element); `imports` are modules. A rule without either is reported by a
detector of its own. Settings may override a grade by the rule's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from services.domain.values import Grade

REFUSE, WARN, NOTE = Grade.REFUSE, Grade.WARN, Grade.NOTE

SEALED = "Validation has no network, so this part can't be validated."
WITH_DATA = "Validation has no network, only the data connections that the program declares."
"""What is true instead of `SEALED` for a program that declares some."""


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One row; `message` explains the finding, with `{what}` for what was seen.

    What is not `changeable` is refused whatever settings say: there is nothing that could be run or read.
    """

    id: str
    grade: Grade
    message: str
    looks_for: str
    calls: str = ""
    imports: str = ""
    changeable: bool = True


TABLE: tuple[PolicyRule, ...] = (
    # the program as a whole
    PolicyRule(
        "syntax-error",
        REFUSE,
        "This isn't valid Python: {what}.",
        "what Python's parser refuses",
        changeable=False,
    ),
    PolicyRule(
        "empty-program",
        REFUSE,
        "The program is empty: there is nothing to run.",
        "no statement that does anything",
        changeable=False,
    ),
    PolicyRule(
        "too-complex",
        REFUSE,
        "The program is {what} to be checked.",
        "over 256 kB, or nested too deeply",
        changeable=False,
    ),
    PolicyRule(
        "source-encoding",
        REFUSE,
        "Declares the encoding {what}, so Python could read something other than what is shown; programs are UTF-8.",
        "an encoding comment for anything but UTF-8",
        changeable=False,
    ),
    PolicyRule(
        "bidi-control",
        WARN,
        "Contains a character that changes the order of displayed text ({what}): what runs may differ from what you see.",
        "bidirectional controls in identifiers, strings and comments (Trojan Source)",
    ),
    PolicyRule(
        "invisible-character",
        WARN,
        "Contains an invisible character ({what}): what runs may differ from what you see.",
        "zero-width, tag and filler characters, controls, lone carriage returns; not within emoji",
    ),
    # processes
    PolicyRule(
        "process",
        WARN,
        "Starts another program or process: {what}.",
        "anything that starts a process",
        calls="subprocess.* os.system os.popen os.fork os.forkpty os.exec* os.spawn* os.posix_spawn* "
        "os.startfile pty.spawn pty.fork asyncio.create_subprocess_exec "
        "asyncio.create_subprocess_shell multiprocessing.Process multiprocessing.Pool "
        "multiprocessing.pool.Pool multiprocessing.Manager multiprocessing.get_context().Process "
        "multiprocessing.get_context().Pool concurrent.futures.ProcessPoolExecutor "
        "concurrent.futures.process.ProcessPoolExecutor psutil.Popen",
        imports="pexpect sh plumbum invoke fabric",
    ),
    PolicyRule(
        "fork-bomb",
        REFUSE,
        "Starts processes without limit ({what}), which can take down a whole machine.",
        "a fork or process start in a loop that nothing ends; the shell's own fork bomb",
    ),
    PolicyRule(
        "kills-processes",
        REFUSE,
        "Kills processes that aren't its own ({what}), which breaks other people's work.",
        "os.kill on other processes, psutil over all processes, kill and pkill in a shell",
        calls="psutil.process_iter()[].kill psutil.process_iter()[].terminate "
        "psutil.process_iter()[].suspend psutil.process_iter()[].send_signal "
        "psutil.Process().parent().kill psutil.Process().parent().terminate",
    ),
    PolicyRule(
        "wipes-files",
        REFUSE,
        "Deletes or overwrites a whole machine's files ({what}).",
        "rm -rf /, rmtree of a system or home folder, mkfs, dd onto a disk",
    ),
    PolicyRule(
        "stops-machine",
        REFUSE,
        "Shuts the machine down ({what}).",
        "shutdown, reboot, halt, poweroff in a shell",
    ),
    PolicyRule(
        "signals",
        WARN,
        "Signals a process: {what}.",
        "signals to a process that may be its own",
        calls="os.kill os.killpg signal.pidfd_send_signal signal.pthread_kill psutil.Process().kill "
        "psutil.Process().terminate psutil.Process().suspend psutil.Process().send_signal",
    ),
    PolicyRule(
        "signal-handler",
        NOTE,
        "Changes how the process reacts to signals ({what}): *Stop* may take longer.",
        "signal handlers",
        calls="signal.signal signal.alarm signal.setitimer signal.sigwait signal.pthread_sigmask",
    ),
    PolicyRule(
        "abrupt-exit",
        WARN,
        "Ends its process at once ({what}): Ray sees a crashed worker, and output may be lost.",
        "exits without cleaning up",
        calls="os._exit os.abort",
    ),
    # network
    PolicyRule(
        "network",
        WARN,
        "Uses the network ({what}). " + SEALED,
        "network libraries, sockets and name look-ups",
        calls="socket.socket socket.create_connection socket.getaddrinfo socket.gethostbyname "
        "socket.gethostbyname_ex socket.gethostbyaddr socket.socketpair asyncio.open_connection "
        "asyncio.open_unix_connection pyarrow.fs.S3FileSystem pyarrow.fs.GcsFileSystem urllib.urlopen",
        imports="requests httpx aiohttp urllib3 urllib.request http.client ftplib smtplib imaplib poplib "
        "telnetlib xmlrpc.client websocket websockets paramiko asyncssh grpc zmq pika kafka "
        "confluent_kafka boto3 botocore aiobotocore s3fs gcsfs google.cloud azure redis pymongo "
        "psycopg psycopg2 asyncpg pymysql mysql snowflake elasticsearch slack_sdk openai anthropic "
        "huggingface_hub pycurl scapy dns kubernetes docker",
    ),
    PolicyRule(
        "listens",
        WARN,
        "Listens for connections ({what}): anyone who can reach the machine can connect.",
        "servers",
        calls="socket.create_server socket.socket().bind socket.socket().listen asyncio.start_server "
        "asyncio.start_unix_server ray.serve.run ray.serve.start flask.Flask().run uvicorn.run",
        imports="socketserver http.server wsgiref xmlrpc.server fastapi flask uvicorn gradio streamlit",
    ),
    PolicyRule(
        "remote-data",
        WARN,
        "Reads or writes remote data ({what}). " + SEALED,
        "URLs given to readers and writers of files",
    ),
    # files: every call that opens, lists, writes or removes what its first arguments name
    PolicyRule(
        "host-path",
        WARN,
        "Reaches a path outside its working directory: {what}.",
        "absolute, home and upward paths in calls that touch files",
        calls="builtins.open io.open os.open os.listdir os.scandir os.walk os.remove os.unlink os.rmdir "
        "os.removedirs os.mkdir os.makedirs os.rename os.replace os.chmod os.chown os.symlink os.link "
        "os.truncate os.mkfifo os.chdir os.chroot os.readlink glob.glob glob.iglob shutil.* "
        "codecs.open gzip.open bz2.open lzma.open zipfile.ZipFile tarfile.open sqlite3.connect "
        "linecache.getline fileinput.input pandas.read_* polars.read_* polars.scan_* numpy.load "
        "numpy.loadtxt numpy.genfromtxt numpy.fromfile numpy.memmap numpy.save numpy.savez "
        "numpy.savez_compressed numpy.savetxt ray.data.read_* pyarrow.parquet.* pyarrow.csv.* "
        "pyarrow.feather.* pyarrow.dataset.dataset matplotlib.pyplot.savefig torch.save torch.load "
        "joblib.dump joblib.load PIL.Image.open shelve.open dbm.open pathlib.Path().read_text "
        "pathlib.Path().read_bytes pathlib.Path().write_text pathlib.Path().write_bytes "
        "pathlib.Path().open pathlib.Path().iterdir pathlib.Path().glob pathlib.Path().rglob "
        "pathlib.Path().mkdir pathlib.Path().unlink pathlib.Path().rmdir pathlib.Path().touch "
        "pathlib.Path().rename pathlib.Path().replace pathlib.Path().symlink_to "
        "pathlib.Path().hardlink_to pathlib.Path().chmod pathlib.Path().exists pathlib.Path().stat "
        "os.path.exists os.path.isfile os.path.isdir os.stat",
    ),
    PolicyRule(
        "scratch-path",
        NOTE,
        "Uses {what}: each machine of a cluster has its own.",
        "the folders that every machine has for scratch files",
    ),
    PolicyRule(
        "secret-file",
        WARN,
        "Reaches a file that usually holds secrets: {what}.",
        "~/.aws, ~/.ssh, .env, service-account tokens and the like",
    ),
    PolicyRule(
        "process-files",
        REFUSE,
        "Reads other processes ({what}), which exposes their secrets.",
        "/proc/<pid>/environ, mem, maps, fd, root of another process",
    ),
    # secrets
    PolicyRule(
        "environment",
        NOTE,
        "Reads the environment variable {what}.",
        "reads of os.environ by name",
    ),
    PolicyRule(
        "secret-environment",
        WARN,
        "Reads an environment variable that usually holds a secret: {what}.",
        "names with KEY, TOKEN, SECRET, PASSWORD, CREDENTIAL",
    ),
    PolicyRule(
        "whole-environment",
        WARN,
        "Reads the whole environment, secrets included.",
        "os.environ as a whole",
        calls="os.environ.copy os.environ.items os.environ.values os.environ.keys",
    ),
    PolicyRule(
        "secret-loader",
        WARN,
        "Loads secrets with {what}.",
        "libraries that fetch secrets",
        calls="google.auth.default",
        imports="dotenv keyring hvac netrc",
    ),
    PolicyRule(
        "secret-literal",
        WARN,
        "Contains what looks like a secret ({what}); a program is shown to everyone in the thread.",
        "access keys, tokens and private keys as literals",
    ),
    # code that isn't in the program
    PolicyRule(
        "built-code",
        WARN,
        "Runs code that it builds while running ({what}), which can't be reviewed beforehand.",
        "exec, eval and compile of anything but a literal",
        calls="builtins.exec builtins.eval builtins.compile code.InteractiveInterpreter runpy.run_path "
        "runpy.run_module types.CodeType types.FunctionType",
    ),
    PolicyRule(
        "literal-code",
        NOTE,
        "Runs a string as code ({what}).",
        "exec, eval and compile of a literal",
    ),
    PolicyRule(
        "dynamic-import",
        WARN,
        "Imports a module whose name it builds while running ({what}).",
        "__import__ and import_module of anything but a literal",
        calls="builtins.__import__ importlib.import_module importlib.__import__",
    ),
    PolicyRule(
        "unpickles",
        WARN,
        "Unpickles data ({what}): a pickle can run any code when it is loaded.",
        "pickle and its relatives reading",
        calls="pickle.load pickle.loads pickle.Unpickler dill.load dill.loads cloudpickle.load "
        "cloudpickle.loads ray.cloudpickle.load ray.cloudpickle.loads marshal.load marshal.loads "
        "shelve.open joblib.load pandas.read_pickle torch.load",
    ),
    PolicyRule(
        "native-code",
        WARN,
        "Calls native code directly ({what}), past Python's own checks.",
        "ctypes and cffi",
        imports="ctypes cffi",
    ),
    # a job has no one to answer
    PolicyRule(
        "reads-input",
        WARN,
        "Waits for keyboard input ({what}), which a job never gets.",
        "input() and stdin",
        calls="builtins.input sys.stdin.read sys.stdin.readline sys.stdin.readlines getpass.getpass",
    ),
    PolicyRule(
        "debugger",
        WARN,
        "Opens a debugger ({what}), which can't be used in a job.",
        "breakpoint(), pdb",
        calls="builtins.breakpoint pdb.set_trace ray.util.pdb.set_trace ray.util.rpdb.set_trace "
        "code.interact IPython.embed",
    ),
    PolicyRule(
        "long-sleep",
        NOTE,
        "Sleeps for {what}.",
        "time.sleep of ten minutes or more",
        calls="time.sleep",
    ),
    # effects on the whole cluster
    PolicyRule(
        "ray-stop",
        REFUSE,
        "Stops Ray on the whole machine ({what}): everyone's work there ends.",
        "`ray stop`, `ray down`, and the same by import",
        calls="ray.scripts.scripts.stop ray.scripts.scripts.down ray.scripts.scripts.kill_random_node "
        "ray.scripts.scripts.cli ray.autoscaler.sdk.teardown_cluster",
    ),
    PolicyRule(
        "ray-shutdown",
        NOTE,
        "Disconnects from Ray with {what}; the cluster itself keeps running.",
        "ray.shutdown()",
        calls="ray.shutdown",
    ),
    PolicyRule(
        "kills-foreign-actor",
        WARN,
        "Kills an actor that this program didn't create ({what}).",
        "ray.kill on an actor from ray.get_actor",
        calls="ray.kill",
    ),
    PolicyRule(
        "runtime-env",
        WARN,
        "Changes the workers' environment with {what}: slow to set up, and it fetches software.",
        "pip, uv, conda, container or image_uri in a runtime_env",
        calls="ray.runtime_env.RuntimeEnv",
    ),
    PolicyRule(
        "hardcoded-cluster",
        WARN,
        "Sets a cluster address ({what}), but raygen chooses the cluster.",
        "ray.init with an address",
        calls="ray.init",
    ),
    PolicyRule(
        "submits-jobs",
        WARN,
        "Talks to the Jobs API ({what}): those jobs would run without approval.",
        "Ray's job submission client",
        calls="ray.job_submission.JobSubmissionClient ray.dashboard.modules.job.sdk.JobSubmissionClient",
    ),
    PolicyRule(
        "scales-cluster",
        WARN,
        "Changes the size of the cluster ({what}).",
        "the autoscaler's SDK",
        calls="ray.autoscaler.sdk.*",
    ),
    PolicyRule(
        "ray-internals",
        NOTE,
        "Uses Ray's internals ({what}), which change without notice.",
        "private modules",
        imports="ray._private ray._raylet ray.internal ray.experimental.internal_kv",
    ),
    PolicyRule(
        "detached",
        NOTE,
        "Leaves {what} running after the program ends; someone must remove it.",
        'lifetime="detached"',
    ),
    # loops and Ray's own anti-patterns (docs.ray.io, "Design Patterns & Anti-patterns")
    PolicyRule(
        "endless-loop",
        WARN,
        "This loop never ends: nothing in it breaks, returns or raises.",
        "while True and similar loops",
    ),
    PolicyRule(
        "unbounded-submission",
        WARN,
        "Submits tasks in an endless loop and never waits for any: the cluster fills up.",
        "remote calls in an endless loop without ray.wait",
    ),
    PolicyRule(
        "ray-get-in-loop",
        WARN,
        "Waits for each task before it starts the next ({what}), so nothing runs in parallel; start "
        "them all, then `ray.get` the list.",
        "ray.get of a fresh remote call, once per iteration",
    ),
    PolicyRule(
        "ray-get-actor-in-loop",
        NOTE,
        "Waits for each actor call before it makes the next ({what}).",
        "ray.get of a fresh actor call in a for loop",
    ),
    PolicyRule(
        "needless-get",
        NOTE,
        "Fetches a result only to send it on ({what}); pass the reference instead.",
        "ray.get as the argument of a remote call",
    ),
    PolicyRule(
        "blocking-get-in-async",
        WARN,
        "Blocks an async actor with {what}; `await` the reference instead.",
        "ray.get and ray.wait in an async method",
    ),
    PolicyRule(
        "too-many-tasks",
        WARN,
        "Submits {what} tasks at once; give each more to do, or bound them with ray.wait.",
        "100,000 submissions or more in literal loops",
    ),
    PolicyRule(
        "tiny-tasks",
        WARN,
        "Starts {what} tasks that do next to nothing: a task costs about a millisecond, so batch them.",
        "over 1,000 tasks whose function is one small expression",
    ),
    PolicyRule(
        "large-closure",
        WARN,
        "Captures the large object {what} in a remote function; `ray.put` it once and pass the reference.",
        "a global of a million elements or more used in a remote function",
    ),
    PolicyRule(
        "large-argument",
        WARN,
        "Passes the large object {what} by value again and again; `ray.put` it once.",
        "a local of a million elements or more as the argument of several remote calls",
    ),
    PolicyRule(
        "global-state",
        WARN,
        "Changes {what} in a worker's own copy; other workers and the driver never see it. Keep "
        "shared state in an actor.",
        "globals changed in remote functions",
    ),
    PolicyRule(
        "return-ray-put",
        WARN,
        "Returns `ray.put(…)` from a remote function; return the value itself.",
        "return ray.put in a worker",
    ),
    PolicyRule(
        "redefined-remote",
        WARN,
        "Defines the remote function {what} anew in each iteration; define it once.",
        "@ray.remote inside a loop",
    ),
)

RULES: dict[str, PolicyRule] = {rule.id: rule for rule in TABLE}


def _index() -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for rule in TABLE:
        for call in rule.calls.split():
            index[call] = (*index.get(call, ()), rule.id)
    return index


CALLS = _index()
IMPORTS = {module: rule.id for rule in TABLE for module in rule.imports.split()}
_STARRED = tuple((name[:-1], ids) for name, ids in CALLS.items() if name.endswith("*"))


@lru_cache(maxsize=4096)
def rules_for_call(name: str) -> tuple[str, ...]:
    """The ids of the rules that watch a call of this dotted name."""
    ids = CALLS.get(name, ())
    for prefix, more in _STARRED:
        if name.startswith(prefix) and "." not in name[len(prefix) :]:
            ids += more
    return ids


def rule_for_import(module: str) -> str | None:
    """The id of the rule that watches this module or a package above it."""
    while module:
        found = IMPORTS.get(module)
        if found is not None:
            return found
        module = module.rpartition(".")[0]
    return None
