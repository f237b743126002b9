"""A NATS server with JetStream for one test: in a folder that vanishes, on a free port of the loopback, run by an unprivileged user, gone with the test.

    nats.skip_without("shop/servers")
    with nats.Server() as server: ... server.address ... server.process.kill(); server.start()

tests/servers/nats.hpp is the same for C++."""
import ctypes
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_next = itertools.count(os.getpid() * 31)
_prctl = ctypes.CDLL(None).prctl  # not looked up in a child of a program with threads


def program():
    return shutil.which("nats-server", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/bin"]))


def skip_without(name):
    """Ends the program as skipped where there can be no server."""
    if program() is None:
        print(f"skipped: {name}: no NATS server is installed (Debian and Ubuntu: nats-server)", flush=True)
        sys.exit(77)


def free_port():
    """Below those that the system gives to clients: one that tries to come again while the server is away could be connected to itself."""
    while True:
        port = 12_000 + next(_next) * 7919 % 20_000
        with socket.socket() as link:
            try:
                link.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


class Server:
    """Ready when it is made. It keeps its port and what its disk holds when it is started again."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="gesta-nats-", dir="/tmp"))
        self.who = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self.port = free_port()
        (self.folder / "server.conf").write_text(f'listen: "127.0.0.1:{self.port}"\njetstream {{ store_dir: "{self.folder}/kept" }}\n')
        self.process = None
        self.start()

    @property
    def address(self):
        return f"nats://127.0.0.1:{self.port}"

    def words(self):
        return (self.folder / "words").read_text(encoding="utf-8", errors="replace")

    def start(self):
        def ends_with_the_test():
            _prctl(1, signal.SIGKILL)
        with open(self.folder / "words", "a", encoding="utf-8") as words:
            self.process = subprocess.Popen([program(), "-c", self.folder / "server.conf"], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=words,
                                            stderr=words, start_new_session=True, preexec_fn=ends_with_the_test, **self.who)
        for _ in range(6000):
            if self.answers():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.005)
        raise RuntimeError("the server does not get ready\n" + self.words())

    def answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as link:
                return b'"jetstream":true' in link.recv(4096)
        except OSError:
            return False

    def stop(self, how=signal.SIGTERM):
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)
