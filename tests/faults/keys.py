"""Every call by which a file of keys reaches the disk fails once, in every way: who was said to be forgotten is, and nobody else.

The program forgets Ada, changes the master key and makes a key for Dora, and says each once it was told that it is done. After each run the file opens by
one of the two master keys, Bob's name by it, and Dora's where her key was said to be made. Ada's is forgotten where that was said, and is forgotten
or open where it was not; where it is forgotten, the key that was kept for her stands in no file, as it was wrapped. FAULTS_KEYS and FAULTS_IO name the
programs.
"""
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROGRAM, IO = os.environ["FAULTS_KEYS"], os.environ["FAULTS_IO"]
ONCE = ("eio", "enospc", "short", "kill", "torn")


def run(*words, **env):
    done = subprocess.run([PROGRAM, *map(str, words)], env={**os.environ, **env}, capture_output=True, text=True, timeout=60)
    return done.stdout.splitlines(), done.returncode


def change(folder, at=0, how="eio"):
    return run("change", folder / "keys.db", LD_PRELOAD=IO, FAULTY_FOLDER=str(folder), FAULTY_AT=str(at), FAULTY_HOW=how, FAULTY_COUNT=f"{folder}.count")


def make(folder):
    """A file of keys for Ada and Bob: their sealed names, and by its name each wrapped key."""
    folder.mkdir()
    said, code = run("make", folder / "keys.db")
    assert code == 0, said
    file = sqlite3.connect(folder / "keys.db")
    wrapped = dict(file.execute("select name, wrapped from keys"))
    file.close()
    return dict(line.split() for line in said), wrapped


def wrong(at, how):
    """What is wrong after a run with this fault; None when nothing is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "keys"
        sealed, wrapped = make(folder)
        said, code = change(folder, at, how)
        where = f"call {at}, {how}: {said}: "
        if how in ("kill", "torn"):
            if code != -signal.SIGKILL:
                return where + f"the process ended with {code}"
        elif code not in (0, 3):
            return where + f"the process ended with {code}"
        if any(line == "failed " for line in said):
            return where + "a failure without words"
        sealed |= dict(line.split() for line in said if line.startswith("dora "))
        found, code = run("check", folder / "keys.db", *sealed.values())
        now = dict(line.split(" ", 1) for line in found)
        where += f"{found}: "
        if code != 0:
            return where + "the file cannot be read"
        if now["bob"] != "open" or now.get("dora", "open") != "open":
            return where + "somebody else was forgotten"
        if now["ada"] not in (("forgotten",) if "forgotten" in said else ("open", "forgotten")):
            return where + "Ada was said to be forgotten"
        if "rotated" in said and now["master"] != "n":
            return where + "the master key was said to be changed"
        file = sqlite3.connect(folder / "keys.db")
        check = file.execute("pragma integrity_check").fetchone()[0]
        after = dict(file.execute("select name, wrapped from keys"))
        file.close()
        gone = [key for key, old in wrapped.items() if after[key] != old]  # forgotten, or kept under another master key
        if len(gone) != (2 if now["master"] == "n" else int(now["ada"] == "forgotten")):
            return where + f"{len(gone)} keys are gone"
        for key in gone:
            for file in folder.iterdir():
                if any(wrapped[key][at:at + 12] in file.read_bytes() for at in range(len(wrapped[key]) - 11)):
                    return where + f"of a key that is gone a piece still stands in {file.name}"
        return None if check == "ok" else where + check


class Keys(unittest.TestCase):
    def test_every_call_fails_once_in_every_way(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "keys"
            make(folder)
            said, code = change(folder)
            self.assertEqual((code, said[:2]), (0, ["forgotten", "rotated"]), said)
            calls = int(Path(f"{folder}.count").read_text())
        self.assertGreater(calls, 20)
        print(f"{calls} calls reach the disk while one is forgotten, the master key is changed and a key is made", flush=True)
        faults = [(at, how) for at in range(1, calls + 1) for how in ONCE]
        with ThreadPoolExecutor(2) as workers:
            bad = [why for why in workers.map(lambda fault: wrong(*fault), faults) if why]
        self.assertEqual(bad, [], "\n".join(bad))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
