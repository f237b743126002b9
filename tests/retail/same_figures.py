"""The program's reports equal the oracle's figures: on the sample always, on the real file with the argument `real`."""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import support

REAL = sys.argv[1:2] == ["real"]
BATCHES = [None] if REAL else [None, 1, 97, 1000, 1000000]


class SameFigures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.file = Path(cls.folder.name) / "lines.csv"
        support.real(cls.file) if REAL else support.sample(cls.file)
        cls.expected = support.oracle(cls.file)

    def stores(self):
        """Each store that was built in, as its option and its file; a fresh one at each call."""
        for kind in support.STORES:
            with tempfile.TemporaryDirectory(dir=self.folder.name) as folder:
                path = Path(folder) / "ledger.db"
                yield kind, path, f"sqlite:{path}" if kind == "sqlite" else kind

    def check(self, said, kind):
        self.assertEqual(support.figures(said), self.expected)
        self.assertEqual(said["store"], kind)
        self.assertGreater(said["seconds"], 0)
        events = sum(said["events"].values())
        self.assertAlmostEqual(said["events_per_second"] * said["seconds"] / events, 1, delta=0.01)

    def test_every_store_and_batch_gives_the_oracles_figures(self):
        for batch in BATCHES:
            options = [] if batch is None else ["--batch", batch]
            for kind, path, store in self.stores():
                if kind == "sqlite" and batch == 1:
                    continue  # a commit a line: the crash test has small ones
                with self.subTest(store=kind, batch=batch):
                    first = support.report("--data", self.file, "--store", store, *options)
                    self.check(first, kind)
                    if kind == "sqlite":
                        self.assertEqual(support.stored_events(path), {"retail." + name: n for name, n in self.expected["events"].items()})

    def test_a_second_run_on_the_same_file_adds_nothing_and_reports_the_same(self):
        for kind, path, store in self.stores():
            if kind != "sqlite":
                continue
            first = support.report("--data", self.file, "--store", store)
            stored = support.stored_events(path)
            again = support.report("--data", self.file, "--store", store)
            self.assertEqual(support.figures(again), support.figures(first))
            self.assertEqual(support.stored_events(path), stored)

    def test_lines_may_come_from_a_pipe(self):
        with subprocess.Popen(["cat", self.file], stdout=subprocess.PIPE) as cat:
            self.check(support.report("--data", "-", stdin=cat.stdout), "memory")

    @unittest.skipIf(REAL, "the sample only")
    def test_without_data_the_sample_is_used(self):
        self.check(support.report(), "memory")

    @unittest.skipIf(REAL, "the sample only")
    def test_every_special_case_is_in_the_sample(self):
        for reason, count in self.expected["rejections"].items():
            self.assertGreater(count, 0, reason)
        self.assertGreater(self.expected["events"]["items_returned"], 0)
        lines = self.file.read_bytes().splitlines()
        self.assertLess(len(set(lines)), len(lines), "no exact copies of lines")
        self.assertTrue(any(b'""' in line for line in lines), "no quotes in a description")
        self.assertTrue(any(b',"' in line and b',' in line.split(b'"')[1] for line in lines), "no comma in a description")
        self.assertEqual(json.loads(support.sql(f".import --csv \"{self.file}\" raw\n" + GUESTS)), [1, 1, 1])


# Lines without a customer, and prices of three and of one decimal.
GUESTS = """select json_array(sum(CustomerID = '') > 0, sum(UnitPrice like '%.___') > 0, sum(UnitPrice like '%._') > 0) from raw;"""

if __name__ == "__main__":
    support.need("sqlite3")
    unittest.main(argv=sys.argv[:1])
