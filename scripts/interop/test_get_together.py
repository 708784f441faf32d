"""`hubgate get` and `hf download` beside each other on one cache: killed half-way, and at the same time."""

import re

import get_test
from get_test import MODEL, picture
from hub import HUBGATE, admin, begin, kill_once


class Together(get_test.GetTest):
    def setUp(self):
        super().setUp()
        self.place = {"HF_HUB_CACHE": str(self.cache)}
        admin("commit", model=MODEL, files=get_test.LARGE)
        self.hf("download", MODEL, cache=self.theirs)
        admin("setFaults", rules=[get_test.SLOW])

    def begin_get(self):
        return begin(*HUBGATE, "get", MODEL, "--all", **self.place)

    def begin_hf(self):
        return begin("hf", "download", MODEL, **self.place)

    def leave_both_half_done(self):
        for process, by_us in ((self.begin_get(), True), (self.begin_hf(), False)):
            kill_once(process, lambda by_us=by_us: get_test.has_part(self.cache, by_us=by_us))
        admin("setFaults", rules=[])

    def assert_right(self):
        self.hf("cache", "verify", MODEL, "--fail-on-missing-files", "--fail-on-extra-files")
        # What the killed ones left is looked at apart; `tmp_` is Python's.
        left = re.compile(r"blobs/(tmp_.*|.*\.incomplete)")
        seen = {name: what for name, what in picture(self.repo).items() if not left.fullmatch(name)}
        self.assert_same(seen, picture(self.theirs / self.repo.name))

    def test_get_finishes_where_both_were_killed(self):
        self.leave_both_half_done()
        self.get(MODEL, "--all")
        self.assert_right()
        self.assertEqual([file.name for file in self.cache.rglob("*.hubgate.*")], [])
        self.hf("cache", "prune", "--yes")
        self.assert_no_leftovers()

    def test_hf_finishes_where_both_were_killed_and_get_takes_it(self):
        self.leave_both_half_done()
        self.hf("download", MODEL)
        self.assert_right()
        # Nobody will ever need what we had of it.
        self.assert_clears_up(self.cache, MODEL, "--all")

    def test_both_at_once_end_right(self):
        for first, second in ((self.begin_get, self.begin_hf), (self.begin_hf, self.begin_get)):
            running = [first(), second(), self.begin_get()]
            ended = [(process.communicate(), process.returncode) for process in running]
            self.assertEqual([code for _, code in ended], [0, 0, 0], ended)
            self.assert_right()
            self.assert_no_leftovers()
            self.hf("cache", "rm", f"model/{MODEL}", "--yes")

    def test_get_goes_on_though_hf_cache_prune_removes_what_is_on_its_way(self):
        getting = self.begin_get()
        while not get_test.has_part(self.cache, by_us=True):
            self.assertIsNone(getting.poll())
        self.hf("cache", "prune", "--yes")
        admin("setFaults", rules=[])
        self.assertEqual((getting.communicate(), getting.returncode)[1], 0)
        self.assert_right()
        self.assert_no_leftovers()
