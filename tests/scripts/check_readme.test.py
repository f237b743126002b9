"""The check of README.md catches each planted difference and accepts what is right."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
sys.dont_write_bytecode = True
import check_readme

EXAMPLE = "#include <x>\n\nint main() {\n  // [inner]\n  int a = 1;\n\n  int b = 2;\n  // [/inner]\n}\n"
WHOLE = "#include <x>\n\nint main() {\n  int a = 1;\n\n  int b = 2;\n}"


class Readme(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        (self.root / "a.cpp").write_text(EXAMPLE)
        (self.root / "e.cpp").write_text("// expect: [gesta E101] there is no evolve; write one\n")

    def tearDown(self):
        self.folder.cleanup()

    def said(self, text, fix=False):
        (self.root / "README.md").write_text(text)
        return check_readme.check(self.root, fix)[0]

    def refused(self, sentence, text):
        said = self.said(text)
        self.assertEqual(len(said), 1, said)
        self.assertIn(sentence, said[0])

    def test_a_whole_file(self):
        self.assertEqual(self.said(f"Text.\n<!-- a.cpp -->\n```cpp\n{WHOLE}\n```\n"), [])

    def test_a_region_without_its_margin(self):
        self.assertEqual(self.said("<!-- a.cpp#inner -->\n\n```cpp\nint a = 1;\n\nint b = 2;\n```\n"), [])

    def test_one_character_differs(self):
        self.refused("README.md:6: differs from a.cpp: '  int a = 1;'",
                     f"<!-- a.cpp -->\n```cpp\n{WHOLE.replace('a = 1', 'a = 3')}\n```\n")

    def test_a_line_is_missing(self):
        self.refused("differs from a.cpp", f"<!-- a.cpp -->\n```cpp\n{WHOLE[:-2]}\n```\n")

    def test_a_line_too_many(self):
        self.refused("differs from a.cpp", f"<!-- a.cpp -->\n```cpp\n{WHOLE}\n// more\n```\n")

    def test_a_file_is_missing(self):
        self.refused("gone.cpp is not there", "<!-- gone.cpp -->\n```cpp\n```\n")

    def test_a_region_is_missing(self):
        self.refused("the region outer", "<!-- a.cpp#outer -->\n```cpp\n```\n")

    def test_code_without_a_marker(self):
        self.refused("C++ without a marker", f"<!-- a.cpp -->\n```cpp\n{WHOLE}\n```\n\n```cpp\nint x;\n```\n")

    def test_code_that_says_why(self):
        self.assertEqual(self.said(f"<!-- a.cpp -->\n```cpp\n{WHOLE}\n```\n<!-- not compiled -->\n```cpp\nint x;\n```\n"), [])

    def test_a_marker_that_lost_its_block(self):
        self.refused("before no block", f"<!-- a.cpp -->\n```cpp\n{WHOLE}\n```\n<!-- a.cpp -->\nText.\n")
        self.refused("before no block", f"<!-- a.cpp -->\n```cpp\n{WHOLE}\n```\n<!-- a.cpp -->\n")

    def test_an_error_holds_the_sentence(self):
        self.assertEqual(self.said(
            "<!-- error of e.cpp -->\n```\nx.hpp:3: error: [gesta E101] there is no evolve;\n  write one\n```\n"), [])
        self.refused("does not hold the sentence", "<!-- error of e.cpp -->\n```\nerror: [gesta E102] something else\n```\n")

    def test_a_page_that_shows_nothing(self):
        self.refused("shows no file", "Text.\n")

    def test_docs_are_read_too(self):
        (self.root / "docs").mkdir()
        (self.root / "docs" / "guide.md").write_text("<!-- a.cpp#inner -->\n```cpp\nint a;\n```\n")
        self.refused("guide.md:3", f"<!-- a.cpp -->\n```cpp\n{WHOLE}\n```\n")

    def test_fix_writes_the_block_and_nothing_else(self):
        page = "Before.\n<!-- a.cpp#inner -->\n```cpp\nold\n```\nAfter.\n"
        self.assertEqual(self.said(page, fix=True), [])
        self.assertEqual((self.root / "README.md").read_text(), page.replace("old", "int a = 1;\n\nint b = 2;"))


if __name__ == "__main__":
    unittest.main()
