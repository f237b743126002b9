"""A line that cannot be read ends the program with 2 and one sentence; the lines before it are kept and the store stays good."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import support

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
GOOD = ["536365", "85123A", "WHITE LANTERN", "6", "2010-12-01 08:26:00", "2.55", "17850.0", "United Kingdom"]
FIELDS = HEADER.split(",")

# field -> what stands there as written in the file -> what is said of it
BAD = {
    "InvoiceNo": {"": "empty", "1" * 15: '"111111111111111" is longer than 14 bytes', '"1': "its quote is never closed"},
    "StockCode": {"": "empty", "X" * 70: '"' + "X" * 60 + '..." is longer than 14 bytes', "A\tB": '"A?B" holds a control character'},
    "Description": {'7" FRAME': "a quote inside a field that does not begin with one", '"FRAME"S': "text after its closing quote",
                    '"FRAME': "its quote is never closed"},
    "Quantity": {**{value: f'"{value}" is not an integer' for value in ["abc", "", "6.0", "+6", " 6", "--6", "6 "]},
                 "1000001": '"1000001" is beyond 1000000', "-99999999999": '"-99999999999" is beyond 1000000'},
    "InvoiceDate": {value: f'"{value}" is not a time of the form YYYY-MM-DD HH:MM:SS' for value in
                    ["", "2010-12-01", "2010-13-01 08:26:00", "2011-02-29 08:26:00", "2010-12-01 24:00:00", "2010-12-01T08:26:00",
                     "2010-12-01 08:60:00", "2010-12-01 08:26:61", "2010-00-01 08:26:00", "2010-12-00 08:26:00", "12/1/2010 8:26:00  "]},
    "UnitPrice": {**{value: f'"{value}" is not a decimal number' for value in ["", "-", ".5", "5.", "1e3", "2x", "0x10", "nan", "--1"]},
                  "1.2345": '"1.2345" has more than three decimals', "1000000.001": '"1000000.001" is beyond 1000000',
                  "9" * 40: '"' + "9" * 40 + '" is beyond 1000000'},
    "CustomerID": {value: f'"{value}" is not a customer\'s number' for value in ["abc", ".0", "17850.5", "-1", "17850.", "1" * 15]},
    "Country": {"": "empty", "Y" * 31: '"' + "Y" * 31 + '" is longer than 30 bytes'},
}


class Malformed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file = self.folder / "lines.csv"

    def lines(self, *rows, end="\n"):
        self.file.write_bytes((end.join([HEADER, *rows]) + end).encode())
        return self.file

    def said(self, *options, store="memory"):
        done = support.run("--data", self.file, "--store", store, "--report", "json", *options)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        return done.stderr

    def test_each_wrong_field_is_named_with_its_line(self):
        for field, values in BAD.items():
            for value, sentence in values.items():
                with self.subTest(field=field, value=value):
                    bad = [value if name == field else good for name, good in zip(FIELDS, GOOD)]
                    self.lines(",".join(GOOD), ",".join(GOOD), ",".join(bad), ",".join(GOOD))
                    self.assertEqual(self.said(), f"retail: line 3, field {field}: {sentence}\n")

    def test_a_wrong_number_of_fields(self):
        self.lines(",".join(GOOD[:7]))
        self.assertEqual(self.said(), "retail: line 1, field Country: missing\n")
        self.lines(",".join(GOOD), "")
        self.assertEqual(self.said(), "retail: line 2, field StockCode: missing\n")
        self.lines(",".join(GOOD + ["x"]))
        self.assertEqual(self.said(), "retail: line 1: more than 8 fields\n")

    def test_a_wrong_header(self):
        self.file.write_text(HEADER.replace("UnitPrice", "Price") + "\n")
        self.assertEqual(self.said(), 'retail: line 0, field UnitPrice: "Price" stands in its place in the header\n')
        self.file.write_text("")
        self.assertEqual(self.said(), 'retail: line 0, field InvoiceNo: "" stands in its place in the header\n')

    def test_a_line_without_end(self):
        self.lines(",".join(GOOD), "x" * 300000)
        self.assertEqual(self.said(), "retail: line 2: longer than 262144 bytes\n")
        self.lines(",".join(GOOD), ",".join(GOOD[:2]) + ',"' + "x" * 300000)
        self.assertEqual(self.said(), "retail: line 2, field Description: its quote is never closed\n")
        self.lines(",".join(GOOD), ",".join(GOOD[:2] + ["x" * 300000] + GOOD[3:]))
        self.assertEqual(self.said(), "retail: line 2: longer than 262144 bytes\n")

    def test_no_lines_are_fine(self):
        self.lines()
        self.assertEqual(support.report("--data", self.file)["lines"], 0)

    def test_line_ends_and_quotes_of_other_programs_are_fine(self):
        plain = support.figures(support.report("--data", self.lines(",".join(GOOD), ",".join(GOOD))))
        quoted = ",".join('"' + value + '"' for value in GOOD)
        broken = ",".join(GOOD[:2] + ['"TWO\nLINES, ""AND"" A COMMA"'] + GOOD[3:])
        mixed = [quoted, ",".join(GOOD)]
        for rows, end in [(mixed, "\n"), (mixed, "\r\n"), ([broken, quoted], "\n"), ([broken, broken], "\r\n")]:
            self.assertEqual(support.figures(support.report("--data", self.lines(*rows, end=end))), plain)
        self.file.write_bytes(self.file.read_bytes().rstrip())
        self.assertEqual(support.figures(support.report("--data", self.file)), plain)

    def test_the_lines_before_are_kept_and_the_repaired_file_goes_on(self):
        if "sqlite" not in support.STORES:
            self.skipTest("built without SQLite")
        support.sample(self.file, lines=500)
        whole = self.file.read_text()
        expected = support.oracle(self.file)
        before = self.folder / "before.csv"
        before.write_text("".join(whole.splitlines(keepends=True)[:301]))
        kept = {"retail." + name: n for name, n in support.oracle(before)["events"].items()}
        for field, values in BAD.items():
            for batch in [37, 100000] + [1] * (field == "Quantity"):
                value, sentence = next(iter(values.items()))
                with self.subTest(field=field, batch=batch), tempfile.TemporaryDirectory() as folder:
                    store = f"sqlite:{folder}/ledger.db"
                    bad = [value if name == field else good for name, good in zip(FIELDS, GOOD)]
                    broken = whole.splitlines()
                    broken.insert(301, ",".join(bad))
                    self.file.write_text("\n".join(broken) + "\n")
                    self.assertEqual(self.said("--batch", batch, store=store), f"retail: line 301, field {field}: {sentence}\n")
                    self.assertEqual(support.stored_events(f"{folder}/ledger.db"), kept)
                    self.file.write_text(whole)
                    self.assertEqual(support.figures(support.report("--data", self.file, "--store", store)), expected)


if __name__ == "__main__":
    support.need("sqlite3")
    unittest.main()
