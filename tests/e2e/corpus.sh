#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Public captures, where they are: every file is read to its end, labels of
# real spam sessions, nobody wrongly accused in 280 captures of other traffic,
# agreement with tshark, Zeek and Suricata.
. "$(dirname "$0")/lib.sh"
HERE=$(dirname "$0")
CORPUS=${CORPUS:-$HERE/../../../shared/corpus}
if [ ! -d "$CORPUS/pcap" ]; then
	echo "corpus: skip: no captures at $CORPUS"
	echo "corpus: 0 passed, 0 failed, 1 skipped"
	exit 0
fi
head -c 32 /dev/urandom >"$TMP/hash.key"
: >"$TMP/empty.zone"

conf() { # zone
	cat <<-EOF
	legal_basis = "test: public captures"
	privacy_tier = "domains"
	hash_key_file = "$TMP/hash.key"
	network {
		own_networks = {"0.0.0.0/0", "::/0"}
		egress = {"10.0.0.0/8 192.0.2.1", "172.16.0.0/12 192.0.2.1"}
	}
	analyzer {
		subscribers = "$TMP/subs.csv"
		mode = "enforce"
		zone = "$1"
	}
	EOF
}
# Everybody who opened a connection on a watched port is a dynamic line.
# False when there is nobody.
register() { # FILE
	"$BIN/sekisho-capture" -c "$TMP/c.conf" -r "$1" -o - --format json \
		2>"$TMP/err" >"$TMP/records.json"
	[ $? -le 2 ] || { cat "$TMP/err"; return 2; }
	grep -q '"client"' "$TMP/records.json" || return 1
	node -e '
const lines = require("fs").readFileSync(process.argv[1], "utf8").split("\n");
const seen = new Set(lines.filter(l => l).map(l => JSON.parse(l).client)
	.filter(a => a));
console.log("prefix,customer,class,own_domains");
for (const a of seen) console.log(`${a},C-${a},dynamic,`);
' "$TMP/records.json" >"$TMP/subs.csv"
	[ "$(wc -l <"$TMP/subs.csv")" -gt 1 ]
}
replay() { # FILE
	rm -f "$TMP"/x.db*
	"$SEKISHO" replay "$1" --db "$TMP/x.db" -c "$TMP/c.conf" 2>"$TMP/err" ||
		{ cat "$TMP/err"; return 1; }
}
# file, kind, server port, label, HELO is [0.0.0.0], reply, enhanced code,
# SPF result, verdict
labels() { # every row of the log that carries names or a label
	for t in $(sqlite3 "$TMP/x.db" "select name from sqlite_master where
		type = 'table' and name glob 'observation_[12]*' order by 1"); do
		sqlite3 -separator '	' "$TMP/x.db" "select '$1', kind,
			server_port, label, coalesce(helo = '[0.0.0.0]', 0),
			reply_code, coalesce(reply_enhanced, ''),
			coalesce(spf, ''), coalesce(verdict, '')
			from $t where kind in ('attempt', 'transaction', 'close')
			order by obs_no"
	done
}

# The zone that the spammers' victims could have had: no mail is sent from
# sub-domains. Names stay in the captures, none is kept here.
zone() {
	node -e '
const lines = require("fs").readFileSync(process.argv[1], "utf8").split("\n");
const names = new Set(lines.filter(l => l).map(l => JSON.parse(l))
	.map(r => r.mail_from && r.mail_from.domain)
	.filter(d => d && d.split(".").length > 2));
console.log(". 60 IN SOA ns.example. hostmaster.example. 1 60 60 60 60");
for (const d of names) console.log(`${d}. 60 IN TXT "v=spf1 -all"`);
' "$TMP/records.json" >"$TMP/bots.zone"
}
conf "$TMP/bots.zone" >"$TMP/c.conf"
# One capture: exit 0, or 2 with a message about the file; nothing from the
# sanitizers; each line of output is an object. Prints a line if it is not so.
read_one() { # FILE
	local out err rc dpi=--no-dpi
	# nDPI's start takes longer than most captures.
	case $1 in */smtp/* | */bots/* | */port25-other/*) dpi= ;; esac
	out=$(mktemp "$TMP/read.XXXXXXXX.json") err=$(mktemp -p "$TMP")
	timeout 60 "$BIN/sekisho-capture" -c "$TMP/c.conf" -r "$1" -o - \
		--format json $dpi >"$out" 2>"$err" </dev/null
	rc=$?
	if [ $rc -ne 0 ] && [ $rc -ne 2 ]; then
		echo "$1: exit $rc: $(tail -n 1 "$err")"
	elif [ $rc -eq 2 ] && ! grep -q "^<error> source: .*${1##*/}: " "$err"; then
		echo "$1: exit 2 and no message"
	elif grep -qE 'Sanitizer|runtime error' "$err"; then
		echo "$1: $(grep -m 1 -E 'Sanitizer|runtime error' "$err")"
	fi
	echo "exit $rc" >>"$TMP/exits"
	rm -f "$err"
}
# Each line of the outputs is an object of a known type.
all_json() {
	node -e '
const fs = require("fs"), dir = process.argv[1];
const types = ["attempt", "transaction", "close", "counters", "summary"];
let n = 0;
for (const f of fs.readdirSync(dir).filter(f => /^read\..*json$/.test(f)))
	for (const l of fs.readFileSync(`${dir}/${f}`, "utf8").split("\n")) {
		if (!l) continue;
		if (!types.includes(JSON.parse(l).type))
			throw new Error(`${f}: ${l}`);
		n++;
	}
console.log(`${n} records`);
if (n < 1000) process.exit(1);
' "$TMP"
}
every_file() {
	export BIN TMP
	export -f read_one
	: >"$TMP/exits"
	find "$CORPUS/pcap" -type f -print0 | xargs -0 -n 1 -P "$(nproc)" \
		bash -c 'read_one "$1"' _ >"$TMP/unwell"
	sort "$TMP/exits" | uniq -c
	cat "$TMP/unwell"
	all_json && rm -f "$TMP"/read.*.json || return 1
	[ ! -s "$TMP/unwell" ] && [ "$(wc -l <"$TMP/exits")" -ge 1000 ]
}
check "every capture: exit 0, or 2 with a message" every_file
cat "$TMP/check.out"
bots() {
	: >"$TMP/labels"
	for f in "$CORPUS"/pcap/bots/*smtp-errors* \
		"$CORPUS"/pcap/bots/*smtp-data-rejected*; do
			register "$f" && zone && replay "$f" || return 1
		labels "$(basename "$f" | sed 's/.*tests__\(.*\)__.*/\1/')" \
			>>"$TMP/labels"
		"$SEKISHO" incident list --db "$TMP/x.db" -o csv |
			grep bot_burst && { echo "one session is no burst"; return 1; }
	done
	[ -z "${BLESS:-}" ] || cp "$TMP/labels" "$HERE/bots_expected.tsv"
	diff "$HERE/bots_expected.tsv" "$TMP/labels"
}
check "real spam sessions have the expected labels" bots

conf "$TMP/empty.zone" >"$TMP/c.conf"
negative() {
	local n=0 bad=0 files=0
	for f in "$CORPUS"/pcap/"$1"/*; do
		files=$((files + 1))
		register "$f"
		case $? in
		0) ;;
		1) continue ;;
		*) echo "$f"; bad=1; continue ;;
		esac
		replay "$f" || { echo "$f"; bad=1; continue; }
		n=$((n + 1))
		if "$SEKISHO" incident list --db "$TMP/x.db" -o csv |
			grep -E 'bot_burst|spam_bot|spoofed_sender' ||
			"$SEKISHO" decision list --db "$TMP/x.db" -o csv |
			grep ,block,; then
			echo "in $f"
			bad=1
		fi
	done
	echo "$1: $files captures, $n with clients on watched ports"
	[ $bad -eq 0 ] && [ $files -ge 10 ] && [ $n -ge "$2" ]
}
check "negative: nobody accused" negative negative 0
check "port25-other: nobody accused" negative port25-other 10
check "agreement with tshark, Zeek and Suricata" bash "$HERE/oracle_agreement.sh" "$BIN" "$CORPUS"
finish
