#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The web console in headless Chromium, at a real server over a store of
# sample traffic, with hooks and two drivers behind it. Pictures of every
# screen: BUILD/console/pictures.
. "$(dirname "$0")/lib.sh"
stub() { # a page of its own, well below a console's size
	NPM=$TMP/none scripts/console "$TMP/stub" "$TMP/stub.c" &&
		[ "$(gzip -dc "$TMP/stub/packed/index.html" | grep -c 'without npm')" \
			-ge 1 ] && ${CC:-cc} -I. -c -o "$TMP/stub.o" "$TMP/stub.c"
}
check "without npm a page that says so is built in" stub
words() { # what one language has and the other not; Japanese only: code.*,
	# op.*, which are English where they come from
	node -e 'const [en, ja] = ["en", "ja"].map((l) => Object.keys(JSON.parse(
		require("fs").readFileSync(`reports/console/src/${l}.json`))));
	const left = [...en.filter((k) => !ja.includes(k)), ...ja.filter((k) =>
		!en.includes(k) && !/^(code|op)\./.test(k))];
	console.log(left.join(" "));
	process.exit(left.length ? 1 : 0);'
}
check "both languages have the same words" words
sentences() { # each verdict with each word on DKIM, whole in Japanese
	node --no-warnings --input-type=module -e '
	import { readFileSync } from "fs";
	import { said } from "'"$PWD"'/reports/console/src/ja.js";
	const read = (f, is) => [...readFileSync("analyzer/auth/" + f, "utf8")
		.replace(/"\s*\n\s*(: )?"/g, (x, or) => or ? x : "")
		.matchAll(is)].map((m) => m[1]);
	const rows = read("judge.c", /\{VERDICT_\w+,\s*"([^"]*)"/g);
	const why = [...read("dkim.c", /(?:say\w*\(r,(?: DKIM_\w+,)? |[?:] )"([^"]*)"/g),
		...read("dkim_key.c", /\*what = "([^"]*)"/g)];
	let bad = 0;
	const left = (text) => {
		const ja = said(text);
		if (!/^ ?（/.test(ja) || !/）$/.test(ja) || / (is|was|are|not|no|to|of|the) /
			.test(ja))
			bad += !!console.log(ja) || 1;
	};
	for (const x of rows)
		for (const y of ["", "; DKIM fail of example.com: there is no key",
			"; DMARC of example.com asks for reject"])
			left(` (${x}${y})`);
	for (const x of why)
		for (const d of ["example.com", "an unnamed domain"])
			left(` (SPF fails; DKIM fail of ${d}: ${x}; DMARC of ${
				"example.com"} asks for none)`);
	console.log(rows.length, why.length, bad);
	process.exit(bad || rows.length < 20 || why.length < 28 ? 1 : 0);'
}
check "what DKIM, SPF and DMARC say is Japanese, too" sentences
for p in npm chromium; do
	command -v $p >/dev/null && continue
	echo "console: skip: no $p here: the browser's cases"
	finish
done
WORK=$BIN/console
# Not skipped: npm is here, and so the build should have it.
check "the build has the console" test -d "$WORK/node_modules/playwright-core"
[ $FAILED -eq 0 ] || finish

generate all 1 || exit 1
# As if it had ended a minute ago: what is in force is in force now.
START=$(node tests/e2e/shiftpcap.mjs "$TMP/t.pcap" "$TMP/now.pcap" to:-60) ||
	exit 1
PORT=$(free_port)
cat >"$TMP/hook" <<EOF
#!/bin/sh
read -r line
[ -e "$TMP/broken" ] && { cat "$TMP/nasty" >&2; exit 1; }
printf '%s\n' "\$line" >>"$TMP/told"
EOF
chmod 755 "$TMP/hook"
: >"$TMP/told"
node -e 'import("'"$PWD"'/tests/browser/nasty.mjs").then((m) =>
	console.log(m.nasty.join(" ")))' >"$TMP/nasty"
cat >>"$TMP/t.conf" <<EOF
driver "script" { command = {"sekisho-driver-exec", "$TMP/hook"} }
driver "list" {
	command = {"sekisho-driver-file", "$TMP/block.txt"}
	reconcile_s = 1
}
letters { contact = "support@isp.example" }
serve {
	listen = "127.0.0.1@$PORT"
	reports = "$TMP/reports"
}
EOF
CONF="-c $TMP/t.conf --db $TMP/x.db"
check "replay" "$SEKISHO" replay "$TMP/now.pcap" --db "$TMP/x.db" -c "$TMP/t.conf"
check "the night's report" "$SEKISHO" report nightly --date "$(date -u -d "@$START" +%F)" \
	--out "$TMP/reports" $CONF
mkdir "$TMP/reports/nightly-2020-01-01"
cat >"$TMP/reports/nightly-2020-01-01/nightly-2020-01-01.html" <<EOF
<style>h1 { color: rgb(1, 2, 3) }</style><h1>x</h1><script>alert(9)</script>
EOF
days() {
	sqlite3 "$TMP/x.db" "SELECT name FROM sqlite_schema WHERE type = 'table'
		AND name GLOB 'observation_2*'"
}
fill() { # shellcheck disable=SC2046
	node tests/browser/nasty.mjs $(days) | sqlite3 -bail "$TMP/x.db"
}
check "hostile text and many rows in the store" fill
operator() {
	printf 'correct horse 9\n' | "$SEKISHO" operator add "$1" --scope "$2" \
		$CONF
}
check "an operator" operator aiko admin
check "one who only reads" operator ken incidents:read,decisions:read
[ $FAILED -eq 0 ] || finish

"$SEKISHO" serve $CONF >"$TMP/serve.log" 2>&1 &
PIDS="$PIDS $!"
"$BIN/sekisho-hooks" $CONF >"$TMP/hooks.log" 2>&1 &
PIDS="$PIDS $!"
up() { curl -sf "http://127.0.0.1:$PORT/livez"; }
check "serve" wait_for up
BASE=http://127.0.0.1:$PORT
browser() {
	SEKISHO=$SEKISHO DIR=$TMP START=$START timeout 1500 node tests/browser/console.mjs \
		"$WORK" "$BASE"
}
browser | tee "$TMP/browser.out"
CASES=$((CASES + $(grep -c '^ok  ' "$TMP/browser.out")))
n=$(grep -c '^FAIL' "$TMP/browser.out")
CASES=$((CASES + n)) FAILED=$((FAILED + n))
check "the browser came to its end" grep -q '^browser: [1-9]' "$TMP/browser.out"
[ $FAILED -eq 0 ] || tail -n 20 "$TMP/serve.log" "$TMP/hooks.log"
finish
