"""Pinned forms are complete and change only by a decision: every id of the examples is pinned, and a commit that takes a line out of
tests/golden also adds one to docs/decisions.md."""
import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden"

# Names of what is no message of its own: aggregates, views, reactors, who performs, and who relays, receives and serves; and commands, which are
# stored only within a record.
PARTS = {"a_car", "a_flight", "a_hotel", "a_ticket", "album", "ask", "bank.debit", "bank.repay", "bill", "biller", "billing", "by_bank", "by_country",
         "by_size", "by_visa", "car.give_back", "car.rent", "careless", "crm", "dance", "depot.counter", "dispatch", "ends_of_orders", "enrolments",
         "flight.book", "flight.cancel", "hotel.book", "hotel.cancel", "invoices", "largest_deposit", "mailer", "names", "order.ask_to_cancel",
         "order.place", "packer", "page", "parcel", "parcels_of_day", "quantity_by_product", "receipts", "rent.remind", "retail.account",
         "retail.billing", "retail.desk", "retail.dispatch", "retail.fulfilled", "retail.fulfilment", "retail.fulfilment_dance",
         "retail.order.cancel", "retail.order.confirm", "retail.parcel", "retail.payment.charge", "retail.payment.refund", "retail.shipping.ship",
         "retail.stock.release", "retail.stock.reserve", "retail.warehouse", "revenue", "revenue_by_country", "revenue_by_month", "seen_all",
         "send_parcel", "session", "shelf", "shipping.labels", "shop.desk", "shop.order_sums", "shop.orders", "shop.outlet", "shop.stock",
         "shop.stock_sums", "stock.counter", "studio.outlet", "take_order", "tally", "ticket.issue", "too_long", "travel", "trip.ask",
         "trip.call_off", "turnover", "visa.charge", "visa.refund", "warehouse"}


def git(*words):
    return subprocess.run(["git", "-C", str(ROOT), *words], check=True, capture_output=True, text=True).stdout


def taken_out(numstat):
    """The commits of `git log --numstat --format=%H` that take lines out of pinned forms and add none to the decisions."""
    found = []
    for commit in re.split(r"^(?=[0-9a-f]{40}$)", numstat, flags=re.M)[1:]:
        lines = [line.split("\t") for line in commit.splitlines()[1:] if line]
        changed = any(path.startswith("tests/golden/") and path.endswith(".golden") and out != "0" for _, out, path in lines)
        decided = any(path == "docs/decisions.md" and added != "0" for added, _, path in lines)
        if changed and not decided:
            found.append(commit[:12])
    return found


class Pinned(unittest.TestCase):
    def test_every_id_of_the_examples_is_pinned(self):
        pinned = " ".join(file.read_text(encoding="utf-8") for file in GOLDEN.glob("*.golden"))
        said = {}
        for file in sorted(ROOT.glob("examples/**/*.[ch]pp")):
            for name in re.findall(r'(?<!\.)\bid = (?:gesta::(?:event|integration)_id\{)?"([^"]+)"', file.read_text(encoding="utf-8")):
                said.setdefault(name, file.name)
        self.assertTrue(said)
        # Of a saga, a process, a step and a state the name is a part of that of a record.
        asked = {name: file for name, file in said.items() if name not in PARTS}
        missing = {name: file for name, file in asked.items() if not re.search(rf"[ .]{re.escape(name)}[ .]", pinned)}
        self.assertEqual(missing, {}, "add values of these to tests/golden/examples.hpp")

    def test_every_change_of_a_pinned_form_was_decided(self):
        try:
            history = git("log", "--numstat", "--no-renames", "--format=%H", "--", "tests/golden", "docs/decisions.md")
        except (OSError, subprocess.CalledProcessError):
            self.skipTest("no history here")
        self.assertEqual(taken_out(history), [])

    def test_a_change_without_a_decision_is_seen(self):
        a, b = "a" * 40, "b" * 40
        self.assertEqual(taken_out(f"{a}\n\n1\t1\ttests/golden/bank.golden\n"), [a[:12]])
        self.assertEqual(taken_out(f"{a}\n\n1\t1\ttests/golden/bank.golden\n1\t0\tdocs/decisions.md\n{b}\n\n5\t0\ttests/golden/x.golden\n"), [])
        self.assertEqual(taken_out(f"{a}\n\n1\t1\ttests/golden/bank.golden\n{b}\n\n1\t0\tdocs/decisions.md\n"), [a[:12]])


if __name__ == "__main__":
    unittest.main()
