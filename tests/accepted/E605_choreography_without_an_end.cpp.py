"""The twin: nothing ends it."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rejected"))
from dance import print_dance  # noqa: E402

print_dance(
    ('gesta::completes<order::confirmed>,\n',
     ''),
    ('gesta::gives_up<order::cancelled>,\n',
     'gesta::completes<order::confirmed, order::cancelled>,\n'),
)
