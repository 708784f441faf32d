"""Getting files: what the official client lays into its cache, and what it says of it."""

from pathlib import Path

from huggingface_hub import hf_hub_download, scan_cache_dir, snapshot_download, try_to_load_from_cache
from huggingface_hub.errors import EntryNotFoundError, RevisionNotFoundError

from hub import HubTest, READ, admin, hf

FILES = {
    "README.md": "# Hi",
    "config.json": '{"model_type": "llama"}',
    "empty.txt": "",
    "odd name #1 %é.txt": "odd",
    "onnx/model.onnx": {"size": 300_000},
    "model.safetensors": {"size": 5_000_000},
}


class Download(HubTest):
    def setUp(self):
        super().setUp()
        admin("createModel", id="acme/tiny", files=FILES, refs={"refs/pr/1": {"config.json": "{}"}}, formerIds=["acme/old"])
        admin("createModel", id="acme/gated", gated="auto", files=FILES)
        [self.commit] = admin("commits", model="acme/tiny")

    def test_hf_hub_download_small_large_empty_and_oddly_named(self):
        for name, size in {"config.json": 23, "model.safetensors": 5_000_000, "empty.txt": 0, "odd name #1 %é.txt": 3}.items():
            path = Path(hf_hub_download("acme/tiny", name, cache_dir=self.cache))
            self.assertEqual(path.stat().st_size, size)
            self.assertEqual(path.parent.name, self.commit)
        self.assert_no_token_at_the_cdn()

    def test_hf_hub_download_of_revisions_and_of_what_is_missing(self):
        path = Path(hf_hub_download("acme/tiny", "config.json", revision="refs/pr/1", cache_dir=self.cache))
        self.assertEqual(path.read_text(), "{}")
        with self.assertRaises(RevisionNotFoundError):
            hf_hub_download("acme/tiny", "config.json", revision="none", cache_dir=self.cache)
        with self.assertRaises(EntryNotFoundError):
            hf_hub_download("acme/tiny", "none.json", cache_dir=self.cache)
        # The commit is told with the refusal, so that this client remembers the hole.
        self.assertTrue((self.cache / "models--acme--tiny" / ".no_exist" / self.commit / "none.json").exists())

    def test_snapshot_download_then_offline_then_nothing_more_to_fetch(self):
        folder = Path(snapshot_download("acme/tiny", token=READ, cache_dir=self.cache))
        self.assertEqual(sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()), sorted(FILES))
        self.assertEqual(snapshot_download("acme/tiny", cache_dir=self.cache, local_files_only=True), str(folder))
        self.assertTrue(try_to_load_from_cache("acme/tiny", "config.json", cache_dir=self.cache))
        self.assert_no_token_at_the_cdn()
        admin("clearLog")
        snapshot_download("acme/tiny", cache_dir=self.cache)
        self.assertEqual(self.requests(host="cdn"), [])

    def test_snapshot_download_behind_a_gate_once_it_opens_and_by_a_former_name(self):
        admin("approve", model="acme/gated", user="ada")
        self.assertTrue(snapshot_download("acme/gated", token=READ, cache_dir=self.cache))
        self.assertTrue(snapshot_download("acme/old", token=READ, cache_dir=self.cache))
        self.assert_no_token_at_the_cdn()

    def test_hf_download_ls_and_verify(self):
        place = {"HF_HUB_CACHE": str(self.cache)}
        done = hf("download", "acme/tiny", **place)
        self.assertEqual(done.returncode, 0, done.stderr)
        listed = hf("cache", "ls", **place)
        self.assertIn("model/acme/tiny", listed.stdout)
        checked = hf("cache", "verify", "acme/tiny", **place)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        [repo] = scan_cache_dir(self.cache).repos
        self.assertEqual(repo.nb_files, len(FILES))

    def test_hf_cache_verify_sees_a_wrong_byte(self):
        wrong = {"when": {"host": "cdn", "path": "model.safetensors"}, "fault": {"kind": "corrupt"}}
        admin("setFaults", rules=[wrong])
        place = {"HF_HUB_CACHE": str(self.cache)}
        # This client looks at the size only: it takes the wrong bytes for good.
        self.assertEqual(hf("download", "acme/tiny", **place).returncode, 0)
        checked = hf("cache", "verify", "acme/tiny", **place)
        self.assertNotEqual(checked.returncode, 0)
        self.assertIn("model.safetensors", checked.stdout + checked.stderr)
