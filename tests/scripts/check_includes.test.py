"""The check of the include floors catches each planted mistake and accepts what is right."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
sys.dont_write_bytecode = True
import check_includes


class Floors(unittest.TestCase):
    def said(self, **files):
        """What is said of a small library: folder__name="text" stands for folder/name.hpp, name="text" for name.hpp."""
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                path = Path(root) / "include" / "gesta" / (name.replace("__", "/") + ".hpp")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return check_includes.check(root)

    def refused(self, sentence, **files):
        said = self.said(**files)
        self.assertEqual(len(said), 1, said)
        self.assertIn(sentence, said[0])

    def test_what_is_right_is_accepted(self):
        self.assertEqual(self.said(
            detail__pack="#include <cstddef>\n", detail__list="#include <boost/mp11/list.hpp>\n",
            message__id="#include <gesta/detail/pack.hpp>\n",
            decide__decision="#include <gesta/message/id.hpp>\n#include <gesta/decide/each.hpp>\n", decide__each="// nothing\n",
            model__model="#include <gesta/detail/list.hpp>\n#include <gesta/decide/decision.hpp>\n#include <variant>\n",
            store__sqlite="#include <gesta/store/sqlite_file.hpp>\n", store__sqlite_file="#include <sqlite3.h>\n",
            store__memory="", runtime__app="#include <gesta/store/store.hpp>\n", store__store="",
            testing__given="#include <gesta/runtime/app.hpp>\n",
            domain="#include <gesta/decide/decision.hpp>\n",
            gesta="#include <gesta/domain.hpp>\n#include <gesta/testing/given.hpp>\n#include <gesta/store/memory.hpp>\n"), [])

    def test_an_upward_include(self):
        self.refused("upward", message__id="\n#include <gesta/runtime/app.hpp>\n", runtime__app="")

    def test_the_place_is_named(self):
        self.refused("id.hpp:2: ", message__id="\n  #  include <gesta/decide/each.hpp>\n", decide__each="")

    def test_detail_includes_a_folder(self):
        self.refused("detail knows no folder", detail__pack="#include <gesta/message/id.hpp>\n", message__id="")

    def test_testing_is_included(self):
        self.refused("testing is included by nothing", runtime__app="#include <gesta/testing/given.hpp>\n", testing__given="")

    def test_an_umbrella_is_included(self):
        self.refused("umbrella", runtime__app="#include <gesta/domain.hpp>\n", domain="")

    def test_domain_gathers_too_much(self):
        self.refused("domain.hpp gathers", domain="#include <gesta/model/model.hpp>\n", model__model="")

    def test_a_library_in_a_second_header(self):
        self.refused("only detail/list.hpp", model__model="#include <boost/mp11.hpp>\n")
        self.refused("only detail/hana.hpp", detail__pack="#include <boost/hana/tuple.hpp>\n")
        self.refused("only store/sqlite*.hpp", store__memory="#include <sqlite3.h>\n")
        self.refused("only codec/json*.hpp", codec__binary="#include <boost/json.hpp>\n")

    def test_an_adapter_behind_its_concept(self):
        self.refused("through its concept", runtime__app="#include <gesta/store/memory.hpp>\n", store__memory="")
        self.refused("through its concept", store__store="#include <gesta/codec/json.hpp>\n", codec__json="")

    def test_an_adapter_in_the_umbrella(self):
        self.refused("client library", gesta="#include <gesta/store/sqlite.hpp>\n", store__sqlite="")

    def test_a_dear_header_three_steps_away(self):
        self.refused("domain.hpp -> decide/each.hpp -> detail/pack.hpp", domain="#include <gesta/decide/each.hpp>\n",
                     decide__each="#include <gesta/detail/pack.hpp>\n", detail__pack="#include <string>\n")

    def test_the_sentences_are_for_every_floor(self):
        self.assertEqual(self.said(decide__each="#include <gesta/model/diagnostic.hpp>\n", model__diagnostic=""), [])

    def test_the_sentences_include_nothing(self):
        self.refused("so it includes nothing", model__diagnostic="#include <cstddef>\n")

    def test_a_relative_include(self):
        self.refused("the path a user writes", decide__each='#include "decision.hpp"\n', decide__decision="")

    def test_a_header_that_is_not_there(self):
        self.refused("no such header", decide__each="#include <gesta/decide/gone.hpp>\n")

    def test_a_folder_without_a_floor(self):
        self.refused("is no floor", utilities__strings="")

    def test_an_empty_library(self):
        self.refused("no header found")


if __name__ == "__main__":
    unittest.main()
