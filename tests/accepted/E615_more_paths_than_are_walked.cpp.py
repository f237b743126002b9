"""The twin: seven services with three outcomes each, 2,187 paths, are walked to their ends."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rejected"))
from parallel import source  # noqa: E402

print(source(7))
