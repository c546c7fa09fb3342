#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The same capture gives the same decisions, byte for byte: for gcc, clang
# and sanitizer builds, with local data and with a real server whose answers
# come late by chance.
. "$(dirname "$0")/lib.sh"
command -v nsd >/dev/null || { echo "no nsd: run scripts/setup test"; exit 1; }

generate all 1 || exit 1
start_nsd "$TMP/dns.zone" || exit 1
DELAY_PORT=$(free_port)
"$BIN/tests/e2e/dnsdelay" "$DELAY_PORT" "$NSD_PORT" 500 42 &
PIDS="$PIDS $!"
sed '/^[[:space:]]*zone[[:space:]]*=/d' "$TMP/t.conf" >"$TMP/nozone.conf"
with_resolver() { # port
	sed "s/^analyzer {/analyzer {\n\tresolver = \"127.0.0.1@$1\"/" \
		"$TMP/nozone.conf"
}
with_resolver "$NSD_PORT" >"$TMP/nsd.conf"
with_resolver "$DELAY_PORT" >"$TMP/delay.conf"

run() { # name build conf
	rm -f "$TMP/$1.db"*
	"$2/sekisho" replay "$TMP/t.pcap" --db "$TMP/$1.db" -c "$3" &&
		"$2/sekisho" replay --verify "$TMP/$1.db" &&
		"$2/sekisho" decision list --db "$TMP/$1.db" -o json \
			>"$TMP/$1.json" &&
		"$2/sekisho" incident list --db "$TMP/$1.db" -o json \
			>>"$TMP/$1.json"
}
same() { # name build conf
	run "$@" && cmp "$TMP/gcc.json" "$TMP/$1.json"
}
check "gcc build" run gcc "$BIN" "$TMP/t.conf"
blocks() { [ "$(grep -o '"action": *"block"' "$TMP/gcc.json" | wc -l)" -ge 5 ]; }
check "at least 5 blocks" blocks
check "gcc build again" same gcc2 "$BIN" "$TMP/t.conf"
for other in clang san; do
	[ -x "$BIN-$other/sekisho" ] &&
		check "$other build" same $other "$BIN-$other" "$TMP/t.conf"
done
check "answers from NSD" same nsd "$BIN" "$TMP/nsd.conf"
for n in 1 2; do
	check "answers late by 0-500 ms, run $n" same delay$n "$BIN" \
		"$TMP/delay.conf"
done
[ -x "$BIN-clang/tests/gen/trafficgen" ] && same_traffic() {
	"$BIN-clang/tests/gen/trafficgen" --scenario all --seed 1 \
		--out "$TMP/u.pcap" --truth "$TMP/u.csv" \
		--subscribers "$TMP/us.csv" --zone "$TMP/u.zone" &&
		cmp "$TMP/t.pcap" "$TMP/u.pcap" &&
		cmp "$TMP/truth.csv" "$TMP/u.csv"
} && check "clang's generator makes the same traffic" same_traffic
finish
