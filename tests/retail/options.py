"""The command line of the retail program: what is refused, what fails, what is printed where."""
import errno
import json
import os
import pty
import resource
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import support


def everything(terminal):
    """All that was written to a terminal nobody writes to any more. One read may have the first part of it: the kernel hands it on in pieces, later."""
    drawn = b""
    try:
        while part := os.read(terminal, 65536):
            drawn += part
    except OSError as why:
        if why.errno != errno.EIO:  # the end, as Linux says it
            raise
    os.close(terminal)
    return drawn


class Options(unittest.TestCase):
    def refused(self, sentence, *options):
        done = support.run(*options)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (2, "", f"retail: {sentence}\n"))

    def test_a_wrong_command_line_ends_with_2_and_one_sentence(self):
        for sentence, options in [
                ("unknown option --dta", ["--dta", "x"]), ("unknown option x", ["x"]), ("--data needs a value", ["--data"]),
                ('--data cannot be ""', ["--data", ""]), ('--store cannot be "file"', ["--store", "file"]),
                ('--store cannot be "sqlite:"', ["--store", "sqlite:"]), ('--batch cannot be "0"', ["--batch", "0"]),
                ('--batch cannot be "-1"', ["--batch", "-1"]), ('--batch cannot be "5x"', ["--batch", "5x"]),
                ('--batch cannot be "99999999999999999999"', ["--batch", "99999999999999999999"]),
                ('--at cannot be "x"', ["--at", "x"]), ('--as-of cannot be "2011-02-30"', ["--as-of", "2011-02-30"]),
                ('--snapshot-every cannot be "0"', ["--snapshot-every", "0"]),
                ('--views cannot be "table"', ["--views", "table"]), ("query needs country, month or top", ["query", "day"]),
                ("views are asked in a file: --store sqlite:PATH", ["query", "top"]), ("views are asked in a file: --store sqlite:PATH", ["rebuild"]),
                ("--min-position is for a query of what the views show now", ["--min-position", "3"]),
                ("--at and --as-of are two questions", ["--at", "1", "--as-of", "2011-01-01"]),
                ('--report cannot be "xml"', ["--report", "xml"]), ('--flow cannot be "png"', ["--flow", "png"])]:
            with self.subTest(options):
                self.refused(sentence + "; --help shows what there is", *options)

    def test_a_file_that_is_not_there(self):
        self.refused("cannot open /nowhere/lines.csv", "--data", "/nowhere/lines.csv")

    def test_a_folder_is_no_file(self):
        self.refused("line 0: the file cannot be read further", "--data", "/")

    def test_a_store_that_cannot_be_opened_ends_with_1(self):
        if "sqlite" not in support.STORES:
            self.skipTest("built without SQLite")
        with tempfile.TemporaryDirectory() as folder:
            other = Path(folder) / "no.db"
            other.write_text("this is no database, " * 100)
            for path in ["/nowhere/ledger.db", folder, other]:
                done = support.run("--store", f"sqlite:{path}")
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertRegex(done.stderr, r"\Aretail: the store failed: .+\n\Z")
            self.assertIn("this is no database", other.read_text())

    def test_a_full_disk_ends_with_1_and_the_next_run_goes_on(self):
        if "sqlite" not in support.STORES:
            self.skipTest("built without SQLite")
        with tempfile.TemporaryDirectory() as folder:
            store = f"sqlite:{folder}/ledger.db"
            limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
            # Python ignores SIGXFSZ and, told so, lets the program inherit that: a write beyond the limit is an error to it.
            done = subprocess.run([support.RETAIL, "--store", store, "--batch", "500"], stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, preexec_fn=limit, restore_signals=False)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, r"\Aretail: the store failed: .+\n\Z")
            self.assertEqual(support.figures(support.report("--store", store)), support.figures(support.report()))

    def test_a_report_that_cannot_be_written_ends_with_2(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([support.RETAIL], stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual((done.returncode, done.stderr), (2, "retail: the report cannot be written\n"))

    def test_help(self):
        done = support.run("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for word in ["--data", "--store", "--batch", "--report", "--flow", "--at", "--as-of", "--snapshot-every", "--views", "query", "rebuild", "--min-position", "sqlite:PATH"]:
            self.assertIn(word, done.stdout)

    def test_the_flow_is_printed_in_three_forms(self):
        said = {form: support.run("--flow", form) for form in ["mermaid", "dot", "json"]}
        for form, done in said.items():
            self.assertEqual((done.returncode, done.stderr), (0, ""), form)
            for name in ["sell", "take_back", "adjust", "items_sold", "items_returned", "not_a_sale"]:
                self.assertIn(name, done.stdout, form)
        json.loads(said["json"].stdout)

    def test_the_page_for_people_has_the_figures(self):
        done = support.run()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        said = support.report()
        words = done.stdout.replace(",", "").split()
        total = lambda n: f"{'-' if n < 0 else ''}{abs(n) // 1000}.{abs(n) % 1000:03}"
        for name, n in [*said["events"].items(), *said["rejections"].items(), *said["top_products"]]:
            self.assertEqual(words[words.index(name) + 1], str(n))
        for month, n in said["revenue_by_month"].items():
            self.assertEqual(words[words.index(month) + 1], total(n))

    def test_a_bar_is_drawn_on_a_terminal_only(self):
        ours, theirs = pty.openpty()
        done = subprocess.Popen([support.RETAIL, "--report", "json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs)
        report = json.loads(done.communicate()[0])
        os.close(theirs)
        drawn = everything(ours)
        self.assertIn(b"lines", drawn)
        self.assertTrue(drawn.endswith(b"\r\x1b[K"), drawn)
        self.assertEqual(report["lines"], 20000)
        self.assertEqual(support.run().stderr, "")


if __name__ == "__main__":
    unittest.main()
