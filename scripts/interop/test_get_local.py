"""`hubgate get --local-dir` and `hf download --local-dir`, on one folder: each takes what the other left."""

import json
import shutil
import stat

import get_test
from get_test import FILES, MODEL
from hub import HUBGATE, admin, begin, kill_once


class LocalFolder(get_test.GetTest):
    def setUp(self):
        super().setUp()
        self.folder = self.cache / "ein Ordner/ü"
        self.words = (MODEL, "--local-dir", str(self.folder))

    def contents(self, folder):
        """Names, modes and bytes of a folder; of the metadata all but the moment. Locks and listings are Python's own."""
        seen = {}
        for place in sorted(folder.rglob("*")):
            name = str(place.relative_to(folder))
            if place.is_dir() or place.suffix == ".lock" or place.parent.name == "trees":
                continue
            content = place.read_bytes()
            if name.endswith(".metadata"):
                content = content.split(b"\n")[:2]
            seen[name] = (oct(stat.S_IMODE(place.stat().st_mode)), content)
        return seen

    def test_hf_download_fetches_nothing_after_get(self):
        self.assertEqual(self.get(*self.words, "--all"), str(self.folder))
        admin("clearLog")
        self.hf("download", *self.words)
        self.assertEqual(self.fetched(), [])
        self.hf("cache", "verify", *self.words, "--fail-on-missing-files")

    def test_get_fetches_nothing_after_hf_download(self):
        self.hf("download", *self.words)
        before = self.contents(self.folder)
        admin("clearLog")
        done = json.loads(self.get(*self.words, "--all", "--json"))
        self.assertEqual((done["fetchedBytes"], done["wasComplete"]), (0, True))
        self.assertEqual(self.fetched(), [])
        self.assertEqual(self.contents(self.folder), before)
        self.assert_nothing_to_fetch(*self.words, "--all")

    def test_offline_each_takes_what_the_other_fetched(self):
        for fetch in (lambda: self.hf("download", *self.words), lambda: self.get(*self.words, "--all")):
            fetch()
            admin("clearLog")
            done = json.loads(self.get(*self.words, "--all", "--offline", "--json"))
            self.assertEqual((done["wasComplete"], done["isUncertain"]), (True, False))
            self.assertEqual(self.requests(), [])
            shutil.rmtree(self.folder)

    def test_both_make_the_same(self):
        self.get(*self.words, "--all")
        self.hf("download", MODEL, "--local-dir", str(self.theirs))
        ours, theirs = self.contents(self.folder), self.contents(self.theirs)
        self.assert_same(ours, theirs)
        self.assertGreater(len(ours), 2 * len(FILES))

    def test_get_finds_what_a_person_changed(self):
        self.get(*self.words, "--all")
        (self.folder / "README.md").write_text("mine")
        admin("clearLog")
        self.get(*self.words, "--all")
        self.assertEqual(len(self.fetched()), 1)
        self.assertEqual((self.folder / "README.md").read_text(), FILES["README.md"])

    def test_the_new_commit_of_a_branch_replaces_only_what_differs(self):
        self.hf("download", *self.words)
        admin("commit", model=MODEL, files={"config.json": '{"v": 2}'})
        admin("clearLog")
        self.get(*self.words, "--all")
        self.assertEqual(len(self.fetched()), 1)
        admin("clearLog")
        self.hf("download", *self.words)
        self.assertEqual(self.fetched(), [])
        self.assertEqual((self.folder / "config.json").read_text(), '{"v": 2}')

    def test_what_both_left_half_done_is_finished_by_either(self):
        admin("commit", model=MODEL, files=get_test.LARGE)
        for finish in ("hf", "get"):
            admin("setFaults", rules=[get_test.SLOW])
            kill_once(begin(*HUBGATE, "get", *self.words), lambda: self.has_part(by_us=True))
            kill_once(begin("hf", "download", *self.words), lambda: self.has_part(by_us=False))
            admin("setFaults", rules=[])
            if finish == "hf":
                self.hf("download", *self.words)
                self.assert_clears_up(self.folder, *self.words, "--all")
            else:
                self.get(*self.words, "--all")
                self.assertEqual([place.name for place in self.folder.rglob("*.hubgate.*")], [])
            self.hf("cache", "verify", *self.words, "--fail-on-missing-files")
            shutil.rmtree(self.folder)

    def has_part(self, *, by_us):
        return get_test.has_part(self.folder, by_us=by_us)
