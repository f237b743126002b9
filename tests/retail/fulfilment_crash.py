"""Fulfilment that is killed at any point is taken up by the next process and ends in the report of a run that nothing disturbed.

Points are drawn by a seed that is printed (RETAIL_SEED repeats one): steps of the program that reach its store, counted by the store itself, and
calls of the program that change its files, counted beneath it where FAULTS_IO names the library for that. How many of them fell between the first
write of a unit of work and its commit is printed. The same test must catch a planted bug.
"""
import csv
import json
import os
import random
import shutil
import signal
import struct
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
import fulfilment_reference as reference
import support

CRASH, IO = os.environ["RETAIL_FULFILMENT_CRASH"], os.environ.get("FAULTS_IO")
SEED = int(os.environ.get("RETAIL_SEED", random.SystemRandom().randrange(10**6)))
DOES_NOT_ADD_UP = 4
# How an order is led, and what is a commit; how many points are drawn.
RUNS = {
    "a saga, each step a commit": (["--steps-a-commit", 1], 70),
    "a saga, three orders a commit": (["--batch", 3], 30),
    "services that react, each order a commit": (["--choreography", "--batch", 1], 70),
    "services that react, three orders a commit": (["--choreography", "--batch", 3], 30),
}


def is_in_a_unit(database):
    """Whether the last frames of the write-ahead log are of a transaction that was begun and not committed."""
    wal = database.parent / (database.name + "-wal")
    data = wal.read_bytes() if wal.exists() else b""
    if len(data) < 32:
        return False
    page, = struct.unpack_from(">I", data, 8)
    salts, at, open_frames = data[16:24], 32, False
    while at < len(data):
        head = data[at:at + 24]
        if len(head) < 24 or at + 24 + page > len(data):
            return True  # a part of a frame
        if head[8:16] != salts:
            return open_frames  # what is left of an earlier round
        open_frames = struct.unpack_from(">I", head, 4)[0] == 0
        at += 24 + page
    return open_frames


class Crash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}", flush=True)
        cls.random = random.Random(SEED)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.file = cls.few_articles(support.sample(cls.folder / "sample.csv", lines=300, seed=SEED))
        cls.odds = (SEED, "0.2", "0.2", "0.8")
        seed, payment, shipping, stock = cls.odds
        cls.expected = reference.fulfilled(cls.file, payment, shipping, stock, seed)
        print(cls.expected, flush=True)
        cls.asked = ["--data", cls.file, "--seed", seed, "--fail", f"payment={payment},shipping={shipping}", "--stock", stock, "--report", "json"]
        cls.stored = {}
        for name, (options, _) in RUNS.items():  # what an undisturbed run leaves
            database = cls.folder / "whole.db"
            assert cls.fulfil(database, options) == (0, cls.expected), name
            cls.stored[name] = support.stored_events(database)
            cls.remove(database)

    @classmethod
    def few_articles(cls, sample):
        """The same orders of a few articles only, so that some find all they ask for and some do not."""
        with open(sample, newline="") as lines, open(cls.folder / "lines.csv", "w", newline="") as out:
            names, *rows = csv.reader(lines)
            csv.writer(out).writerows([names] + [[row[0], f"item {sum(row[1].encode()) % 7}", *row[2:]] for row in rows])
        return cls.folder / "lines.csv"

    @staticmethod
    def remove(database):
        for file in database.parent.glob(database.name + "*"):
            file.unlink()

    @classmethod
    def fulfil(cls, database, options):
        """Runs the program to its end: its code, and the report it has printed."""
        done = support.run("fulfil", *cls.asked, *options, "--store", f"sqlite:{database}")
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    def crash(self, database, options, point=None, **env):
        if point is not None:
            env["RETAIL_CRASH_AT"] = point
        return support.run("fulfil", *self.asked, *options, "--store", f"sqlite:{database}", program=CRASH, env=env)

    def points(self, options, **env):
        """How many points of each kind a run passes that nothing kills."""
        database = self.folder / "counting.db"
        done = self.crash(database, options, **env)
        self.remove(database)
        self.assertEqual(done.returncode, 0, done.stderr)
        return {kind: int(n) for kind, n in (line.split(":") for line in done.stderr.split())}

    def taken_up(self, database, name):
        """What is wrong with the end to which another process brings it; empty when nothing is."""
        end = self.fulfil(database, RUNS[name][0])
        if end != (0, self.expected):
            return f"ended with {end}"
        stored = support.stored_events(database)
        return "" if stored == self.stored[name] else f"stored {stored}"

    def each_point(self, name, drawn, kill):
        """kill(database, point) -> whether it fell in a unit of work. All points of one way; their stories where something was wrong."""
        def story(point):
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                database = Path(folder) / "shop.db"
                in_a_unit = kill(database, point)
                wrong = self.taken_up(database, name)
                return in_a_unit, f"{point}: {wrong}" if wrong else ""

        with ThreadPoolExecutor(8) as pool:  # they wait for the disk most of the time
            stories = list(pool.map(story, drawn))
        print(f"{name}: {len(drawn)} points, {sum(inside for inside, _ in stories)} between the first write of a unit and its commit", flush=True)
        self.assertEqual([wrong for _, wrong in stories if wrong], [])
        self.assertTrue(any(inside for inside, _ in stories))

    def test_killed_at_a_step_of_its_store(self):
        for name, (options, count) in RUNS.items():
            def kill(database, point):
                killed = self.crash(database, options, point)
                self.assertEqual((killed.returncode, killed.stdout), (-signal.SIGKILL, ""), killed.stderr)
                return killed.stderr == "in a unit\n"

            with self.subTest(name):
                there = self.points(options)
                inner = [f"{kind}:{n}" for kind in ["append", "remember"] for n in range(1, there[kind] + 1)]
                drawn = [self.random.choice(inner) for _ in range(count - 2 * (count // 3))]
                drawn += [f"{kind}:{self.random.randint(1, there[kind])}" for kind in ["before_commit", "after_commit"] for _ in range(count // 3)]
                self.each_point(name, drawn, kill)

    @unittest.skipIf(IO is None, "there is no library that counts calls of the system")
    def test_killed_at_a_call_that_changes_its_files(self):
        def run(database, options, **env):
            database.parent.mkdir(exist_ok=True)
            env = {"LD_PRELOAD": IO, "FAULTY_FOLDER": str(database.parent), **env}
            return support.run("fulfil", *self.asked, *options, "--store", f"sqlite:{database}", env=env)

        for name, (options, count) in RUNS.items():
            counted = self.folder / "count"
            self.assertEqual(run(self.folder / "counting" / "shop.db", options, FAULTY_COUNT=str(counted)).returncode, 0)
            shutil.rmtree(self.folder / "counting")
            calls = int(counted.read_text())

            def kill(database, point):
                call, how = point
                killed = run(database, options, FAULTY_AT=str(call), FAULTY_HOW=how)
                self.assertEqual(killed.returncode, -signal.SIGKILL, killed.stderr)
                return is_in_a_unit(database)

            # Not the last calls, which close the file: where a thread takes part there may be one less.
            drawn = [(call, self.random.choice(["kill", "torn"])) for call in self.random.sample(range(1, calls - 8), min(count, calls - 9))]
            with self.subTest(name):
                self.each_point(name, drawn, kill)

    def test_a_command_that_is_sent_before_the_commit_is_caught(self):
        for name, (options, _) in RUNS.items():
            there = self.points(options, RETAIL_PLANTED_BUG="1")["planted"]
            drawn = self.random.sample(range(1, there + 1), min(8, there))

            def end(point):
                with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                    database = Path(folder) / "shop.db"
                    self.assertEqual(self.crash(database, options, f"planted:{point}", RETAIL_PLANTED_BUG="1").returncode, -signal.SIGKILL)
                    return self.fulfil(database, options)

            with ThreadPoolExecutor(8) as pool:
                ends = list(pool.map(end, drawn))
            # Who pays twice and is then given back all that he paid: the figures add up, and are not those of an undisturbed run.
            self.assertNotIn(self.expected, [said for _, said in ends], name)
            self.assertLessEqual({code for code, _ in ends}, {0, DOES_NOT_ADD_UP}, name)
            self.assertIn(DOES_NOT_ADD_UP, [code for code, _ in ends], name)


if __name__ == "__main__":
    support.need("sqlite3")
    unittest.main()
