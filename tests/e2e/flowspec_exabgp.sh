#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sekisho-driver-flowspec-exabgp: exabgp runs its bridge, a router gets the
# rules by BGP.
. "$(dirname "$0")/lib.sh"
in_namespace "$0"
. "$(dirname "$0")/driver.sh"
. "$(dirname "$0")/bgp.sh"

PROGRAM=$BIN/sekisho-driver-flowspec-exabgp
STATE=$TMP/state.json SOCK=$TMP/sock
cat >"$TMP/ex.conf" <<-X
process sekisho {
	run $PROGRAM -b $SOCK;
	encoder text;
}
neighbor 10.9.0.2 {
	router-id 10.9.0.1;
	local-address 10.9.0.1;
	local-as 65001;
	peer-as 65002;
	hold-time 9;
	family { ipv4 flow; ipv6 flow; }
	api { processes [ sekisho ]; }
}
X
start_speaker() {
	rm -f "$SOCK"
	env exabgp.api.ack=true exabgp.api.cli=false exabgp.daemon.drop=false \
		exabgp.daemon.user="$(id -un)" exabgp.log.destination=stderr \
		exabgp.tcp.bind= exabgp "$TMP/ex.conf" >"$TMP/s.log" 2>&1 8>&- 9<&- &
	SPEAKER=$!
	PIDS="$PIDS $SPEAKER"
	wait_for test -S "$SOCK"
}
stop_speaker() { kill "$SPEAKER"; wait "$SPEAKER" 2>/dev/null; }
driver_is() { start_driver "$PROGRAM" -c "$SOCK" -s "$STATE" "$@"; }
refused() { # SEQ SUBSCRIBER TEXT
	! block "$1" "$2" '"192.0.2.8/32"' && case $ANSWER in
	*'"ok":false'*permanent*) echo "$ANSWER"; return 1 ;;
	*'"ok":false'*"$3"*) ;;
	*) echo "$ANSWER"; return 1 ;;
	esac
}

driver_is
check "hello" says '{"op":"hello"}' \
	'{"ports":true,"port_sets":true,"sees_refused":false,"max_entries":2000,"window":1024}'
check "no exabgp: not done" refused 40 C8 "the bridge does not answer"
check "nor listed" asks '{"op":"list"}' '"ok":false'
check "exabgp runs the bridge" start_speaker
check "a block before the session is up" block 41 C7 '"192.0.2.7/32"'
check "a list tells that it is in force nowhere" asks '{"op":"list"}' \
	'"ok":false,"error":"exabgp has no BGP session'
start_router
check "the session comes up" wait_long session_up
check "and the router has both" wait_long has_exactly "192.0.2.7/32 192.0.2.8/32 "
check "release the one that was refused" unblock 42 C8
check "it goes" router_has "192.0.2.7/32 "
check "listed from its table" says '{"op":"list"}' \
	'{"ok":true,"held":[{"subscriber":"C7","seq":41,"targets":["192.0.2.7/32"],"until_us":'$UNTIL'}]}'
check "IPv4 and IPv6" block 43 C8 '"192.0.2.8/32","2001:db8:12:3400::/56"'
check "arrive" router_has "192.0.2.7/32 192.0.2.8/32 2001:db8:12:3400::/56 "
check "are listed" asks '{"op":"list"}' '"targets":["192.0.2.8/32","2001:db8:12:3400::/56"]'
check "moved" block 44 C8 '"192.0.2.9/32"'
check "the router has the new one only" router_has "192.0.2.7/32 192.0.2.9/32 "
check "unblock" unblock 45 C8
check "is withdrawn" router_has "192.0.2.7/32 "
shared() {
	says '{"op":"block","seq":46,"subscriber":"M1","port_sets":[{"target":"203.0.113.7/32","source_ports":[[1024,2047],[4096,4096]]}],"ports":[25],"until_us":0}' '{"seq":46,"ok":true}'
}
check "a port set" shared
check "are rules with source ports" router_has \
	"192.0.2.7/32 203.0.113.7/32:==4096 203.0.113.7/32:>=1024&<=2047 "
check "is listed" asks '{"op":"list"}' '{"subscriber":"M1","seq":46,"targets":[],"port_sets":[{"target":"203.0.113.7/32","source_ports":[[1024,2047],[4096,4096]]}],"until_us":0}'
check "is released" unblock 47 M1
check "is withdrawn" router_has "192.0.2.7/32 "

# The session is reset.
reset() { router neighbor 10.9.0.1 reset; }
check "the session is reset by the router" reset
check "the router loses it" wait_long has_exactly ""
check "and gets it again" wait_long has_exactly "192.0.2.7/32 "

# exabgp ends, and comes back empty.
stop_speaker
check "the router loses all" wait_long has_exactly ""
check "exabgp is gone: not done" refused 51 C8 "the bridge does not answer"
check "it is back" start_speaker
check "with a session" wait_long session_up
# It takes a moment to see the session itself.
lists_nothing() { says '{"op":"list"}' '{"ok":true,"held":[]}'; }
check "the list shows what is missing" wait_long lists_nothing
check "the one again" block 41 C7 '"192.0.2.7/32"'
check "and the other" block 51 C8 '"192.0.2.8/32"'
check "both arrive" router_has "192.0.2.7/32 192.0.2.8/32 "

kill -9 "$DRIVER_PID"
wait "$DRIVER_PID" 2>/dev/null
driver_is
check "a new process knows whose they are" says '{"op":"list"}' \
	'{"ok":true,"held":[{"subscriber":"C7","seq":41,"targets":["192.0.2.7/32"],"until_us":'$UNTIL'},{"subscriber":"C8","seq":51,"targets":["192.0.2.8/32"],"until_us":'$UNTIL'}]}'
check "it withdraws what it did not announce" unblock 52 C7
check "at the router" router_has "192.0.2.8/32 "
# The bridge dies: exabgp runs it again, what was announced stays.
bridge_pid() { pgrep -f "^$PROGRAM -b $SOCK\$"; }
kill -9 "$(bridge_pid)"
again() { block 53 C9 '"192.0.2.9/32"'; }
check "the bridge is killed, and there again" wait_long again
check "nothing is lost" router_has "192.0.2.8/32 192.0.2.9/32 "
many() { seq 40 | while read -r i; do line "$1" $((${2} + i)) "M$i" "\"10.1.0.$i/32\""; echo; done; echo '{"op":"list"}'; }
stop_driver
burst() {
	many block 100 | "$PROGRAM" -c "$SOCK" -s "$STATE" >"$TMP/answers" || return 1
	[ "$(grep -c '"ok":true}' "$TMP/answers")" -eq 40 ] &&
		[ "$(tail -n 1 "$TMP/answers" | grep -o '"subscriber":"M' | wc -l)" -eq 40 ] &&
		wait_for sh -c '[ "$1" -eq 42 ]' - "$(received | wc -w)"
}
check "40 in a burst" burst
unburst() {
	many unblock 200 | "$PROGRAM" -c "$SOCK" -s "$STATE" >"$TMP/answers" &&
		router_has "192.0.2.8/32 192.0.2.9/32 "
}
check "and their ends" unburst
driver_is -t "rate-limit 9600"
check "another action" block 301 Z '"192.0.2.7/32"'
rate() { router global rib -a ipv4-flowspec | grep 192.0.2.7/32 | grep -q 'rate: 9600'; }
check "arrives" wait_for rate
driver_is -t "no such action"
rejected() {
	! block 302 Y '"192.0.2.8/32"' && case $ANSWER in
	*'"ok":false,"error":"exabgp does not take'*) ;;
	*) echo "$ANSWER"; return 1 ;;
	esac
}
check "an action that exabgp does not take: it says so" rejected
stop_driver
finish
