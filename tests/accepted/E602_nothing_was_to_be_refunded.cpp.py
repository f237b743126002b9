"""The twin: where nothing was to be done nobody goes on: the refund of an order whose payment was paid back before."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rejected"))
from dance import print_dance  # noqa: E402

print_dance()
