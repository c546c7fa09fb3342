#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Households behind one public address, by fixed port blocks and by MAP-E:
# each keeps its own name, and only those with a bot are blocked.
. "$(dirname "$0")/lib.sh"
HERE=$(dirname "$0")

replay_behind() { # KIND VALUE
	rm -f "$TMP"/*.db*
	generate all 1 &&
		node "$HERE/sharepcap.mjs" "$TMP/t.pcap" "$TMP/s.pcap" \
			"$TMP/subs.csv" "$1" &&
		sed "s|^network {|&\n\t$1 = {\"$2\"}|" "$TMP/t.conf" \
			>"$TMP/s.conf" &&
		"$SEKISHO" replay "$TMP/s.pcap" --db "$TMP/x.db" \
			-c "$TMP/s.conf"
}
truth() {
	"$SEKISHO" incident list --db "$TMP/x.db" -o json >"$TMP/i.json" &&
		"$SEKISHO" decision list --db "$TMP/x.db" -o json \
			>"$TMP/d.json" &&
		node "$HERE/truth.mjs" "$TMP/truth.csv" "$TMP/i.json" \
			"$TMP/d.json"
}
# Only a part of it, and the bot's has one.
outside_is_free() {
	"$SEKISHO" decision list --db "$TMP/x.db" -o json >"$TMP/o.json"
	! grep -qE '"198[.]51[.]100[.]99(/|")' "$TMP/o.json" &&
		grep -qE '"198[.]51[.]100[.]99#[0-9]+-[0-9]+"' "$TMP/o.json"
}
both() { # KIND VALUE
	check "$1: a replay with one public address" replay_behind "$1" "$2"
	check "$1: each household has its own truth" truth
	check "$1: no decision names the public address whole" outside_is_free
	check "$1: the log leads to the same decisions" \
		"$SEKISHO" replay --verify "$TMP/x.db"
}
both cgn "198.51.100.99 100.64.1.0-100.64.1.63 1024-65535 1000"
both map_e "2001:db8:110::/44 198.51.100.99/32 8 4"
finish
