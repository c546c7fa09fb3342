#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A small form of the evaluation, with loose bounds: whoever breaks a rule of
# the detector sees it here. docs/EVALUATION.md has the real figures.
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/../.." || exit 1

run() {
	OUT=$TMP BUILD=$BIN timeout 600 scripts/eval check
}
cat >"$TMP/bounds.mjs" <<'JS'
import { readFileSync } from 'node:fs';
const { kinds } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const kind = new Map(kinds.map((k) => [k.kind, k]));
let bad = 0;
function expect(what, ok) {
	if (!ok)
		console.log(what);
	bad += ok ? 0 : 1;
}
for (const [name, least] of [['burst', .98], ['spoofer', .95],
	['blocked_line', .98], ['snowshoe', .95], ['mixed', .95],
	['household', .9], ['cgn_ports', .9], ['cgn_shared', .9],
	['ipv6', .9], ['carriers', .9], ['starttls', .6]]) {
	const k = kind.get(name);
	const recall = k.found / k.began;
	expect(`${name}: recall ${recall.toFixed(3)} >= ${least}`,
		recall >= least);
}
const burst = kind.get('burst');
expect(`burst: found after ${burst.median_s} s, ` +
	`${burst.median_messages} messages`,
	burst.median_s <= 20 && burst.median_messages <= 25);
// Nobody of a hundred for ten days, or one.
for (const name of ['home_server', 'list', 'forwarder', 'forwarder_srs',
	'mail_program', 'scan_to_mail', 'broken_spf', 'softfail',
	'receiver_down', 'forged_syn']) {
	const k = kind.get(name);
	expect(`${name}: ${k.blocked_customers} of ${k.customers} blocked`,
		k.blocked_customers <= 1);
}
for (const k of kinds)
	expect(`${k.kind}: ${k.rows} rows, ${k.lost} lost`,
		k.rows > 0 && k.lost === 0);
process.exit(bad === 0 ? 0 : 1);
JS
check "the populations run" run
check "recall and wrong blocks within loose bounds" \
	node "$TMP/bounds.mjs" "$TMP/eval.json"
small() { # file, more options
	"$BIN/tests/eval/eval" --normals 30 --bots 30 --days 5 --json "$@"
}
small "$TMP/one.json" --processes 1 >/dev/null &&
	small "$TMP/three.json" --processes 3 >/dev/null
check "the same on one process and on three" \
	cmp "$TMP/one.json" "$TMP/three.json"
cat >"$TMP/strict.conf" <<'EOF'
policy { min_domains = 1 }
class "dynamic" { threshold_milli = 1 }
class "static" { threshold_milli = 1 }
EOF
fails() { # on a policy that blocks the innocent
	small "$TMP/strict.json" --policy "$TMP/strict.conf" >/dev/null &&
		! node "$TMP/bounds.mjs" "$TMP/strict.json"
}
check "a policy that is too strict fails" fails
curves() {
	small "$TMP/c.json" --points 2 --svg "$TMP/c.svg" \
		--markdown "$TMP/c.md" >/dev/null 2>&1 &&
		grep -q '<title>sekisho times 1.00' "$TMP/c.svg" &&
		grep -q '^| peer |' "$TMP/c.md" &&
		grep -q 'first wrong at load' "$TMP/c.md"
}
check "curves, sweeps and loads" curves
finish
