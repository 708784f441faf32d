"""The emulator as tests see it: its addresses, its tokens, its admin functions."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

ADMIN = os.environ["HUB_ADMIN"]
ENDPOINT = os.environ["HF_ENDPOINT"]
READ = "hf_test_ada_read"
FINE = "hf_test_ada_fine"
FINE_GATED = "hf_test_ada_fine_gated"


def admin(name, **arguments):
    """Calls an admin function of the emulator by its name."""
    body = json.dumps(arguments).encode()
    request = urllib.request.Request(ADMIN + name, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise AssertionError(f"admin {name}: {error.read().decode()}") from error


def hf(*arguments, **environment):
    """Runs the `hf` command; gives what it did."""
    return subprocess.run(
        ["hf", *arguments], capture_output=True, text=True, timeout=300, env={**os.environ, **environment}, check=False
    )


def hubgate(*arguments, **environment):
    """Runs our own command; gives what it did."""
    command = [os.environ["HUBGATE_NODE"], os.environ["HUBGATE_COMMAND"], *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=300, env={**os.environ, **environment}, check=False
    )


class HubTest(unittest.TestCase):
    """A test with a Hub as it was at its start and an empty cache of its own."""

    def setUp(self):
        admin("resetAll")
        self.cache = Path(tempfile.mkdtemp(prefix="hubgate-cache-"))
        self.addCleanup(shutil.rmtree, self.cache, ignore_errors=True)

    def requests(self, **which):
        return admin("requests", **which)

    def assert_no_token_at_the_cdn(self):
        leaked = [entry["url"] for entry in self.requests(host="cdn") if "authorization" in entry["headers"]]
        self.assertEqual(leaked, [])
