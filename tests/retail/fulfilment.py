"""Orders of a file through the whole shop, led by a saga and by services that react to each other: both come to what the reference says.

On the sample always, on the real file with the argument `real`.
"""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import fulfilment_reference as reference
import support

REAL = sys.argv[1:2] == ["real"]
WAYS = {"orchestration": [], "choreography": ["--choreography"]}
# seed, payment, shipping, stock
CASES = [(1, "0", "0", "1"), (7, "0.05", "0.03", "0.9"), (8, "0.05", "0.03", "0.9"), (3, "0.3", "0.25", "0.6"), (5, "1", "0", "1"), (6, "0", "1", "1"), (9, "0", "0.5", "0")]


class Fulfilment(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.file = cls.folder / "lines.csv"
        support.real(cls.file) if REAL else support.sample(cls.file)

    def fulfil(self, way, *options, case=CASES[1], file=None):
        seed, payment, shipping, stock = case
        done = support.run("fulfil", *WAYS[way], "--data", file or self.file, "--seed", seed, "--fail", f"payment={payment},shipping={shipping}",
                           "--stock", stock, "--report", "json", *options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def expected(self, case=CASES[1], file=None):
        seed, payment, shipping, stock = case
        return reference.fulfilled(file or self.file, payment, shipping, stock, seed)

    def stores(self):
        """Each store that was built in, as its option; a fresh one at each call."""
        for kind in support.STORES:
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                yield kind, f"sqlite:{folder}/shop.db" if kind == "sqlite" else kind

    def test_both_ways_on_every_store_come_to_what_the_reference_says(self):
        for case in CASES[1:2] if REAL else CASES:
            expected = self.expected(case)
            for way in WAYS:
                for kind, store in self.stores():
                    with self.subTest(case=case, way=way, store=kind):
                        self.assertEqual(self.fulfil(way, "--store", store, case=case), expected)

    @unittest.skipIf(REAL, "the sample only")
    def test_the_sample_has_every_end_and_an_order_that_is_released_in_part(self):
        expected = self.expected()
        self.assertTrue(all(expected["cancelled"].values()) and expected["confirmed"] > 0, expected)
        none_shipped = self.expected((7, "0", "1", "0.5"))
        self.assertEqual(none_shipped["shipped"], 0)
        self.assertGreater(none_shipped["released"], 0)
        lines = [line.split(",")[0] for line in self.file.read_text().splitlines()[1:]]
        self.assertEqual(expected["orders"], len(reference.orders(self.file)))
        self.assertTrue(any(line[0] == "A" for line in lines) and any(line[0] == "C" for line in lines))

    @unittest.skipIf(REAL, "the sample only")
    def test_the_size_of_a_commit_changes_nothing(self):
        small = support.sample(self.folder / "small.csv", lines=1500)
        expected = self.expected(file=small)
        for options in [("--batch", 1), ("--batch", 7), ("--batch", 1000000), ("--steps-a-commit", 1), ("--steps-a-commit", 5)]:
            for way in WAYS:
                if way == "choreography" and options[0] != "--batch":
                    continue
                for kind, store in self.stores():
                    with self.subTest(way=way, store=kind, options=options):
                        self.assertEqual(self.fulfil(way, "--store", store, *options, file=small), expected)

    @unittest.skipIf(REAL, "the sample only")
    def test_an_invoice_whose_lines_stand_apart_is_one_order_at_its_first_line(self):
        lines = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"]
        for invoice, item, quantity, price in [("1", "a", 2, "1.0"), ("2", "a", 3, "1.005"), ("C3", "a", -1, "1.0"), ("1", "b", 1, "0.5"), ("A4", "B", 1, "9.0"),
                                               ("2", "b", 0, "1.0"), ("5", "a", 1, "0.0"), ("2", "a", 1, "2.0"), ("1", "a", 4, "1.0")]:
            lines.append(f"{invoice},{item},x,{quantity},2010-12-01 08:26:00,{price},12345.0,France")
        file = self.folder / "apart.csv"
        file.write_text("\n".join(lines) + "\n")
        # Of a the file sells 10 and of b 1. Half of that is 5 and 0: order 1 takes 2 of a, finds no b, and gives them back; order 2 takes 3 and 1.
        said = {"orders": 2, "confirmed": 1, "cancelled": {"payment": 0, "stock": 1, "shipping": 0}, "charged": 6500 + 5015, "refunded": 6500,
                "confirmed_total": 5015, "reserved": 6, "released": 2, "shipped": 4}
        case = (1, "0", "0", "0.5")
        self.assertEqual(self.expected(case, file), said)
        for way in WAYS:
            self.assertEqual(self.fulfil(way, case=case, file=file), said, way)

    def test_a_second_run_on_the_same_file_adds_nothing_and_reports_the_same(self):
        if "sqlite" not in support.STORES or REAL:
            self.skipTest("the sample, with SQLite")
        for way in WAYS:
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                database = Path(folder) / "shop.db"
                first = self.fulfil(way, "--store", f"sqlite:{database}")
                stored = support.stored_events(database)
                self.assertEqual(self.fulfil(way, "--store", f"sqlite:{database}"), first)
                self.assertEqual(support.stored_events(database), stored)
                # Odds travel with the order: other ones come too late for those that are placed.
                self.assertEqual(self.fulfil(way, "--store", f"sqlite:{database}", case=CASES[4]), first)

    @unittest.skipIf(REAL, "the sample only")
    def test_lines_may_come_from_a_pipe_and_without_data_the_sample_is_used(self):
        for way in WAYS:
            with subprocess.Popen(["cat", self.file], stdout=subprocess.PIPE) as cat:
                done = support.run("fulfil", *WAYS[way], "--data", "-", "--report", "json", stdin=cat.stdout)
            self.assertEqual(json.loads(done.stdout), self.expected(CASES[0]))
            self.assertEqual(support.run("fulfil", *WAYS[way], "--report", "json").stdout, done.stdout)

    @unittest.skipIf(REAL, "the sample only")
    def test_a_wrong_command_line_ends_with_2_and_one_sentence(self):
        for sentence, options in [
                ("unknown option --dta", ["--dta", "x"]), ("unknown option x", ["x"]), ("--seed needs a value", ["--seed"]),
                ('--store cannot be "file"', ["--store", "file"]), ('--data cannot be ""', ["--data", ""]),
                *((f'--fail cannot be "{wrong}"', ["--fail", wrong]) for wrong in
                  ["", "payment", "payment=", "payment=1.1", "payment=-1", "payment=0.1,", "stock=0.1", "payment=.5", "payment=1.", "payment=0.1234567", "payment=0x1"]),
                ('--stock cannot be "-1"', ["--stock", "-1"]), ('--stock cannot be "1e3"', ["--stock", "1e3"]), ('--stock cannot be "1001"', ["--stock", "1001"]),
                ('--seed cannot be "-1"', ["--seed", "-1"]), ('--batch cannot be "0"', ["--batch", "0"]),
                ('--steps-a-commit cannot be "0"', ["--steps-a-commit", "0"]), ('--report cannot be "xml"', ["--report", "xml"]),
                ("--steps-a-commit is for the saga: reactors act in the commit of their cause", ["--choreography", "--steps-a-commit", "1"]),
                ("--batch and --steps-a-commit are two ways", ["--batch", "1", "--steps-a-commit", "1"])]:
            with self.subTest(options):
                done = support.run("fulfil", *options)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (2, "", f"retail: {sentence}; fulfil --help shows what there is\n"))

    @unittest.skipIf(REAL, "the sample only")
    def test_what_cannot_be_read_or_written_is_said(self):
        done = support.run("fulfil", "--data", "/nowhere/lines.csv")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (2, "", "retail: cannot open /nowhere/lines.csv\n"))
        bad = self.folder / "bad.csv"
        bad.write_text(self.file.read_text()[:5000] + "\n,\n")
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            database = Path(folder) / "shop.db"
            done = support.run("fulfil", "--data", bad, "--store", f"sqlite:{database}" if "sqlite" in support.STORES else "memory")
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertRegex(done.stderr, r"\Aretail: line [0-9]+, field .+\n\Z")
            self.assertFalse(database.exists())  # nothing was done
        if "sqlite" in support.STORES:
            done = support.run("fulfil", "--store", "sqlite:/nowhere/shop.db")
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, r"\Aretail: the store failed: .+\n\Z")
        with open("/dev/full", "w") as full:
            done = subprocess.run([support.RETAIL, "fulfil"], stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual((done.returncode, done.stderr), (2, "retail: the report cannot be written\n"))

    @unittest.skipIf(REAL, "the sample only")
    def test_help_and_the_page_for_people(self):
        done = support.run("fulfil", "--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for word in ["--choreography", "--data", "--store", "--fail", "--stock", "--seed", "--batch", "--steps-a-commit", "--report", "--time"]:
            self.assertIn(word, done.stdout)
        done = support.run("fulfil", "--stock", "0.9", "--time")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r"\A[0-9]+ orders in [0-9.]+ s, [0-9.]+ s of the processor, [0-9]+ orders/s\n\Z")
        said = reference.fulfilled(self.file, stock="0.9")
        words = done.stdout.replace(",", "").split()
        for name in ["reserved", "released", "shipped", "confirmed"]:
            self.assertEqual(words[words.index(name) + 1], str(said[name]))
        for name in ["charged", "refunded"]:
            self.assertEqual(words[words.index(name) + 1], f"{said[name] // 1000}.{said[name] % 1000:03}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
