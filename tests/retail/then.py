"""The report as it was: --at and --as-of against the oracle's figures of a file that ends there; --snapshot-every changes nothing."""
import csv
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import support

LINES = 3000


class Then(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.file = support.sample(Path(cls.folder.name) / "lines.csv", LINES)
        with open(cls.file, newline="") as text:
            cls.header, *cls.rows = csv.reader(text)

    def of_rows(self, rows):
        """The oracle's figures of some of the lines."""
        path = Path(self.folder.name) / "part.csv"
        with open(path, "w", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([self.header, *rows])
        return support.oracle(path)

    def runs(self):
        """Every store with and without snapshots: a first run, and one on the ledger that it left."""
        for kind in support.STORES:
            for every in [None, 1, 7]:
                path = Path(self.folder.name) / f"{every}.db"
                snapshots = [] if every is None else ["--snapshot-every", every]
                yield kind, every, path, ["--data", self.file, "--store", f"sqlite:{path}" if kind == "sqlite" else kind, "--batch", 250, *snapshots]

    def test_the_report_at_a_position_is_that_of_the_lines_before_the_next_event(self):
        asked = {}
        for lines in range(40, LINES, 311):
            events = lambda figures: sum(figures["events"].values())
            while events(self.of_rows(self.rows[:lines + 1])) == events(self.of_rows(self.rows[:lines])):
                lines += 1  # the next line records nothing, so it belongs to the same position
            figures = self.of_rows(self.rows[:lines])
            asked[events(figures)] = figures
        self.assertGreater(len(asked), 5)
        asked[10 ** 9] = self.of_rows(self.rows)
        for kind, every, path, options in self.runs():
            for position, expected in asked.items():
                with self.subTest(store=kind, every=every, at=position):
                    self.assertEqual(support.figures(support.report(*options, "--at", position)), expected)

    def test_the_report_as_of_a_date_is_that_of_the_lines_up_to_it(self):
        dates = sorted({row[4] for row in self.rows})
        self.assertEqual([row[4] for row in self.rows], sorted(row[4] for row in self.rows), "the sample is in the order of time")
        moments = [dates[0], dates[len(dates) // 3], dates[-1], dates[len(dates) // 2][:10], "1999-01-01", "2999-12-31"]
        for kind, every, path, options in self.runs():
            for moment in moments:
                with self.subTest(store=kind, every=every, as_of=moment):
                    upto = moment if len(moment) > 10 else moment + " 23:59:59"
                    expected = self.of_rows([row for row in self.rows if row[4] <= upto])
                    self.assertEqual(support.figures(support.report(*options, "--as-of", moment)), expected)

    def test_snapshots_are_kept_and_the_report_is_the_same(self):
        expected = support.oracle(self.file)
        for kind, every, path, options in self.runs():
            with self.subTest(store=kind, every=every):
                self.assertEqual(support.figures(support.report(*options)), expected)
                if kind == "sqlite":
                    kept = int(support.sql("select count(*) from snapshots;", path))
                    self.assertEqual(kept > 0, every is not None)


if __name__ == "__main__":
    unittest.main()
