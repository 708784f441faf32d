"""`hubgate get` and the official client, on one cache: each takes what the other left."""

import json
import struct
from pathlib import Path

import get_test
from get_test import FILES, MODEL, picture
from hub import HUBGATE, admin, begin, kill_once
from huggingface_hub import hf_hub_download, scan_cache_dir, snapshot_download, try_to_load_from_cache

NOWHERE = {"HF_HUB_OFFLINE": "1", "HF_ENDPOINT": "http://127.0.0.1:9"}


class OursForThem(get_test.GetTest):
    def test_the_official_client_takes_what_get_left(self):
        folder = self.get(MODEL)
        self.assertIn(f"model/{MODEL}", self.hf("cache", "ls"))
        self.hf("cache", "verify", MODEL)
        scan = scan_cache_dir(self.cache)
        self.assertEqual((scan.warnings, list(scan.incomplete_files)), ([], []))
        [repo] = scan.repos
        [revision] = repo.revisions
        self.assertEqual((repo.repo_id, revision.commit_hash, revision.refs), (MODEL, self.commit, {"main"}))
        self.assertEqual(snapshot_download(MODEL, cache_dir=self.cache, local_files_only=True), folder)
        self.assertIn(f"path: {folder}", self.hf("download", MODEL, **NOWHERE))

    def test_files_are_read_as_transformers_reads_them(self):
        folder = Path(self.get(MODEL, "--all"))
        self.assertEqual(folder.name, self.commit)
        admin("clearLog")
        for name in FILES:
            place = hf_hub_download(MODEL, name, cache_dir=self.cache, local_files_only=True)
            self.assertEqual(place, str(folder / name))
            self.assertEqual(try_to_load_from_cache(MODEL, name, cache_dir=self.cache), place)
        weights = folder / "one.safetensors"
        self.assertTrue(weights.is_symlink())
        with weights.open("rb") as file:
            [length] = struct.unpack("<Q", file.read(8))
            self.assertEqual(json.loads(file.read(length))["w"]["shape"], [2])
            self.assertEqual(file.read(), b"12345678")
        self.assertEqual((folder / "empty.txt").read_bytes(), b"")
        self.assertEqual(self.requests(), [])

    def test_the_official_client_fetches_nothing_after_get(self):
        for words in ([MODEL], [MODEL, "--revision", "v1"], [MODEL, "--revision", "refs/pr/1"]):
            self.get(*words, "--all")
            admin("clearLog")
            self.hf("download", *words)
            self.assertEqual(self.fetched(), [])

    def test_what_is_half_done_is_known_to_ls_and_gone_after_prune_or_rm(self):
        for removing in (["prune"], ["rm", f"model/{MODEL}"]):
            self.leave_half()
            known = {file.file_path.name for file in scan_cache_dir(self.cache).incomplete_files}
            self.assertEqual(known, {place.name for place in self.cache.rglob("*.incomplete")})
            self.assertGreaterEqual(len(known), 2)
            self.hf("cache", *removing, "--yes")
            self.assert_no_leftovers()
            self.assertEqual([str(warning) for warning in scan_cache_dir(self.cache).warnings], [])

    def leave_half(self):
        slow = {"when": {"host": "cdn", "path": "/00001/"}, "fault": {"kind": "throttle", "bytesPerSecond": 200_000}}
        admin("setFaults", rules=[slow])
        running = begin(*HUBGATE, "get", MODEL, HF_HUB_CACHE=str(self.cache))
        kill_once(running, lambda: any(self.cache.rglob("*.journal.incomplete")))
        admin("setFaults", rules=[])


class TheirsForUs(get_test.GetTest):
    def test_get_fetches_nothing_after_hf_download(self):
        for revision in ("main", "v1", "dev/new", "refs/pr/1", self.commit):
            self.hf("download", MODEL, "--revision", revision)
            self.assert_nothing_to_fetch(f"{MODEL}@{revision}", "--all")
            self.assert_nothing_to_fetch(MODEL, "--revision", revision)

    def test_get_fetches_only_what_hf_download_left_out(self):
        self.hf("download", MODEL, "config.json", "copy/model.safetensors")
        admin("clearLog")
        self.get(MODEL, "--all")
        self.assertEqual([url for url in self.fetched() if "00001" in url or "/config.json" in url], [])
        self.hf("cache", "verify", MODEL, "--fail-on-missing-files", "--fail-on-extra-files")

    def test_both_make_the_same(self):
        for revision in ("main", "v1", "dev/new", "refs/pr/1"):
            self.get(f"{MODEL}@{revision}", "--all")
            self.hf("download", MODEL, "--revision", revision, cache=self.theirs)
            self.assert_same_caches()

    def test_both_make_the_same_of_a_commit(self):
        self.get(f"{MODEL}@{self.commit}", "--all")
        self.hf("download", MODEL, "--revision", self.commit, cache=self.theirs)
        self.assert_same_caches()
        self.assertFalse(list((self.repo / "refs").glob("*")) if (self.repo / "refs").exists() else False)

    def test_both_make_the_same_without_links(self):
        without = {"HF_HUB_DISABLE_SYMLINKS": "1"}
        self.get(MODEL, "--all", **without)
        self.hf("download", MODEL, cache=self.theirs, **without)
        self.assertTrue((self.repo / "snapshots" / self.commit / "config.json").is_file())
        self.assertFalse((self.repo / "snapshots" / self.commit / "config.json").is_symlink())
        self.assert_same_caches(folders=("snapshots", "refs"))
        self.assert_nothing_to_fetch(MODEL, "--all", cache=self.theirs, **without)

    def assert_same_caches(self, folders=("blobs", "refs", "snapshots")):
        ours, theirs = (
            {name: what for name, what in picture(repo).items() if name.startswith(folders)}
            for repo in (self.repo, self.theirs / self.repo.name)
        )
        self.assert_same(ours, theirs)
