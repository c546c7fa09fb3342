#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An agent whose clock is two hours ahead: its records are dropped, counted
# and warned of; it is not stuck, and nothing ends before its time for the
# customers of the agent whose clock is right.
. "$(dirname "$0")/lib.sh"

generate burst_bot 5 || exit 1
sed -i -e '/^db/d' -e '/^socket/d' "$TMP/t.conf"
cat >>"$TMP/t.conf" <<END
db = "$TMP/x.db"
socket = "$TMP/x.sock"
END
sed 's/agent = "tap0"/agent = "ahead"/' "$TMP/t.conf" >"$TMP/ahead.conf"

# shifted NAME SECONDS: the traffic, its first packet so far from now
shifted() {
	node tests/e2e/shiftpcap.mjs "$TMP/t.pcap" "$TMP/$1.pcap" "from:$2"
}
tell() { # configuration, traffic
	timeout 60 "$BIN/sekisho-capture" -c "$TMP/$1.conf" \
		-r "$TMP/$2.pcap" --no-dpi
}
dropped_on() { # what of the counter's rows
	sqlite3 "$TMP/x.db" "SELECT $1 FROM counter
		WHERE name = 'records_from_future'"
}
rows() {
	"$SEKISHO" observation list --db "$TMP/x.db" -o csv --limit 0 | wc -l
}

"$BIN/sekisho-analyzer" -c "$TMP/t.conf" 2>"$TMP/log" &
A=$!
PIDS="$PIDS $A"
check "the analyzer listens" wait_for test -S "$TMP/x.sock"
check "traffic of an hour ago, and in two hours" eval \
	'shifted now -4000 && shifted ahead 7200'
check "the agent of the right clock tells all" tell t now
decisions() {
	"$SEKISHO" decision list --db "$TMP/x.db" -o csv
}
# The last block, whose hour is not over.
blocked() { decisions | grep -q ',block,detector,.*step 2 of 4'; }
check "its bot is blocked" wait_for blocked
ROWS=$(rows) DECISIONS=$(decisions)
check "the agent that is ahead ends, it is not stuck" tell ahead ahead
dropped() {
	[ "$(dropped_on 'sum(value)')" -gt 20 ] && [ "$(rows)" = "$ROWS" ]
}
check "its records are counted and nowhere else" dropped
not_over() { [ "$(decisions)" = "$DECISIONS" ]; }
check "no block is over because of it" not_over
check "the warning names the agent and the remedy" \
	grep -q 'NTP.*agent=ahead ahead_s=7[0-9]*' "$TMP/log"
few() { [ "$(grep -c NTP "$TMP/log")" -le 10 ]; }
check "it is not repeated for each record" few
told() {
	local day
	day=$(dropped_on "max(day)" | sed 's/\(....\)\(..\)/\1-\2-/')
	"$SEKISHO" status --db "$TMP/x.db" --date "$day" |
		grep records_from_future
}
check "status shows how many" told
check "the analyzer ends" eval 'kill $A && wait $A'
check "the log gives the same decisions again" \
	"$SEKISHO" replay --verify "$TMP/x.db"
finish
