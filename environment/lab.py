#!/usr/bin/env python3
"""Sets up and starts the notebook environment of OmniRad for Java.

    python3 environment/lab.py                    opens JupyterLab
    python3 environment/lab.py run NAME...        executes notebooks without a browser
    python3 environment/lab.py get [NAME [SIZE]]  lists, or fetches and verifies, data sets

The first start builds the library, makes a virtual environment beside this file and
installs the "OmniRad (Java)" kernel in it; later starts only check that nothing changed.
With OMNIRAD_GPU=1 in the environment the library is built without the CPU's libtorch; the
engine then fetches the CUDA one once, or takes the one that PYTORCH_LIBRARY_PATH names.
"""

import argparse
import contextlib
import glob
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
from pathlib import Path

WINDOWS = os.name == "nt"
HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
NOTEBOOKS = REPOSITORY / "notebooks"
LIBRARY = REPOSITORY / "omnirad-lib"
VENV = HERE / ".venv"
STATE = HERE / ".state"
KERNEL_NAME = "omnirad-java"
OLDEST_JDK = 21
FIRST_JDK_WITH_UNSAFE_WARNING = 24
QUIET_UNSAFE = "--sun-misc-unsafe-memory-access=allow"
OLDEST_PYTHON = (3, 10)
DEFAULT_PORT = 8888
DEFAULT_TIME_LIMIT_SECONDS = 3600

JDK_FOLDERS = {
    "linux": ["/usr/lib/jvm/*", "/usr/java/*", "/opt/java/*", "/opt/*jdk*"],
    "darwin": [
        "/Library/Java/JavaVirtualMachines/*/Contents/Home",
        "~/Library/Java/JavaVirtualMachines/*/Contents/Home",
        "/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
        "/usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
    ],
    "win32": [
        r"C:\Program Files\%s\*" % vendor
        for vendor in (
            "Eclipse Adoptium",
            "Java",
            "Microsoft",
            "Zulu",
            "Amazon Corretto",
            "BellSoft",
            "Semeru",
        )
    ],
}
JDK_FOLDERS_OF_TOOLS = ["~/.sdkman/candidates/java/*", "~/.jdks/*", "~/.asdf/installs/java/*"]


class LabError(Exception):
    """Something that the person at the keyboard can mend; the text says how."""


def say(text):
    print(text, flush=True)


# The JDK


def jdk_version(home):
    """The feature version of the JDK in a folder, or None where there is no JDK."""
    home = Path(home)
    if not (home / "bin" / ("javac.exe" if WINDOWS else "javac")).is_file():
        return None
    try:
        release = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    match = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', release, re.MULTILINE)
    return int(match.group(1)) if match else None


def jdk_candidates():
    """Folders that may hold a JDK, the most wanted first."""
    if os.environ.get("JAVA_HOME"):
        yield os.environ["JAVA_HOME"]
    java = shutil.which("java")
    if java:
        yield str(Path(java).resolve().parent.parent)
    override = os.environ.get("OMNIRAD_JDK_FOLDERS")
    if override is not None:
        patterns = [folder for folder in override.split(os.pathsep) if folder]
    else:
        patterns = JDK_FOLDERS.get(sys.platform, JDK_FOLDERS["linux"]) + JDK_FOLDERS_OF_TOOLS
    found = [home for pattern in patterns for home in glob.glob(os.path.expanduser(pattern))]
    yield from sorted(found, key=lambda home: (jdk_version(home) or 0, home), reverse=True)


def find_jdk():
    """The folder and feature version of a JDK that is new enough."""
    too_old = {}
    for home in jdk_candidates():
        version = jdk_version(home)
        if version is not None and version >= OLDEST_JDK:
            return Path(home), version
        if version is not None:
            too_old[str(home)] = version
    seen = "".join("\n  JDK %d in %s is too old" % (v, home) for home, v in too_old.items())
    raise LabError(
        "No JDK %d or newer found (looked at JAVA_HOME, the path and the usual folders).%s\n"
        "Install one, for example Temurin 25 from https://adoptium.net,"
        " or set JAVA_HOME to the folder of one, then start again." % (OLDEST_JDK, seen)
    )


def java(jdk):
    return str(jdk / "bin" / ("java.exe" if WINDOWS else "java"))


# The library


def library_jar():
    jars = [
        jar
        for jar in (LIBRARY / "target").glob("omnirad-lib-*.jar")
        if not jar.stem.endswith(("-sources", "-javadoc", "-tests"))
    ]
    return max(jars, key=lambda jar: jar.stat().st_mtime, default=None)


def for_gpu():
    return os.environ.get("OMNIRAD_GPU", "") not in ("", "0")


def library_is_fresh():
    jar = library_jar()
    with_cpu = any((LIBRARY / "target" / "lib").glob("pytorch-native-cpu-*.jar"))
    if jar is None or with_cpu == for_gpu():
        return False
    sources = [REPOSITORY / "pom.xml", LIBRARY / "pom.xml"]
    for folder in (LIBRARY / "src" / "main", REPOSITORY / "datasets"):
        # A folder's time tells of files that are gone.
        sources += [folder, *folder.rglob("*")]
    built = jar.stat().st_mtime
    return all(source.stat().st_mtime <= built for source in sources if source.exists())


def build_library(jdk, version):
    if library_is_fresh():
        return
    say("Building the library (the first time this fetches its dependencies) ...")
    maven = str(REPOSITORY / ("mvnw.cmd" if WINDOWS else "mvnw"))
    command = [maven, "-q", "-B", "-pl", "omnirad-lib", "-am", "-Dmaven.test.skip=true"]
    command += ["-Dspotless.check.skip=true", "package"]
    command += ["-Dgpu"] if for_gpu() else []
    environment = dict(os.environ, JAVA_HOME=str(jdk))
    if version >= FIRST_JDK_WITH_UNSAFE_WARNING:
        environment["MAVEN_OPTS"] = " ".join([os.environ.get("MAVEN_OPTS", ""), QUIET_UNSAFE])
    try:
        code = subprocess.call(command, cwd=str(REPOSITORY), env=environment)
    except OSError as error:
        code = error
    if code != 0:
        raise LabError(
            "The Maven build failed (%s); its own messages stand above.\n"
            "Where they speak of a download, check the network or the proxy in"
            " ~/.m2/settings.xml. To see everything:\n  %s"
            % (code, " ".join(part for part in command if part != "-q"))
        )


def library_class_path():
    return os.pathsep.join([str(library_jar()), str(LIBRARY / "target" / "lib" / "*")])


# The virtual environment


def venv_python():
    return VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def requirements_stamp():
    parts = ["%d.%d" % sys.version_info[:2]]
    for name in ("requirements.txt", "constraints.txt"):
        parts.append((HERE / name).read_text(encoding="utf-8"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def make_venv():
    """Makes the virtual environment where it is missing or its requirements changed."""
    stamp_file = VENV / "omnirad-requirements.sha256"
    stamp = requirements_stamp()
    if venv_python().exists() and stamp_file.is_file() and stamp_file.read_text() == stamp:
        return
    if sys.version_info < OLDEST_PYTHON:
        raise LabError(
            "Python %d.%d is too old: JupyterLab needs %d.%d or newer.\n"
            "Start again with a newer one, for example: python3.12 %s"
            % (sys.version_info[:2] + OLDEST_PYTHON + (Path(__file__).resolve(),))
        )
    say("Making the virtual environment %s ..." % VENV)
    stamp_file.unlink(missing_ok=True)
    create_venv()
    install_requirements()
    stamp_file.write_text(stamp)


def create_venv():
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        said = (done.stderr + done.stdout).strip()
        raise LabError(
            "This Python cannot make a virtual environment (%s -m venv failed):\n  %s\n"
            "Its venv or ensurepip module is missing; on Debian and Ubuntu"
            " 'sudo apt install python3-venv' brings it. Or start again with another Python."
            % (sys.executable, last_lines(said))
        )


def install_requirements():
    command = [str(venv_python()), "-m", "pip", "install", "--quiet"]
    command += ["--disable-pip-version-check", "-r", "requirements.txt", "-c", "constraints.txt"]
    done = subprocess.run(command, cwd=str(HERE), capture_output=True, text=True)
    if done.returncode != 0:
        raise LabError(
            "pip could not install JupyterLab and the Java kernel:\n  %s\n"
            "Check the network, or name a proxy (HTTPS_PROXY) or a mirror (PIP_INDEX_URL),"
            " then start again." % last_lines(done.stderr.strip())
        )


def last_lines(text, count=4):
    return "\n  ".join(text.splitlines()[-count:])


# The kernel


def kernel_spec(jdk, version):
    """The kernel as Jupyter starts it: one JVM with JJava and the library on its class path."""
    jjava = VENV / "share" / "jupyter" / "kernels" / "java" / "jjava.jar"
    if not jjava.is_file():
        raise LabError("%s is missing. Delete %s and start again." % (jjava, VENV))
    options = [
        "--enable-native-access=ALL-UNNAMED",
        "--add-opens",
        "jdk.jshell/jdk.jshell=ALL-UNNAMED",
        "-XX:MaxRAMPercentage=50",
        "-XX:ErrorFile=%s" % (STATE / "jvm-error-%p.log"),
        "-Djava.awt.headless=true",
        "-Djava.util.logging.config.file={resource_dir}/logging.properties",
    ]
    if not for_gpu():
        options.append("-Dai.djl.offline=true")
    if version >= FIRST_JDK_WITH_UNSAFE_WARNING:
        options.append(QUIET_UNSAFE)
    return {
        "argv": [java(jdk)]
        + options
        + ["-cp", str(jjava) + os.pathsep + library_class_path()]
        + ["org.dflib.jjava.distro.JJava", "{connection_file}"],
        "display_name": "OmniRad (Java)",
        "language": "java",
        "interrupt_mode": "message",
        # Threads that wait sleep: spinning ones stall each other where the cores are shared.
        "env": {"JAVA_HOME": str(jdk), "OMP_WAIT_POLICY": "PASSIVE"},
    }


def install_kernel(jdk, version):
    folder = VENV / "share" / "jupyter" / "kernels" / KERNEL_NAME
    write_if_changed(folder / "logging.properties", kernel_logging())
    write_if_changed(
        folder / "kernel.json", json.dumps(kernel_spec(jdk, version), indent=2) + "\n"
    )


def kernel_logging():
    return "handlers = java.util.logging.ConsoleHandler\n.level = WARNING\n"


def write_if_changed(path, text):
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


# Starting


@contextlib.contextmanager
def setup_lock():
    """Lets one process at a time set up; the system frees the lock of a killed one."""
    STATE.mkdir(parents=True, exist_ok=True)
    with open(STATE / "lock", "a+") as lock:
        if WINDOWS:
            import msvcrt

            lock.seek(0)
            msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up():
    jdk, version = find_jdk()
    with setup_lock():
        build_library(jdk, version)
        make_venv()
        install_kernel(jdk, version)


def jupyter_environment():
    """Jupyter's own files stay in the repository."""
    folders = {
        "JUPYTER_CONFIG_DIR": STATE / "config",
        "JUPYTER_DATA_DIR": STATE / "data",
        "JUPYTER_RUNTIME_DIR": STATE / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": STATE / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": STATE / "workspaces",
        "IPYTHONDIR": STATE / "ipython",
    }
    environment = dict(os.environ, JUPYTER_PREFER_ENV_PATH="1")
    environment.update({name: str(folder) for name, folder in folders.items()})
    return environment


def become(command, environment):
    """Runs a command in place of this process, so that signals reach it directly."""
    sys.stdout.flush()
    sys.stderr.flush()
    if WINDOWS:
        sys.exit(subprocess.call(command, env=environment))
    os.execve(command[0], command, environment)


def open_lab(arguments):
    check_port(arguments.port)
    set_up()
    NOTEBOOKS.mkdir(exist_ok=True)
    write_if_changed(
        VENV / "share" / "jupyter" / "lab" / "settings" / "overrides.json",
        json.dumps(lab_settings(), indent=2) + "\n",
    )
    environment = jupyter_environment()
    token = environment.setdefault("JUPYTER_TOKEN", secrets.token_urlsafe(24))
    say("JupyterLab: http://localhost:%d/lab?token=%s" % (arguments.port, token))
    say("Ctrl-C stops it and every kernel.")
    become(lab_command(arguments), environment)


def lab_command(arguments):
    command = [str(venv_python()), "-m", "jupyterlab", "--log-level=WARN"]
    command += [
        "--ServerApp.ip=localhost",
        "--ServerApp.port=%d" % arguments.port,
        "--ServerApp.port_retries=0",
        "--ServerApp.root_dir=%s" % NOTEBOOKS,
        "--ServerApp.answer_yes=True",
        "--MultiKernelManager.default_kernel_name=%s" % KERNEL_NAME,
        "--KernelSpecManager.ensure_native_kernel=False",
        "--KernelSpecManager.allowed_kernelspecs=%s" % KERNEL_NAME,
        "--LabApp.extension_manager=readonly",
    ]
    if arguments.no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def lab_settings():
    """No question about news and no look-ups of newer versions: both need a network."""
    notification = {"checkForUpdates": False, "fetchNews": "false"}
    return {"@jupyterlab/apputils-extension:notification": notification}


def check_port(port):
    with socket.socket() as probe:
        if not WINDOWS:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise LabError(
                "Port %d on localhost is taken (%s): perhaps JupyterLab runs already.\n"
                "Stop it, or choose another port: python3 environment/lab.py --port %d"
                % (port, error.strerror, port + 1)
            )


def known_notebooks():
    found = NOTEBOOKS.rglob("*.ipynb")
    names = [path.relative_to(NOTEBOOKS).with_suffix("").as_posix() for path in found]
    return sorted(name for name in names if ".ipynb_checkpoints" not in name)


def notebook_name(argument, known):
    """A name below notebooks/, or the path of a notebook elsewhere."""
    name = argument[: -len(".ipynb")] if argument.endswith(".ipynb") else argument
    if name in known:
        return name
    if argument.endswith(".ipynb") and Path(argument).is_file():
        return str(Path(argument).resolve())
    raise LabError(
        "There is no notebook '%s'. Known are:\n  %s"
        % (argument, "\n  ".join(known) or "none yet")
    )


def run_notebooks(arguments):
    known = known_notebooks()
    if not arguments.names:
        raise LabError("Name the notebooks to run. Known are:\n  %s" % "\n  ".join(known))
    names = [notebook_name(argument, known) for argument in arguments.names]
    set_up()
    command = [str(venv_python()), str(HERE / "execute.py")]
    command += ["--notebooks", str(NOTEBOOKS), "--out", str(Path(arguments.out).resolve())]
    command += ["--time-limit", str(arguments.time_limit)] + names
    become(command, jupyter_environment())


def get_data(arguments):
    jdk, version = find_jdk()
    with setup_lock():
        build_library(jdk, version)
    command = [java(jdk), "-cp", library_class_path(), "-Dai.djl.offline=true"]
    command.append("org.omnirad.data.Catalogue")
    command += ["get", arguments.name] if arguments.name else ["list"]
    command += [arguments.size] if arguments.size else []
    become(command, dict(os.environ))


def port(text):
    number = positive(text)
    if number > 65535:
        raise argparse.ArgumentTypeError("a port is 1 to 65535, found %s" % text)
    return number


def positive(text):
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError("expected a positive number, found %r" % text)
    return int(text)


def parse(argv):
    parser = argparse.ArgumentParser(
        prog="lab.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=port, default=DEFAULT_PORT, help="port of JupyterLab")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.set_defaults(action=open_lab)
    commands = parser.add_subparsers(metavar="COMMAND")
    run = commands.add_parser("run", help="execute notebooks, such as 00_quickstart")
    run.add_argument("names", nargs="*", metavar="NAME")
    run.add_argument("--out", default=str(REPOSITORY / "target" / "notebooks"))
    run.add_argument(
        "--time-limit",
        type=positive,
        default=DEFAULT_TIME_LIMIT_SECONDS,
        metavar="SECONDS",
        help="for each notebook (default %(default)s); then its kernel is killed",
    )
    run.set_defaults(action=run_notebooks)
    get = commands.add_parser("get", help="list data sets, or fetch and verify one")
    get.add_argument("name", nargs="?", metavar="NAME")
    get.add_argument("size", nargs="?", metavar="SIZE")
    get.set_defaults(action=get_data)
    return parser.parse_args(argv)


def main():
    arguments = parse(sys.argv[1:])
    try:
        arguments.action(arguments)
    except LabError as error:
        print("lab.py: %s" % error, file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(
            "lab.py: %s\nIt writes below %s only: check that this folder may be written"
            " and that the disk is not full, then start again." % (error, REPOSITORY),
            file=sys.stderr,
        )
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
