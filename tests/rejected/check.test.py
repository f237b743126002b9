"""The check of rejected and accepted files finds each way in which an answer is not as promised."""
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import check

COMPILERS = [c for c in ("g++", "clang++-19", "clang++") if shutil.which(c)][:2]
RULE = '''
namespace gesta::diagnostic {
template <bool Ok, class Event>
struct too_sad { static_assert(Ok, "[gesta E999] the Event is too sad; cheer it up"); };
template <bool Ok, class Event>
struct too_glad { static_assert(Ok, "[gesta E998] the Event is too glad; calm it down"); };
}
struct deposited {};
'''
SAD = "// [gesta E999] the Event is too sad; cheer it up\n"
GLAD = "// [gesta E998] the Event is too glad; calm it down\n"


def mistake(rule, number=1):
    return f"void use{number}(gesta::diagnostic::{rule}<false, deposited> x = {{}});\n" \
           f"struct one{number} : gesta::diagnostic::{rule}<false, deposited> {{}};\n"


class Check(unittest.TestCase):
    def complaints(self, source, kind="rejected", name="E999_a.cpp", limit=None):
        """What is said of a file, by each compiler in turn; they must agree."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / kind / name
            file.parent.mkdir()
            file.write_text(source)
            said = [check.check(file, c, folder, limit or check.LINES[check.family(c)])[0] for c in COMPILERS]
        for other in said[1:]:
            self.assertEqual(len(said[0]), len(other), said)
        return said[0]

    def refused(self, words, source, **more):
        said = self.complaints(source, **more)
        self.assertEqual(len(said), 1, said)
        self.assertIn(words, said[0])

    def test_what_is_promised_is_accepted(self):
        self.assertEqual(self.complaints(SAD + "// in too_sad<false, deposited>\n" + RULE + mistake("too_sad")), [])

    def test_two_mistakes_and_two_sentences(self):
        self.assertEqual(self.complaints(SAD + GLAD + RULE + mistake("too_sad") + mistake("too_glad", 2)), [])

    def test_no_error_at_all(self):
        self.refused("it compiles", SAD + RULE)

    def test_no_sentence_is_expected(self):
        self.refused("first line", RULE + mistake("too_sad"))

    def test_another_error_than_the_expected_one(self):
        said = self.complaints(GLAD + RULE + mistake("too_sad"))
        self.assertEqual(len(said), 2, said)
        self.assertIn("0 errors instead of 1", said[0])
        self.assertIn("not expected", said[1])

    def test_an_error_besides_the_expected_one(self):
        self.refused("not expected", SAD + RULE + mistake("too_sad") + "int n = nothing_of_that_name;\n")

    def test_the_second_sentence_is_missing(self):
        self.refused("0 errors instead of 1", SAD + GLAD + RULE + mistake("too_sad"))

    def test_the_same_sentence_twice(self):
        twice = "struct withdrawn {};\nstruct two : gesta::diagnostic::too_sad<false, withdrawn> {};\n"
        self.refused("2 errors instead of 1", SAD + RULE + mistake("too_sad") + twice)

    def test_the_same_sentence_expected_twice(self):
        twice = RULE + mistake("too_sad") + "struct withdrawn {};\nstruct two : gesta::diagnostic::too_sad<false, withdrawn> {};\n"
        self.assertEqual(self.complaints(SAD + SAD + twice), [])
        self.refused("1 errors instead of 2", SAD + SAD + RULE + mistake("too_sad"))

    def test_only_the_beginning_of_the_sentence(self):
        said = self.complaints("// [gesta E999] the Event is too\n" + RULE + mistake("too_sad"))
        self.assertIn("0 errors instead of 1", said[0])

    def test_the_types_are_not_named(self):
        self.refused("does not name", SAD + "// in too_sad<false, withdrawn>\n" + RULE + mistake("too_sad"))

    def test_too_many_lines(self):
        self.refused("lines of output", SAD + RULE + mistake("too_sad"), limit=1)

    def test_an_accepted_file_is_silent(self):
        self.assertEqual(self.complaints(RULE, kind="accepted"), [])

    def test_an_accepted_file_with_an_error(self):
        self.refused("does not compile", RULE + mistake("too_sad"), kind="accepted")

    def test_an_accepted_file_with_a_warning(self):
        self.refused("says something", "int narrow(long n) { return n; }\n", kind="accepted")

    def test_a_file_that_prints_its_source(self):
        source = SAD + RULE + mistake("too_sad")
        self.assertEqual(self.complaints(f"print({source!r})", name="E999_a.cpp.py"), [])

    def test_sentences_and_twins_are_counted(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name in ("rejected/E999_a.cpp", "rejected/E997_c.cpp", "accepted/E999_a.cpp", "accepted/E998_b.cpp"):
                (root / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
                (root / "tests" / name).write_text("")
            (root / check.DIAGNOSTICS).parent.mkdir(parents=True)
            (root / check.DIAGNOSTICS).write_text(RULE)
            self.assertEqual(check.incomplete(root), ["E998 has no rejected file", "E997 is no number of a sentence",
                                                      "rejected/E997_c.cpp has no twin in accepted/",
                                                      "accepted/E998_b.cpp has no twin in rejected/"])


if __name__ == "__main__":
    unittest.main()
