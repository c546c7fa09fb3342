#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An own server that is given by name and moves: a name server changes its
# answer, and what goes to the new address is mail to our own from then on.
# Takes a minute: no answer is kept for less.
. "$(dirname "$0")/lib.sh"
MX=192.0.2.241 # where own_server_user delivers
zone() { # ADDRESS SERIAL
	cat >"$TMP/own.zone" <<-EOF
	. 1 IN SOA ns.example. x.example. $2 3600 600 86400 1
	. 1 IN NS ns.example.
	ns.example. 1 IN A 127.0.0.1
	mx.isp.example. 1 IN A $1
	EOF
}
said() { # TEXT: the analyzer says it within 100 s
	local i
	for i in $(seq 500); do
		grep -q "$1" "$TMP/log" && return 0
		kill -0 "$analyzer" 2>/dev/null || break
		sleep 0.2
	done
	cat "$TMP/log"
	return 1
}
# hear DB-ROWS: the scenario's records reach the analyzer
hear() {
	"$BIN/sekisho-capture" -c "$TMP/own.conf" -r "$TMP/t.pcap" \
		>"$TMP/capture.out" 2>&1 || { cat "$TMP/capture.out"; return 1; }
}
to_mx() { # CASE: how many rows to the server have it
	"$SEKISHO" observation list --db "$TMP/own.db" -o json --case "$1" \
		-q "server:$MX" | node -e 'console.log(JSON.parse(
require("fs").readFileSync(0)).items.length)'
}
settled() { # CASE: rows of it have come
	local i
	for i in $(seq 100); do
		[ "$(to_mx "$1")" -gt 0 ] && return 0
		sleep 0.1
	done
	return 1
}

generate own_server_user || exit 1
zone 203.0.113.99 1
start_nsd "$TMP/own.zone" || exit 1
sed "/own_servers = /d; /ip6:2001:db8:1ff/d; /2001:db8:1ff::25/d
	s|^network {|&\n\town_server_names = {\"mx.isp.example\"}|
	s|^\tzone = .*|\tresolver = \"127.0.0.1@$NSD_PORT\"|" "$TMP/t.conf" \
	>"$TMP/own.conf"
printf 'db = "%s"\nsocket = "%s"\n' "$TMP/own.db" "$TMP/own.sock" \
	>>"$TMP/own.conf"
"$BIN/sekisho-analyzer" -c "$TMP/own.conf" 2>"$TMP/log" &
analyzer=$!
PIDS="$PIDS $analyzer"
check "the name is resolved" said "own server name=mx.isp.example addresses=1"
check "records come" hear
check "what goes elsewhere is foreign: case 2" settled 2
check "and none of it is our own" eval '[ "$(to_mx 1)" -eq 0 ]'
before=$(to_mx 2)
zone $MX 2
cp "$TMP/own.zone" "$TMP/nsd/root.zone"
kill -HUP "$(cat "$TMP/nsd/nsd.pid")"
check "the name server's new answer is taken over" \
	said "own server name=mx.isp.example addresses=1 before=1"
check "records come again" hear
check "what goes there is our own: case 1" settled 1
check "and nothing more is foreign" eval '[ "$(to_mx 2)" -eq "$before" ]'
finish
