"""The emulator as tests see it: its addresses, its tokens, its admin functions."""

import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

ADMIN = os.environ["HUB_ADMIN"]
ENDPOINT = os.environ["HF_ENDPOINT"]
READ = "hf_test_ada_read"
FINE = "hf_test_ada_fine"
FINE_GATED = "hf_test_ada_fine_gated"
HUBGATE = (os.environ["HUBGATE_NODE"], os.environ["HUBGATE_COMMAND"])


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
    return subprocess.run(
        [*HUBGATE, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, **environment},
        check=False,
    )


def begin(*command, **environment):
    """Starts a command and leaves it running; what it says is read with `communicate`."""
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env={**os.environ, **environment})


def kill_once(process, is_time):
    """`kill -9`, as soon as it is time; gives what the process had said."""
    while not is_time():
        if process.poll() is not None:
            raise AssertionError(f"ended too early: {process.communicate()}")
        time.sleep(0.02)
    process.kill()
    return process.communicate()


class HubTest(unittest.TestCase):
    """A test with a Hub as it was at its start, an empty cache of its own, and a Hubgate that remembers nothing."""

    def setUp(self):
        admin("resetAll")
        shutil.rmtree(os.environ["HUBGATE_HOME"], ignore_errors=True)
        self.cache = Path(tempfile.mkdtemp(prefix="hubgate-cache-"))
        self.addCleanup(shutil.rmtree, self.cache, ignore_errors=True)

    def requests(self, **which):
        return admin("requests", **which)

    def assert_no_token_at_the_cdn(self):
        leaked = [entry["url"] for entry in self.requests(host="cdn") if "authorization" in entry["headers"]]
        self.assertEqual(leaked, [])
