#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A SYN flood of 20,000 forged sources and one customer who scans 5,000
# servers meanwhile: the output stays small, the scanner is named with what he
# did, and every attempt is accounted for.
. "$(dirname "$0")/lib.sh"

# capture NAME KEY=VALUE...: records of the flood with these capture { } keys
capture() {
	local name=$1
	shift
	{
		grep -v 'agent = "tap0"' "$TMP/t.conf" |
			sed "/^capture {/q"
		printf '\tagent = "tap0"\n'
		printf '\t%s\n' "$@"
		sed '1,/^capture {/d' "$TMP/t.conf" |
			grep -v 'agent = "tap0"'
	} >"$TMP/$name.conf"
	"$BIN/sekisho-capture" -c "$TMP/$name.conf" -r "$TMP/t.pcap" \
		-o "$TMP/$name.json" --format json --no-dpi
}
cat >"$TMP/judge.mjs" <<'EOF'
import { readFileSync } from 'node:fs';
const [file, maxRecords, limit] = process.argv.slice(2);
const records = readFileSync(file, 'utf8').trim().split('\n')
	.map(l => JSON.parse(l));
const of = type => records.filter(r => r.type === type);
const counters = of('counters').at(-1).counters;
const size = s => s.unanswered + s.refused + s.half_open + s.evicted;
const sum = list => list.reduce((n, s) => n + size(s), 0);
const attempts = of('attempt'), summaries = of('summary');
const scanner = '192.0.2.20', scans = summaries.filter(
	s => s.client === scanner);
const alone = attempts.filter(a => a.client === scanner).length;
let bad = 0;
const must = (ok, text) => { if (!ok) { console.log(text); bad++; } };

must(attempts.length + summaries.length <= Number(maxRecords),
	`${attempts.length} attempts and ${summaries.length} summaries`);
must(counters.attempts === attempts.length &&
	counters.summaries === summaries.length, 'records miscounted');
must(counters.attempts + counters.attempts_summarised === 25001,
	`${counters.attempts} + ${counters.attempts_summarised} attempts`);
must(sum(summaries) + counters.summaries_displaced ===
	counters.attempts_summarised, `${sum(summaries)} told, ` +
	`${counters.summaries_displaced} displaced, not the sum`);
must(summaries.reduce((n, s) => n + s.evicted, 0) <=
	counters.attempts_evicted, 'more evicted told than there were');
// The scanner: all of his 5000, told singly or in summaries.
must(alone + sum(scans) >= 4900 && alone + sum(scans) <= 5001,
	`scanner: ${alone} singly, ${sum(scans)} in summaries`);
const servers = scans.reduce((n, s) => n + s.distinct_servers, 0) + alone;
must(servers > 5000 * 0.8 && servers < 5000 * 1.2,
	`scanner: ${servers} servers`);
// In each second that has summaries, he comes first of all.
const seconds = new Map();
for (const s of summaries) {
	if (!seconds.has(s.ts_us))
		seconds.set(s.ts_us, []);
	seconds.get(s.ts_us).push(s);
}
const last = Math.max(...seconds.keys());
for (const [us, list] of seconds) {
	must(us === last || list.length <= 256,
		`${list.length} summaries at ${us}`);
	must(list.every((s, i) => i === 0 || size(s) <= size(list[i - 1])),
		`not the largest first at ${us}`);
}
must([...seconds.values()].filter(l => l[0].client === scanner).length >= 9,
	'the scanner is not the largest in nearly every second');
must(summaries.every(s => s.error === 0 && size(s) > 0), 'empty or wrong');
const perSecond = new Map();
for (const a of attempts) {
	const s = Math.floor(a.ts_us / 1e6);
	perSecond.set(s, (perSecond.get(s) ?? 0) + 1);
}
// A full bucket, and what runs in meanwhile.
must(Math.max(0, ...perSecond.values()) <= 2 * Number(limit),
	`${Math.max(...perSecond.values())} attempts in one second`);
process.exit(bad ? 1 : 0);
EOF
flood() { # name, most records, limit, KEY=VALUE...
	local name=$1 most=$2 limit=$3
	shift 3
	capture "$name" "attempt_records = $limit" "$@" &&
		node "$TMP/judge.mjs" "$TMP/$name.json" "$most" "$limit"
}
all_singly() {
	capture all 'attempt_records = 0' &&
		[ "$(grep -c '"type":"attempt"' "$TMP/all.json")" = 25001 ] &&
		! grep -q '"type":"summary"' "$TMP/all.json"
}
# Which clients are told, and what, does not depend on the run; the estimate
# of servers does, by its key.
same_again() {
	local n
	for n in 1 2; do
		capture "again$n" 'max_flows = 1000' || return 1
		grep '"type":"summary"' "$TMP/again$n.json" |
			sed 's/"boot":"[^"]*",//; s/"distinct_servers":[0-9]*//' \
			>"$TMP/again$n.txt"
	done
	[ -s "$TMP/again1.txt" ] && cmp "$TMP/again1.txt" "$TMP/again2.txt"
}

check "the flood is made" generate syn_flood 1
check "a flood and a scan, 100 attempts a second told singly" \
	flood few 5000 100
check "the same in a full table of 1000 connections" \
	flood small 5000 100 'max_flows = 1000'
check "the same in a full table, default limit" \
	flood full 5000 1000 'max_flows = 1000'
check "the same in the smallest table" \
	flood tiny 5000 100 'max_flows = 16'
check "defaults: less than 15000 records" flood plain 15000 1000
check "without a limit each attempt is told" all_singly
check "summaries are the same in the next run" same_again
finish
