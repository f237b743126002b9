#!/usr/bin/env python3
"""usage: check.py TOOL WRITER MEMORY KEEPER SAGAS TRACED [ARGUMENT of unittest...]: gesta-log with real files, undamaged and damaged."""
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from contextlib import closing
from pathlib import Path

TOOL, WRITER, MEMORY, KEEPER, SAGAS, TRACED = map(os.path.abspath, sys.argv[1:7])
FAULTY_IO = os.environ.get("FAULTS_IO")  # see tests/faults/faulty_io.c; none with sanitizers
HERE = Path(__file__).resolve().parent
REPLACE = os.environ.get("GESTA_REPLACE") == "1"  # writes the expected files anew

# What is done to a whole file, and what verify then says of it: the line has to be there, and nothing else that is not listed.
DAMAGES = {
    "an event is gone": ("delete from events where position = 2", ["position 2: is missing"], "others"),
    "several events are gone": ("delete from events where position between 9 and 11", ["position 9: is missing, up to 11"], "others"),
    "the last event is gone": ("delete from events where position = 15",
                               ["stream 8: says that it ends with version 2 at position 15; it ends with version 1 at position 14",
                                "the outcome of shop -1: points at position 15, which is not there"], "nothing else"),
    "a version is skipped": ("update events set version = 7 where position = 3",
                             ["position 3: has version 7 of its stream 1, which had 2",
                              "stream 1: says that it ends with version 3 at position 3; it ends with version 7 at position 3"], "nothing else"),
    "a link leads elsewhere": ("update events set previous = 1 where position = 3",
                               ["position 3: leads to position 1; the event before it in its stream 1 is 2"], "nothing else"),
    "a first event has a link": ("update events set previous = 1 where position = 4",
                                 ["position 4: leads to position 1; the event before it in its stream 2 is 0"], "nothing else"),
    "an event of no stream": ("update events set stream = 99 where position = 4", ["position 4: its stream 99 does not exist", "stream 2: has no events"], "others"),
    "an event of no type": ("update events set type = 99 where position = 4", ["position 4: its type 99 is no event"], "nothing else"),
    "an event of the type of an aggregate": ("update events set type = 1 where position = 4", ["position 4: its type 1 is no event"], "nothing else"),
    "a payload with a byte more": ("update events set payload = cast(payload || x'00' as blob) where position = 2",
                                   ['position 2: its payload is no account.paid_in version 2: {"hex":"64000000000000'], "nothing else"),
    "a payload that is cut": ("update events set payload = substr(payload, 1, 3) where position = 8",
                              ['position 8: its payload is no shelf.placed version 1: {"hex":"036a61"}'], "nothing else"),
    "a payload with an optional that is neither": ("update events set payload = x'0045766502' where position = 14",
                                                   ["position 14: its payload is no account.opened version 1"], "nothing else"),
    "a payload that is text": ("update events set payload = 'abc' where position = 8", ["position 8: its payload is no bytes"], "nothing else"),
    "a payload that vanished": ("update events set payload = null where position = 8", ["position 8: its payload was erased; its stream says that it is kept"], "nothing else"),
    "an event that was not erased": ("update streams set first = 2 where stream = 1", ["position 1: its payload is there; its stream says that it was erased"], "nothing else"),
    "a time that is none": ("update events set time = 'noon' where position = 4", ["position 4: its time is no number"], "others"),
    "a correlation that is none": ("update events set correlation = x'00' where position = 4", ["position 4: its correlation is no id of 16 bytes"], "nothing else"),
    "a causation that is none": ("update events set causation = 'abcdefghabcdefgh' where position = 4", ["position 4: its causation is no id of 16 bytes"], "nothing else"),
    "a head that is behind": ("update streams set version = 2 where stream = 1",
                              ["stream 1: says that it ends with version 2 at position 3; it ends with version 3 at position 3"], "nothing else"),
    "a head at another place": ("update streams set last = 1 where stream = 1",
                                ["stream 1: says that it ends with version 3 at position 1; it ends with version 3 at position 3"], "nothing else"),
    "a first version beyond the end": ("update streams set first = 9 where stream = 1", ["stream 1: its first kept version is 9 of 3"], "others"),
    "a stream that is half closed": ("update streams set closed = 2 where stream = 1", ["stream 1: is neither closed nor open"], "nothing else"),
    "a stream without events": ("insert into streams values(9, 1, 'zoe', 0, 0, 1, 0)", ["stream 9: has no events"], "nothing else"),
    "a stream of no aggregate": ("update streams set aggregate = 2 where stream = 2", ["stream 2: its aggregate is no type of that kind"], "nothing else"),
    "a number as the key of an account": ("update streams set key = 5 where stream = 1", ['stream 1: its key is none of account, "text": 5'], "nothing else"),
    "bytes without a zero as a text": ("update streams set key = x'6162' where stream = 1", ['stream 1: its key is none of account, "text": "ab"'], "nothing else"),
    "a text as the key of a number": ("update streams set key = 'x' where stream = 4", ['stream 4: its key is none of tally.number, "u64": "x"'], "nothing else"),
    "a key with a byte too few": ("update streams set key = substr(key, 1, length(key) - 1) where stream = 6",
                                  ['stream 6: its key is none of shelf, {"fields":{"room":"text","row":"i16"}}: {"hex":'], "nothing else"),
    "a gap in the dictionary": ("update types set type = 40 where kind = 'rejection' and id = 'account.frozen'", ["type 5: is missing: the numbers have no gaps"], "others"),
    "a type of another kind": ("update types set kind = 'view' where id = 'shelf.placed'",
                               ["type 10: is of the kind 'view', which there is not", "position 8: its type 10 is no event"], "nothing else"),
    "a form that is none": ("update types set form = '{\"fields\":{\"what\":\"words\"}}' where id = 'shelf.placed'",
                            ["type 10: its form cannot be read from character 25 on: "], "others"),
    "no incarnation": ("delete from incarnations", ["the table incarnations: is empty"], "nothing else"),
    "an incarnation that is no id": ("update incarnations set incarnation = x'01'", ["incarnation 1: is no id of 16 bytes"], "nothing else"),
    "an incarnation of the future": ("update incarnations set after = 99", ["incarnation 1: begins after position 99, which is not there"], "nothing else"),
    "incarnations with a gap": ("update incarnations set number = 3", ["incarnation 3: is not the next number"], "nothing else"),
    "an outcome that points nowhere": ("update outcomes set position = 77 where number = 1 and source = 1",
                                       ["the outcome of shop 1: points at position 77, which is not there"], "nothing else"),
    "an outcome that points to a later version": ("update outcomes set position = 13 where number = 1 and source = 1",
                                                  ["the outcome of shop 1: points at position 13 of version 5, and says version 2"], "nothing else"),
    "an accepted outcome without event": ("update outcomes set position = null where number = 1 and source = 1",
                                          ["the outcome of shop 1: was accepted, and points at no event"], "nothing else"),
    "a refused outcome with an event": ("update outcomes set position = 1 where number = 3", ["the outcome of shop 3: was not accepted, and points at an event"], "nothing else"),
    "an outcome of no verdict": ("update outcomes set verdict = 9 where number = 2", ["the outcome of shop 2: has the verdict 9, which there is not"], "nothing else"),
    "an outcome of no sender": ("update outcomes set source = 9 where number = 2", ["the outcome of ? 2: its source 9 does not exist"], "nothing else"),
    "a rejection of no type": ("update outcomes set rejection = 1 where number = 3", ["the outcome of shop 3: its type 1 is no rejection"], "nothing else"),
    "a rejection that is cut": ("update outcomes set payload = x'e803' where number = 3",
                                ['the outcome of shop 3: its payload is no account.too_much version 1: {"hex":"e803"}'], "nothing else"),
    "a rejection of what was accepted": ("update outcomes set rejection = 4 where number = 2", ["the outcome of shop 2: was not rejected, and holds a rejection"], "nothing else"),
    "a snapshot of another event": ("insert into snapshots values(1, 2, 3, 0, 0, x'00')",
                                    ["the snapshot of stream 1 at version 2: is of position 3, which is another event"], "nothing else"),
    "a snapshot of no event": ("insert into snapshots values(1, 2, 99, 0, 0, x'00')",
                               ["the snapshot of stream 1 at version 2: is of position 99, which is not there"], "nothing else"),
    "a table is gone": ("drop table outcomes", ["the table outcomes: is missing"], "nothing else"),
    "a column is gone": ("alter table streams drop column closed", ["the table streams: has no column closed"], "nothing else"),
    "a format of the past": ("pragma user_version = 0", None, ""),
}


def run(*arguments, stdin=None, code=0, environment=None):
    """What the tool prints. Its exit code is the one given; what it says on standard error comes as .stderr."""
    made = subprocess.run([TOOL, *map(str, arguments)], input=stdin, capture_output=True, timeout=60, env={**os.environ, **(environment or {})})
    if code is not None:
        assert made.returncode == code, f"{arguments} ended with {made.returncode}\n{made.stdout.decode()}{made.stderr.decode()}"
    return made


def lines(*arguments, code=0, environment=None):
    return run(*arguments, code=code, environment=environment).stdout.decode().splitlines()


def events(*arguments, code=0):
    return [json.loads(line) for line in lines("events", *arguments, code=code)]


def rows(path):
    """Every row of every table, as SQL text."""
    with closing(sqlite3.connect(path)) as db:
        db.text_factory = bytes  # a text may be no UTF-8
        names = [name.decode() for name, in db.execute("select name from sqlite_master where type = 'table' order by name")]
        made = {name: db.execute(f"select *, {','.join(f'typeof({c[1].decode()})' for c in db.execute(f'pragma table_info({name})'))} from {name}").fetchall() for name in names}
        made["ids"] = db.execute("select application_id, user_version from pragma_application_id, pragma_user_version").fetchall()
        return made


def change(path, sql):
    with closing(sqlite3.connect(path)) as db:
        db.executescript(sql)


class Log(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.top = Path(tempfile.mkdtemp(prefix="gesta-log-"))
        cls.whole = cls.top / "whole.db"
        subprocess.run([WRITER, cls.whole], check=True)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.top)

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(dir=self.top))
        self.file = self.folder / "log.db"
        shutil.copy(self.whole, self.file)

    def expect(self, name, text):
        path = HERE / f"{name}.expected"
        if REPLACE:
            path.write_text(text)
        self.assertEqual(path.read_text(), text)

    # ---- looking

    def test_lists_are_what_is_expected(self):
        self.expect("streams", run("streams", self.file).stdout.decode())
        self.expect("events", run("events", self.file).stdout.decode())
        self.expect("help", run("--help").stdout.decode())

    def test_streams_of_one_aggregate(self):
        self.assertEqual([7, 18446744073709551615], [json.loads(line)["key"] for line in lines("streams", self.file, "--aggregate", "tally.number")])
        self.assertIn(b"has no aggregate nobody", run("streams", self.file, "--aggregate", "nobody", code=2).stderr)

    def test_parts_of_the_log(self):
        everything = events(self.file)
        self.assertEqual(list(range(1, 16)), [e["position"] for e in everything])
        self.assertEqual(everything[4:9], events(self.file, "--after", 4, "--to", 9))
        self.assertEqual(everything[4:6], events(self.file, "--after", 4, "--to", 9, "--limit", 2))
        self.assertEqual(everything[8:6:-1], events(self.file, "--after", 4, "--to", 9, "--limit", 2, "--backwards"))
        self.assertEqual([], events(self.file, "--after", 15))
        self.assertEqual([], events(self.file, "--limit", 0))

    def test_parts_of_a_stream(self):
        bob = [e for e in events(self.file) if e["key"] == "bob"]
        self.assertEqual(5, len(bob))
        of = ("--stream", "account", "bob")
        self.assertEqual(bob, events(self.file, *of))
        self.assertEqual(bob[::-1], events(self.file, *of, "--backwards"))
        self.assertEqual(bob[1:3], events(self.file, *of, "--after", 9, "--limit", 2))
        self.assertEqual(bob[3:1:-1], events(self.file, *of, "--to", 12, "--backwards", "--limit", 2))

    def test_keys_of_every_kind_are_found(self):
        for aggregate, key, position in (("account", '"alice"', 1), ("account", '"z\\u0000ro"', 4), ("account", '{"hex":"ff"}', 5), ("tally.number", "7", 6),
                                         ("tally.number", "18446744073709551615", 7), ("shelf", '{"room":"north","row":-3}', 8)):
            self.assertEqual(position, events(self.file, "--stream", aggregate, key)[0]["position"])
        self.assertIn(b"has no stream zoe", run("events", self.file, "--stream", "account", "zoe", code=2).stderr)

    def test_an_erased_event_says_so(self):
        self.erase()
        first, second, third = events(self.file, "--stream", "account", "alice")
        self.assertEqual((True, True, None), (first["erased"], second["erased"], third.get("erased")))
        self.assertNotIn("payload", first)
        alice = json.loads(lines("streams", self.file)[0])
        self.assertEqual((3, 3, 3, True), tuple(alice[name] for name in ("version", "last", "first", "closed")))
        self.assertEqual(0, run("verify", self.file).returncode)

    def erase(self, path=None):
        change(path or self.file, "update events set payload = null where stream = 1 and version < 3; update streams set first = 3, closed = 1 where stream = 1")

    def test_a_damaged_payload_is_shown_as_it_stands(self):
        change(self.file, "update events set payload = x'05' where position = 8")
        made = run("events", self.file, code=1)
        self.assertEqual({"hex": "05"}, json.loads(made.stdout.splitlines()[7])["unreadable"])
        self.assertIn(b"gesta-log verify", made.stderr)

    def test_a_stream_with_broken_links_is_no_endless_loop(self):
        change(self.file, "update events set previous = 3 where position = 2")
        self.assertIn(b"links of the stream are broken", run("events", self.file, "--stream", "account", "alice", code=1).stderr)

    # ---- verify

    def test_a_whole_file_is_well(self):
        self.assertEqual([f"{self.file}: format {self.format()}, 15 events of 8 streams, 5 outcomes: all is well"], lines("verify", self.file))

    def format(self):
        with closing(sqlite3.connect(self.file)) as db:
            return db.execute("pragma user_version").fetchone()[0]

    def test_each_damage_is_found(self):
        for name, (sql, said, what_else) in DAMAGES.items():
            with self.subTest(name):
                damaged = self.folder / "damaged.db"
                shutil.copy(self.file, damaged)
                change(damaged, sql)
                if said is None:
                    self.assertIn(b"its format is 0", run("verify", damaged, code=1).stderr)
                    continue
                found = lines("verify", damaged, code=1)
                for line in said:
                    self.assertTrue(any(other.startswith(line) for other in found), f"{line}\nis not in\n" + "\n".join(found))
                self.assertRegex(found[-1], "thing is wrong$|things are wrong$")
                if what_else == "nothing else":
                    self.assertEqual(len(said), len(found) - 1, "\n".join(found))

    def test_a_damaged_page_is_found(self):
        with open(self.file, "r+b") as f:  # the pointers of a page in the middle
            data = bytearray(f.read())
            page = int.from_bytes(data[16:18], "big")
            data[3 * page + 3:3 * page + 60] = b"\xff" * 57
            f.seek(0)
            f.write(data)
        found = lines("verify", self.file, code=1)
        self.assertTrue(found[0].startswith("the file: "), found)

    def test_only_so_many_findings_are_printed(self):
        change(self.file, "update events set version = version + 100")
        found = lines("verify", self.file, "--most", 3, code=1)
        self.assertRegex(found[3], r"^\.\.\. \d+ more findings$")
        self.assertEqual(5, len(found))

    # ---- copy

    def test_a_copy_has_the_same_rows(self):
        copied = self.folder / "copy.db"
        self.assertIn(b"15 events copied, 15 in all", run("copy", self.file, copied).stdout)
        self.assertEqual(rows(self.file), rows(copied))
        self.assertEqual(0, run("verify", copied).returncode)
        self.assertIn(b"holds all 15 events", run("copy", self.file, copied).stdout)

    def test_a_copy_goes_on(self):
        old, copied = self.folder / "old.db", self.folder / "copy.db"
        shutil.copy(self.file, old)
        change(old, """delete from outcomes where position > 3; delete from events where position > 3; delete from streams where stream > 1;
                       delete from types where type > 7""")
        run("verify", old)
        run("copy", old, copied)
        self.assertIn(b"12 events copied, 15 in all", run("copy", self.file, copied).stdout)
        self.assertEqual(rows(self.file), rows(copied))
        run("verify", copied)

    def test_what_was_erased_is_erased_in_the_copy(self):
        copied = self.folder / "copy.db"
        run("copy", self.file, copied)
        self.erase()
        run("copy", self.file, copied)
        self.assertEqual(rows(self.file), rows(copied))
        self.assertNotIn(b'Alice "A"', copied.read_bytes())

    @unittest.skipUnless(FAULTY_IO, "the library that kills at a call of the disk is not there")
    def test_an_interrupted_copy_is_no_log_and_goes_on(self):
        many, counted = self.folder / "many.db", self.folder / "calls"
        subprocess.run([WRITER, many, "many", "2000"], check=True)

        def copy(copied, **faults):
            return subprocess.run([TOOL, "copy", many, copied, "--step", "250"], capture_output=True,
                                  env={**os.environ, "LD_PRELOAD": FAULTY_IO, "FAULTY_FOLDER": str(copied), **faults}).returncode

        self.assertEqual(0, copy(self.folder / "whole.db", FAULTY_COUNT=str(counted)))
        calls = int(counted.read_text())
        self.assertGreater(calls, 50)
        points = sorted({1 + i * (calls - 1) // 24 for i in range(24)})
        interrupted = 0
        for i, at in enumerate(points):
            copied = self.folder / f"copy{at}.db"
            self.assertEqual(-signal.SIGKILL, copy(copied, FAULTY_AT=str(at), FAULTY_HOW="torn" if i % 2 else "kill"), at)
            if copied.exists() and copied.stat().st_size > 0:
                if run("verify", copied, code=None).returncode == 0:  # killed after the last commit
                    self.assertEqual(rows(many), rows(copied), at)
                    continue
                interrupted += 1
                before = copied.read_bytes()
                self.assertEqual(1, subprocess.run([WRITER, copied, "many", "1"], capture_output=True).returncode, at)  # no app takes it for a log
                self.assertEqual(before, copied.read_bytes(), at)
            copy(copied, FAULTY_AT=str(points[-1 - i] // 2), FAULTY_HOW="kill")  # and once more on the way
            run("copy", many, copied)
            self.assertEqual(rows(many), rows(copied), at)
            run("verify", copied)
        self.assertGreater(interrupted, 12)

    # ---- who keeps views

    def keep(self, *arguments):
        return subprocess.run([KEEPER, self.folder / "shop.db", *map(str, arguments)], check=True, capture_output=True, text=True).stdout.splitlines()

    def letters(self, *arguments):
        return [json.loads(line) for line in lines("letters", self.folder / "shop.db", *arguments)]

    def consumer(self, *arguments):
        one, = [json.loads(line) for line in lines("consumers", self.folder / "shop.db", *arguments)]
        return one

    def test_consumers_are_shown_with_what_they_are_behind(self):
        shop = self.folder / "shop.db"
        self.keep("sell")
        self.assertIn(b"nobody keeps views in this file", run("consumers", shop, code=2).stderr)
        self.assertEqual(["6 handled, 0 aside", "DE 15", "FR 17", "IT 4"], self.keep("poll"))
        one = self.consumer()
        self.assertEqual(("by_country", 6, 0, 0, 0, 0, True, False, None), tuple(one[k] for k in
                         ("consumer", "position", "behind", "failed", "waiting", "discarded", "serving", "paused", "stopped")))
        self.keep("sell")
        one = self.consumer()
        self.assertEqual((6, 6, 7), (one["position"], one["behind"], events(shop, "--after", 6, "--limit", 1)[0]["position"]))
        self.assertEqual(one["waiting_since"], events(shop, "--after", 6, "--limit", 1)[0]["time"])
        run("verify", shop)
        run("copy", shop, self.folder / "apart.db")
        run("verify", self.folder / "apart.db")

    def test_a_relay_is_one_line_however_many_rows_it_has(self):
        shop = self.folder / "shop.db"
        what = ("relay", "shares", "position", "behind", "failed", "waiting", "discarded", "paused", "stopped")
        self.keep("sell")
        self.assertEqual(["3 handled, 3 aside"], self.keep("relay", 1, 13))
        one = self.consumer()
        self.assertEqual(("shop.outlet", 1, 6, 0, 2, 1, 0, False, None), tuple(one[k] for k in what))
        self.assertNotIn("serving", one)
        self.assertEqual("0" * 15 + "1" + "0" * 15 + "2", one["owner"])
        self.assertIsNotNone(one["until"])
        change(shop, "delete from consumers")
        change(shop, "delete from letters")
        self.keep("relay", 4, 13)
        self.keep("poll")
        consumer, relay = [json.loads(line) for line in lines("consumers", shop)]
        self.assertEqual("by_country", consumer["consumer"])
        self.assertEqual(("shop.outlet", 4, 6, 0, 2, 1, 0, False, None), tuple(relay[k] for k in what))
        self.assertEqual(one["owner"], relay["owner"])
        change(shop, "update consumers set position = 4, paused = 1, owner = x'000000000000000000000000000000ff' where name = 'shop.outlet/2/4'")
        relay = json.loads(lines("consumers", shop)[1])
        self.assertEqual((4, 2, True, None, None), tuple(relay[k] for k in ("position", "behind", "paused", "owner", "until")))
        change(shop, "delete from consumers where name = 'shop.outlet/2/4'")  # this share has not begun
        self.assertEqual(0, json.loads(lines("consumers", shop)[1])["position"])
        change(shop, "insert into consumers(name, incarnation, position, time, owner, until, paused, serving) select 'shop.outlet/a/4', incarnation, position, time, owner, "
                     "until, paused, serving from consumers where name = 'shop.outlet/0/4'")
        self.assertEqual(3, len(lines("consumers", shop)))  # what is none of its rows is somebody else's

    def test_letters_are_tried_again_and_discarded(self):
        shop = self.folder / "shop.db"
        self.keep("sell")
        self.assertEqual("2 handled, 3 aside, stopped", self.keep("poll", 13)[0])
        self.assertIn("2 keys are blocked", self.consumer()["stopped"])
        self.assertEqual([(2, "FR", 1, "no sale of 13"), (4, "FR", 0, ""), (5, "DE", 1, "no sale of 13")],
                         [(l["position"], l["key"], l["attempts"], l["cause"]) for l in self.letters()])
        self.assertIn("stopped", self.keep("poll", 13)[0])
        run("resume", shop, "by_country")
        self.assertIsNone(self.consumer()["stopped"])
        self.assertIn(b"has no open letter at position 3", run("retry", shop, "by_country", "--position", 3, code=2).stderr)
        self.assertIn(b"an earlier letter of its key is open", run("retry", shop, "by_country", "--position", 4, code=2).stderr)
        self.assertIn(b"there is no consumer nobody", run("retry", shop, "nobody", code=2).stderr)
        run("discard", shop, "by_country", "a test order", "--position", 5, "--key", "DE")
        self.assertEqual([2, 4], [l["position"] for l in self.letters()])
        self.assertEqual(["a test order"], [l["discarded"] for l in self.letters("--discarded", "--consumer", "by_country") if "discarded" in l])
        run("retry", shop, "by_country", "--position", 2)
        self.assertEqual(["3 handled, 0 aside", "DE 2", "FR 17", "IT 4"], self.keep("poll"))
        self.assertEqual([], self.letters())
        self.assertEqual(1, self.consumer()["discarded"])

    def test_all_letters_are_tried_again_and_a_consumer_stands_still(self):
        shop = self.folder / "shop.db"
        self.keep("sell")
        self.keep("poll", 13)
        run("retry", shop, "by_country")
        run("pause", shop, "by_country")
        self.assertTrue(self.consumer()["paused"])
        self.assertEqual("0 handled, 0 aside, paused", self.keep("poll")[0])
        run("resume", shop, "by_country")
        self.keep("poll")
        self.assertEqual(["0 handled, 0 aside", "DE 15", "FR 17", "IT 4"], self.keep("poll"))

    def test_a_file_that_is_no_beginning_is_refused_and_stays(self):
        for name, sql, why in (
                ("an event more", "insert into events select 16, 8, 3, 15, type, time, null, null, payload from events where position = 15; "
                                  "update streams set version = 3, last = 16 where stream = 8", b"they differ at position 16"),
                ("another time", "update events set time = time + 1 where position = 4", b"they differ at position 4"),
                ("another payload", "update events set payload = x'6400000000000001' where position = 2", b"they differ at position 2"),
                ("another key", "update streams set key = 'zoe' where stream = 1", b"another stream has the number 1"),
                ("another type", "update types set id = 'x' where type = 2", b"another type has the number 2"),
                ("another outcome", "update outcomes set version = 9 where number = 2", b"another outcome has the number 2"),
                ("another sender", "update sources set name = 'x' where source = 2", b"another sender has the number 2"),
                ("another incarnation", "update incarnations set incarnation = x'00112233445566778899aabbccddeeff'", b"restored on its own"),
                ("another format", "pragma user_version = 1", b"it has format 1")):
            with self.subTest(name):
                other = self.folder / "other.db"
                shutil.copy(self.file, other)
                change(other, sql)
                before = rows(other)
                self.assertIn(why, run("copy", self.file, other, code=1).stderr)
                self.assertEqual(before, rows(other))

    # ---- export, import

    def test_facts_come_back_as_the_same_rows(self):
        for erased in (False, True):
            if erased:
                self.erase()
            facts, made = self.folder / "facts.jsonl", self.folder / f"made{erased}.db"
            facts.write_bytes(run("export", self.file).stdout)
            run("import", facts, made)
            same, other = rows(self.file), rows(made)
            self.assertEqual(sorted(same), sorted(other))
            for table in same:
                self.assertEqual(same[table], other[table], table)
            run("verify", made)
            self.assertEqual(facts.read_bytes(), run("export", made).stdout)

    def test_facts_are_taken_from_standard_input(self):
        made = self.folder / "made.db"
        self.assertIn(b"15 events, 8 streams, 5 outcomes", run("import", "-", made, stdin=run("export", self.file).stdout).stdout)

    def test_facts_that_are_none_are_refused_and_leave_no_file(self):
        good = run("export", self.file).stdout.decode().splitlines()
        at = {json.loads(line).get("position" if '"event":' in line else "id"): i for i, line in enumerate(good)}
        second = good[at[2]]
        other = lambda i, line: good[:i] + ([line] if line is not None else []) + good[i + 1:]
        for name, text, why in (
                ("cut short", good[:-1], "has no end"),
                ("nothing", [], "has no end"),
                ("no facts", good[1:], ":1: is no begin of facts"),
                ("of the future", other(0, '{"gesta":"facts","format":2}'), "made by a newer gesta"),
                ("no JSON", other(at[2], second[:-1]), "is no object of JSON"),
                ("an event is missing", other(at[2], None), "is not position 2"),
                ("a version is skipped", other(at[2], second.replace('"version":2,"event"', '"version":3,"event"')), "is not version 2 of its stream"),
                ("a type is missing", other(at["account.paid_in"], None), "no line before says the event account.paid_in version 2"),
                ("a type twice", other(0, good[0] + "\n" + good[2]) + [], "the type stands there twice"),
                ("a form that is none", other(at["account.paid_in"], good[at["account.paid_in"]].replace("i64", "i65")), "form is none"),
                ("bytes that are none", other(at[2], second.replace('"bytes":"64', '"bytes":"6x')), "bytes is no hex"),
                ("bytes of another form", other(at[2], second.replace('"bytes":"64', '"bytes":"')), "bytes is no account.paid_in version 2"),
                ("another payload", other(at[2], second.replace('"cents":100', '"cents":101')), "payload and bytes differ"),
                ("no bytes", other(at[2], re.sub(',"bytes":"[^"]*"', "", second)), "has no bytes, and no line says that its stream was erased"),
                ("a correlation that is none", other(at[2], re.sub('"correlation":"..', '"correlation":"', second)), "correlation is no id of 16 bytes"),
                ("an outcome of no event", [line.replace('"version":2,"position":2', '"version":2,"position":99') for line in good], "points at an event that is not there"),
                ("an outcome twice", good[:-1] + [good[-2], good[-1]], "stands there twice"),
                ("another end", other(len(good) - 1, '{"end":{"events":15,"outcomes":6}}'), "says another number"),
                ("more behind the end", good + good[1:2], "stands behind the end"),
                ("a line of something else", other(1, '{"what":1}'), "is none of the lines of facts")):
            with self.subTest(name):
                facts, made = self.folder / "facts.jsonl", self.folder / "none.db"
                facts.write_text("".join(line + "\n" for line in text))
                self.assertIn(why, run("import", facts, made, code=1).stderr.decode())
                self.assertFalse(made.exists())

    def test_import_makes_a_new_file_only(self):
        before = rows(self.file)
        self.assertIn(b"is there already", run("import", "-", self.file, stdin=b"", code=3).stderr)
        self.assertEqual(before, rows(self.file))

    def test_a_log_that_began_in_memory_goes_on_in_a_file(self):
        facts, made, direct = self.folder / "facts.jsonl", self.folder / "made.db", self.folder / "direct.db"
        facts.write_bytes(subprocess.run([MEMORY, "facts"], capture_output=True, check=True).stdout)
        run("import", facts, made)
        run("verify", made)
        # The file is the one that the same commands make, but for the numbers of its types, and its name.
        subprocess.run([MEMORY, "begin", direct], check=True)
        self.assertEqual(lines("events", direct), lines("events", made))
        self.assertEqual(lines("streams", direct), lines("streams", made))
        self.assertEqual(sorted(lines("export", direct)[2:]), sorted(lines("export", made)[2:]))
        # An app sees the same in it as in memory, and goes on from there.
        seen = [subprocess.run([MEMORY, "show", *where], capture_output=True, check=True).stdout.decode() for where in ((), (made,), (direct,))]
        self.assertIn("repeated", seen[0])
        self.assertEqual(seen[0], seen[1])
        self.assertEqual(seen[0], seen[2])
        self.assertEqual(11, len(lines("events", made)))
        run("verify", made)

    # ---- files

    def test_a_file_that_is_read_stays_as_it_is(self):
        before = self.file.read_bytes()
        for command in ("streams", "events", "verify", "export"):
            run(command, self.file)
        run("copy", self.file, self.folder / "copy.db")
        self.assertEqual(before, self.file.read_bytes())

    def test_it_reads_while_others_write(self):
        with closing(sqlite3.connect(self.file, isolation_level=None)) as db:
            db.execute("pragma wal_autocheckpoint = 0")
            db.execute("insert into events select 16, 8, 3, 15, type, time, null, null, payload from events where position = 15")
            db.execute("update streams set version = 3, last = 16 where stream = 8")
            db.execute("begin immediate")  # a writer at work, whose events are not there yet
            db.execute("insert into events select 17, 8, 4, 16, type, time, null, null, payload from events where position = 15")
            self.assertEqual(16, len(lines("events", self.file)))
            run("verify", self.file)
            self.assertIn(b"16 in all", run("copy", self.file, self.folder / "copy.db").stdout)
            db.execute("rollback")

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_folder_that_cannot_be_written_to(self):
        os.chmod(self.folder, 0o555)
        try:
            self.assertEqual(15, len(lines("events", self.file)))
        finally:
            os.chmod(self.folder, 0o755)

    def test_names_that_mean_something_in_a_uri(self):
        odd = self.folder / "100%25?mode=rw#x.db"
        shutil.copy(self.file, odd)
        self.assertEqual(15, len(lines("events", odd)))
        run("copy", odd, self.folder / "copy#.db")
        self.assertEqual(rows(odd), rows(self.folder / "copy#.db"))

    def test_a_file_of_format_1(self):
        old = self.folder / "old.db"
        change(old, (HERE.parents[1] / "store" / "sqlite_format_1.sql").read_text())
        if not lines("events", old):
            self.fail("the file of format 1 has no events")
        for event in events(old):
            self.assertEqual(["hex"], list(event["payload"]))
        self.assertRegex(lines("verify", old)[-1], "format 1, .* all is well, as far as .* without form can tell")
        run("copy", old, self.folder / "copy.db")
        self.assertEqual(rows(old), rows(self.folder / "copy.db"))
        facts = self.folder / "facts.jsonl"
        facts.write_bytes(run("export", old).stdout)
        run("import", facts, self.folder / "made.db")
        self.assertEqual(rows(old)["events"], rows(self.folder / "made.db")["events"])

    def test_what_cannot_be_opened(self):
        other = self.folder / "other"
        other.write_text("words")
        empty = self.folder / "empty"
        empty.write_text("")
        foreign = self.folder / "foreign.db"
        change(foreign, "create table t(x)")
        newer = self.folder / "newer.db"
        shutil.copy(self.file, newer)
        change(newer, "pragma user_version = 99")
        for path, why in ((other, b"not a file of gesta"), (empty, b"there is no log"), (foreign, b"not a file of gesta"), (newer, b"made by a newer gesta, format 99"),
                          (self.folder / "nowhere", b"there is no log"), (self.folder, b"s a directory")):
            for command in ("streams", "events", "verify", "export"):
                self.assertIn(why, run(command, path, code=3).stderr)
            self.assertIn(why, run("copy", path, self.folder / "new.db", code=3).stderr)
            self.assertFalse((self.folder / "new.db").exists())
        for path in (other, foreign):
            before = path.read_bytes()
            self.assertIn(b"not a file of gesta", run("copy", self.file, path, code=3).stderr)
            self.assertIn(b"is there already", run("import", "-", path, stdin=b"", code=3).stderr)
            self.assertEqual(before, path.read_bytes())

    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            for command in (["events", self.file], ["export", self.file], ["verify", self.file], ["--help"]):
                made = subprocess.run([TOOL, *command], stdout=full, stderr=subprocess.PIPE, check=False)
                self.assertEqual((3, True), (made.returncode, b"standard output cannot be written" in made.stderr))

    def test_wrong_usage(self):
        for arguments in ([], ["look"], ["events"], ["events", "a", "b"], ["events", "a", "--limit"], ["events", "a", "--limit", "x"], ["events", "a", "--limit", "-1"],
                          ["events", "a", "--stream", "account"], ["events", "a", "--backward"], ["streams", "a", "--limit", "1"], ["copy", "a"], ["import", "a"]):
            made = run(*arguments, code=2)
            self.assertIn(b"see gesta-log --help", made.stderr)
            self.assertEqual(b"", made.stdout)
        self.assertRegex(run("--version").stdout.decode(), r"^gesta-log \d+\.\d+\.\d+\n$")


class Sagas(unittest.TestCase):
    """Two instances are stuck, two have ended; the program runs again after each word."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="gesta-log-")
        self.file = Path(self.folder.name) / "lab.db"
        self.stand("begin")

    def tearDown(self):
        self.folder.cleanup()

    def stand(self, word="run"):
        return subprocess.run([SAGAS, self.file, word], check=True, capture_output=True, text=True).stdout.splitlines()

    def listed(self, *options):
        return [(one["saga"], one["key"], one["state"]) for one in map(json.loads, lines("sagas", self.file, *options))]

    def test_those_that_have_not_ended_are_listed_with_their_refusal(self):
        first = json.loads(lines("sagas", self.file)[0])
        self.assertEqual((first["saga"], first["key"], first["state"], first["step"], first["refusal"]), ("work", 1, "stuck", "a", "lab.no"))
        self.assertEqual(self.listed("--saga", "work"), [("work", 1, "stuck"), ("work", 2, "stuck")])
        self.assertEqual(self.listed("--all")[2:], [("work", 3, "completed"), ("work", 4, "completed")])
        self.assertIn("there is no saga play", run("sagas", self.file, "--saga", "play", code=2).stderr.decode())

    def test_an_undo_is_asked_again_because_a_person_says_so(self):
        self.assertEqual(lines("saga-retry", self.file, "work", "1", "ann"), ["work 1: a retried"])
        lines("verify", self.file)
        self.assertEqual(self.listed(), [("work", 1, "going back"), ("work", 2, "stuck")])
        self.assertEqual(self.stand()[0], "1 6 held 0")
        self.assertEqual(self.listed(), [("work", 2, "stuck")])

    def test_it_counts_as_undone_because_a_person_says_so(self):
        self.assertEqual(lines("saga-resolve", self.file, "work", "2", "bob", "paid back in cash"), ["work 2: a resolved"])
        lines("verify", self.file)
        self.assertEqual(self.stand()[1], "2 6 held 1")
        said = [one for one in events(self.file, "--stream", "work", "2") if one["event"] == "work.resolved"]
        self.assertEqual([one["payload"] for one in said], [{"step": "a", "who": "bob", "why": "paid back in cash"}])

    def test_commands_for_later_are_listed_until_they_are_over(self):
        self.assertEqual([], lines("delayed", self.file))
        self.stand("later")
        waiting, refused, again = map(json.loads, lines("delayed", self.file))
        said = {line["position"]: line for line in events(self.file)}
        self.assertEqual({"name": "cart 17", "command": "note.remind", "state": "waiting", "due": "2023-11-14T22:14:22.000000000Z", "position": waiting["position"],
                          "time": "2023-11-14T22:13:22.000000000Z", "payload": {"note": 1, "words": 'pay, "please","due":'}}, waiting)
        self.assertEqual({"name": "refused", "command": "note.remind", "state": "refused", "due": "2023-11-14T22:13:21.000000000Z", "position": refused["position"],
                          "time": "2023-11-14T22:13:20.000000000Z", "refusal": "lab.no", "since": "2023-11-14T22:13:22.000000000Z", "payload": {"note": 3, "words": ""}}, refused)
        self.assertEqual(("again", "waiting", "ever"), (again["name"], again["state"], again["payload"]["words"]))
        for one in (waiting, refused, again):
            self.assertEqual(("delayed.note.remind", one["name"], one["payload"]), (said[one["position"]]["event"], said[one["position"]]["key"], said[one["position"]]["payload"]["command"]))

    def test_who_is_not_stuck_is_left_alone(self):
        before = rows(self.file)
        self.assertIn("work 3 is not stuck, it is completed", run("saga-retry", self.file, "work", "3", "ann", code=2).stderr.decode())
        self.assertIn("work has no instance 9", run("saga-resolve", self.file, "work", "9", "ann", "why", code=2).stderr.decode())
        self.assertIn("there is no saga play", run("saga-retry", self.file, "play", "1", "ann", code=2).stderr.decode())
        self.assertIn("at most 64 bytes", run("saga-retry", self.file, "work", "1", "a" * 65, code=2).stderr.decode())
        self.assertEqual(rows(self.file), before)


class Traces(unittest.TestCase):
    """Two services, by a saga, a relay and an inbox; the files are made once, and each test has its own copies."""

    made = tempfile.TemporaryDirectory(prefix="gesta-log-")

    @classmethod
    def setUpClass(cls):
        subprocess.run([TRACED], check=True, capture_output=True, cwd=cls.made.name)

    @classmethod
    def tearDownClass(cls):
        cls.made.cleanup()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="gesta-log-")
        for name in ("shop.db", "depot.db"):
            shutil.copy(Path(self.made.name) / name, self.folder.name)
        self.shop, self.depot = Path(self.folder.name) / "shop.db", Path(self.folder.name) / "depot.db"
        self.trace = events(self.depot)[0]["correlation"]

    def tearDown(self):
        self.folder.cleanup()

    def traced(self, *words):
        made = run("trace", *words).stdout.decode()
        made = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<time>", made.replace(self.trace, "<trace>").replace(self.folder.name + "/", ""))
        return re.sub(r'("definition"|"nanoseconds"):[1-9]\d*', r"\1:<number>", made)

    def test_one_request_is_a_tree_through_both_services(self):
        made = self.traced(self.trace, self.shop, self.depot)
        if REPLACE:
            (HERE / "trace.expected").write_text(made)
        self.assertEqual((HERE / "trace.expected").read_text(), made)

    def test_an_id_is_said_in_many_ways(self):
        t = self.trace
        whole = self.traced(t, self.shop, self.depot)
        uuid = "-".join((t[:8], t[8:12], t[12:16], t[16:20], t[20:])).upper()
        for same in (uuid, f"00-{t}-00f067aa0ba902b7-01", "0" * 31 + "1"):  # the last as the shop itself has it
            self.assertEqual(whole, self.traced(same, self.shop, self.depot))

    def test_a_cause_that_is_in_another_log_is_named(self):
        made = self.traced(self.trace, self.depot)
        self.assertRegex(made, r"(?m)^caused by request 3 of shop\.desk, whose log is not here\n  shelf\.taken  shelf 7 version 1, position 1, ")
        self.assertRegex(made, r'(?m)^caused by [0-9a-f]{32}, which is not here\n  shop\.order_confirmed  outside "1" .*\n  `- parcel\.packed  ')
        self.assertTrue(self.traced(self.trace, self.shop).startswith("trace <trace>: 8 events of 1 log\na command from outside\n  order.placed  "))

    def test_an_event_that_is_gone_from_the_trace_is_named(self):
        change(self.shop, "update events set correlation = x'000000000000000000000000000000ff' where position = 3")
        made = self.traced(self.trace, self.shop, self.depot)
        self.assertRegex(made, r"\ncaused by position 3 of shop\.db, which is not of this trace\n  shelf\.taken .*\n  fulfilment\.takes_it\.depot\.reserved\.answered ")

    def test_causes_in_a_circle_end(self):
        change(self.depot, "update events set causation = x'00000000000000000000000000000004' where position = 3")
        made = self.traced(self.trace, self.depot)
        self.assertIn("in a circle: it is caused by what it has caused\n  shop.order_confirmed", made)
        self.assertEqual(3, sum(" of depot" in line or ", position " in line for line in made.splitlines()))

    def test_what_is_no_trace(self):
        self.assertIn(b"no event has the correlation " + b"e" * 32, run("trace", "e" * 32, self.shop, code=2).stderr)
        for wrong in ("x", "0" * 32, "1" * 31):
            self.assertIn(b"an id is 32 hex digits, a UUID or a traceparent", run("trace", wrong, self.shop, code=2).stderr)
        self.assertIn(b"what is expected is ID FILE...", run("trace", self.trace, code=2).stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[7:]])
