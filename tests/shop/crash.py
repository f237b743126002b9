"""A shop of two services and a broker, three programs: one of them is killed at a counted point and started again, and the shop comes to the figures of
a run that nobody disturbs, with the same events in both stores.

A point is a call that changes a file of the program (its store, or the broker's messages), counted beneath it; the call is left out, or half done. Points
are drawn by a seed that is printed (SHOP_SEED repeats one), SHOP_KILLS of them, 12 unless it is said. The figures are those of a simulation.
"""
import csv
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "retail"))
import fulfilment_reference as reference
import support

IO = os.environ.get("FAULTS_IO")
SEED = int(os.environ.get("SHOP_SEED", random.SystemRandom().randrange(10**6)))
KILLS = int(os.environ.get("SHOP_KILLS", 12))
PAYMENT, SHIPPING, STOCK = "0.2", "0.2", "0.8"
WHO = ["orders", "stock", "broker"]
GOODS = ["reserved", "released", "shipped"]


class Shop:
    """The three programs, each with a folder of its own."""
    programs = ["broker", "stock", "orders"]  # in the order in which they start
    may_give_up = False                       # whether a service may end because it could not go on: it is started again
    library = IO

    def __init__(self, folder, data, faults):
        self.folder, self.data, self.faults, self.running, self.killed = folder, data, faults, {}, []
        for who in self.programs:
            (folder / who).mkdir()

    def mind(self):
        """Starts again what else was killed."""

    def words(self, who):
        bus = self.folder / "bus"
        if who == "broker":
            return [bus, self.folder / who / "messages"]
        common = ["--data", self.data, "--seed", SEED, "--store", f"sqlite:{self.folder / who / 'shop.db'}", "--link", f"socket:{bus}"]
        return common + (["--fail", f"payment={PAYMENT},shipping={SHIPPING}"] if who == "orders" else ["--stock", STOCK])

    def start(self, who, with_faults=True):
        env = dict(os.environ)
        if with_faults and who in self.faults:
            env |= {"LD_PRELOAD": self.library, "FAULTY_FOLDER": str(self.folder / who), **self.faults[who]}
        with open(self.folder / f"{who}.out", "w") as out, open(self.folder / f"{who}.err", "a") as err:
            self.running[who] = subprocess.Popen([os.environ[f"SHOP_{who.upper()}"], *map(str, self.words(who))], env=env, stdin=subprocess.DEVNULL,
                                                 stdout=out, stderr=err)

    def start_again(self, who):
        """One that was killed, or gave up where that may be."""
        code = self.running[who].returncode
        assert code == -signal.SIGKILL or (code == 1 and self.may_give_up), (who, code, (self.folder / f"{who}.err").read_text())
        if code != 1:
            self.killed.append(who)
        self.start(who, with_faults=False)

    def ended(self, who):
        """How it ends when it is told to."""
        self.running[who].send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 60
        while self.running[who].poll() is None:
            self.mind()
            assert time.monotonic() < deadline, f"{who} does not end"
            time.sleep(0.005)
        return self.running[who].returncode

    def readies(self, who):
        return (self.folder / f"{who}.err").read_text().count("ready\n")

    def run(self):
        """The sums of both services; whoever is killed is started again."""
        for who in self.programs:
            self.start(who)
        deadline = time.monotonic() + 120
        try:
            while self.running["orders"].poll() != 0:
                self.mind()
                for who in self.programs:
                    if self.running[who].poll():
                        self.start_again(who)
                assert time.monotonic() < deadline, "the shop does not come to its end"
                time.sleep(0.005)
            for who in [who for who in ["stock", "broker"] if who in self.programs]:
                while self.ended(who) != 0:  # at a call that it makes when it ends
                    said = self.readies(who)
                    self.start_again(who)
                    while self.running[who].poll() is None and self.readies(who) == said:
                        self.mind()
                        time.sleep(0.005)
                    assert time.monotonic() < deadline, f"{who} does not come to its end"
        finally:
            for one in self.running.values():
                if one.poll() is None:
                    one.kill()
                    one.wait()
        sums, goods = (json.loads((self.folder / f"{who}.out").read_text()) for who in ["orders", "stock"])
        return sums | {key: goods[key] for key in GOODS}

    def events(self):
        return {who: support.stored_events(self.folder / who / "shop.db") for who in ["orders", "stock"]}


def few_articles(folder, lines):
    """The made-up file with orders of a few articles only, so that some find all they ask for and some do not."""
    sample, data = support.sample(folder / "sample.csv", lines=lines, seed=SEED), folder / "lines.csv"
    with open(sample, newline="") as read, open(data, "w", newline="") as out:
        names, *rows = csv.reader(read)
        csv.writer(out).writerows([names] + [[row[0], f"item {sum(row[1].encode()) % 7}", *row[2:]] for row in rows])
    return data


def expected_of(data):
    return reference.fulfilled(data, PAYMENT, SHIPPING, STOCK, SEED)


class Crash(unittest.TestCase):
    maxDiff = None  # each story that went wrong is told
    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}", flush=True)
        cls.random = random.Random(SEED)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.data = few_articles(cls.folder, lines=150)
        cls.expected = expected_of(cls.data)
        print(cls.expected, flush=True)

    def shop(self, folder, faults):
        folder.mkdir()
        return Shop(folder, self.data, faults)

    def test_killed_and_started_again_it_comes_to_the_same_end(self):
        counts = self.folder / "counts"
        counts.mkdir()
        whole = self.shop(self.folder / "whole", {who: {"FAULTY_COUNT": str(counts / who)} for who in WHO})
        self.assertEqual(whole.run(), self.expected)
        stored = whole.events()
        calls = {who: int((counts / who).read_text()) for who in WHO}
        print(calls, flush=True)

        drawn = [(n, who, self.random.randint(1, max(1, calls[who] * 9 // 10)), self.random.choice(["kill", "torn"])) for n, who in
                 zip(range(KILLS), WHO * KILLS)]

        def story(point):
            n, who, call, how = point
            shop = self.shop(self.folder / f"run {n}", {who: {"FAULTY_AT": str(call), "FAULTY_HOW": how}})
            try:
                end = shop.run()
                wrong = "" if end == self.expected else f"came to {end}"
                if not wrong and shop.events() != stored:
                    wrong = f"stored {shop.events()} and not {stored}"
            except AssertionError as cause:
                wrong = str(cause)
            return len(shop.killed), f"{who} at call {call}, {how}: {wrong}" if wrong else ""

        with ThreadPoolExecutor(4) as pool:  # they wait for the disk most of the time
            stories = list(pool.map(story, drawn))
        print(f"{len(drawn)} points, {sum(killed for killed, _ in stories)} programs killed", flush=True)
        self.assertEqual([wrong for _, wrong in stories if wrong], [])
        self.assertGreater(sum(killed for killed, _ in stories), len(drawn) // 2)


if __name__ == "__main__":
    support.need("sqlite3")
    if IO is None:
        print("skipped: there is no library that counts calls of the system")
        sys.exit(77)
    unittest.main()
