"""The views of the retail program, kept in each way: the same figures, whatever is killed, repeated, rebuilt or asked meanwhile.

Points at which a process is killed are drawn by a seed that is printed (RETAIL_SEED repeats one).
"""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import support

CRASH = os.environ["RETAIL_CRASH"]
SEED = int(os.environ.get("RETAIL_SEED", random.SystemRandom().randrange(10**6)))
WAYS = ["memory", "inline", "async", "live"]
KEPT = ["inline", "async"]  # in the file
KILLS = 12  # for each way of keeping


def asked(database, what, *options):
    """The answer of another process."""
    done = support.run("query", what, "--store", f"sqlite:{database}", "--report", "json", *options)
    assert done.returncode == 0, (done.returncode, done.stderr)
    return json.loads(done.stdout)


class Views(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}", flush=True)
        cls.random = random.Random(SEED)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.file = support.sample(cls.folder / "lines.csv", lines=6000, seed=SEED)
        cls.expected = support.oracle(cls.file)
        cls.half = support.sample(cls.folder / "half.csv", lines=3000, seed=SEED)

    def setUp(self):
        made = tempfile.TemporaryDirectory(dir=self.folder)
        self.addCleanup(made.cleanup)
        self.database = Path(made.name) / "ledger.db"

    def options(self, way, database=None, batch=500):
        return ["--data", self.file, "--store", f"sqlite:{database or self.database}", "--views", way, "--batch", batch]

    def same_rows(self, database=None):
        """What the views show to others is what the oracle says."""
        database = database or self.database
        self.assertEqual(dict(asked(database, "country")), self.expected["revenue_by_country"])
        self.assertEqual(dict(asked(database, "month")), self.expected["revenue_by_month"])
        self.assertEqual(asked(database, "top"), self.expected["top_products"])

    def test_every_way_on_every_store_gives_the_oracles_figures(self):
        for way in WAYS:
            for batch in [1000, 7]:
                with self.subTest(way=way, batch=batch):
                    self.assertEqual(support.figures(support.report("--data", self.file, "--views", way, "--batch", batch)), self.expected)
            with self.subTest(way=way), tempfile.TemporaryDirectory(dir=self.folder) as folder:
                said = support.report(*self.options(way, Path(folder) / "ledger.db"))
                self.assertEqual(support.figures(said), self.expected)
                again = support.report(*self.options(way, Path(folder) / "ledger.db"))  # every line a second time: nothing is added
                self.assertEqual(support.figures(again), self.expected)

    def test_a_ledger_may_change_its_way(self):
        ways = WAYS + KEPT
        self.random.shuffle(ways)
        for way in ways:
            self.assertEqual(support.figures(support.report(*self.options(way))), self.expected, ways)
        self.same_rows()

    def test_rows_are_plain_sql(self):
        support.report(*self.options("inline"))
        rows = support.sql("select name, revenue from revenue_by_country order by name", self.database)
        self.assertEqual({name: int(sum) for name, sum in (line.rsplit("|", 1) for line in rows.splitlines())}, self.expected["revenue_by_country"])
        plan = support.sql("explain query plan select code from quantity_by_product order by quantity desc limit 10", self.database)
        self.assertIn("USING COVERING INDEX", plan)

    def test_a_date_is_folded_from_the_log(self):
        support.report(*self.options("inline"))
        date = "2011-03-15"
        then = support.report(*self.options("inline"), "--as-of", date)
        self.assertEqual(dict(asked(self.database, "month", "--as-of", date)), then["revenue_by_month"])
        self.assertEqual(asked(self.database, "top", "--as-of", date), then["top_products"])

    def test_a_query_says_what_is_not_there(self):
        nowhere = support.run("query", "top", "--store", f"sqlite:{self.database}")
        self.assertEqual((nowhere.returncode, nowhere.stderr), (2, f"retail: cannot open {self.database}\n"))
        self.assertFalse(self.database.exists())
        support.report(*self.options("live"))
        unkept = support.run("query", "top", "--store", f"sqlite:{self.database}")
        self.assertEqual(unkept.returncode, 3, unkept.stderr)
        self.assertRegex(unkept.stderr, "nobody has kept the view there")
        self.assertEqual(support.run("rebuild", "--store", f"sqlite:{self.database}").returncode, 0)
        self.same_rows()
        end = int(support.sql("select max(position) from events", self.database))
        self.assertEqual(dict(asked(self.database, "country", "--min-position", end)), self.expected["revenue_by_country"])
        beyond = support.run("query", "top", "--store", f"sqlite:{self.database}", "--min-position", end + 1)
        self.assertEqual(beyond.returncode, 3, beyond.stderr)
        self.assertRegex(beyond.stderr, f"does not show position {end + 1} yet, it shows {end}")

    def test_a_query_waits_for_what_another_process_posts(self):
        support.report("--data", self.half, *self.options("inline")[2:])
        half = int(support.sql("select max(position) from events", self.database))
        waiting = subprocess.Popen([support.RETAIL, "query", "country", "--store", f"sqlite:{self.database}", "--min-position", str(half + 100), "--report", "json"],
                                   stdout=subprocess.PIPE, text=True)
        support.report(*self.options("inline", batch=10000))
        said, _ = waiting.communicate(timeout=60)
        self.assertEqual(waiting.returncode, 0)
        self.assertEqual(dict(json.loads(said)), self.expected["revenue_by_country"])

    def test_views_are_rebuilt_while_another_process_sells(self):
        for way in KEPT:
            with self.subTest(way), tempfile.TemporaryDirectory(dir=self.folder) as folder:
                database = Path(folder) / "ledger.db"
                support.report("--data", self.half, *self.options(way, database)[2:])
                selling = subprocess.Popen([support.RETAIL, *map(str, self.options(way, database, batch=50)), "--report", "json"], stdout=subprocess.PIPE, text=True)
                rebuilt = 0
                while selling.poll() is None:
                    done = support.run("rebuild", "--store", f"sqlite:{database}")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    rebuilt += 1
                self.assertEqual(selling.returncode, 0)
                said, _ = selling.communicate()
                self.assertGreater(rebuilt, 0)
                self.assertEqual(support.run("rebuild", "--store", f"sqlite:{database}").returncode, 0)
                self.same_rows(database)
                self.assertEqual(support.figures(support.report(*self.options(way, database))), self.expected)

    def test_a_country_that_cannot_be_projected_holds_up_no_other_and_is_made_good(self):
        for country in self.random.sample(sorted(support.oracle(self.half)["revenue_by_country"]), 3):
            for way in KEPT:
                with self.subTest(way=way, country=country), tempfile.TemporaryDirectory(dir=self.folder) as folder:
                    database = Path(folder) / "ledger.db"
                    support.report("--data", self.half, *self.options("live", database)[2:])
                    said = subprocess.run([os.environ["RETAIL_POISON"], database, country], check=True, capture_output=True, text=True).stdout
                    self.assertRegex(said, "^1 failed, [0-9]+ wait\n$")
                    support.report(*self.options(way, database))  # the mended program goes on; the country waits until somebody says so
                    rows = dict(asked(database, "country"))
                    self.assertEqual({name: sum for name, sum in rows.items() if name != country},
                                     {name: sum for name, sum in self.expected["revenue_by_country"].items() if name != country})
                    self.assertNotIn(country, rows)
                    mended = subprocess.run([os.environ["RETAIL_POISON"], database], check=True, capture_output=True, text=True).stdout
                    self.assertEqual(mended, "0 failed, 0 wait\n")
                    self.same_rows(database)

    def test_two_processes_sell_and_keep_the_views(self):
        both = [subprocess.Popen([support.RETAIL, *map(str, self.options(way, batch=40)), "--report", "json"], stdout=subprocess.PIPE, text=True) for way in KEPT]
        for process in both:
            process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0)
        self.assertEqual(support.figures(support.report(*self.options("async"))), self.expected)
        self.same_rows()

    def test_a_killed_process_leaves_views_that_go_on(self):
        points = {}
        for way in KEPT:
            done = support.run(*self.options(way, batch=120), program=CRASH)
            self.assertEqual(done.returncode, 0, done.stderr)
            points[way] = {kind: int(n) for kind, n in (line.split(":") for line in done.stderr.split())}
            shutil.rmtree(self.database.parent)
            self.database.parent.mkdir()
        for way in KEPT:
            for kind in ["before_commit", "after_commit"]:
                for n in sorted(self.random.sample(range(1, points[way][kind] + 1), KILLS // 2)):
                    with self.subTest(way=way, kind=kind, n=n), tempfile.TemporaryDirectory(dir=self.folder) as folder:
                        database = Path(folder) / "ledger.db"
                        killed = support.run(*self.options(way, database, batch=120), program=CRASH, env={"RETAIL_CRASH_AT": f"{kind}:{n}"})
                        self.assertEqual(killed.returncode, -signal.SIGKILL, killed.stderr)
                        if way == "inline":  # no moment shows the one without the other
                            sold = "select count(*) from events"
                            shown = "select coalesce(sum(sold + returned), 0) from turnover"
                            self.assertEqual(support.sql(sold, database), support.sql(shown, database))
                        after = self.random.choice(KEPT)
                        self.assertEqual(support.figures(support.report(*self.options(after, database))), self.expected, after)
                        self.same_rows(database)


if __name__ == "__main__":
    support.need("sqlite3")
    unittest.main()
