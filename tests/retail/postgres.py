"""The retail programs on PostgreSQL: the same figures as in memory, with views of each kind, twice over the same data, with the server stopped at once between."""
import json
import signal
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "servers"))
import postgres
import support


class OnPostgres(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.data = support.sample(f"{folder.name}/sample.csv", lines=4000)
        cls.server = postgres.Server("shared_buffers=64MB")
        cls.addClassCleanup(cls.server.__exit__)

    def report(self, *words):
        done = support.run(*words, "--report", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return {key: value for key, value in json.loads(done.stdout).items() if key not in support.OF_THE_RUN}

    def test_the_ledger(self):
        asked = ["--data", self.data, "--batch", 500]
        wanted = self.report(*asked)
        store = ["--store", f"postgres:{self.server.address}"]
        for views in ["memory", "inline", "async"]:
            self.server.sql("drop schema if exists retail cascade")
            self.assertEqual(self.report(*asked, *store, "--views", views), wanted, views)
            self.server.stop(signal.SIGQUIT)
            self.server.start()
            again = self.report(*asked, *store, "--views", views)
            for key in ["revenue_by_country", "revenue_by_month", "top_products"]:
                self.assertEqual(again[key], wanted[key], (views, key))
        self.assertEqual(self.server.sql("select count(*) = max(position) from retail.events"), "t")
        countries = support.run("query", "country", *store, "--report", "json")
        self.assertEqual(countries.returncode, 0, countries.stderr)

    def test_a_schema_that_is_said(self):
        self.report("--data", self.data, "--store", f"postgres:{self.server.address}?apart")
        self.assertEqual(self.server.sql("select count(*) > 0 from apart.events"), "t")

    def test_fulfilment(self):
        for way in [[], ["--choreography"]]:
            asked = ["fulfil", "--data", self.data, *way]
            wanted = support.run(*asked)
            self.assertEqual(wanted.returncode, 0, wanted.stderr)
            done = support.run(*asked, "--store", f"postgres:{self.server.address}")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(lines_of_the_domain(done.stdout), lines_of_the_domain(wanted.stdout))

    def test_no_address_is_complained_about(self):
        done = support.run("--data", self.data, "--store", "postgres:host=/nowhere password=sesame")
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("sesame", done.stderr + done.stdout)


def lines_of_the_domain(text):
    return [line for line in text.splitlines() if not any(word in line for word in ["second", "store", "/s"])]


if __name__ == "__main__":
    postgres.skip_without("retail/postgres")
    unittest.main()
