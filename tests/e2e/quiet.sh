#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A block of the detector goes on while the line goes on trying: the firewall
# counts what it refuses, sekisho-hooks asks it, the analyzer logs it.
# Customer (c) - router (here) - foreign server (s), each a namespace.
. "$(dirname "$0")/lib.sh"
in_namespace "$0"
command -v nft >/dev/null || { echo "quiet: no nft; scripts/setup test"; exit 1; }
DB=$TMP/x.db

mount -t tmpfs none /run
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
for n in c s; do
	ip netns add $n
	ip link add r$n type veth peer name $n netns $n
	ip link set r$n up
	ip -n $n link set $n up
done
ip addr add 198.51.100.1/24 dev rc
ip addr add 203.0.113.1/24 dev rs
ip -n c addr add 198.51.100.11/24 dev c # C1002, the bot
ip -n c route add default via 198.51.100.1
ip -n s addr add 203.0.113.25/24 dev s
ip -n s route add default via 203.0.113.1

sql() { sqlite3 -cmd ".timeout 5000" "$DB" "$1"; }
replay() { # STEP_S: how long the first block lasts
	rm -f "$DB"*
	generate burst_dialogue 1 || return 1
	sed -i 's/source_validated = .*/source_validated = {"198.51.100.0\/24"}/' \
		"$TMP/t.conf"
	cat >>"$TMP/t.conf" <<-CONF
	db = "$DB"
	socket = "$TMP/sock"
	policy {
	    incident_quiet_s = 315360000
	    ladder = {$1, $1, $1, $1}
	}
	driver "edge" {
	    command = {"$BIN/sekisho-driver-nft", "-r", "reset"}
	    reconcile_s = 1
	}
	CONF
	"$SEKISHO" replay "$TMP/t.pcap" --db "$DB" -c "$TMP/t.conf"
}
# The first block ends some seconds from now.
replay 300000000 >"$TMP/out" 2>&1 || { cat "$TMP/out"; exit 1; }
SINCE=$(sql "select since_us / 1000000 from decision where action = 'block'
	order by seq limit 1")
replay $(($(date +%s) - SINCE + 25)) >"$TMP/out" 2>&1
one() { [ "$(sql "select count(*) from decision")" = 1 ]; }
check "one block is in force" one

for d in analyzer hooks; do
	"$BIN/sekisho-$d" -c "$TMP/t.conf" >"$TMP/$d.log" 2>&1 &
	PIDS="$PIDS $!"
done
try() { # one SYN and what the router says
	timeout 1 ip netns exec c bash -c \
		'exec 3<>/dev/tcp/203.0.113.25/25' 2>"$TMP/try"
	! grep -q refused "$TMP/try" || REFUSED=1
}
until_true() { # COMMAND: with an attempt a second
	for _ in $(seq 60); do
		try
		"$@" && return 0
		sleep 1
	done
	cat "$TMP"/*.log
	sql "select * from decision"
	return 1
}
logged() {
	[ "$(sql "select count(*) from $(sql "select 'observation_' || day
		from observation_day order by day desc limit 1")
		where kind = 'filtered' and customer = 'C1002'
		and source_validated = 1 and attempts > 0
		and agent = 'edge'")" -gt 0 ]
}
check "what the firewall refuses comes into the log" until_true logged
goes_on() {
	sql "select reason from decision where ends_seq = 1" |
		grep -q "^the block D1 goes on: .* refused; it ends when the line"
}
check "the block goes on instead of ending" until_true goes_on
in_firewall() { nft list table inet op25b | grep -q 198.51.100.11; }
check "it stays in the firewall" in_firewall
shown() {
	"$SEKISHO" observation list --db "$DB" --customer C1002 -o csv |
		grep -q ",filtered,C1002,"
}
check "observation list shows it" shown
for p in $PIDS; do kill "$p"; done
wait 2>/dev/null
PIDS=
check "replay --verify agrees" "$SEKISHO" replay --verify "$DB"
finish
