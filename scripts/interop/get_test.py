"""A model on the Hub that both `hubgate get` and the official client fetch, and how their caches are looked at."""

import json
import shutil
import stat
import struct
import tempfile
from pathlib import Path

import hub
from hub import admin

MODEL = "acme/tiny"

HEADER = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).ljust(64)
WEIGHTS = struct.pack("<Q", len(HEADER)).decode() + HEADER + "12345678"
FILES = {
    ".gitattributes": "*.safetensors filter=lfs\n",
    "README.md": "# Tiny",
    "config.json": '{"model_type": "llama"}',
    "empty.txt": "",
    "a b/ü #1 %é 模型.txt": "odd",
    "one.safetensors": WEIGHTS,
    "model-00001-of-00002.safetensors": {"size": 3_000_000, "seed": "one"},
    "model-00002-of-00002.safetensors": {"size": 2_000_000, "seed": "two"},
    "model.safetensors.index.json": "{}",
    "onnx/deep/model.onnx": {"size": 200_000},
    "copy/model.safetensors": {"size": 3_000_000, "seed": "one"},
    "copy/config.json": '{"model_type": "llama"}',
}
CHANGED = {**FILES, "config.json": '{"v": 1}', "one.safetensors": WEIGHTS[:-1] + "!"}

# Slow enough that a file of this size can be caught half-way, by a client that writes 10 MiB at once as well.
LARGE = {"large.safetensors": {"size": 25_000_000}}
SLOW = {"when": {"host": "cdn", "path": "large.safetensors"}, "fault": {"kind": "throttle", "bytesPerSecond": 3_000_000}}


def has_part(folder, *, by_us):
    """Has one of the two written part of a file, such that it knows of it afterwards?"""
    parts = [file for file in folder.rglob("*.incomplete") if ("hubgate" in file.name) == by_us]
    return any(size_of(file) > 0 and (not by_us or ".journal." in file.name) for file in parts)


def size_of(file):
    return file.stat().st_size if file.exists() else 0


def picture(repo):
    """All that tools share below a repo's folder: each name with its kind, mode, and link target or bytes."""
    seen = {}
    for shared in ("blobs", "refs", "snapshots"):
        for place in sorted((repo / shared).rglob("*")):
            mode = stat.S_IMODE(place.lstat().st_mode)
            what = str(place.readlink()) if place.is_symlink() else "folder" if place.is_dir() else place.read_bytes()
            seen[str(place.relative_to(repo))] = (oct(mode), what)
    return seen


class GetTest(hub.HubTest):
    def setUp(self):
        super().setUp()
        refs = {"refs/tags/v1": CHANGED, "refs/heads/dev/new": CHANGED, "refs/pr/1": {"config.json": "{}"}}
        admin("createModel", id=MODEL, files=FILES, refs=refs)
        self.commit = admin("commits", model=MODEL)[0]
        self.theirs = Path(tempfile.mkdtemp(dir=self.cache.parent, prefix="hubgate-theirs-"))
        self.addCleanup(shutil.rmtree, self.theirs, ignore_errors=True)
        self.repo = self.cache / "models--acme--tiny"

    def get(self, *arguments, cache=None, **environment):
        """Runs `hubgate get`, which must succeed; gives its last line."""
        done = hub.hubgate("get", *arguments, HF_HUB_CACHE=str(cache or self.cache), **environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.rstrip("\n").split("\n")[-1]

    def hf(self, *arguments, cache=None, **environment):
        done = hub.hf(*arguments, HF_HUB_CACHE=str(cache or self.cache), **environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def fetched(self):
        """Addresses whose bytes came, since the log was cleared."""
        served = [entry for entry in self.requests() if entry["method"] == "GET" and 200 <= entry["status"] < 300]
        return [entry["url"] for entry in served if entry["host"] == "cdn" or "resolve" in entry["url"]]

    def assert_nothing_to_fetch(self, *arguments, **environment):
        admin("clearLog")
        done = json.loads(self.get(*arguments, "--json", **environment))
        self.assertEqual((done["fetchedBytes"], done["wasComplete"]), (0, True))
        self.assertEqual([entry["route"] for entry in self.requests()], ["model-details"])
        admin("clearLog")
        self.assertEqual(self.get(*arguments, "--offline", **environment), done["path"])
        self.assertEqual(self.requests(), [])

    def assert_same(self, ours, theirs):
        """Of two pictures; says what differs by its names alone, for contents are long."""
        self.assertEqual(ours.keys(), theirs.keys())
        self.assertEqual([name for name in ours if ours[name] != theirs[name]], [])
        self.assertGreater(len(ours), 2)

    def assert_clears_up(self, folder, *arguments):
        """Does a run that has nothing to fetch remove what an earlier one left?"""
        self.assertTrue(any(folder.rglob("*.hubgate.*")))
        self.assert_nothing_to_fetch(*arguments)
        self.assertEqual([place.name for place in folder.rglob("*.hubgate.*")], [])

    def assert_no_leftovers(self, *, cache=None):
        left = [str(place) for place in (cache or self.cache).rglob("*.incomplete")]
        self.assertEqual(left, [])
