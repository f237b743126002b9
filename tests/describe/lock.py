#!/usr/bin/env python3
"""The lock of stored shapes on real projects: what the tool takes, what it refuses and how it says so, and that the compiler refuses the same.

Each case is a model before and a model after; the lock of the first is given to the tool of the second. One project is built by CMake, as
a user would. The compiler is CXX, else c++.
"""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILER = shlex.split(os.environ.get("CXX", "c++"))

MODEL = """#pragma once
#include <gesta/domain.hpp>
#include <gesta/describe/schema.hpp>
#include <gesta/model/model.hpp>
#include <optional>
#include <string>
%(events)s
struct deposit {};
struct account {};
inline void evolve(account&, const deposited&) {}
inline auto decide(const account&, const deposit&) -> gesta::emits<deposited> { return deposited{}; }
struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts%(parts)s> {};
"""


def model(fields, version=1, more="", parts="", name="account.deposited"):
    events = more + "struct deposited { %s static constexpr auto id = gesta::event_id{\"%s\", %d}; };" % (fields, name, version)
    return MODEL % {"events": events, "parts": parts}


OLD = "struct deposited_1 { %s static constexpr auto id = \"account.deposited\"; };\n"
UP = "struct deposited;\nauto upcast(const deposited_1&) -> deposited;\n"
FIELDS = "int amount; std::string note;"
BEFORE = model(FIELDS)
ENUM = "enum class colour : unsigned char { red }; "


SAGA = """#pragma once
#include <gesta/domain.hpp>
#include <gesta/describe/schema.hpp>
#include <gesta/model/model.hpp>
struct placed { int order; static constexpr auto id = "placed"; };
struct paid { int order; static constexpr auto id = "paid"; };
struct broke { static constexpr auto id = "broke"; };
struct place { int order; };
struct pay { int order; };
struct state {};
inline void evolve(state&, const placed&) {}
inline void evolve(state&, const paid&) {}
inline auto decide(const state&, const place& c) -> gesta::emits<placed> { return placed{c.order}; }
inline auto decide(const state&, const pay& c) -> gesta::emits<paid>::or_rejects<broke> { return paid{c.order}; }
struct orders : gesta::aggregate<state, gesta::commands<place, pay>, gesta::by<"order">> { static constexpr auto id = "order"; };
struct begin { static constexpr auto id = "begin"; using begun_by = placed; using undo = gesta::needless; };
template <class Answer> struct takes_money {
  static constexpr auto id = "takes_money";
  using undo = gesta::needless;
  auto run(const placed& o) -> pay { return {o.order}; }
  auto on(const broke&) -> Answer { return {}; }
};
template <class Answer, unsigned Version> struct paying : gesta::saga<gesta::by<"order">, begin, takes_money<Answer>> {
  static constexpr auto id = gesta::event_id{"paying", Version};
};
using first = paying<gesta::compensate, 1>;
using second = paying<gesta::again<3>, 2>;
struct bank : gesta::model<orders, %s> {};
"""


PROCESS = SAGA[:SAGA.index("struct begin ")].replace("struct pay { int order; };", 'struct pay { int order; static constexpr auto id = "pay"; };') + """
struct done { static constexpr auto id = "done"; static constexpr auto ends = gesta::ended::completed; };
struct gone { static constexpr auto id = "gone"; static constexpr auto ends = gesta::ended::compensated; };
template <class Refused> struct paying {
  static constexpr auto id = "paying";
  friend auto on(const paying&, const paid&) -> gesta::becomes<done> { return done{}; }
  friend auto on(const paying&, const broke&) -> gesta::becomes<Refused> { return Refused{}; }
};
template <class Refused> struct idle {
  using next = typename gesta::becomes<paying<Refused>>::template asks<pay>;
  static constexpr auto id = "idle";
  friend auto on(const idle&, const placed& o) -> next { return next{paying<Refused>{}, pay{o.order}}; }
};
template <class Refused, unsigned Version, class... More>
struct till : gesta::process<gesta::by<"order">, gesta::begins<placed>, gesta::states<idle<Refused>, paying<Refused>, done, More...>> {
  static constexpr auto id = gesta::event_id{"till", Version};
};
using first = till<gone, 1, gone>;
using second = till<done, 2>;
struct bank : gesta::model<orders, %s> {};
"""


FLAGS = ["-std=c++20", "-I", str(ROOT / "include")]
COMMON = "#include <gesta/domain.hpp>\n#include <gesta/describe/lock.hpp>\n#include <gesta/model/model.hpp>\n#include <optional>\n"


class Project:
    common = None  # what all files include, compiled once: the test takes half as long

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.header, self.json = self.folder / "bank_lock.hpp", self.folder / "bank_lock.json"

    def write(self, text):
        (self.folder / "bank.hpp").write_text(text)
        (self.folder / "tool.cpp").write_text('#include "bank.hpp"\n#include <gesta/describe/lock.hpp>\n'
                                              'int main(int count, char** words) { return gesta::lock_tool<bank>("bank_lock", count, words); }\n')
        (self.folder / "check.cpp").write_text('#include "bank.hpp"\n#include "bank_lock.hpp"\nstruct holds : gesta::locked_model<bank, bank_lock> {};\n')

    def compile(self, source, *flags):
        return subprocess.run([*COMPILER, *FLAGS, "-include", str(Project.common), *flags, source], cwd=self.folder, capture_output=True, text=True)

    def build(self):
        built = self.compile("tool.cpp", "-o", "tool")
        assert built.returncode == 0, built.stderr

    def run(self, *words):
        return subprocess.run(["./tool", *words, self.header.name, self.json.name], cwd=self.folder, capture_output=True, text=True)

    def checked(self):
        result = self.compile("check.cpp", "-fsyntax-only")
        return "" if result.returncode == 0 else result.stderr

    def files(self):
        return self.header.read_text(), self.json.read_text()


class Lock(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        Project.common = pathlib.Path(folder.name) / "common.hpp"
        Project.common.write_text(COMMON)
        subprocess.run([*COMPILER, *FLAGS, "-x", "c++-header", str(Project.common), "-o", f"{Project.common}.gch"], check=True)

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.project = Project(self.place.name)

    def start(self, before=BEFORE):
        self.project.write(before)
        self.project.build()
        result = self.project.run()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.project.run("--check").returncode, 0)
        self.assertEqual(self.project.checked(), "")
        return self.project.files()

    def change(self, after):
        self.project.write(after)
        self.project.build()

    def refuse(self, after, words, rule, named=()):
        """The tool refuses and leaves the files; the compiler refuses with the rule and names what changed."""
        before = self.project.files()
        self.change(after)
        for mode in ((), ("--check",)):
            result = self.project.run(*mode)
            self.assertEqual(result.returncode, 1)
            self.assertEqual(result.stderr, "bank_lock: " + words + "\n")
        self.assertEqual(self.project.files(), before)
        said = self.project.checked()
        self.assertIn(f"[gesta {rule}]", said)
        for name in named:
            self.assertIn(name, said)

    def take(self, after, added):
        self.change(after)
        self.assertEqual(self.project.checked(), "")
        stale = self.project.run("--check")
        result = self.project.run()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout, "".join(f"bank_lock: {one} added\n" for one in added))
        self.assertEqual(stale.returncode, 1 if added else 0)
        self.assertEqual(stale.stderr, "".join(f"bank_lock: {one} is not in the lock; update it\n" for one in added))
        self.assertEqual(self.project.run("--check").returncode, 0)
        self.assertEqual(self.project.checked(), "")

    # ---- what changes under one version is refused

    def changed(self, what):
        return (f'account.deposited version 1 changed: {what}; make the new one gesta::event_id{{"account.deposited", 2}} '
                "and keep the old struct in gesta::history<...> with an upcast")

    def test_a_field_added_renamed_reordered_removed_or_of_another_kind(self):
        self.start()
        self.refuse(model("int amount; std::string note; int clerk;"), self.changed("the field clerk is new"), "E309", ["no_field", "clerk", "deposited"])
        self.refuse(model("int amount; std::string remark;"), self.changed("the field note is gone; the field remark is new"), "E309", ["note", "remark"])
        self.refuse(model("std::string note; int amount;"), self.changed("the field note stands where amount stood"), "E309", ["amount", "note"])
        self.refuse(model("int amount;"), self.changed("the field note is gone"), "E309", ["no_field", "note"])
        self.refuse(model("long long amount; std::string note;"), self.changed('the field amount was "i32" and is "i64"'), "E309", ["amount", "i32", "i64"])
        self.refuse(model("int amount; std::optional<std::string> note;"), self.changed('the field note was "text" and is {"optional":"text"}'), "E309", ["note"])

    def test_the_number_behind_an_enum(self):
        self.start(model("colour c;", more=ENUM))
        self.refuse(model("colour c;", more="enum class colour : unsigned short { red }; "),
                    self.changed('the field c was {"enum":"u8"} and is {"enum":"u16"}'), "E309", ["u8", "u16"])

    def test_what_changes_no_stored_byte_is_taken(self):
        before = self.start()
        self.take(model("int amount; gesta::text<80> note;"), [])
        self.assertEqual(self.project.files(), before)
        self.take(model("int cents; std::string note; static constexpr gesta::renamed wire[] = {{\"cents\", \"amount\"}};"), [])

    # ---- sagas

    def test_a_saga_under_one_version_stays_what_it_is_and_an_earlier_one_stays_in_the_model(self):
        self.start(SAGA % "first")
        self.assertIn('{"id": "paying (saga)", "version": 1, "shape": "', self.project.files()[1])
        self.take(SAGA % "first", [])
        self.refuse(SAGA % "paying<gesta::again<3>, 1>", "the saga paying version 1 changed: its steps, their order, or what is answered are others; make the new "
                    'one gesta::event_id{"paying", 2} and keep the old struct as gesta::pinned<...>', "E531", ["paying"])
        self.change(SAGA % "second")
        self.assertIn("the saga paying version 1 left the model, and instances of it may be under way: keep its struct as gesta::pinned<...>", self.project.run().stderr)
        self.assertIn("[gesta E532]", self.project.checked())
        self.change(SAGA % "second, gesta::pinned<first>")
        self.assertEqual(self.project.checked(), "")
        self.assertIn("bank_lock: paying (saga) version 2 added\n", self.project.run().stdout)
        self.assertEqual(self.project.run("--check").returncode, 0)
        self.assertEqual(self.project.checked(), "")

    # ---- processes

    def test_a_process_under_one_version_stays_what_it_is_and_an_earlier_one_stays_in_the_model(self):
        self.start(PROCESS % "first")
        self.assertIn('{"id": "till (process)", "version": 1, "shape": "', self.project.files()[1])
        self.take(PROCESS % "first", [])
        self.change(PROCESS % "till<done, 1>")
        self.assertIn('the process till version 1 changed: its states, what it hears, or what an input leads to are others; make the new one '
                      'gesta::event_id{"till", 2} and keep the old struct as gesta::pinned<...>', self.project.run().stderr)
        self.assertIn("[gesta E572]", self.project.checked())
        self.change(PROCESS % "second")
        self.assertIn("the process till version 1 left the model, and instances of it may be under way: keep its struct as gesta::pinned<...>", self.project.run().stderr)
        self.assertIn("[gesta E573]", self.project.checked())
        self.change(PROCESS % "second, gesta::pinned<first>")
        self.assertEqual(self.project.checked(), "")
        self.assertIn("bank_lock: till (process) version 2 added\n", self.project.run().stdout)
        self.assertEqual(self.project.run("--check").returncode, 0)
        self.assertEqual(self.project.checked(), "")

    # ---- what leaves

    def test_an_id_that_vanished(self):
        self.start()
        after = model(FIELDS, name="account.paid_in")
        self.refuse(after, "account.deposited version 1 is neither in the model nor retired: bring the event back, or list its id in "
                    'gesta::retired<"account.deposited">', "E304", ["account.deposited"])

    def test_a_retired_id_stays_in_the_lock_and_does_not_come_back_changed(self):
        self.start()
        self.take(model(FIELDS, name="account.paid_in", parts=', gesta::retired<"account.deposited">'), ["account.paid_in version 1"])
        self.assertIn('"id": "account.deposited"', self.project.files()[1])
        self.refuse(model("long long amount; std::string note;", parts=', gesta::retired<"account.paid_in">'),
                    self.changed('the field amount was "i32" and is "i64"'), "E309")

    def test_a_version_that_was_lowered_or_an_old_struct_that_left(self):
        self.start()
        with_history = model("long long amount;", 2, OLD % FIELDS + UP, ", gesta::history<deposited_1>")
        self.take(with_history, ["account.deposited version 2"])
        self.refuse(model(FIELDS), "account.deposited version 2 is stored already, and the model's newest version is 1: a version is never lowered; "
                    "make it 2 or higher", "E316", ["account.deposited"])
        self.take(with_history, [])
        # A version 1 that is missing in the model is E306 there; under a further id nothing but the lock knows it.
        self.refuse(model("long long amount;", 2, OLD % FIELDS + UP, ", gesta::history<deposited_1>").replace('id = "account.deposited"', 'id = gesta::event_id{"account.deposited", 3}')
                    .replace("gesta::event_id{\"account.deposited\", 2}", "gesta::event_id{\"account.deposited\", 4}").replace("struct bank : gesta::model<", "struct bank { using parts = gesta::detail::types<").replace("deposited_1>> {};", "deposited_1>>; };"),
                    "account.deposited version 1 left the model: keep its struct in gesta::history<...> with its upcast\n"
                    "bank_lock: account.deposited version 2 left the model: keep its struct in gesta::history<...> with its upcast", "E316")

    # ---- what is taken

    def test_a_new_version_with_its_history(self):
        self.start()
        self.take(model("long long amount;", 2, OLD % FIELDS + UP, ", gesta::history<deposited_1>"), ["account.deposited version 2"])

    def test_a_new_event(self):
        self.start()
        added = BEFORE.replace("struct deposit {};", 'struct closed { static constexpr auto id = "account.closed"; };\nstruct deposit {};\nstruct close {};') \
            .replace("struct accounts", "inline void evolve(account&, const closed&) {}\n"
                     "inline auto decide(const account&, const close&) -> gesta::emits<closed> { return closed{}; }\nstruct accounts") \
            .replace("commands<deposit>", "commands<deposit, close>")
        self.take(added, ["account.closed version 1"])
        self.assertEqual(self.project.files()[1], """{
  "schema lock": 1,
  "events": [
    {"id": "account.closed", "version": 1, "shape": "%s", "fields": []},
    {"id": "account.deposited", "version": 1, "shape": "%s", "fields": [
      {"name": "amount", "kind": "i32"},
      {"name": "note", "kind": "text"}
    ]}
  ]
}
""" % tuple(line.split('"shape": "')[1].split('"')[0] for line in self.project.files()[1].splitlines() if "shape" in line))

    # ---- the files

    def test_a_lock_that_was_edited_or_lost_is_not_written_over(self):
        header, json = self.start()
        self.project.json.write_text(json.replace('"i32"}', '"i32"} // money'))
        self.assertIn("bank_lock.json:5: this is not what the tool writes", self.project.run().stderr)
        self.project.json.write_text("<<<<<<< HEAD\n" + json)
        self.assertIn("bank_lock.json:1: ", self.project.run().stderr)
        self.project.json.unlink()
        result = self.project.run()
        self.assertEqual(result.returncode, 1)
        self.assertIn("bank_lock.json is not there", result.stderr)
        self.assertEqual(self.project.header.read_text(), header)
        self.project.json.write_text(json)
        self.project.header.write_text(header.replace("0x", "0x1"))
        self.assertIn("header and JSON do not say the same", self.project.run("--check").stderr)
        self.assertEqual(self.project.run().returncode, 0)
        self.assertEqual(self.project.files(), (header, json))

    def test_by_cmake_as_a_user_would(self):
        cmake = shutil.which("cmake")
        if cmake is None:
            self.skipTest("cmake is not there")
        self.project.write(BEFORE)
        (self.project.folder / "CMakeLists.txt").write_text(f"""cmake_minimum_required(VERSION 3.24)
project(bank LANGUAGES CXX)
enable_testing()
add_subdirectory({ROOT} gesta)
gesta_schema_lock(bank_lock MODEL bank INCLUDE bank.hpp HEADER bank_lock.hpp JSON bank_lock.json TEST lock)
""")
        run = lambda *words: subprocess.run(words, cwd=self.project.folder, capture_output=True, text=True)
        generator = ["-G", "Ninja"] if shutil.which("ninja") else []
        made = run(cmake, "-B", "build", *generator, f"-DCMAKE_CXX_COMPILER={COMPILER[-1]}")
        self.assertEqual(made.returncode, 0, made.stderr)
        build = lambda target: run(cmake, "--build", "build", "--target", target)
        missing = build("bank_lock")
        self.assertNotEqual(missing.returncode, 0)
        self.assertIn("there is no lock yet; build the target bank_lock_update_lock", missing.stdout + missing.stderr)
        self.assertEqual(build("bank_lock_update_lock").returncode, 0)
        self.assertEqual(build("all").returncode, 0)
        tested = run("ctest", "--test-dir", "build")
        self.assertEqual(tested.returncode, 0, tested.stdout)

        self.project.write(model("long long amount; std::string note;"))
        broken = build("bank_lock")
        self.assertIn("[gesta E309]", broken.stdout + broken.stderr)
        before = self.project.files()
        refused = build("bank_lock_update_lock")  # it compiles while the lock does not hold
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("account.deposited version 1 changed: the field amount", refused.stdout + refused.stderr)
        self.assertEqual(self.project.files(), before)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
