"""What fulfilment comes to, told by a simulation that knows neither sagas nor events: the figures that the program's reports are held against.

Written from the rules. An order is decided in one look: nobody reserves, refunds or releases anything here, so what the program's services did and undid
step by step must come to the same sums.
"""
import csv
from collections import Counter
from fractions import Fraction

MASK = (1 << 64) - 1


def strikes(probability, seed, whom, invoice):
    """Whether the lot falls on this invoice: of a million, as many as the probability says."""
    h = 0xCBF29CE484222325
    for byte in f"{whom}/{invoice}".encode():
        h = (h ^ byte) * 0x100000001B3 & MASK
    z = h + (seed + 1) * 0x9E3779B97F4A7C15 & MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return (z ^ z >> 31) % 1_000_000 < Fraction(probability) * 1_000_000


def orders(path):
    """Each invoice with its accepted lines, (article, quantity, price in thousandths), in the order of their first lines."""
    found = {}
    with open(path, encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            quantity, price = int(line["Quantity"]), Fraction(line["UnitPrice"])
            if line["InvoiceNo"][0] not in "AC" and quantity > 0 and price > 0:
                found.setdefault(line["InvoiceNo"], []).append((line["StockCode"], quantity, int(price * 1000)))
    return found


def fulfilled(path, payment="0", shipping="0", stock="1", seed=1):
    """The report."""
    placed = orders(path)
    left = Counter()
    for lines in placed.values():
        for item, quantity, _ in lines:
            left[item] += quantity
    for item in left:
        left[item] = int(left[item] * Fraction(stock))
    f = dict.fromkeys(["charged", "refunded", "confirmed_total", "reserved", "released", "shipped"], 0)
    cancelled = {"payment": 0, "stock": 0, "shipping": 0}
    confirmed = 0
    for invoice, lines in placed.items():
        worth = sum(quantity * price for _, quantity, price in lines)
        goods = sum(quantity for _, quantity, _ in lines)
        if strikes(payment, seed, "payment", invoice):
            cancelled["payment"] += 1
            continue
        f["charged"] += worth
        taken, got = Counter(), 0
        for item, quantity, _ in lines:
            if left[item] - taken[item] < quantity:
                break
            taken[item] += quantity
            got += quantity
        f["reserved"] += got
        why = "stock" if got != goods else "shipping" if strikes(shipping, seed, "shipping", invoice) else None
        if why is not None:
            cancelled[why] += 1
            f["refunded"] += worth
            f["released"] += got
            continue
        left.subtract(taken)
        confirmed += 1
        f["confirmed_total"] += worth
        f["shipped"] += goods
    return {"orders": len(placed), "confirmed": confirmed, "cancelled": cancelled, **f}
