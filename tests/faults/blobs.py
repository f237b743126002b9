"""Every call by which a folder of blobs reaches the disk fails once, in every way: what was said to be put is there, and nothing is there by half.

The program puts a second blob, the first one again, and takes away one that is over; it says each once it was told that it is done. After each run every blob
is whole or missing, a third one can be put, and no file is left but blobs and the one that was being written. FAULTS_BLOBS and FAULTS_IO name the programs.
"""
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM, IO = os.environ["FAULTS_BLOBS"], os.environ["FAULTS_IO"]


def run(what, folder, **env):
    done = subprocess.run([PROGRAM, what, str(folder)], env={**os.environ, **env}, capture_output=True, text=True, timeout=60)
    return done.stdout.splitlines(), done.returncode


def change(folder, at=0, how="eio"):
    return run("change", folder, LD_PRELOAD=IO, FAULTY_FOLDER=str(folder), FAULTY_AT=str(at), FAULTY_HOW=how, FAULTY_COUNT=f"{folder}.count")


def wrong(at, how):
    """What is wrong after a run with this fault; None when nothing is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "blobs"
        made, code = run("make", folder)
        assert code == 0, made
        said, code = change(folder, at, how)
        where = f"call {at}, {how}: {said}: "
        if code not in ((-signal.SIGKILL,) if how in ("kill", "torn") else (0, 3) if how == "short" else (3,)):
            return where + f"the process ended with {code}"
        if any(line == "failed " for line in said):
            return where + "a failure without words"
        found, code = run("check", folder)
        where += f"{found}: "
        now = dict(line.split(" ", 1) for line in found[:3])
        if code != 0 or found[3] != "put third":
            return where + "nothing can be put any more"
        if now["first"] != "whole":
            return where + "the first is not there"
        if now["second"] not in (("whole",) if "put second" in said else ("whole", "missing")):
            return where + "the second"
        if now["over"] not in (("missing",) if "collected 1" in said else ("whole", "missing")):
            return where + "what is over"
        names = sorted(one.name for one in folder.iterdir())
        if len(names) != 1 + sum(state == "whole" for state in now.values()):
            return where + f"these files: {names}"
        return None


class Blobs(unittest.TestCase):
    def test_every_call_fails_once_in_every_way(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "blobs"
            self.assertEqual(run("make", folder)[1], 0)
            self.assertEqual(change(folder), (["put second", "put first", "collected 1"], 0))
            calls = int(Path(f"{folder}.count").read_text())
        self.assertGreaterEqual(calls, 10)
        print(f"{calls} calls reach the disk while two blobs are put and one is taken away", flush=True)
        bad = [why for at in range(1, calls + 1) for how in ("eio", "enospc", "short", "kill", "torn") if (why := wrong(at, how))]
        self.assertEqual(bad, [], "\n".join(bad))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
