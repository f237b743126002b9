#!/usr/bin/env python3
"""A PostgreSQL server for one test: in a folder that vanishes, on a Unix socket alone, run by an unprivileged user, gone with the test.

In Python:      with postgres.Server() as server: ... server.address ...
For a command:  python3 tests/servers/postgres.py [--set wal_level=logical]... -- command...
                GESTA_POSTGRES says to the command what to connect to; the command's end is this program's.

Where no server is installed it prints `skipped: <name>: <why>` and ends with 77. tests/servers/postgres.hpp is the same for C++."""
import argparse
import ctypes
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_prctl = ctypes.CDLL(None).prctl  # not looked up in a child of a program with threads


def programs():
    """The folder of the newest server's programs, or None."""
    if said := os.environ.get("GESTA_POSTGRES_BIN"):
        return Path(said)
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit() and (path / "initdb").exists()]
    if found:
        return max(found, key=lambda path: int(path.parent.name))
    there = shutil.which("initdb")
    return Path(there).parent if there else None


def skip_without(name):
    """Ends the program as skipped where there can be no server."""
    if programs() is None:
        print(f"skipped: {name}: no PostgreSQL server is installed (Debian and Ubuntu: postgresql)", flush=True)
        sys.exit(77)


class Server:
    """Ready when it is made. A commit does not wait for the disk unless "fsync=on" is among the settings."""

    def __init__(self, *settings):
        self.settings = settings
        self.folder = Path(tempfile.mkdtemp(prefix="gesta-postgres-", dir="/tmp"))  # a socket's path has 107 characters
        self.who = {}
        if os.geteuid() == 0:
            try:
                user = pwd.getpwnam("postgres")
            except KeyError:
                user = pwd.getpwnam("nobody")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self.process = None
        self.was_killed = False
        made = self.run("initdb", "-D", self.data, "-U", "gesta", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        if made.wait() != 0:
            raise RuntimeError("initdb failed\n" + self.words())
        self.start()

    @property
    def data(self):
        return self.folder / "data"

    @property
    def address(self):
        return f"host={self.folder} port=5432 user=gesta dbname=postgres"

    def words(self):
        """What the server has said so far."""
        return (self.folder / "words").read_text(encoding="utf-8", errors="replace")

    def run(self, program, *arguments):
        def ends_with_the_test():
            _prctl(1, signal.SIGQUIT)
        with open(self.folder / "words", "a", encoding="utf-8") as words:
            os.chmod(words.fileno(), 0o666)
            return subprocess.Popen([programs() / program, *arguments], cwd=self.folder, stdout=words, stderr=words, stdin=subprocess.DEVNULL,
                                    start_new_session=True, preexec_fn=ends_with_the_test, **self.who)

    def start(self):
        more = [part for setting in self.settings for part in ("-c", setting)]
        command = ["postgres", "-D", self.data, "-k", self.folder, "-c", "listen_addresses=", "-c", "fsync=off",
                   "-c", "unix_socket_permissions=0777", *more]
        self.process = self.run(*command)
        for _ in range(6000):
            state = self.data / "postmaster.pid"
            if state.exists() and re.match(rf"{self.process.pid}\n(.*\n){{6}}ready", state.read_text(encoding="utf-8")):
                return
            if self.process.poll() is not None:
                if not self.was_killed:
                    break
                self.process = self.run(*command)  # the children of one that was killed still hold its memory
            time.sleep(0.01)
        raise RuntimeError("the server does not get ready\n" + self.words())

    def stop(self, how=signal.SIGINT):
        """SIGINT: in order; SIGQUIT: at once, as after a crash; SIGKILL."""
        if self.process is not None:
            self.was_killed = how == signal.SIGKILL
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def sql(self, text, user="gesta"):
        """What psql answers, unaligned and without headers."""
        command = [programs() / "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", text, self.address.replace("user=gesta", f"user={user}")]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.rstrip("\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    arguments.add_argument("command", nargs=argparse.REMAINDER)
    said = arguments.parse_args()
    command = said.command[1:] if said.command[:1] == ["--"] else said.command
    if not command:
        arguments.error("no command")
    skip_without(Path(command[0]).name)
    with Server(*said.set) as server:
        ended = subprocess.run(command, env={**os.environ, "GESTA_POSTGRES": server.address}, check=False).returncode
    sys.exit(ended if ended >= 0 else 128 - ended)


if __name__ == "__main__":
    main()
