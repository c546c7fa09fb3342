#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Households behind one public address, by fixed port blocks and by MAP-E:
# each keeps its own name, and only those with a bot are blocked.
. "$(dirname "$0")/lib.sh"

replay_behind() { # KIND
	rm -f "$TMP"/*.db*
	SHARE=$1 generate shared 1 &&
		"$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/x.db" \
			-c "$TMP/t.conf"
}
truth() {
	"$SEKISHO" incident list --db "$TMP/x.db" -o json >"$TMP/i.json" &&
		"$SEKISHO" decision list --db "$TMP/x.db" -o json \
			>"$TMP/d.json" &&
		node "$(dirname "$0")/truth.mjs" "$TMP/truth.csv" "$TMP/i.json" \
			"$TMP/d.json"
}
# Only a part of it, and the bot's has one.
outside_is_free() {
	"$SEKISHO" decision list --db "$TMP/x.db" -o json >"$TMP/o.json"
	! grep -qE '"198[.]51[.]100[.]253(/|")' "$TMP/o.json" &&
		grep -qE '"198[.]51[.]100[.]253#[0-9]+-[0-9]+"' "$TMP/o.json"
}
# One of 61 households behind the address has a bot.
one_is_blocked() {
	[ "$("$SEKISHO" decision list --db "$TMP/x.db" --action block \
		--cause detector -o csv --fields customer | sort -u)" = \
		"$(printf 'C4117\r\ncustomer\r')" ] &&
		[ "$(wc -l <"$TMP/truth.csv")" -eq 62 ]
}
# Without its port nobody is named, with it the household.
who_needs_the_port() {
	local at=2026-11-02T00:30:00Z c="--db $TMP/x.db -c $TMP/t.conf"
	expect_exit 7 "$SEKISHO" who 198.51.100.253 --at $at $c &&
		"$SEKISHO" who 198.51.100.253:$1 --at $at $c |
		grep -q "C4117"
}
both() { # KIND PORT
	check "$1: a replay with one public address" replay_behind "$1"
	check "$1: each household has its own truth" truth
	check "$1: one household of 61 is blocked" one_is_blocked
	check "$1: no decision names the public address whole" outside_is_free
	check "$1: who needs the port" who_needs_the_port "$2"
	check "$1: the log leads to the same decisions" \
		"$SEKISHO" replay --verify "$TMP/x.db"
}
both cgn 18030
both map_e 4370
finish
