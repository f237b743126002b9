#!/usr/bin/env python3
"""gesta-broker: what a person says to a broker that runs about dead letters. Called with the paths of gesta-broker and of member."""
import json
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BROKER, MEMBER = sys.argv[1:3]


class Letters(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="gesta-broker-")
        self.bus = Path(self.folder.name) / "bus"
        self.serves = None

    def tearDown(self):
        if self.serves is not None:
            self.serves.send_signal(signal.SIGTERM)
            self.assertEqual(0, self.serves.wait(30))
            self.serves.stdout.close()
        self.folder.cleanup()

    def serve(self, *options):
        self.serves = subprocess.Popen([BROKER, *options, self.bus, Path(self.folder.name) / "messages"], stdout=subprocess.PIPE)
        self.assertEqual(b"serving\n", self.serves.stdout.readline())

    def say(self, *words, code=0):
        made = subprocess.run([BROKER, *map(str, words)], capture_output=True, text=True, timeout=60)
        self.assertEqual(code, made.returncode, made.stderr)
        return made.stdout.splitlines() if code == 0 else made.stderr

    def letters(self):
        return [json.loads(line) for line in self.say("letters", self.bus, "post.office")]

    def member(self, what):
        return subprocess.run([MEMBER, self.bus, what], check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()

    def test_they_are_shown_received_again_and_taken_away(self):
        self.serve()
        self.assertEqual([], self.letters())
        self.member("puts_aside")
        all = self.letters()
        self.assertEqual([("post.arrived", f"id-{key}", key, 1, 5, f'nobody reads "{key}"') for key in "abc"],
                         [tuple(one[k] for k in ("topic", "id", "key", "deliveries", "bytes", "cause")) for one in all])
        for one in all:
            self.assertRegex(one["published"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
            self.assertLessEqual(one["published"], one["since"])
        self.say("retry", self.bus, "post.office", all[1]["token"])
        self.assertEqual(["b 1"], self.member("receives"))
        self.say("discard", self.bus, "post.office", all[0]["token"])
        self.assertEqual(["c"], [one["key"] for one in self.letters()])
        for gone in (all[0], all[1]):
            for verb in ("retry", "discard"):
                self.assertIn("no such dead letter", self.say(verb, self.bus, "post.office", gone["token"], code=2))
        self.assertEqual([], self.say("letters", self.bus, "nobody"))
        self.say("retry", self.bus, "post.office", "all")
        self.assertEqual([], self.letters())
        self.assertEqual(["c 1"], self.member("receives"))

    def test_a_broker_of_another_window_is_asked_by_its_window(self):
        self.serve("--disk", "--window", "5")
        self.assertIn("another dedup window", self.say("letters", self.bus, "post.office", code=1))
        self.assertEqual([], self.say("--window", "5", "letters", self.bus, "post.office"))

    def test_what_is_said_wrongly(self):
        self.assertIn("no broker is at", self.say("letters", self.bus, "post.office", code=1))
        for wrong in (["letters", self.bus], ["retry", self.bus, "post.office"], ["retry", self.bus, "post.office", "x"],
                      ["discard", self.bus, "post.office", "all"], ["revive", self.bus, "post.office", "1"]):
            self.assertIn("usage", self.say(*wrong, code=2), wrong)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
