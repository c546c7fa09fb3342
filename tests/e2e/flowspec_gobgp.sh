#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sekisho-driver-flowspec-gobgp: a router gets the rules by BGP.
. "$(dirname "$0")/lib.sh"
in_namespace "$0"
. "$(dirname "$0")/driver.sh"
. "$(dirname "$0")/bgp.sh"

STATE=$TMP/state.json
start_speaker() {
	gobgpd_conf 65001 10.9.0.1 65002 10.9.0.2 >"$TMP/s.conf"
	gobgpd -f "$TMP/s.conf" >"$TMP/s.log" 2>&1 8>&- 9<&- &
	SPEAKER=$!
	PIDS="$PIDS $SPEAKER"
	wait_for gobgp neighbor
}
stop_speaker() { kill -9 "$SPEAKER"; wait "$SPEAKER" 2>/dev/null; }
driver_is() { start_driver "$BIN/sekisho-driver-flowspec-gobgp" -s "$STATE" "$@"; }

start_speaker
driver_is
check "hello" says '{"op":"hello"}' \
	'{"ports":true,"port_sets":true,"sees_refused":false,"max_entries":2000,"window":1024}'
check "a block before the session is up" block 41 C7 '"192.0.2.7/32"'
check "a list tells that it is in force nowhere" asks '{"op":"list"}' \
	'"ok":false,"error":"gobgpd has no BGP session'
start_router
check "the session comes up" wait_long session_up
check "and the router has the rule" router_has "192.0.2.7/32 "
check "listed from the table" says '{"op":"list"}' \
	'{"ok":true,"held":[{"subscriber":"C7","seq":41,"targets":["192.0.2.7/32"],"until_us":'$UNTIL'}]}'
check "IPv4 and IPv6" block 42 C8 '"192.0.2.8/32","2001:db8:12:3400::/56"'
check "arrive" router_has "192.0.2.7/32 192.0.2.8/32 2001:db8:12:3400::/56 "
check "moved" block 43 C8 '"192.0.2.9/32"'
check "the router has the new one only" router_has "192.0.2.7/32 192.0.2.9/32 "
check "an older block" block 42 C8 '"192.0.2.8/32"'
check "is none" router_has "192.0.2.7/32 192.0.2.9/32 "
check "unblock" unblock 44 C8
check "is withdrawn" router_has "192.0.2.7/32 "
shared() {
	says '{"op":"block","seq":45,"subscriber":"M1","port_sets":[{"target":"203.0.113.7/32","source_ports":[[1024,2047],[4096,4096]]}],"ports":[25],"until_us":0}' '{"seq":45,"ok":true}'
}
check "a port set" shared
check "are rules with source ports" router_has \
	"192.0.2.7/32 203.0.113.7/32:==4096 203.0.113.7/32:>=1024&<=2047 "
check "is listed" asks '{"op":"list"}' '{"subscriber":"M1","seq":45,"targets":[],"port_sets":[{"target":"203.0.113.7/32","source_ports":[[1024,2047],[4096,4096]]}],"until_us":0}'
check "is released" unblock 46 M1
check "is withdrawn" router_has "192.0.2.7/32 "
check "two of one address" block 47 A '"192.0.2.7/32"'
check "one is released" unblock 48 C7
check "the rule stays" router_has "192.0.2.7/32 "
check "the other is released" unblock 49 A
check "the rule goes" router_has ""

# The session is reset.
check "a block" block 50 C7 '"192.0.2.7/32"'
check "arrives" router_has "192.0.2.7/32 "
reset() { gobgp neighbor 10.9.0.2 reset; }
check "the session is reset" reset
check "the router loses it" wait_long has_exactly ""
check "and gets it again" wait_long has_exactly "192.0.2.7/32 "

# gobgpd is gone, and comes back empty.
stop_speaker
refused() { ! block "$1" "$2" '"192.0.2.8/32"' && case $ANSWER in
	*'"ok":false,"error":"gobgp: '*permanent*) echo "$ANSWER"; return 1 ;;
	*'"ok":false,"error":"gobgp: '*) ;;
	*) echo "$ANSWER"; return 1 ;;
	esac; }
check "gobgpd is gone: not done" refused 51 C8
check "nor listed" asks '{"op":"list"}' '"ok":false'
start_speaker
check "it is back" wait_long session_up
check "the list shows what is missing" says '{"op":"list"}' '{"ok":true,"held":[]}'
check "the same again" block 51 C8 '"192.0.2.8/32"'
check "and the other" block 50 C7 '"192.0.2.7/32"'
check "both arrive" router_has "192.0.2.7/32 192.0.2.8/32 "

# kill -9 of the driver.
kill -9 "$DRIVER_PID"
wait "$DRIVER_PID" 2>/dev/null
driver_is
check "a new process knows whose they are" says '{"op":"list"}' \
	'{"ok":true,"held":[{"subscriber":"C8","seq":51,"targets":["192.0.2.8/32"],"until_us":'$UNTIL'},{"subscriber":"C7","seq":50,"targets":["192.0.2.7/32"],"until_us":'$UNTIL'}]}'
check "it withdraws what it did not announce" unblock 52 C7
check "at the router" router_has "192.0.2.8/32 "
stop_driver
# A process that was killed when it had noted, but not withdrawn.
node -e 'const f=process.argv[1],fs=require("fs");fs.writeFileSync(f,`{"generation":0,"held":[],"leaving":[{"targets":["192.0.2.8/32"]}]}`)' "$STATE"
driver_is
check "what was to go when it was killed goes at its start" router_has ""

# What is not ours.
gobgp global rib -a ipv4-flowspec add match source 192.0.2.66/32 protocol tcp destination-port ==25 then discard
gobgp global rib -a ipv4-flowspec add match source 192.0.2.67/32 protocol udp then discard
check "a foreign rule is listed as nobody's" says '{"op":"list"}' \
	'{"ok":true,"held":[{"subscriber":null,"seq":0,"targets":["192.0.2.66/32"],"until_us":0}]}'
check "and left alone" router_has "192.0.2.66/32 "

many() { seq 40 | while read -r i; do line "$1" $((${2} + i)) "M$i" "\"10.1.0.$i/32\""; echo; done; echo '{"op":"list"}'; }
burst() {
	many block 100 | "$BIN/sekisho-driver-flowspec-gobgp" -s "$STATE" >"$TMP/answers" || return 1
	[ "$(grep -c '"ok":true}' "$TMP/answers")" -eq 40 ] &&
		[ "$(tail -n 1 "$TMP/answers" | grep -o '"subscriber":"M' | wc -l)" -eq 40 ] &&
		[ "$(received | wc -w)" -eq 41 ]
}
check "40 in a burst" burst
again() {
	many block 100 | timeout 5 "$BIN/sekisho-driver-flowspec-gobgp" -s "$STATE" >"$TMP/answers" &&
		[ "$(grep -c '"ok":true}' "$TMP/answers")" -eq 40 ]
}
check "and again, after a restart, where nothing is to do" again
unburst() {
	many unblock 200 | "$BIN/sekisho-driver-flowspec-gobgp" -s "$STATE" >"$TMP/answers" &&
		router_has "192.0.2.66/32 "
}
check "and their ends" unburst
stop_driver
driver_is -t "rate-limit 0 community 65001:25" -m 2
check "another action" block 301 Z '"192.0.2.7/32"'
community() { router global rib -a ipv4-flowspec | grep 192.0.2.7/32 | grep -q 65001:25; }
check "arrives" wait_for community
full() { ! block 302 Y '"192.0.2.8/32"' && case $ANSWER in *"the driver is full"*) ;; *) echo "$ANSWER"; return 1 ;; esac; }
check "-m: full" full
stop_driver
finish
