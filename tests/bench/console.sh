#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# console.sh [INCIDENTS]: how long the console's first screen takes, in
# headless Chromium, over a store of so many incidents (a million), which
# tests/bench/desk.sh makes. BUILD names the programs. Prints; asserts nothing.
set -eu
cd "$(dirname "$0")/../.."
export BUILD=${BUILD:-build}
if [ $# -lt 2 ]; then
	THEN=tests/bench/console.sh exec bash tests/bench/desk.sh \
		"${1:-1000000}" 0
fi
db=$1 conf=$1.conf
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1",
	() => { console.log(s.address().port); s.close(); })')
printf 'db = "%s"\nserve { listen = "127.0.0.1@%s" }\n' "$db" "$port" >"$conf"
printf 'correct horse 9\n' | "$BUILD/sekisho" operator add aiko --scope admin \
	--db "$db" -c "$conf" 2>/dev/null || true # of a store that was kept
"$BUILD/sekisho" serve --db "$db" -c "$conf" 2>/dev/null &
trap 'kill $!' EXIT
for _ in $(seq 100); do
	curl -sf "http://127.0.0.1:$port/livez" >/dev/null && break
	sleep 0.05
done
echo "the console over the same store (load $(cut -d' ' -f1 /proc/loadavg)):"
node tests/browser/bench.mjs "$BUILD/console" "http://127.0.0.1:$port" $!
cat "$BUILD/console/sizes"
