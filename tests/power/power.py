"""The machine loses power at any moment: what was acknowledged at the level `disk` is there, and what is there is whole.

A program writes to a SQLite store on ext4, on a disk that puts down every write and every flush (disk.c, through FUSE and a loop device). From
what was put down, crash images are made: up to a moment that is drawn everything before the last flush is there, and of the blocks written
since any part. A disk's block is 4 KiB here, so a write is torn between blocks; where a block was written several times since the flush, any
of its contents may be there, which is all that another order of the writes could lead to. Each image is mounted, so that ext4 recovers, and
judged by the program itself (writer.cpp). That the program was told "kept" is noted beside the disk, with the number of writes and flushes put
down by then, so it is exact which acknowledgements came before the moment. A flush counts for all that the disk was sent before it, also for what
the file system did not wait for.

POWER_WRITER, POWER_DISK, POWER_BAD_FLUSH name the programs, POWER_FOLDER an empty folder that a file system in memory is mounted on,
POWER_IMAGES says how many images, POWER_SEED repeats what was drawn (the writes themselves differ: the store has a thread). Everything runs in
mounts and processes of its own, which the system ends with this process, however it ends.
"""
import bisect
import fcntl
import mmap
import os
import queue
import random
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
import unittest
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

INSIDE = "POWER_INSIDE"  # set in the process that has mounts of its own
SKIPPED = 77
SEED = int(os.environ.get("POWER_SEED", random.SystemRandom().randrange(10**6)))
IMAGES = int(os.environ.get("POWER_IMAGES", 200))
UNITS = 750
BLOCK = 4096
IMAGE_SIZE = 32 << 20
PATIENCE = 60  # seconds, for each program that is called


def call(*command, **options):
    """Runs a program; what it says when it fails is the error."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.returncode} {done.stdout} {done.stderr}")
    return done.stdout


# ---- what the system has


class Loop:
    """A loop device on a file, with sectors of 4 KiB. The system takes it back when it is closed or the process ends, and is not mounted."""

    CONFIGURE, GET_FREE, FLUSH = 0x4C0A, 0x4C82, 0x1261
    AUTOCLEAR = 4

    def __init__(self, path):
        # struct loop_config: fd, block_size, loop_info64 (its flags at byte 52), reserved
        info = bytearray(232)
        struct.pack_into("<I", info, 52, self.AUTOCLEAR)
        with open(path, "r+b") as file, open("/dev/loop-control", "r+b", buffering=0) as control:
            for attempt in range(50):
                self.path = f"/dev/loop{fcntl.ioctl(control, self.GET_FREE)}"
                self.file = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
                try:
                    fcntl.ioctl(self.file, self.CONFIGURE, struct.pack("<II", file.fileno(), BLOCK) + bytes(info) + bytes(64))
                    return
                except OSError:  # somebody else was faster
                    os.close(self.file)
                    if attempt == 49:
                        raise
                    time.sleep(0.05)

    def forget(self):
        """The file beneath is another one now."""
        fcntl.ioctl(self.file, self.FLUSH)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.file)


class Mount:
    """A mounted file system. It is unmounted whatever happens."""

    def __init__(self, device, at, *options):
        self.at = at
        call("mount", *options, device, at)

    def __enter__(self):
        return self.at

    def __exit__(self, *_):
        try:
            call("umount", self.at)
        except (RuntimeError, subprocess.TimeoutExpired):
            subprocess.run(["umount", "-l", str(self.at)], timeout=PATIENCE, check=False)
            raise


EXT4 = ("-t", "ext4", "-o", "noatime,noinit_itable,commit=1")


def empty_image(path):
    with open(path, "wb") as file:
        file.truncate(IMAGE_SIZE)
    lazy = "lazy_itable_init=0,lazy_journal_init=0,nodiscard"
    call("mkfs.ext4", "-q", "-F", "-b", BLOCK, "-m", 0, "-J", "size=4", "-O", "^resize_inode", "-E", lazy, path)


def copy(source, target):
    """Copies an image; what is empty stays empty."""
    size = os.fstat(source.fileno()).st_size
    os.ftruncate(target.fileno(), 0)
    os.ftruncate(target.fileno(), size)
    at = 0
    while at < size:
        try:
            at = os.lseek(source.fileno(), at, os.SEEK_DATA)
        except OSError:
            return
        end = os.lseek(source.fileno(), at, os.SEEK_HOLE)
        while at < end:
            done = os.pread(source.fileno(), min(end - at, 1 << 20), at)
            os.pwrite(target.fileno(), done, at)
            at += len(done)


# ---- a run of the program on the disk


class Disk:
    """The disk that puts down what it is sent, running. Gives the path of its one file."""

    def __init__(self, image, log, count, at):
        at.mkdir()
        self.at = at
        self.process = subprocess.Popen([os.environ["POWER_DISK"], image, log, count, at], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + PATIENCE
        while not (at / "disk").exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise RuntimeError(f"the disk does not start: {self.process.communicate(timeout=PATIENCE)[1]}")
            time.sleep(0.01)

    def __enter__(self):
        return self.at / "disk"

    def __exit__(self, *_):
        try:
            call("umount", self.at)
            self.process.communicate(timeout=PATIENCE)
            if self.process.returncode != 0:
                raise RuntimeError(f"the disk ended with {self.process.returncode}")
        finally:
            self.process.kill()
            self.process.communicate(timeout=PATIENCE)
            subprocess.run(["umount", "-l", str(self.at)], stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False)


class Recording:
    """What the disk was sent while the program wrote, and what the program was told."""

    WRITE, FLUSH = 1, 2
    ENTRY = struct.Struct("<IIQ")

    def __init__(self, folder, level, units=UNITS, lying=False, killed_at=None, written_back=False):
        """lying: the program's flushes do nothing. killed_at: before it begins, another one is killed at its flush of this number.
        written_back: the system writes to the disk now and then what nobody asked it to."""
        folder.mkdir()
        self.folder = folder
        self.first = folder / "first.img"
        image, log, count, files = folder / "disk.img", folder / "log", folder / "count", folder / "files"
        files.mkdir()
        empty_image(self.first)
        shutil.copyfile(self.first, image)
        env = self.bad_flush("lie") if lying else None
        start = time.monotonic()
        with Disk(image, log, count, folder / "disk") as disk, Loop(disk) as loop, Mount(loop.path, files, *EXT4) as at:
            over = threading.Event()
            other = threading.Thread(target=self.write_back, args=(at, over))
            if written_back:
                other.start()
            command = [str(word) for word in (os.environ["POWER_WRITER"], "write", at / "a.db", units, level, count)]
            try:
                if killed_at is not None:
                    killed = subprocess.run(command, env=self.bad_flush(killed_at), stdout=subprocess.DEVNULL, timeout=PATIENCE, check=False)
                    assert killed.returncode == -signal.SIGKILL, killed
                self.said = call(*command, env=env)
            finally:
                over.set()
                if written_back:
                    other.join()
        self.seconds = time.monotonic() - start
        image.unlink()
        self.read(log, units)

    @staticmethod
    def bad_flush(how):
        return {**os.environ, "LD_PRELOAD": os.environ["POWER_BAD_FLUSH"], "BAD_FLUSH": str(how)}

    @staticmethod
    def write_back(at, over):
        while not over.wait(0.001):
            call("sync", "-f", at)

    def read(self, log, units):
        with open(log, "rb") as file:
            self.bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.entries, at = [], 0  # (kind, offset on the disk, size, place in the log)
        while at < len(self.bytes):
            kind, size, offset = self.ENTRY.unpack_from(self.bytes, at)
            at += self.ENTRY.size
            assert size % BLOCK == 0 and offset % BLOCK == 0, (size, offset)
            self.entries.append((kind, offset, size, at))
            at += size
        assert at == len(self.bytes)
        self.flushes = [i for i, entry in enumerate(self.entries) if entry[0] == self.FLUSH]
        words = [line.split() for line in self.said.splitlines()]
        self.kept = [int(count) for what, *_, count in words if what == "kept"]  # of unit 1, 2, ...
        self.marks = {name: [int(count) for what, *_, count in words if what == name] for name in ("opened", "moved", "anew", "repeated")}
        assert len(self.kept) == units and self.kept == sorted(self.kept) and self.kept[-1] <= len(self.entries)

    def acknowledged(self, moment):
        """How many units were acknowledged when so many entries had been put down."""
        return bisect.bisect_right(self.kept, moment)

    def flushed(self, moment):
        """The entries before this one are on the disk for certain."""
        at = bisect.bisect_left(self.flushes, moment)
        return self.flushes[at - 1] if at else 0

    def apply(self, file, begin, end):
        for kind, offset, size, at in self.entries[begin:end]:
            if kind == self.WRITE:
                os.pwrite(file.fileno(), self.bytes[at:at + size], offset)

    def moments(self, draw, images):
        """Moments spread over the whole run, some of them where the store is made, opened anew, or its log moved or begun anew; half of
        them are the last before a flush ends. In order."""
        end = len(self.entries)
        special = [0, *(mark for marks in self.marks.values() for mark in marks)]
        out = []
        for i in range(images):
            if i % 5 == 4:
                moment = draw.choice(special) + round(draw.gauss(0, 40))
            else:
                moment = int((i + draw.random()) * end / images)
            moment = min(max(moment, 0), end)
            if draw.random() < 0.5:
                at = bisect.bisect_left(self.flushes, moment)
                moment = self.flushes[at] if at < len(self.flushes) else end
            out.append(moment)
        return sorted(out)

    def survivors(self, draw, begin, end, way=None):
        """What is there of the writes after the last flush: the way, drawn unless it is given, and (place in the log, size, offset) of each
        piece."""
        writes = [(at, size, offset) for kind, offset, size, at in self.entries[begin:end] if kind == self.WRITE]
        blocks = [(at + i, BLOCK, offset + i) for at, size, offset in writes for i in range(0, size, BLOCK)]
        way = way or draw.choices(("none", "all", "torn", "whole writes", "all but one", "only one"), (10, 10, 45, 15, 10, 10))[0]
        some = draw.choice((0.1, 0.5, 0.9))
        if not writes:
            return "nothing was under way", []
        if way == "none":
            return way, []
        if way == "all":
            return way, writes
        if way == "torn":
            return way, [block for block in blocks if draw.random() < some]
        if way == "whole writes":
            return way, [write for write in writes if draw.random() < some]
        one = draw.randrange(len(blocks))
        return way, [blocks[one]] if way == "only one" else blocks[:one] + blocks[one + 1:]


class Slot:
    """Where one image at a time is made and mounted."""

    def __init__(self, folder, number):
        path = folder / f"crash{number}.img"
        self.at = folder / f"crash{number}"
        self.at.mkdir()
        self.file = open(path, "w+b")
        self.file.truncate(IMAGE_SIZE)
        self.loop = Loop(path)

    def close(self):
        self.loop.__exit__()
        self.file.close()


class Crash:
    """One image: a moment, and what is there of the writes under way."""

    def __init__(self, recording, name, number, moment, way):
        self.moment, self.recording = moment, recording
        self.flushed = recording.flushed(moment)
        self.way, self.pieces = recording.survivors(random.Random(f"{SEED} {name} {number}"), self.flushed, moment, way)
        self.words = f"image {number}: {moment} writes and flushes, {self.flushed} of them flushed, of those under way {self.way}"
        self.lost, self.wrong = 0, None

    def make(self, flushed, image):
        """From an image of what is flushed."""
        copy(flushed, image)
        for at, size, offset in self.pieces:
            os.pwrite(image.fileno(), self.recording.bytes[at:at + size], offset)

    def judge(self, slot):
        try:
            slot.loop.forget()
            with Mount(slot.loop.path, slot.at, *EXT4) as at:
                done = subprocess.run([os.environ["POWER_WRITER"], "judge", at / "a.db"], capture_output=True, text=True, timeout=PATIENCE,
                                      stdin=subprocess.DEVNULL)
        except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
            self.wrong = f"{self.words}: {error}"
            return
        there = done.stdout.split()
        if done.returncode != 0 or there[:1] != ["there"]:
            self.wrong = f"{self.words}: the judge ended with {done.returncode}: {done.stdout}{done.stderr}"
            return
        acknowledged = self.recording.acknowledged(self.moment)
        self.lost = max(acknowledged - int(there[1]), 0)
        self.words += f": {acknowledged} units were acknowledged, {there[1]} are there"


class Verdicts:
    """Judges crash images of a recording."""

    def __init__(self, name, recording, moments, way=None):
        self.name, self.recording = name, recording
        folder = recording.folder
        start = time.monotonic()
        self.crashes = []
        slots = [Slot(folder, i) for i in range(min(os.cpu_count() or 1, 8))]
        free = queue.SimpleQueue()
        try:
            with ThreadPoolExecutor(len(slots)) as pool, open(folder / "flushed.img", "w+b") as flushed, open(recording.first, "rb") as first:
                for slot in slots:
                    free.put(slot)
                copy(first, flushed)
                there, waiting = 0, []
                for number, moment in enumerate(moments):
                    crash = Crash(recording, name, number, moment, way)
                    recording.apply(flushed, there, crash.flushed)
                    there = crash.flushed
                    slot = free.get(timeout=10 * PATIENCE)
                    crash.make(flushed, slot.file)
                    waiting.append(pool.submit(self.judge, crash, slot, free))
                    self.crashes.append(crash)
                for done in waiting:
                    done.result()
        finally:
            for slot in slots:
                slot.close()
        self.seconds = time.monotonic() - start
        self.wrong = [crash.wrong for crash in self.crashes if crash.wrong]
        self.losses = [crash.words for crash in self.crashes if crash.lost]

    @staticmethod
    def judge(crash, slot, free):
        try:
            crash.judge(slot)
        finally:
            free.put(slot)

    def keep(self, folder):
        """Keeps the first images that are not as they should be; what is in a folder of this name goes."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for number, crash in enumerate([crash for crash in self.crashes if crash.wrong or crash.lost][:3]):
            with open(self.recording.first, "rb") as first, open(folder / f"{number}.img", "w+b") as image:
                copy(first, image)
                self.recording.apply(image, 0, crash.flushed)
                for at, size, offset in crash.pieces:
                    os.pwrite(image.fileno(), self.recording.bytes[at:at + size], offset)
            (folder / f"{number}.txt").write_text((crash.wrong or crash.words) + "\n")

    def __str__(self):
        marks = self.recording.marks
        ways = Counter(crash.way for crash in self.crashes)
        return (f"{self.name}: {len(self.recording.entries)} writes and flushes ({len(self.recording.flushes)} flushes; store opened "
                f"{len(marks['opened'])} times, its log moved {len(marks['moved'])} times, begun anew {len(marks['anew'])} times) in "
                f"{self.recording.seconds:.1f} s; {len(self.crashes)} crash images in {self.seconds:.1f} s: {len(self.wrong)} wrong, "
                f"{len(self.losses)} with acknowledged units lost (worst {max(crash.lost for crash in self.crashes)}); "
                f"of what was under way: {', '.join(f'{way} {n}' for way, n in sorted(ways.items()))}")


class Power(unittest.TestCase):
    def judged(self, name, recording, images):
        verdicts = Verdicts(name, recording, recording.moments(random.Random(f"{SEED} {name}"), images))
        print(verdicts, flush=True)
        return verdicts

    def record(self, name, **options):
        return Recording(Path(os.environ["POWER_FOLDER"]) / name, **options)

    def assert_good(self, found, verdicts):
        if found:
            kept = Path(f"{os.environ['POWER_FOLDER']}_wrong")
            verdicts.keep(kept)
            self.fail("\n".join([f"{len(found)} images; the first are kept in {kept}", *found[:10]]))

    def test_what_was_acknowledged_at_level_disk_is_there(self):
        # The thread that moves the log may come too late on a busy machine.
        for attempt in range(5):
            recording = self.record(f"disk{attempt}", level="disk")
            if all(len(recording.marks[name]) >= 2 for name in ("opened", "moved", "anew")):
                break
        else:
            self.fail(f"the log was never moved: {recording.marks}")
        verdicts = self.judged("disk", recording, IMAGES)
        self.assert_good(verdicts.wrong + verdicts.losses, verdicts)

    def test_a_store_whose_making_was_cut_off_is_made_again(self):
        found, images = [], 0
        for name in ("made1", "made2"):
            recording = self.record(name, level="disk", units=2, written_back=True)
            verdicts = Verdicts(name, recording, recording.moments(random.Random(f"{SEED} {name}"), 40))
            found += verdicts.wrong + verdicts.losses
            images += len(verdicts.crashes)
        print(f"made: {images} images of a store that is made: {len(found)} wrong or with acknowledged units lost", flush=True)
        self.assertEqual(found, [])

    def test_what_a_killed_program_left_is_flushed_before_it_is_acknowledged(self):
        # All of its last unit is in the write-ahead log, but not on the disk: who opens the store finds it there, and answers for it.
        found, images, repeated = [], 0, 0
        for killed_at in range(8, 20):
            recording = self.record(f"killed{killed_at}", level="disk", units=10, killed_at=killed_at)
            verdicts = Verdicts("killed", recording, recording.kept, way="none")
            found += verdicts.wrong + verdicts.losses
            images += len(verdicts.crashes)
            repeated += len(recording.marks["repeated"])
        print(f"killed: {images} images, {repeated} units were there already: {len(found)} wrong or with acknowledged units lost", flush=True)
        self.assertEqual(found, [])
        self.assertGreaterEqual(repeated, 12)

    def test_at_level_process_the_last_units_may_be_lost_and_nothing_else(self):
        verdicts = self.judged("process", self.record("process", level="process", written_back=True), max(IMAGES // 4, 20))
        self.assert_good(verdicts.wrong, verdicts)
        self.assertGreater(len(verdicts.losses), len(verdicts.crashes) // 10)  # the rig sees what is not flushed

    def test_a_store_whose_flushes_do_nothing_is_caught(self):
        verdicts = self.judged("lying", self.record("lying", level="disk", lying=True, written_back=True), max(IMAGES // 8, 20))
        self.assertGreater(len(verdicts.losses) + len(verdicts.wrong), len(verdicts.crashes) // 10)


# ---- the process that has mounts of its own


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def look_what_is_there():
    """Ends the process where the rig cannot be: by what is missing, or by trying. Nothing of the store takes part."""
    if not os.environ.get("POWER_DISK"):
        skip("built without libfuse3")
    if os.getuid() != 0:
        skip("only root may mount a disk")
    for device in ("/dev/fuse", "/dev/loop-control"):
        if not os.path.exists(device):
            skip(f"there is no {device}")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    for program in ("mount", "umount", "unshare", "mkfs.ext4"):
        if shutil.which(program) is None:
            skip(f"there is no program {program}")
    if INSIDE not in os.environ:
        try:
            call("unshare", "--mount", "--pid", "--fork", "true")
        except RuntimeError as error:
            skip(f"no mounts of its own: {error}")


def try_to_mount(folder):
    """The kernel may have no loop devices or no ext4, and a container may refuse them."""
    try:
        call("mount", "-t", "tmpfs", "-o", "size=2g", "power", folder)
        files = folder / "try"
        files.mkdir()
        empty_image(folder / "try.img")
        with Disk(folder / "try.img", folder / "try.log", folder / "try.count", folder / "try.disk") as disk, Loop(disk) as loop:
            with Mount(loop.path, files, *EXT4):
                pass
    except (RuntimeError, OSError) as error:
        skip(f"no disk can be mounted here: {error}")


def main():
    look_what_is_there()
    if INSIDE not in os.environ:
        # What is mounted in there, and every process, ends with the last process; those end with this one.
        inside = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, "-B", *sys.argv]
        os.execvpe(inside[0], inside, {**os.environ, INSIDE: "1"})
    print(f"seed {SEED}", flush=True)
    try_to_mount(Path(os.environ["POWER_FOLDER"]))
    unittest.main()


if __name__ == "__main__":
    main()
