"""Killed at any point of its way, the program gives the right report when it is run again.

50 points, drawn by a seed that is printed (RETAIL_SEED repeats one). The same test must catch a planted bug.
"""
import os
import random
import shutil
import signal
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import support

CRASH = os.environ["RETAIL_CRASH"]
SEED = int(os.environ.get("RETAIL_SEED", random.SystemRandom().randrange(10**6)))
DRAWN = {"before_commit": 20, "after_commit": 20, "append": 5, "remember": 5}


class Crash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}", flush=True)
        cls.random = random.Random(SEED)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.file = support.sample(cls.folder / "lines.csv", lines=3000, seed=SEED)
        cls.expected = support.oracle(cls.file)
        cls.stored = {"retail." + name: n for name, n in cls.expected["events"].items() if n != 0}

    def options(self, database):
        return ["--data", self.file, "--store", f"sqlite:{database}", "--batch", 60, "--report", "json"]

    def points(self, **env):
        """How many points of each kind a run passes that nothing kills."""
        done = support.run(*self.options(self.folder / "whole.db"), program=CRASH, env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        (self.folder / "whole.db").unlink()
        return {kind: int(n) for kind, n in (line.split(":") for line in done.stderr.split())}

    def killed_and_run_again(self, point, **env):
        """Kills a run at the point and runs the program again: the events that had no outcome between the two runs, and whether report
        and file are right in the end."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            database = Path(folder) / "ledger.db"
            killed = support.run(*self.options(database), program=CRASH, env={**env, "RETAIL_CRASH_AT": point})
            self.assertEqual((killed.returncode, killed.stdout), (-signal.SIGKILL, ""), killed.stderr)
            without = self.events_without_outcome(database)
            again = support.report(*self.options(database)[:-2])
            return without, support.figures(again) == self.expected and support.stored_events(database) == self.stored

    @staticmethod
    def events_without_outcome(database):
        """Read from a copy: who opens the file itself mends it, and the next run shall find it as the kill left it."""
        with tempfile.TemporaryDirectory(dir=database.parent) as folder:
            for file in database.parent.glob(database.name + "*"):
                if not file.name.endswith("-shm"):
                    shutil.copy(file, folder)
            counted = "select (select count(*) from events) - (select count(*) from outcomes where verdict = 0);"
            return int(support.sql(counted, Path(folder) / database.name))

    def test_a_killed_run_is_made_good_by_the_next(self):
        there = self.points()
        self.assertGreaterEqual(there["before_commit"], 50)
        drawn = [f"{kind}:{n}" for kind, count in DRAWN.items() for n in sorted(self.random.sample(range(1, there[kind] + 1), count))]
        self.assertEqual(len(drawn), 50)
        self.assertEqual([point for point in drawn if self.killed_and_run_again(point) != (0, True)], [])

    def test_an_outcome_in_a_commit_of_its_own_is_caught(self):
        # A line is one event or one rejection. An event whose outcome was lost is recorded once more than the next run has outcomes for,
        # so its report must be wrong. Where the batch had no event (all its lines were refused, or it is the empty one at the end of the
        # file) nothing was lost, and the report must be right.
        there = self.points(RETAIL_PLANTED_BUG="1")["after_commit"]
        lossy = 0
        for n in self.random.sample(range(1, there, 2), there // 2):  # odd commits keep events, even ones their outcomes
            lost, right = self.killed_and_run_again(f"after_commit:{n}", RETAIL_PLANTED_BUG="1")
            self.assertEqual(right, lost == 0, f"{n}: {lost} events without outcome")
            self.assertEqual(self.killed_and_run_again(f"after_commit:{n + 1}", RETAIL_PLANTED_BUG="1"), (0, True), n + 1)
            lossy += lost != 0
            if lossy == 3:
                return
        self.fail(f"only {lossy} of {there // 2} batches have an event")


if __name__ == "__main__":
    support.need("sqlite3")
    unittest.main()
