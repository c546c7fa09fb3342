#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# From the packet to the closed port, with real mail: customers (c) - ISP
# (here: tap, analyzer, drivers, firewall) - mail servers (s). A FlowSpec
# router (r) and a NAS hear of it, too.
. "$(dirname "$0")/lib.sh"
in_namespace "$0" 280
. "$(dirname "$0")/bgp.sh"

for p in swaks nft gobgp gobgpd radclient; do
	command -v $p >/dev/null || { echo "enforce: no $p; scripts/setup test"; exit 1; }
done
echo 1 >/proc/sys/net/ipv4/ip_forward
for n in c s; do
	ip netns add $n
	ip link add r$n type veth peer name $n netns $n
	ip link set r$n up
	ip -n $n link set $n up
	ip -n $n link set lo up
done
ip addr add 192.0.2.1/24 dev rc
ip addr add 198.51.100.1/24 dev rs
for a in 7 8; do
	ip -n c addr add 192.0.2.$a/24 dev c
done
ip -n c route add default via 192.0.2.1
for a in $(seq 25 40); do
	ip -n s addr add 198.51.100.$a/24 dev s
done
ip -n s route add default via 198.51.100.1
: >"$TMP/mails"
ip netns exec s node "$(dirname "$0")/smtp_sink.mjs" "$TMP/mails" 25 587 &
PIDS="$PIDS $!"

# The peers of the other drivers.
gobgpd_conf 65001 10.9.0.1 65002 10.9.0.2 >"$TMP/s.conf"
gobgpd -f "$TMP/s.conf" >"$TMP/s.log" 2>&1 &
PIDS="$PIDS $!"
wait_for gobgp neighbor
start_router
echo secret >"$TMP/nas.secret"
echo ack >"$TMP/nas.mode"
: >"$TMP/nas.log"
node "$(dirname "$0")/coa_server.mjs" "$TMP/nas.log" "$TMP/nas.port" secret \
	"$TMP/nas.mode" &
PIDS="$PIDS $!"
wait_for test -s "$TMP/nas.port"
cat >"$TMP/coa.conf" <<X
nas "bras" {
	address = "127.0.0.1:$(cat "$TMP/nas.port")"
	secret_file = "$TMP/nas.secret"
	timeout_s = 1
	session = {'User-Name = "%{subscriber}"'}
	block = {'Filter-Id = "OP25B-%{seq}"'}
	unblock = {'Filter-Id = "OPEN"'}
}
X
cat >"$TMP/subs.csv" <<X
prefix,customer,class,own_domains
192.0.2.7/32,BOT,dynamic,
192.0.2.8/32,NEIGHBOUR,dynamic,
X
cat >"$TMP/t.conf" <<X
db = "$TMP/x.db"
socket = "$TMP/x.sock"
network { own_networks = {"192.0.2.0/24"} }
capture { interface = "rc" dpi = false }
analyzer { mode = "enforce" subscribers = "$TMP/subs.csv" }
policy { leak_grace_s = 2 }
driver "nft" { command = {"sekisho-driver-nft", "-r", "reset"} reconcile_s = 1 }
driver "border" { command = {"sekisho-driver-flowspec-gobgp", "-s", "$TMP/g.json"} }
driver "bras" { command = {"sekisho-driver-radius-coa", "-c", "$TMP/coa.conf", "-s", "$TMP/c.json"} timeout_s = 20 }
X
daemon() { # NAME
	"$BIN/sekisho-$1" -c "$TMP/t.conf" 2>>"$TMP/$1.log" &
	PIDS="$PIDS $!"
	LAST=$!
}
daemon analyzer
wait_for test -S "$TMP/x.sock"
daemon hooks
HOOKS=$LAST
daemon capture
wait_for grep -q . "$TMP/capture.log"
wait_for session_up

mail() { # FROM TO PORT
	ip netns exec c timeout 20 swaks --server "$2" --port "$3" \
		--local-interface "$1" --helo pc.example --timeout 3 \
		--from a@example.com --to "${TO:-b@example.net}" --silent 3 \
		--body hello --hide-all </dev/null
}
no_mail() { ! mail "$@"; }
counted() { # LINE N
	[ "$(grep -c "^$1\$" "$TMP/mails")" -eq "$2" ]
}
BOT=192.0.2.7 OTHER=192.0.2.8 MX=198.51.100.25
check "mail flows from the one" mail $BOT $MX 25
check "and from the neighbour" mail $OTHER $MX 25
check "by submission, too" mail $BOT $MX 587
check "the server has them" counted "25 $BOT" 1
burst() { # with an old list of recipients, as bots have it
	local a p=
	for a in $(seq 25 40); do
		TO=nobody$a@example.net mail $BOT 198.51.100.$a 25 &
		p="$p $!"
	done
	for a in $p; do wait "$a" || true; done
	return 0
}
before=$(date +%s%N)
burst 2>/dev/null
shut() { nft list table inet op25b 2>/dev/null | grep -q "192.0.2.7 "; }
check "a burst closes the line" wait_for shut
echo "     $((($(date +%s%N) - before) / 1000000)) ms after its first SYN"
check "port 25 is closed" no_mail $BOT $MX 25
check "587 goes on" mail $BOT $MX 587
check "the neighbour's mail flows" mail $OTHER $MX 25
check "the server has the neighbour's" counted "25 $OTHER" 2
has_route() { router_has "192.0.2.7/32 "; }
check "the router has the rule" wait_for has_route
coa() { grep -q "User-Name=BOT.*$1" "$TMP/nas.log"; }
check "the NAS has the filter" wait_for coa OP25B-1
check "enforce check: no drift" "$SEKISHO" enforce check -c "$TMP/t.conf"

# Somebody flushes the firewall.
nft flush ruleset
check "a flush is repaired" wait_for shut
check "and closed again" no_mail $BOT $MX 25
difference() {
	[ "$(sqlite3 -readonly "$TMP/x.db" "select count(*) from difference
		where driver = 'nft' and kind = 'missing' and customer = 'BOT'")" -ge 1 ]
}
check "it is a row of the store" wait_for difference
gap_told() { # The history has the gap, and that it is none now.
	"$SEKISHO" enforce history nft -o tsv --fields held,missing,extra,worst \
		-c "$TMP/t.conf" | awk 'NR > 1 && $4 > most { most = $4 }
		{ last = $1 " " $2 " " $3 }
		END { exit !(most >= 1 && last == "1 0 0") }'
}
check "and of the history" wait_for gap_told
check "of a driver that there is none: exit 3" expect_exit 3 \
	"$SEKISHO" enforce history nix -c "$TMP/t.conf"

# Panic and back.
check "panic needs --yes" expect_exit 2 "$SEKISHO" panic --reason test -c "$TMP/t.conf"
check "panic" "$SEKISHO" panic --yes --reason "wrong blocks" -c "$TMP/t.conf"
check "opens" mail $BOT $MX 25
check "panic --off" "$SEKISHO" panic --off --yes --reason "was a drill" -c "$TMP/t.conf"
check "closes again" wait_for shut
check "port 25 is closed" no_mail $BOT $MX 25

# Release.
check "release" "$SEKISHO" release BOT --reason "PC was cleaned" -c "$TMP/t.conf"
open_again() { ! shut; }
check "is done" wait_for open_again
check "mail flows again" mail $BOT $MX 25
check "the rule is withdrawn" wait_for router_has ""
check "the NAS has opened it" wait_for coa OPEN

# What a leak is: decided, and nobody enforces it any more.
kill -9 "$HOOKS"
check "block by hand" "$SEKISHO" block BOT --ttl 1h --reason test -c "$TMP/t.conf"
sleep 3
check "nobody closed it" mail $BOT $MX 25
leak() { "$SEKISHO" incident list --kind enforcement_leak --customer BOT -c "$TMP/t.conf" -o csv | grep -q BOT; }
check "the leak is an incident" wait_for leak
no_leak() { ! "$SEKISHO" incident list --kind enforcement_leak --customer NEIGHBOUR -c "$TMP/t.conf" -o csv | grep -q NEIGHBOUR; }
check "the neighbour has none" no_leak
finish
