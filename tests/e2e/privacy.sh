#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Marked strings stand in bodies, subjects, header fields, passwords and
# local parts of the traffic: none may come out, at no privacy tier.
. "$(dirname "$0")/lib.sh"

generate all 3 || exit 1
check "the marks are in the traffic" node -e '
const fs = require("fs"), pcap = fs.readFileSync(process.argv[1]);
const marks = fs.readFileSync(process.argv[2], "utf8").trim().split("\n")
	.map(l => l.split("\t"));
const kinds = new Set(marks.filter(m => pcap.includes(m[1])).map(m => m[0]));
console.log([...kinds]);
for (const k of ["body", "subject", "password", "local", "header"])
	if (!kinds.has(k)) { console.log("no", k); process.exit(1); }
' "$TMP/t.pcap" "$TMP/marks.txt"
cut -f2 "$TMP/marks.txt" | sort -u >"$TMP/strings"

clean() { # FILE...: none of the marks; fails on an empty set of files
	[ -s "$TMP/strings" ] || return 1
	for f in "$@"; do
		[ -s "$f" ] || { echo "$f is empty"; return 1; }
		if LC_ALL=C grep -aoiFf "$TMP/strings" "$f" | head -n 5 |
			grep .; then
			echo "in $f"
			return 1
		fi
	done
}
tier() {
	local t=$1 d=$TMP/$1
	mkdir -p "$d/report"
	# The operator's own list of domains is no traffic.
	sed 's/,[^,]*$/,/; 1s/.*/prefix,customer,class,own_domains/' \
		"$TMP/subs.csv" >"$d/subs.csv"
	sed -e "s/^privacy_tier.*/privacy_tier = \"$t\"/" \
		-e "s|subscribers = .*|subscribers = \"$d/subs.csv\"|" \
		"$TMP/t.conf" >"$d/t.conf"
	printf '#!/bin/sh\ncat >>%s/told\n' "$d" >"$d/hook"
	chmod 755 "$d/hook"
	echo "driver \"x\" { command = {\"sekisho-driver-exec\", \"$d/hook\"} }" \
		>>"$d/t.conf"
	"$BIN/sekisho-capture" -c "$d/t.conf" -r "$TMP/t.pcap" -o - \
		--format json >"$d/records.json" 2>"$d/capture.log" &&
	"$BIN/sekisho-capture" -c "$d/t.conf" -r "$TMP/t.pcap" -o "$d/frames" \
		2>>"$d/capture.log" &&
	"$SEKISHO" replay "$TMP/t.pcap" --db "$d/x.db" -c "$d/t.conf" \
		>"$d/replay.log" 2>&1 &&
	"$BIN/sekisho-hooks" --once --at 2026-11-02T02:30:00Z \
		-c "$d/t.conf" --db "$d/x.db" \
		>"$d/hooks.log" 2>&1 &&
	"$SEKISHO" report nightly --date 2026-11-02 --out "$d/report" \
		--db "$d/x.db" -c "$d/t.conf" >"$d/report.log" &&
	"$SEKISHO" explain I1 --db "$d/x.db" >"$d/explain.txt" &&
	"$SEKISHO" incident list --db "$d/x.db" -o json >"$d/i.json" &&
	for f in "$d"/*.log; do echo log >>"$f"; done
	cat "$d/capture.log" "$d/hooks.log"
	[ -s "$d/told" ]
}
for t in flow envelope domains; do
	check "tier $t runs" tier $t
	d=$TMP/$t
	check "tier $t: no mark in records, database, logs, hooks, reports" \
		clean "$d/records.json" "$d/frames" "$d"/x.db "$d"/*.log \
		"$d/told" "$d"/report/*/* "$d/explain.txt" "$d/i.json"
done
# Names of domains only from tier domains on.
no_names() {
	! grep -aE '[a-z0-9-]+\.example|example\.(com|net|org)' "$@"
}
for t in flow envelope; do
	check "tier $t: no domain in records and database" no_names \
		"$TMP/$t/records.json" "$TMP/$t/frames" "$TMP/$t/x.db"
done
check "tier domains: domains are there" \
	grep -q 'spoofed.example' "$TMP/domains/records.json"
# A message's recipients leave as one hash: its retry has the same, another
# message has another.
retry_known() { # TIER: greylisted and then taken; no hash without a sender's
	sqlite3 "$TMP/$1/x.db" "
		WITH t AS (SELECT * FROM observation_20261102
			WHERE kind = 'transaction' AND traffic_case = 2)
		SELECT (SELECT count(*) FROM t WHERE reply_class = 5
				AND rcpt_hash IS NOT NULL) > 0,
			(SELECT count(*) FROM t a WHERE reply_class = 5
				AND rcpt_hash IS NOT NULL AND NOT EXISTS
				(SELECT 1 FROM t b WHERE b.obs_no > a.obs_no
				AND b.rcpt_hash = a.rcpt_hash
				AND b.mail_from_hash = a.mail_from_hash)),
			(SELECT count(*) - count(DISTINCT rcpt_hash) FROM t
				WHERE end = 1 AND rcpt_hash IS NOT NULL),
			(SELECT count(*) FROM t WHERE rcpt_hash IS NOT NULL
				AND (mail_from_hash IS NULL
				OR length(rcpt_hash) <> 8));" |
		tee /dev/stderr | grep -qx '1|0|0|0'
}
for t in envelope domains; do
	check "tier $t: a retry is known by its recipients' hash" retry_known $t
done
check "tier flow: no hash of recipients" sh -c \
	"[ \"\$(sqlite3 '$TMP/flow/x.db' 'select count(rcpt_hash) from \
	observation_20261102')\" = 0 ]"
check "a burst is found at tier flow" grep -q bot_burst "$TMP/flow/i.json"
refused() {
	sed -e "s/^privacy_tier.*/privacy_tier = \"$1\"/" \
		-e '/^legal_basis/d' "$TMP/t.conf" >"$TMP/bad.conf"
	"$BIN/sekisho-capture" -c "$TMP/bad.conf" -r "$TMP/t.pcap" -o - \
		--format json >"$TMP/out" 2>"$TMP/err"
	local rc=$?
	cat "$TMP/err"
	[ $rc -eq 2 ] && [ ! -s "$TMP/out" ] && grep -q legal_basis "$TMP/err"
}
for t in envelope domains; do
	check "tier $t without a legal basis does not start" refused $t
done
# Mail by way of our own servers: a name is kept where SPF refuses it.
own_mail() { # NAME ADDRESS: own.db of what our servers' address is
	sed "s|^network {|network {\n\tserver_egress = {\"$2\"}|" \
		"$TMP/own/t.conf" >"$TMP/own/$1.conf" &&
		"$SEKISHO" replay "$TMP/own/t.pcap" --db "$TMP/own/$1.db" \
			-c "$TMP/own/$1.conf" >/dev/null &&
		"$SEKISHO" replay --verify "$TMP/own/$1.db" &&
		"$SEKISHO" report nightly --date 2026-11-02 \
			--out "$TMP/own/$1" --db "$TMP/own/$1.db" \
			-c "$TMP/own/$1.conf" >/dev/null &&
		cat "$TMP/own/$1"/*/*.json
}
mkdir "$TMP/own" && generate own_server_user 1 &&
	mv "$TMP"/t.pcap "$TMP/own" && cp "$TMP"/t.conf "$TMP/own"
own_mail bad 192.0.2.9 >"$TMP/own/bad.txt"
own_mail good 192.0.2.242 >"$TMP/own/good.txt"
check "own mail that SPF refuses is advice" grep -qE \
	'"refusable_messages":\{"name":"[^"]*","value":[1-9].*"refusable_customers":\{"name":"[^"]*","value":1,' \
	"$TMP/own/bad.txt"
check "it names the sender's domain" sh -c \
	"grep -aq 'refuse mail of isp.example' '$TMP/own/bad.db'"
check "own mail that SPF allows leaves no name" sh -c \
	"grep -aq C1012 '$TMP/own/good.db' && ! grep -aqE \
	'isp[.]example|192[.]168' '$TMP/own/good.db'"
check "and is no advice" grep -qE \
	'"refusable_messages":\{"name":"[^"]*","value":0,' "$TMP/own/good.txt"
finish
