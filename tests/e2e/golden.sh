#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Records of each scenario as JSON lines, compared whole with the checked-in
# ones (tests/golden/NAME.jsonl). BLESS=1 writes them anew.
. "$(dirname "$0")/lib.sh"
GOLDEN=$(dirname "$0")/../golden
printf 'golden golden golden golden gold' >"$TMP/hash.key"

records() { # scenario: on stdout, without what differs from run to run
	generate "$1" 1 &&
		"$BIN/sekisho-capture" -c "$TMP/t.conf" -r "$TMP/t.pcap" \
			-o - --format json --no-dpi >"$TMP/records.json" &&
		node -e '
const fs = require("fs");
let flow = 0; const flows = new Map();
for (const l of fs.readFileSync(process.argv[1], "utf8").split("\n")) {
	if (!l) continue;
	const r = JSON.parse(l);
	if (r.type === "counters" || r.counters) continue;
	if (!flows.has(r.flow_id)) flows.set(r.flow_id, ++flow);
	r.flow_id = flows.get(r.flow_id);
	delete r.boot; delete r.seq;
	console.log(JSON.stringify(r));
}' "$TMP/records.json" | head -n 60
}
one() {
	records "$1" >"$TMP/$1.jsonl" && [ -s "$TMP/$1.jsonl" ] || return 1
	if [ -n "${BLESS:-}" ]; then
		cp "$TMP/$1.jsonl" "$GOLDEN/$1.jsonl"
	fi
	diff "$GOLDEN/$1.jsonl" "$TMP/$1.jsonl"
}
for s in ${ONLY:-$("$GEN" --list)}; do
	check "records of $s" one "$s"
done
finish
