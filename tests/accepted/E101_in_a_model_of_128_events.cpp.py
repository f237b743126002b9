"""Prints a model of 128 events that each have their evolve."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rejected"))
from large_model import source

print(source(128))
