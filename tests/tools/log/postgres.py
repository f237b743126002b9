#!/usr/bin/env python3
"""usage: postgres.py TOOL WRITER MEMORY KEEPER SAGAS TRACED [ARGUMENT of unittest...]: gesta-log with logs in a PostgreSQL server."""
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from servers import postgres  # noqa: E402  pylint: disable=wrong-import-position
import check  # noqa: E402  pylint: disable=wrong-import-position
from check import KEEPER, SAGAS, TOOL, TRACED, WRITER, change, events, lines, rows, run  # noqa: E402  pylint: disable=wrong-import-position

# Views as gesta makes them, with columns of every kind.
VIEWS = r"""
create table "odd"(
  "only" integer primary key check ("only" = 0),
  "open" integer not null,
  "rate" real not null,
  "note" text,
  "sure" integer,
  "raw" blob not null,
  "place_x" integer not null,
  "place_ok" integer not null);
create table "pairs"(
  "name" text not null,
  "number" integer not null,
  "rate" real not null,
  primary key("name", "number")) without rowid;
create index if not exists "pairs(rate, number)" on "pairs"("rate", "number");
create table "invoices_by_customer_and_month_and_country_and_branch_and_clerk"(
  "key" integer primary key,
  "invoiced_amount_of_the_last_month_in_cents" integer not null,
  "invoiced_amount_of_the_last_month_in_pieces" integer not null);
create index if not exists "invoices_by_customer_and_month_and_country_and_branch_and_clerk(invoiced_amount_of_the_last_month_in_cents)" on "invoices_by_customer_and_month_and_country_and_branch_and_clerk"("invoiced_amount_of_the_last_month_in_cents");
create index if not exists "invoices_by_customer_and_month_and_country_and_branch_and_clerk(invoiced_amount_of_the_last_month_in_pieces)" on "invoices_by_customer_and_month_and_country_and_branch_and_clerk"("invoiced_amount_of_the_last_month_in_pieces");
insert into views values('invoices_by_customer_and_month_and_country_and_branch_and_clerk', '{"key":"key","fields":{"key":"i32","invoiced_amount_of_the_last_month_in_cents":"i32","invoiced_amount_of_the_last_month_in_pieces":"i32"}}');
insert into views values('odd', '{"fields":{"open":"bool","rate":"f64","note":{"optional":"text"},"sure":{"optional":"bool"},"raw":{"sequence":"u8"},"place":{"fields":{"x":"i32","ok":"bool"}}}}');
insert into views values('pairs', '{"key":"name","fields":{"name":"text","number":"u64","rate":"f64"}}');
insert into odd values(0, 1, 'NaN', null, 0, x'00ff', -5, 1);
insert into pairs values('a', -1, 9e999), (x'610062', 2, 0.1), ('\x41', 3, -0.5), (cast(x'ff' as text), 4, 1), ('', 5, 2);
insert into snapshots values(1, 3, 3, -1, 5, x'00');
"""


def declared(path):
    with closing(sqlite3.connect(path)) as db:
        return sorted(db.execute("select type, name, sql from sqlite_master"), key=str)


class Logs(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.server = postgres.Server()
        cls.folder = Path(tempfile.mkdtemp(prefix="gesta-log-"))
        cls.file, cls.shop = cls.folder / "log.db", cls.folder / "shop.db"
        subprocess.run([WRITER, cls.file], check=True)
        change(cls.file, "update events set payload = null where stream = 1 and version < 3; update streams set first = 3, closed = 1 where stream = 1")
        subprocess.run([KEEPER, cls.shop, "sell"], check=True, capture_output=True)
        subprocess.run([KEEPER, cls.shop, "poll", "13"], check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        shutil.rmtree(cls.folder)

    def there(self, schema):
        return f"postgres:{self.server.address}?{schema}"

    def tables(self, schema):
        return int(self.server.sql(f"select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = '{schema}'"))

    def test_a_log_comes_back_as_it_was(self):
        many = self.folder / "views.db"
        shutil.copy(self.shop, many)
        change(many, VIEWS)
        for name, path in (("plain", self.file), ("views", many)):
            back = self.folder / f"{name}_back.db"
            whole = sum(1 for _ in events(path))
            self.assertEqual([f"postgres:postgres?{name}: {whole} events copied, {whole} in all"], lines("copy", path, self.there(name)))
            self.assertEqual([f"{back}: {whole} events copied, {whole} in all"], lines("copy", self.there(name), back))
            self.assertEqual(rows(path), rows(back))
            self.assertEqual(declared(path), declared(back))
            run("verify", back)
            run("verify", self.there(name))
            self.assertIn("holds all", lines("copy", self.there(name), back)[0])
            self.assertEqual(rows(path), rows(back))
            # From server to server, and a file goes on with what the server has got more.
            run("copy", self.there(name), self.there(name + "_twice"))
            self.assertEqual(lines("export", path), lines("export", self.there(name + "_twice")))
            indexes = "select string_agg(tablename || ' ' || indexname || substr(indexdef, strpos(indexdef, ' (')), e'\\n' order by indexname) from pg_indexes where schemaname = '{}'"
            self.assertEqual(self.server.sql(indexes.format(name)), self.server.sql(indexes.format(name + "_twice")))
            run("copy", self.there(name + "_twice"), self.folder / f"{name}_twice.db")
            self.assertEqual(declared(path), declared(self.folder / f"{name}_twice.db"))
        self.assertEqual("3", self.server.sql("select count(*) from pg_indexes where schemaname = 'views_twice' and indexname ~ '^(pairs.rate, number.$|invoices_by.*~)'"))

    def test_a_file_goes_on_with_a_log_on_a_server(self):
        part = self.folder / "part.db"
        run("copy", self.file, self.there("grown"))
        shutil.copy(self.file, part)
        change(part, """delete from outcomes where position > 3; delete from events where position > 3; delete from streams where stream > 1;
                        delete from types where type > 7""")
        self.assertIn("12 events copied, 15 in all", lines("copy", self.there("grown"), part)[0])
        self.assertEqual(rows(self.file), rows(part))
        change(part, "update events set time = time + 1 where position = 4")
        before = rows(part)
        self.assertIn(b"they differ at position 4", run("copy", self.there("grown"), part, code=1).stderr)
        self.assertEqual(before, rows(part))

    def test_a_log_on_a_server_is_told_as_one_in_a_file(self):
        run("copy", self.file, self.there("told"))
        for command in (["streams"], ["streams", "--aggregate", "tally.number"], ["events"], ["events", "--after", "3", "--to", "9"],
                        ["events", "--limit", "3", "--backwards"], ["events", "--stream", "account", "bob", "--backwards"],
                        ["events", "--stream", "tally.number", "18446744073709551615"], ["events", "--stream", "shelf", '{"room":"north","row":-3}'], ["export"]):
            told = lines(command[0], self.file, *command[1:])
            self.assertTrue(told)
            self.assertEqual(told, lines(command[0], self.there("told"), *command[1:]), command)
        self.assertEqual(["postgres:postgres?told: format 1, 15 events of 8 streams, 5 outcomes: all is well"], lines("verify", self.there("told")))

    def test_many_events_are_told_in_parts(self):
        many = self.folder / "many.db"
        subprocess.run([WRITER, many, "many", "20000"], check=True)
        run("copy", many, self.there("many"))
        self.assertEqual(run("events", many).stdout, run("events", self.there("many")).stdout)
        self.assertEqual(lines("events", many, "--stream", "account", "account 7"), lines("events", self.there("many"), "--stream", "account", "account 7"))
        self.assertIn("20000 events of 97 streams", lines("verify", self.there("many"))[0])

    def test_what_others_point_at_is_checked_in_pages(self):
        many, there = self.folder / "pointing.db", self.there("pointing")
        subprocess.run([WRITER, many, "many", "5000"], check=True)
        change(many, """insert into sources select coalesce(max(source), 0) + 1, 'checked' from sources;
                        insert into outcomes select (select source from sources where name = 'checked'), position * 7919 % 5003, 0, version, position, null, null from events;
                        insert into snapshots select stream, version, position, 1, 1, x'00' from events where position % 3 = 0""")
        run("copy", many, there)
        before = self.server.words().count("LOG:")
        self.assertRegex(lines("verify", there, environment={"PGOPTIONS": "-c log_statement=all"})[0], r"5000 events of 97 streams, 5\d\d\d outcomes: all is well$")
        asked = self.server.words().count("LOG:") - before
        self.assertGreater(asked, 20)
        self.assertLess(asked, 200)
        self.server.sql("""update pointing.outcomes set version = 1 where position = 4999; update pointing.outcomes set position = 9999 where position = 4000;
                           update pointing.snapshots set position = position + 1 where position = 3000""")
        for said in ("points at position 9999, which is not there", "points at position 4999 of version 52, and says version 1", "is of position 3001, which is another event"):
            self.assertIn(said, "\n".join(lines("verify", there, code=1)))

    def test_damage_is_found(self):
        run("copy", self.file, self.there("hurt"))
        for sql, said in (("update events set payload = '\\x05' where position = 8", 'position 8: its payload is no shelf.placed version 1: {"hex":"05"}'),
                          ("delete from events where position = 12", "position 12: is missing"),
                          ("update streams set version = 7 where stream = 8", "stream 8: says that it ends with version 7 at position 15; it ends with version 2 at position 15"),
                          ("update streams set key = 'x' where stream = 4", 'stream 4: its key is none of tally.number, "u64": "x"'),
                          ("update streams set key = 'x' where stream = 6", 'stream 6: its key is none of shelf, {"fields":{"room":"text","row":"i16"}}: "x"'),
                          ("drop table outcomes", "the table outcomes: is missing")):
            self.server.sql(f"set search_path to hurt; {sql}")
            self.assertIn(said, lines("verify", self.there("hurt"), code=1))

    def test_a_log_whose_units_run_side_by_side_has_gaps(self):
        there = self.there("beside")
        run("copy", self.file, there)
        self.server.sql("""set search_path to beside; update events set position = position << 20; update streams set last = last << 20;
                           update outcomes set position = position << 20""")
        self.assertIn("position 1: is missing, up to 1048575", lines("verify", there, code=1))
        self.server.sql("update beside.gesta_format set positions = 'horizon'")
        self.assertIn("15 events of 8 streams, 5 outcomes: all is well", lines("verify", there)[0])
        for to in (self.folder / "beside.db", self.there("beside_twice")):
            self.assertIn(b"positions have gaps", run("copy", there, to, code=2).stderr)
        self.assertFalse((self.folder / "beside.db").exists())
        self.assertEqual(0, self.tables("beside_twice"))

    def test_requests_are_traced_through_servers(self):
        with tempfile.TemporaryDirectory(prefix="gesta-log-") as folder:
            subprocess.run([TRACED], check=True, capture_output=True, cwd=folder)
            for name in ("shop", "depot"):
                run("copy", f"{folder}/{name}.db", self.there(name))
            trace = events(f"{folder}/depot.db")[0]["correlation"]
            told = run("trace", trace, f"{folder}/shop.db", f"{folder}/depot.db").stdout.decode()
            for name in ("shop", "depot"):
                told = told.replace(f"{folder}/{name}.db", f"postgres:postgres?{name}")
            self.assertEqual(told, run("trace", trace, self.there("shop"), self.there("depot")).stdout.decode())
            self.assertEqual(lines("sagas", f"{folder}/shop.db", "--all"), lines("sagas", self.there("shop"), "--all"))

    def test_stuck_sagas_are_listed(self):
        lab = self.folder / "lab.db"
        subprocess.run([SAGAS, lab, "begin"], check=True, capture_output=True)
        run("copy", lab, self.there("lab"))
        self.assertEqual(2, len(lines("sagas", self.there("lab"))))
        self.assertEqual(lines("sagas", lab, "--all"), lines("sagas", self.there("lab"), "--all"))

    def test_commands_for_later_are_listed(self):
        later = self.folder / "later.db"
        for place in (later, self.there("later")):
            subprocess.run([SAGAS, place, "later"], check=True)
        self.assertEqual(3, len(lines("delayed", later)))
        self.assertEqual(lines("delayed", later), lines("delayed", self.there("later")))

    def test_what_a_person_says_of_a_stuck_saga_is_recorded_as_in_a_file(self):
        lab, there, back = self.folder / "said.db", self.there("said"), self.folder / "said_back.db"
        subprocess.run([SAGAS, lab, "begin"], check=True, capture_output=True)
        run("copy", lab, there)
        words = (["saga-retry", "work", "1", "ann"], ["saga-resolve", "work", "2", "bob", "paid \u00fc \\x\tin 'cash'"])
        for command, *said in words:
            self.assertEqual(lines(command, lab, *said), lines(command, there, *said))
        run("copy", there, back)
        run("verify", there)
        file, server = rows(lab), rows(back)
        for table in (file, server):
            self.assertTrue(all(row[5] > 0 for row in table["events"][-2:]))
            table["events"] = [row[:5] + row[6:] if row[0] > len(table["events"]) - 2 else row for row in table["events"]]  # their times alone differ
        self.assertEqual(file, server)
        for name, step in (("file", lab), ("server", there)):
            self.assertIn("work 3 is not stuck, it is completed", run("saga-retry", step, "work", "3", "ann", code=2).stderr.decode(), name)
            self.assertIn("work 2 is not stuck, it is going back", run("saga-retry", step, "work", "2", "ann", code=2).stderr.decode(), name)
            self.assertIn("there is no saga play", run("saga-retry", step, "play", "1", "ann", code=2).stderr.decode(), name)
        self.assertEqual(len(events(lab)), len(events(there)))

    def test_a_program_that_runs_takes_in_what_a_person_says(self):
        there = self.there("running")
        self.assertEqual("2 3 held 1", subprocess.run([SAGAS, there, "begin"], check=True, capture_output=True, text=True).stdout.splitlines()[1])
        with subprocess.Popen([SAGAS, there, "follow"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
            stand = lambda: [program.stdout.readline().strip() for _ in range(4)]  # noqa: E731
            first = stand()
            self.assertEqual(["1 3 held 1", "2 3 held 1"], first[:2])
            run("saga-retry", there, "work", "1", "ann")
            program.stdin.write("\n")
            program.stdin.flush()
            self.assertEqual(["1 6 held 0", "2 3 held 1"], stand()[:2])
            run("saga-resolve", there, "work", "2", "bob", "paid back")
            program.stdin.write("\n")
            program.stdin.flush()
            self.assertEqual(["1 6 held 0", "2 6 held 1"], stand()[:2])
            program.stdin.close()
            self.assertEqual(0, program.wait())
        run("verify", there)

    def test_a_person_waits_for_the_lock_of_the_log_and_rings_its_bell(self):
        lab, there = self.folder / "locked.db", self.there("locked")
        subprocess.run([SAGAS, lab, "begin"], check=True, capture_output=True)
        run("copy", lab, there)
        self.server.sql("create schema empty")
        self.assertIn(b"there is no log", run("saga-retry", self.there("empty"), "work", "1", "ann", code=3).stderr)
        self.assertIn(b"there is no log", run("saga-retry", self.there("nowhere"), "work", "1", "ann", code=3).stderr)
        self.server.sql("update locked.gesta_format set format = 0")
        self.assertIn(b"its format is 0", run("saga-retry", there, "work", "1", "ann", code=1).stderr)
        self.server.sql("update locked.gesta_format set format = 99")
        self.assertIn(b"made by a newer gesta", run("saga-retry", there, "work", "1", "ann", code=3).stderr)
        self.server.sql("update locked.gesta_format set format = 1, positions = 'horizon'")
        self.assertIn(b"its units run side by side", run("saga-retry", there, "work", "1", "ann", code=2).stderr)
        self.server.sql("update locked.gesta_format set positions = 'lock'; update locked.streams set version = version + 1 where stream = (select stream from locked.streams where key = '1' "
                        "and aggregate = (select type from locked.types where kind = 'aggregate' and id = 'work'))")
        before = len(events(there))
        self.assertIn(b"does not end with version", run("saga-retry", there, "work", "1", "ann", code=1).stderr)
        self.assertEqual(before, len(events(there)))
        number = subprocess.run([SAGAS, there, "lock"], check=True, capture_output=True, text=True).stdout.strip()
        other = subprocess.Popen([postgres.programs() / "psql", "-X", "-q", "-A", "-t", self.server.address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        other.stdin.write(f"listen gesta; begin; select 'taken' from pg_advisory_xact_lock({number});\n")
        other.stdin.flush()
        self.assertEqual("taken", other.stdout.readline().strip())
        person = subprocess.Popen([TOOL, "saga-resolve", there, "work", "2", "bob", "by hand"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while self.server.sql("select count(*) from pg_locks where locktype = 'advisory' and not granted") != "1":
            self.assertIsNone(person.poll(), "it did not wait for the lock")
            time.sleep(0.01)
        self.assertEqual(before, len(events(there)))
        other.stdin.write("commit;\n")
        other.stdin.flush()
        self.assertEqual(b"work 2: a resolved\n", person.communicate()[0])
        other.stdin.write("select 1;\n")
        rung = other.communicate()[0]
        self.assertIn('Asynchronous notification "gesta" with payload "locked" received', rung)

    def test_letters_are_told_tried_again_and_discarded(self):
        shop = self.there("letters")
        run("copy", self.shop, shop)
        for command in ("consumers", "letters"):
            self.assertEqual(lines(command, self.shop), lines(command, shop))
        self.assertEqual(lines("consumers", self.shop), lines("consumers", shop, "--log", self.shop))
        self.assertIn(b"has no open letter at position 3", run("retry", shop, "by_country", "--position", 3, code=2).stderr)
        self.assertIn(b"an earlier letter of its key is open", run("retry", shop, "by_country", "--position", 4, code=2).stderr)
        self.assertIn(b"there is no consumer nobody", run("retry", shop, "nobody", code=2).stderr)
        run("resume", shop, "by_country")
        run("discard", shop, "by_country", "a test order", "--position", 5, "--key", "DE")
        self.assertEqual([2, 4], [json.loads(line)["position"] for line in lines("letters", shop)])
        self.assertEqual(["a test order"], [l["discarded"] for l in map(json.loads, lines("letters", shop, "--discarded")) if "discarded" in l])
        run("retry", shop, "by_country", "--position", 2)
        self.assertIsNotNone(json.loads(lines("letters", shop)[0])["due"])
        run("pause", shop, "by_country")
        one, = map(json.loads, lines("consumers", shop))
        self.assertEqual((True, None, 1), (one["paused"], one["stopped"], one["discarded"]))

    def test_what_holds_something_is_refused_and_stays(self):
        self.server.sql("create schema foreigner; create table foreigner.t(x integer)")
        run("copy", self.file, self.there("taken"))
        for schema in ("foreigner", "taken"):
            self.assertIn(b"something is there already", run("copy", self.shop, self.there(schema), code=3).stderr)
        self.assertEqual(1, self.tables("foreigner"))
        self.assertEqual(lines("events", self.file), lines("events", self.there("taken")))
        self.assertIn(b"there is no log", run("events", self.there("foreigner"), code=3).stderr)

    def test_a_damaged_file_is_refused_and_leaves_nothing(self):
        for sql, why in (("update events set previous = 1 where position = 3", b"previous is not what stands there"),
                         ("update events set correlation = x'00' where position = 4", b"correlation is not"),
                         ("update streams set key = 'x' where stream = 4", b"key is not"),
                         ("delete from events where position = 4", b"position is not"),
                         ("update types set form = '' where kind = 'aggregate'", b"does not say what the keys of account are")):
            damaged = self.folder / "damaged.db"
            shutil.copy(self.file, damaged)
            change(damaged, sql)
            self.assertIn(why, run("copy", damaged, self.there("damaged"), code=1).stderr)
            self.assertEqual(0, self.tables("damaged"))

    def test_a_copy_that_was_killed_leaves_nothing(self):
        many = self.folder / "killed.db"
        subprocess.run([WRITER, many, "many", "40000"], check=True)
        began = time.monotonic()
        run("copy", many, self.there("timed"))
        whole, killed = time.monotonic() - began, 0
        for i in range(4):
            schema = f"killed{i}"
            copying = subprocess.Popen([TOOL, "copy", many, self.there(schema)], stdout=subprocess.DEVNULL)
            time.sleep(whole * (i + 1) / 6)
            copying.send_signal(signal.SIGKILL)
            killed += copying.wait() == -signal.SIGKILL
            while self.server.sql("select count(*) from pg_stat_activity where application_name = 'gesta-log'") != "0":
                time.sleep(0.01)
            if self.tables(schema) == 0:
                run("copy", many, self.there(schema))
            self.assertIn("40000 events of 97 streams", lines("verify", self.there(schema))[0])
        self.assertGreater(killed, 0)

    def test_no_password_is_shown(self):
        for address in ("host=/nowhere password=sesame", "postgresql://gesta:sesame@127.0.0.1:1/x", "password='sesame", "postgres://gesta:sesame@[/x", "host=/nowhere password=a?sesame"):
            for arguments in (["events"], ["consumers"], ["pause", None, "c"], ["verify"], ["trace", "1" * 32], ["copy", self.file], ["copy", None, self.folder / "none.db"], ["saga-retry", None, "s", "1", "w"],
                              ["import", "-"]):
                words = [f"postgres:{address}" if word is None else word for word in arguments] + ([f"postgres:{address}"] if None not in arguments else [])
                made = run(*words, code=None)
                self.assertIn(made.returncode, (2, 3))
                self.assertNotIn(b"sesame", made.stdout + made.stderr)
                self.assertTrue(made.stderr)
        self.assertFalse((self.folder / "none.db").exists())

    def test_it_reads_while_others_write(self):
        run("copy", self.file, self.there("busy"))
        writer = subprocess.Popen([postgres.programs() / "psql", "-X", "-q", self.server.address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        writer.stdin.write("set search_path to busy; begin; insert into events select 16, 8, 3, type, time, null, null, payload from events where position = 15; \\echo there\n")
        writer.stdin.flush()
        self.assertEqual("there", writer.stdout.readline().strip())
        self.assertEqual(15, len(lines("events", self.there("busy"))))
        writer.stdin.close()
        writer.wait()
        writer.stdout.close()


if __name__ == "__main__":
    postgres.skip_without("tools/log_postgres")
    assert check.HERE
    unittest.main(argv=[sys.argv[0], *sys.argv[7:]])
