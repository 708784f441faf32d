"""Limits and broken lines: the official client's own patience works here as at the Hub."""

from pathlib import Path

from huggingface_hub import HfApi, hf_hub_download

from hub import HubTest, admin

# This client keeps what it read in pieces of 10 MiB: a cut before the first is whole costs all of it.
SIZE = 20_000_000
USED_UP = {"kind": "status", "status": 429, "resetSeconds": 0}


class Trouble(HubTest):
    def setUp(self):
        super().setUp()
        admin("createModel", id="acme/tiny", files={"config.json": "{}", "model.bin": {"size": SIZE}})

    def test_a_page_is_asked_for_again_after_a_429_with_and_without_figures_of_its_own(self):
        other = {"kind": "status", "status": 429, "limiter": "other", "retryAfter": 1}
        rules = [
            {"when": {"route": "list-models", "nth": 1, "count": 1}, "fault": USED_UP},
            {"when": {"route": "list-models", "nth": 3, "count": 1}, "fault": other},
        ]
        admin("setFaults", rules=rules)
        self.assertGreater(len(list(HfApi().list_models())), 2800)
        self.assertEqual([entry["status"] for entry in self.requests(route="list-models")][:4], [429, 200, 429, 200])

    def test_a_quota_of_its_own_is_waited_out(self):
        admin("setRateLimits", windowSeconds=2, quotas={"api": 2})
        self.assertGreater(len(list(HfApi().list_models())), 2800)
        self.assertIn(429, [entry["status"] for entry in self.requests(route="list-models")])

    def test_a_download_survives_429_and_a_cut_line(self):
        rules = [
            {"when": {"host": "cdn", "nth": 1, "count": 1}, "fault": {**USED_UP, "retryAfter": 0}},
            {"when": {"host": "cdn", "nth": 2, "count": 1}, "fault": {"kind": "cut", "afterBytes": 15_000_000}},
        ]
        admin("setFaults", rules=rules)
        path = Path(hf_hub_download("acme/tiny", "model.bin", cache_dir=self.cache))
        self.assertEqual(path.stat().st_size, SIZE)
        self.assertEqual([entry["status"] for entry in self.requests(host="cdn")], [429, 200, 206])

    def test_a_short_body_is_not_taken_for_the_file(self):
        admin("setFaults", rules=[{"when": {"host": "cdn"}, "fault": {"kind": "truncate", "missingBytes": 1}}])
        with self.assertRaises(OSError):
            hf_hub_download("acme/tiny", "model.bin", cache_dir=self.cache)
