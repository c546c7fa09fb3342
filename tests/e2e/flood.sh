#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A SYN flood of 20,000 forged sources and one customer who scans 5,000
# servers meanwhile: the output stays small, the scanner is named with what he
# did, and every attempt is accounted for. What the analyzer makes of it: an
# incident, and a block only where the source is proved.
. "$(dirname "$0")/lib.sh"

# configure NAME KEY=VALUE...: $TMP/NAME.conf with these capture { } keys
configure() {
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
}
# capture NAME KEY=VALUE...: records of the flood
capture() {
	local name=$1
	configure "$@"
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
must(summaries.every(s => s.server_port === 25 && !s.own_servers),
	'all are of port 25 of foreign servers');
must(summaries.every(s => s.failed_servers <= s.distinct_servers &&
	(s.failed_servers > 0) === (size(s) > s.evicted)),
	'servers of failed attempts that are none');
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
# The estimates, too: a file is read with one key for them.
same_again() {
	local n
	for n in 1 2; do
		capture "again$n" 'max_flows = 1000' || return 1
		grep '"type":"summary"' "$TMP/again$n.json" |
			sed 's/"boot":"[^"]*",//' \
			>"$TMP/again$n.txt"
	done
	[ -s "$TMP/again1.txt" ] && cmp "$TMP/again1.txt" "$TMP/again2.txt"
}

# judged NAME SED-SCRIPT KEY=VALUE...: what the analyzer says of it, in
# $TMP/NAME.words
judged() {
	local name=$1 script=$2
	shift 2
	configure "$name" 'attempt_records = 1' "$@"
	sed -i "$script" "$TMP/$name.conf"
	rm -f "$TMP/$name.db"*
	"$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/$name.db" \
		-c "$TMP/$name.conf" &&
		"$SEKISHO" replay --verify "$TMP/$name.db" &&
		"$SEKISHO" incident list --db "$TMP/$name.db" -o json \
			>"$TMP/$name.incidents" &&
		"$SEKISHO" decision list --db "$TMP/$name.db" -o json \
			>"$TMP/$name.decisions" &&
		node "$TMP/words.mjs" "$TMP/$name.incidents" \
			"$TMP/$name.decisions" >"$TMP/$name.words" &&
		cat "$TMP/$name.words"
}
cat >"$TMP/words.mjs" <<'EOF'
import { readFileSync } from 'node:fs';
const [incidents, decisions] = process.argv.slice(2)
	.map(f => JSON.parse(readFileSync(f, 'utf8')).items);
// All of the scan's attempts; the servers of one second of it.
for (const i of incidents)
	console.log(i.customer, i.kind,
		i.observations >= 4900 && i.observations <= 5001
			? 'all' : i.observations,
		i.servers >= 350 && i.servers <= 650 ? 'second' : i.servers,
		/ about /.test(i.summary) ? 'about' : 'exactly',
		/not verified/.test(i.summary) ? 'unverified' : 'verified');
for (const d of decisions)
	console.log(d.customer, d.action, d.cause);
EOF
probe() {
	judged probe '/source_validated/d' &&
		echo "C2011 port_probe all second about unverified" |
		cmp - "$TMP/probe.words"
}
burst() {
	judged burst '' &&
		grep -q '^C2011 bot_burst [0-9al]* second about verified$' \
			"$TMP/burst.words" &&
		grep -q '^C2011 block detector$' "$TMP/burst.words" &&
		! grep -v '^C2011 ' "$TMP/burst.words"
}
twice() {
	mv "$TMP/burst.incidents" "$TMP/burst.first" && burst &&
		cmp "$TMP/burst.first" "$TMP/burst.incidents"
}
nothing() { # as judged
	judged "$@" && [ ! -s "$TMP/$1.words" ] &&
		[ "$("$SEKISHO" observation list --db "$TMP/$1.db" -o csv |
			wc -l)" -gt 1 ]
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
check "a scan of an unverified source is a probe and blocks nobody" probe
check "a scan of a verified source is a burst and blocks its line" burst
check "the same again, to the byte" twice
check "a scan of the operator's own servers is nothing" nothing own \
	's|own_servers = {|&"198.19.128.0/17", |'
check "attempts that were evicted are no evidence" nothing evicted '' \
	'max_flows = 16'
finish
