#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The analyzer is killed with SIGKILL at 20 random points of a run through
# the socket and started again: incidents, decisions and scores equal those
# of a run that nobody disturbed.
. "$(dirname "$0")/lib.sh"
SEED=${SEED:-$RANDOM}
RANDOM=$SEED
echo "seed $SEED"

generate all 1 || exit 1
start_nsd "$TMP/dns.zone" || exit 1
DELAY_PORT=$(free_port)
"$BIN/tests/e2e/dnsdelay" "$DELAY_PORT" "$NSD_PORT" 100 "$SEED" &
PIDS="$PIDS $!"
sed -e '/^[[:space:]]*zone[[:space:]]*=/d' \
	-e "s/^analyzer {/analyzer {\n\tresolver = \"127.0.0.1@$DELAY_PORT\"/" \
	"$TMP/t.conf" >"$TMP/run.conf"

analyzer() { # name: starts one in the background, sets A
	"$BIN/sekisho-analyzer" -c "$TMP/run.conf" --db "$TMP/$1.db" \
		--socket "$TMP/$1.sock" 2>>"$TMP/$1.log" &
	A=$!
}
# All is applied: nothing waits in the log.
settled() {
	for _ in $(seq 300); do
		n=$(for t in $(sqlite3 "$TMP/$1.db" "select name from
			sqlite_master where type = 'table' and name
			glob 'observation_2*'"); do
			sqlite3 "$TMP/$1.db" "select count(*) from $t
				where applied_no is null or applied_no = 0"
		done | awk '{ n += $1 } END { print n + 0 }')
		[ "${n:-1}" = 0 ] && return 0
		sleep 0.1
	done
	echo "$n rows are still not applied"
	return 1
}
# Everything but the numbers that depend on the order among customers.
state() {
	sqlite3 -separator ' ' "$TMP/$1.db" "
		select 'incident', customer, kind, state, opened_us, last_us,
			observations, servers, unknown_users, blocklisted,
			spoofed, score_milli, peak_milli from incident
			order by customer, kind, opened_us;
		select 'decision', customer, action, cause, since_us,
			until_us, step, mode from decision
			order by customer, since_us, action, cause;"
	for t in $(sqlite3 "$TMP/$1.db" "select name from sqlite_master where
		type = 'table' and name glob 'observation_2*' order by 1"); do
		sqlite3 -separator ' ' "$TMP/$1.db" "select customer, ts_us,
			kind, flow_id, seq, label, weight_milli, score_milli,
			verdict, attempts, servers from $t where kind in
			('attempt', 'transaction', 'close', 'summary')
			order by customer, seq"
	done
}
capture() { # name
	"$BIN/sekisho-capture" -c "$TMP/cap-$1.conf" -r "$TMP/t.pcap" \
		--speed "${SPEED:-2000}" 2>"$TMP/cap-$1.log"
}
for n in plain killed; do
	sed "s|^socket.*|socket = \"$TMP/$n.sock\"|" "$TMP/t.conf" \
		>"$TMP/cap-$n.conf"
	grep -q "$TMP/$n.sock" "$TMP/cap-$n.conf" ||
		echo "socket = \"$TMP/$n.sock\"" >>"$TMP/cap-$n.conf"
done

plain() {
	analyzer plain
	SPEED=0 capture plain || { cat "$TMP/cap-plain.log"; return 1; }
	settled plain || return 1
	kill $A
	wait $A || true
	state plain >"$TMP/plain.state"
	[ -s "$TMP/plain.state" ]
}
killed() {
	local kills=0
	analyzer killed
	capture killed &
	local c=$!
	while [ $kills -lt 20 ]; do
		sleep 0.0$((RANDOM % 90 + 10))
		kill -0 $c 2>/dev/null || break
		kill -9 $A
		wait $A 2>/dev/null
		kills=$((kills + 1))
		analyzer killed
	done
	wait $c || { cat "$TMP/cap-killed.log"; return 1; }
	settled killed || { tail -n 5 "$TMP/killed.log"; return 1; }
	kill $A
	wait $A || true
	state killed >"$TMP/killed.state"
	echo "$kills kills"
	[ $kills -eq 20 ] || { echo "the run was over after $kills"; return 1; }
}
check "a run through the socket" plain
check "the same, killed 20 times" killed
check "incidents, decisions and scores are equal" \
	diff "$TMP/plain.state" "$TMP/killed.state"
check "the log explains itself" "$SEKISHO" replay --verify "$TMP/killed.db"
blocks() { [ "$(grep -c '^decision.* block detector' "$TMP/killed.state")" -ge 5 ]; }
check "at least 5 blocks" blocks
finish
