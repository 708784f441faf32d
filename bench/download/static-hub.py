"""The least of a Hub that a download needs, in a process of its own, as cheap as it can be: bodies go by sendfile(2).

Reads its settings, one JSON object, from its first argument:
  files                  [{path, size, etag, source, repeat}]: content is the file `source`, `repeat` times over
  delayMs                before each answer
  bytesPerSecond         of each connection; 0 for as much as it gives
Prints {"hub": URL, "store": URL} once it listens: large files lie at another origin, as the Hub's do.
`GET /bench/counts` of the first tells requests and body bytes since it was last asked.
"""

import json
import os
import re
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

SETTINGS = json.loads(sys.argv[1])
MODEL = "bench/model"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {file["path"]: file for file in SETTINGS["files"]}
DELAY = SETTINGS["delayMs"] / 1000
BYTES_PER_SECOND = SETTINGS["bytesPerSecond"]
# Small enough for an even flow: some milliseconds of a throttled connection.
PACED_BYTES = 64 * 1024
MOST_MADE_UP = 0.05
counts = {"requests": 0, "bytes": 0}
counting = threading.Lock()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.paid_at = 0.0

    def log_message(self, *_):
        pass

    def count(self, size):
        with counting:
            counts["bytes"] += size

    def delay(self):
        with counting:
            counts["requests"] += 1
        if DELAY:
            time.sleep(DELAY)

    def answer(self, status, headers, body=b""):
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(body)
            self.count(len(body))

    def answer_json(self, value):
        self.answer(200, {"Content-Type": "application/json; charset=utf-8", "X-Repo-Commit": COMMIT}, encode(value))

    def answer_file(self, file, headers):
        size = file["size"]
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        start, end = (int(asked[1]), min(int(asked[2] or size - 1) + 1, size)) if asked else (0, size)
        if asked:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        headers |= {"Accept-Ranges": "bytes", "Content-Length": str(end - start)}
        self.answer(206 if asked else 200, headers)
        if self.command != "HEAD":
            self.send_content(file, start, end)

    def send_content(self, file, start, end):
        self.paid_at = max(time.monotonic(), self.paid_at)
        source = os.open(file["source"], os.O_RDONLY)
        try:
            length = os.fstat(source).st_size
            at = start
            while at < end:
                most = min(end - at, length - at % length, PACED_BYTES if BYTES_PER_SECOND else 1 << 30)
                sent = os.sendfile(self.connection.fileno(), source, at % length, most)
                at += sent
                self.pace(sent)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            os.close(source)
            self.count(at - start)

    def pace(self, sent):
        if not BYTES_PER_SECOND:
            return
        now = time.monotonic()
        # Makes up for having slept too long, but not for a reader that stood still.
        self.paid_at = max(now - MOST_MADE_UP, self.paid_at) + sent / BYTES_PER_SECOND
        if self.paid_at > now:
            time.sleep(self.paid_at - now)


class Hub(Handler):
    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        if path == "/bench/counts":
            return self.tell_counts()
        self.delay()
        if path in (f"/api/models/{MODEL}", f"/api/models/{MODEL}/revision/main", f"/api/models/{MODEL}/revision/{COMMIT}"):
            return self.answer_json(details())
        if path.startswith(f"/api/models/{MODEL}/tree/"):
            return self.answer_json([tree_entry(file) for file in FILES.values()])
        at_rest = re.fullmatch(f"/api/resolve-cache/models/{MODEL}/{COMMIT}/(.+)", path)
        if at_rest and at_rest[1] in FILES:
            file = FILES[at_rest[1]]
            return self.answer_file(file, {"ETag": f'"{file["etag"]}"', "X-Repo-Commit": COMMIT})
        asked = re.fullmatch(f"/{MODEL}/resolve/[^/]+/(.+)", path)
        if asked and asked[1] in FILES:
            return self.redirect(FILES[asked[1]])
        self.answer(404, {"X-Error-Code": "EntryNotFound"})

    do_HEAD = do_GET

    def do_POST(self):
        """Which of the paths named are there: asked by the JavaScript client."""
        self.delay()
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.answer_json([tree_entry(FILES[path]) for path in asked.get("paths", []) if path in FILES])

    def redirect(self, file):
        is_large = len(file["etag"]) == 64
        at_rest = f"/api/resolve-cache/models/{MODEL}/{COMMIT}/{file['path']}"
        headers = {
            "Location": f"{store_url}/{file['path']}" if is_large else at_rest,
            "X-Repo-Commit": COMMIT,
            "X-Linked-Etag": f'"{file["etag"]}"',
            "X-Linked-Size": str(file["size"]),
            "Accept-Ranges": "bytes",
        }
        self.answer(302 if is_large else 307, headers)

    def tell_counts(self):
        with counting:
            told = dict(counts)
            counts.update(requests=0, bytes=0)
        body = encode(told)
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Store(Handler):
    """A plain static-file server."""

    def do_GET(self):
        self.delay()
        file = FILES.get(unquote(urlsplit(self.path).path)[1:])
        if file is None:
            return self.answer(404, {})
        self.answer_file(file, {"ETag": f'"{file["etag"][::-1]}"'})

    do_HEAD = do_GET


def details():
    return {
        "_id": "0" * 24,
        "id": MODEL,
        "modelId": MODEL,
        "sha": COMMIT,
        "private": False,
        "gated": False,
        "disabled": False,
        "tags": [],
        "downloads": 0,
        "likes": 0,
        "siblings": [{"rfilename": path} for path in FILES],
    }


def tree_entry(file):
    entry = {"type": "file", "oid": file["etag"][:40], "size": file["size"], "path": file["path"]}
    if len(file["etag"]) == 64:
        entry["lfs"] = {"oid": file["etag"], "size": file["size"], "pointerSize": 134}
    return entry


def encode(value):
    return json.dumps(value).encode()


hub, store = Server(("127.0.0.1", 0), Hub), Server(("127.0.0.1", 0), Store)
hub_url, store_url = (f"http://127.0.0.1:{server.server_address[1]}" for server in (hub, store))
threading.Thread(target=store.serve_forever, daemon=True).start()
threading.Thread(target=hub.serve_forever, daemon=True).start()
print(json.dumps({"hub": hub_url, "store": store_url}), flush=True)
# Ends with whoever started it.
sys.stdin.read()
