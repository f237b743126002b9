"""What the retail tests share: the programs under test, the oracle, and how two reports are compared.

The programs are named by the environment: RETAIL, RETAIL_SAMPLE, RETAIL_CRASH; RETAIL_STORES lists the stores that were built in.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REAL_FILE = HERE.parents[2] / "shared" / "data" / "online-retail.csv.zst"  # beside the repository, never in it
RETAIL = os.environ["RETAIL"]
STORES = os.environ.get("RETAIL_STORES", "memory sqlite").split()
KEYS = ["lines", "events", "rejections", "accounts", "revenue_by_country", "revenue_by_month", "top_products", "store", "seconds",
        "events_per_second"]
OF_THE_RUN = {"store", "seconds", "events_per_second"}  # these may differ between two runs over the same file


# Most of their time would be waiting for a disk, and no test is about a loss of power: their files lie in memory, where there is room.
MEMORY = "/dev/shm"
if "TMPDIR" not in os.environ and os.path.isdir(MEMORY) and shutil.disk_usage(MEMORY).free > 2 << 30:
    tempfile.tempdir = MEMORY


def need(program):
    if shutil.which(program) is None:
        print(f"skipped: the program {program} is not on this machine")
        sys.exit(77)


def sample(path, lines=20000, seed=2010):
    """Writes the made-up file of so many lines."""
    with open(path, "wb") as out:
        subprocess.run([os.environ["RETAIL_SAMPLE"], str(lines), str(seed)], stdout=out, check=True)
    return path


def real(path):
    """Unpacks the real file; ends the test as skipped when it is not there."""
    if not REAL_FILE.exists():
        print(f"skipped: the real file is not there ({REAL_FILE})")
        sys.exit(77)
    need("zstd")
    subprocess.run(["zstd", "-qdf", str(REAL_FILE), "-o", str(path)], check=True)
    return path


def sql(statements, database=":memory:"):
    """What the sqlite3 program prints for these statements."""
    done = subprocess.run(["sqlite3", "-batch", "-bail", str(database)], input=statements, capture_output=True, text=True)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"sqlite3: {done.stderr}")
    return done.stdout


def oracle(path):
    """The figures of a CSV file by SQL alone."""
    return json.loads(sql(f".import --csv \"{path}\" raw\n" + (HERE / "oracle.sql").read_text()))


def run(*options, program=RETAIL, stdin=None, env=None):
    """Runs a program; its result with what it printed."""
    command = [program, *map(str, options)]
    return subprocess.run(command, stdin=stdin or subprocess.DEVNULL, capture_output=True, text=True, env={**os.environ, **(env or {})})


def report(*options, stdin=None):
    """The JSON report of a run that must succeed, as the program wrote it down."""
    done = run(*options, "--report", "json", stdin=stdin)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"retail ended with {done.returncode}: {done.stderr}")
    said = json.loads(done.stdout)
    assert list(said) == KEYS, list(said)
    return said


def figures(said):
    """A report without what belongs to the run."""
    return {key: value for key, value in said.items() if key not in OF_THE_RUN}


def stored_events(database):
    """How many events of each name the sqlite3 program finds in a store's file."""
    rows = sql("select id, count(*) from events join types using (type) group by id;", database)
    return {name: int(n) for name, n in (line.rsplit("|", 1) for line in rows.splitlines())}
