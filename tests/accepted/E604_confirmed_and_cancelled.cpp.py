"""The twin: who is confirmed is cancelled as well."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rejected"))
from dance import print_dance  # noqa: E402

print_dance(
    ('gesta::completes<order::confirmed>',
     'gesta::completes<shipping::shipped, order::confirmed>'),
)
