"""The shop of crash.py over servers for real: what the services keep lies in PostgreSQL, what they tell each other travels over NATS JetStream.

At a counted point a service is killed, or one of the servers, or the connection to one of them is cut; whoever was killed is started again, with what its
disk holds, and so is a service that gave up meanwhile. The shop comes to the figures of a run that nobody disturbs, with the same events in both stores.

A point is a call by which a service sends to a server or receives from it, counted beneath it: SHOP_KILLS of them kill, 4 unless it is said, and half as many
cut a connection. They are drawn by a seed that is printed (SHOP_SEED repeats one).
"""
import collections
import os
import random
import signal
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
import crash
import support

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "servers"))  # before the folder of retail, which has a postgres.py too
import nats
import postgres

LINKS = os.environ.get("FAULTS_LINKS")
KILLS = int(os.environ.get("SHOP_KILLS", 4))
WHO = ["orders", "stock", "broker", "database", "link to the broker", "link to the database"]


class Shop(crash.Shop):
    """Two programs, and two servers of their own. `point`: who is disturbed at which call of which service; `counts`: the folder for how many there are."""
    programs = ["stock", "orders"]
    library = LINKS

    def __init__(self, folder, data, point=None, counts=None):
        super().__init__(folder, data, {})
        self.point, self.struck = point, folder / "struck"
        self.broker = nats.Server()
        self.database = postgres.Server("shared_buffers=16MB", "max_connections=20")
        for who in self.programs:
            if counts is not None:
                self.faults[who] = {"FAULTY_COUNT": str(counts / who)}
        if point is not None:
            self.may_give_up = point["who"] not in self.programs
            self.faults[point["at"]] = {"FAULTY_LINK": point["link"], "FAULTY_AT": str(point["call"]), "FAULTY_HOW": point["how"],
                                         "FAULTY_STRUCK": str(self.struck)}
            if point["how"] == "other":
                server = self.servers()[point["who"]]
                self.faults[point["at"]] |= {"FAULTY_OTHER": str(server.process.pid), "FAULTY_SIGNAL": str(int(point["signal"]))}

    def words(self, who):
        return ["--data", self.data, "--seed", crash.SEED, "--store", f"postgres:{self.database.address}", "--link", self.broker.address] + (
            ["--fail", f"payment={crash.PAYMENT},shipping={crash.SHIPPING}"] if who == "orders" else ["--stock", crash.STOCK])

    def servers(self):
        return {"broker": self.broker, "database": self.database}

    def mind(self):
        for who, server in self.servers().items():
            if server.process.poll() is not None:
                self.killed.append(who)
                server.was_killed = True  # what it left may still be there for a moment
                server.start()

    def events(self):
        if self.point is not None and self.point["how"] == "other" and self.struck.exists() and not self.killed:
            self.servers()[self.point["who"]].process.wait(30)  # it was told to end by the last calls
        self.mind()
        rows = self.database.sql("select 'orders', id, count(*) from shop_orders.events join shop_orders.types using (type) group by id union all "
                                 "select 'stock', id, count(*) from shop_stock.events join shop_stock.types using (type) group by id")
        stored = {"orders": {}, "stock": {}}
        for line in rows.splitlines():
            who, name, count = line.split("|")
            stored[who][name] = int(count)
        return stored

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.broker.__exit__()
        self.database.__exit__()


class Servers(unittest.TestCase):
    maxDiff = None  # each story that went wrong is told
    @classmethod
    def setUpClass(cls):
        print(f"seed {crash.SEED}", flush=True)
        cls.random = random.Random(crash.SEED)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.data = crash.few_articles(cls.folder, lines=100)
        cls.expected = crash.expected_of(cls.data)
        print(cls.expected, flush=True)

    def drawn(self, number, calls):
        """A point: in turn of each kind, at a call in the first nine tenths of those of an undisturbed run."""
        who, choose = WHO[number % len(WHO)], self.random.choice
        point = {"number": number, "who": who, "at": who if who in Shop.programs else choose(Shop.programs)}
        point["link"] = choose(["inet", "unix"]) if who in Shop.programs else "unix" if "database" in who else "inet"
        point["how"] = choose(["kill", "torn"]) if who in Shop.programs else choose(["cut", "half"]) if who.startswith("link") else "other"
        point["signal"] = choose([signal.SIGQUIT, signal.SIGKILL]) if who == "database" else signal.SIGKILL
        point["call"] = self.random.randint(1, max(1, calls[point["link"], point["at"]] * 9 // 10))
        return point

    def test_killed_and_started_again_they_come_to_the_same_end(self):
        calls = {}
        counts = self.folder / "counts"
        for folder in [counts, self.folder / "whole"]:
            folder.mkdir()
        with Shop(self.folder / "whole", self.data, counts=counts) as whole:
            self.assertEqual(whole.run(), self.expected)
            stored = whole.events()
        for who in Shop.programs:
            calls["unix", who], calls["inet", who] = map(int, (counts / who).read_text().split())
        print(calls, flush=True)

        def story(point):
            folder = self.folder / f"run {point['number']}"
            folder.mkdir()
            try:
                with Shop(folder, self.data, point) as shop:
                    end = shop.run()
                    wrong = "" if end == self.expected else f"came to {end}"
                    if not wrong and shop.events() != stored:
                        wrong = f"stored {shop.events()} and not {stored}"
            except (AssertionError, RuntimeError, subprocess.SubprocessError) as cause:
                wrong = str(cause)
            return point["who"] if (folder / "struck").exists() else "", shop.killed, f"{point}: {wrong}" if wrong else ""

        points, stories = [], []
        with ThreadPoolExecutor(4) as pool:  # they wait most of the time
            # A run may end before the call that was drawn for it: then another point is drawn.
            while (missing := KILLS - sum(len(killed) for _, killed, _ in stories)) > 0 and len(points) < 3 * KILLS:
                drawn = [self.drawn(len(points) + more, calls) for more in range(max(1, missing * 3 // 2))]
                points += drawn
                stories += pool.map(story, drawn)
                if any(wrong for _, _, wrong in stories):
                    break
        struck = collections.Counter(who for who, _, _ in stories if who)
        killed = collections.Counter(who for _, all_of_one, _ in stories for who in all_of_one)
        cut = {who: count for who, count in struck.items() if who.startswith("link")}
        print(f"{len(points)} points, killed: {killed.total()}, {dict(sorted(killed.items()))}; cut: {dict(sorted(cut.items()))}", flush=True)
        self.assertEqual([wrong for _, _, wrong in stories if wrong], [])
        self.assertEqual(killed.total() + sum(cut.values()), struck.total())
        self.assertGreaterEqual(killed.total(), KILLS)


if __name__ == "__main__":
    nats.skip_without("shop/servers")
    postgres.skip_without("shop/servers")
    support.need("sqlite3")
    if LINKS is None:
        print("skipped: shop/servers: there is no library that counts calls of the system")
        sys.exit(77)
    unittest.main()
