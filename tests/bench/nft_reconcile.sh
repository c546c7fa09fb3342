#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# N blocks in force and an empty kernel: how long until sekisho-hooks has them
# all in nft, at its start ("restored") and after a flush (list, repair, second
# list), beside one nft -f of the same table, comments and counters included.
# Prints "restored_ms repaired_ms bare_ms", the wall clock, PAIRS times.
# tests/bench/nft_reconcile.sh BUILD N
set -eu
if [ -z "${INSIDE:-}" ]; then
	ns="unshare -rnm"
	[ "$(id -u)" -ne 0 ] || ns="unshare -nm"
	INSIDE=1 exec $ns bash "$0" "$@"
fi
BIN=$(realpath "$1") N=$2
TMP=$(mktemp -d)
HOOKS=
trap 'kill $HOOKS 2>/dev/null || :; wait; rm -rf "$TMP"' EXIT
cat >"$TMP/conf" <<X
db = "$TMP/x.db"
network { own_networks = {"10.0.0.0/8"} }
enforcement { max_blocks = 0 max_blocks_per_minute = 0 }
driver "nft" { command = {"$BIN/sekisho-driver-nft"} timeout_s = 60 reconcile_s = 3600 }
X
ms() { echo $(($(date +%s%N) / 1000000)); }
in_kernel() { nft -j list table inet op25b 2>/dev/null | grep -o '"val"' | wc -l; }
told() { sqlite3 -readonly "$TMP/x.db" "select count(*) from delivery where
	state = 'done'" 2>/dev/null; }

for _ in $(seq "${PAIRS:-3}"); do
	rm -f "$TMP"/x.db*
	"$BIN/tests/bench/hookbench" lay "$TMP/x.db" "$N"
	nft flush ruleset
	t0=$(ms)
	"$BIN/sekisho-hooks" -c "$TMP/conf" 2>"$TMP/log" &
	HOOKS=$!
	until [ "$(told)" = "$N" ]; do
		kill -0 $HOOKS && [ $(($(ms) - t0)) -lt 120000 ] || { cat "$TMP/log"; exit 1; }
		sleep 0.5
	done
	restored=$(($(ms) - t0))
	[ "$(in_kernel)" -eq "$N" ] || { echo "only $(in_kernel) restored" >&2; exit 1; }
	nft flush ruleset
	t0=$(ms)
	until "$BIN/sekisho" enforce reconcile -c "$TMP/conf" >"$TMP/out" 2>&1; do
		[ $(($(ms) - t0)) -lt 120000 ] || { cat "$TMP/out" "$TMP/log"; exit 1; }
	done
	repaired=$(($(ms) - t0))
	[ "$(in_kernel)" -eq "$N" ] || { echo "only $(in_kernel) repaired" >&2; exit 1; }
	kill $HOOKS
	wait $HOOKS || :
	nft list table inet op25b >"$TMP/table"
	nft flush ruleset
	t0=$(ms)
	nft -f "$TMP/table"
	echo "$restored $repaired $(($(ms) - t0))"
done
