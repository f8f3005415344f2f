#!/usr/bin/env bash
# CacheControl and requests-cache of Python and httpcache of Go ignore the header Age, so they show answers for longer than they may.
#
# Versions: the packages of Debian 12: python3-cachecontrol 0.12.12-2, python3-requests-cache 0.9.8-1 (with
# `cache_control=True`), golang-github-gregjones-httpcache-dev 0.0~git20180305.9cad4c3-1.1; Python 3.11, Go 1.19. Needs Debian 12.
#
# What one would expect: an answer with `max-age=100` and `Age: 200` has been in another cache, such as a CDN or a gateway, for
# longer than it may be shown. It is not shown again before the server was asked.
#
# What happens: it is shown from the cache at once. CacheControl and httpcache calculate the age of an answer from its Date
# alone: where the server in between keeps the Date of the first server, they are right; where it writes its own, as nginx does by
# default, they add the whole lifetime. requests-cache reads neither: each answer is new at the moment at which it comes.
#
# Source: RFC 9111, section 4.2.3: the larger of the two ages counts. `current_age` in cachecontrol/controller.py; `getFreshness` in
# httpcache.go; `get_expiration_datetime` in requests_cache/cache_control.py.
#
# Output seen:
#   cachecontrol, Age 200, Date now: from the cache
#   cachecontrol, Age 200, Date 200 seconds ago: from the server
#   requests-cache, Age 200, Date now: from the cache
#   requests-cache, Age 200, Date 200 seconds ago: from the cache
#   httpcache, Age 200, Date now: from the cache
#   httpcache, Age 200, Date 200 seconds ago: from the server
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# The newest versions of what they need do not matter here.
apt-get download -qq python3-cachecontrol=0.12.12-2 python3-requests-cache=0.9.8-1 \
  golang-github-gregjones-httpcache-dev=0.0~git20180305.9cad4c3-1.1 golang-1.19-go golang-1.19-src \
  python3-requests python3-urllib3 python3-certifi python3-chardet python3-idna python3-six python3-msgpack \
  python3-attr python3-cattr python3-exceptiongroup python3-appdirs python3-platformdirs python3-url-normalize 2>apt.log ||
  { cat apt.log && exit 1; }
for package in *.deb; do dpkg -x "$package" root; done
cat >server.py <<'PY'
import email.utils, http.server, threading, time

requests = 0

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        global requests
        requests += 1
        body = b'answer'
        self.send_response_only(200)
        self.send_header('Date', email.utils.formatdate(time.time() - int(self.path[1:]), usegmt=True))
        for name, value in [('Cache-Control', 'max-age=100'), ('Age', '200'), ('Content-Length', str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f'http://127.0.0.1:{server.server_port}/'
PY
cat >run.py <<'PY'
import os, subprocess, sys
import requests as plain
import requests_cache
import server
from cachecontrol import CacheControl

def report(name, ask):
    for seconds, date in [(0, 'now'), (200, '200 seconds ago')]:
        server.requests = 0
        ask(server.address + str(seconds))
        print(f'{name}, Age 200, Date {date}: from the {"server" if server.requests > 1 else "cache"}', flush=True)

def twice(session):
    def ask(url):
        session.get(url)
        session.get(url)
    return ask

report('cachecontrol', twice(CacheControl(plain.Session())))
report('requests-cache', twice(requests_cache.CachedSession(backend='memory', cache_control=True)))
report('httpcache', lambda url: subprocess.run([sys.argv[1], url], check=True))
PY
mkdir -p "go/src/run"
cat >go/src/run/main.go <<'GO'
package main

import (
	"io"
	"os"

	"github.com/gregjones/httpcache"
)

func main() {
	client := httpcache.NewMemoryCacheTransport().Client()
	for turn := 0; turn < 2; turn++ {
		response, err := client.Get(os.Args[1])
		if err != nil {
			panic(err)
		}
		// It stores an answer when its end is read.
		if _, err := io.ReadAll(response.Body); err != nil {
			panic(err)
		}
		response.Body.Close()
	}
}
GO
GO111MODULE=off GOROOT="$folder/root/usr/lib/go-1.19" GOPATH="$folder/go:$folder/root/usr/share/gocode" \
  GOCACHE="$folder/cache" CGO_ENABLED=0 "$folder/root/usr/lib/go-1.19/bin/go" build -o httpcache run
PYTHONPATH="$folder/root/usr/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE=1 \
  /usr/bin/python3 -s run.py "$folder/httpcache" | tee seen
diff seen - <<'SEEN'
cachecontrol, Age 200, Date now: from the cache
cachecontrol, Age 200, Date 200 seconds ago: from the server
requests-cache, Age 200, Date now: from the cache
requests-cache, Age 200, Date 200 seconds ago: from the cache
httpcache, Age 200, Date now: from the cache
httpcache, Age 200, Date 200 seconds ago: from the server
SEEN
