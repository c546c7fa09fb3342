#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sekisho-driver-nft closes port 25 of one customer in a real firewall:
# customer (c) - router (here) - mail servers (s), each a network namespace.
. "$(dirname "$0")/lib.sh"
in_namespace "$0"
. "$(dirname "$0")/driver.sh"

command -v nft >/dev/null || { echo "nft: no nft; scripts/setup test"; exit 1; }
mount -t tmpfs none /run
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
for n in c s; do
	ip netns add $n
	ip link add r$n type veth peer name $n netns $n
	ip link set r$n up
	ip -n $n link set $n up
	ip -n $n link set lo up
done
ip addr add 192.0.2.1/24 dev rc
ip addr add 2001:db8:c::1/48 dev rc nodad
ip addr add 198.51.100.1/24 dev rs
ip addr add 2001:db8:5::1/64 dev rs nodad
for a in 7 8 9; do
	ip -n c addr add 192.0.2.$a/24 dev c
done
ip -n c addr add 2001:db8:c::7/48 dev c nodad
ip -n c addr add 2001:db8:c:100::7/48 dev c nodad
ip -n c route add default via 192.0.2.1
ip -n c -6 route add default via 2001:db8:c::1
ip -n s addr add 198.51.100.25/24 dev s # foreign
ip -n s addr add 198.51.100.26/24 dev s # our own
ip -n s addr add 2001:db8:5::25/64 dev s nodad
ip -n s route add default via 198.51.100.1
ip -n s -6 route add default via 2001:db8:5::1
cat >"$TMP/server.mjs" <<'X'
import net from "node:net"
for (const p of [25, 587])
	net.createServer(s => s.on("error", () => {}).end("220 x\r\n"))
		.listen(p, "::")
X
ip netns exec s node "$TMP/server.mjs" &
PIDS="$PIDS $!"
# Prints open, or why not: client.mjs FROM TO PORT [FROMPORT]
cat >"$TMP/client.mjs" <<'X'
import net from "node:net"
const [localAddress, host, port, localPort] = process.argv.slice(2)
const s = net.connect({ host, port, localAddress, localPort: localPort | 0 })
s.setTimeout(1500, () => { console.log("silence"); s.destroy() })
s.on("connect", () => { console.log("open"); s.destroy() })
s.on("error", e => console.log(e.code))
X
is() { # open|EHOSTUNREACH|... FROM TO PORT [FROMPORT]
	local want=$1 got
	shift
	got=$(ip netns exec c node "$TMP/client.mjs" "$@")
	[ "$got" = "$want" ] || { echo "$got, not $want: $*"; return 1; }
}
FOREIGN=198.51.100.25 OWN=198.51.100.26 FOREIGN6=2001:db8:5::25
closed() { is EHOSTUNREACH "$@"; }
# RFC 4443's "administratively prohibited" is EACCES to a client
closed6() { is EACCES "$@"; }
driver_is() { start_driver "$BIN/sekisho-driver-nft" -o 198.51.100.26/31 "$@"; }

wait_for is open 192.0.2.7 $FOREIGN 587
wait_for is open 2001:db8:c::7 $FOREIGN6 587
check "before: port 25 is open" is open 192.0.2.7 $FOREIGN 25
check "before: port 25 is open by IPv6" is open 2001:db8:c::7 $FOREIGN6 25
driver_is -l 25
check "hello" says '{"op":"hello"}' \
	'{"ports":true,"port_sets":true,"sees_refused":true,"max_entries":100000,"window":16384}'
check "nothing is held" says '{"op":"list"}' '{"ok":true,"held":[]}'
check "the table alone changes nothing" is open 192.0.2.7 $FOREIGN 25

check "block" block 41 C7 '"192.0.2.7/32"'
check "port 25 is refused at once" closed 192.0.2.7 $FOREIGN 25
check "587 stays open" is open 192.0.2.7 $FOREIGN 587
check "our own server stays open" is open 192.0.2.7 $OWN 25
check "the neighbour's port 25 stays open" is open 192.0.2.8 $FOREIGN 25
check "IPv6 stays open" is open 2001:db8:c::7 $FOREIGN6 25
check "refused packets are counted" asks '{"op":"counters"}' \
	'"subscriber":"C7","seq":41,"refused_packets":1,'
check "a renewal with an IPv6 prefix" \
	block 42 C7 '"192.0.2.7/32","2001:db8:c::/56"'
check "IPv6 is refused" closed6 2001:db8:c::7 $FOREIGN6 25
check "IPv6 of the neighbour stays open" \
	is open 2001:db8:c:100::7 $FOREIGN6 25
check "IPv6: 587 stays open" is open 2001:db8:c::7 $FOREIGN6 587
check "IPv4 is refused still" closed 192.0.2.7 $FOREIGN 25
counted() { # at least: a client may send its SYN again
	ask '{"op":"counters"}'
	[ "$(echo "$ANSWER" | sed -n 's/.*"C7","seq":42,"refused_packets":\([0-9]*\),.*/\1/p')" -ge 3 ] || { echo "$ANSWER"; return 1; }
}
check "and counted on, over the renewal" counted
check "both are listed" says '{"op":"list"}' '{"ok":true,"held":[{"subscriber":"C7","seq":42,"targets":["192.0.2.7/32","2001:db8:c::/56"],"until_us":'$UNTIL'}]}'
check "an older block is answered, and is none" block 40 C7 '"192.0.2.8/32"'
check "so the neighbour stays open" is open 192.0.2.8 $FOREIGN 25
check "a moved block takes the place of all" block 43 C7 '"192.0.2.8/32"'
check "moved: open where it was" is open 192.0.2.7 $FOREIGN 25
check "moved: IPv6 too" is open 2001:db8:c::7 $FOREIGN6 25
check "moved: closed where it is" closed 192.0.2.8 $FOREIGN 25
check "unblock, whatever its targets are" unblock 44 C7 '"192.0.2.99/32"'
check "open again" is open 192.0.2.8 $FOREIGN 25
check "an older block after the unblock is none" block 43 C7 '"192.0.2.8/32"'
check "still open" is open 192.0.2.8 $FOREIGN 25
check "nothing is held any more" says '{"op":"list"}' '{"ok":true,"held":[]}'

# Shared addresses: only their source ports.
shared() { # RANGES SEQ SUBSCRIBER
	ask '{"op":"block","seq":'"$2"',"event":"new","cause":"detector","subscriber":"'"$3"'","targets":[],"port_sets":[{"target":"192.0.2.9/32","source_ports":['"$1"']}],"ports":[25],"until_us":0}'
	[ "$ANSWER" = '{"seq":'"$2"',"ok":true}' ] || { echo "$ANSWER"; return 1; }
}
check "block a port set" shared '[20000,20999],[30000,30000]' 50 M1
check "its ports are refused" closed 192.0.2.9 $FOREIGN 25 20500
check "the last of them, too" closed 192.0.2.9 $FOREIGN 25 20999
check "the single one" closed 192.0.2.9 $FOREIGN 25 30000
check "the next port is another customer's" is open 192.0.2.9 $FOREIGN 25 21000
check "587 from these ports is open" is open 192.0.2.9 $FOREIGN 587 20501
check "port sets are listed" says '{"op":"list"}' '{"ok":true,"held":[{"subscriber":"M1","seq":50,"targets":[],"port_sets":[{"target":"192.0.2.9/32","source_ports":[[20000,20999],[30000,30000]]}],"until_us":0}]}'
check "the second customer of the address" shared '[21000,21999]' 51 M2
check "a renewal with overlapping ranges" shared '[20000,20500]' 52 M1
check "what it gave up is open" is open 192.0.2.9 $FOREIGN 25 20600
check "what it kept is closed" closed 192.0.2.9 $FOREIGN 25 20400
overlap() {
	! shared '[20400,20600]' 53 M3 && case $ANSWER in
	*'"ok":false'*"port range of 192.0.2.9/32 overlaps"*) ;;
	*) echo "$ANSWER"; return 1 ;;
	esac
}
check "a range of two customers is refused with a reason" overlap
check "release a port set" unblock 54 M1
check "open again" is open 192.0.2.9 $FOREIGN 25 20400
check "the other customer's is closed" closed 192.0.2.9 $FOREIGN 25 21500
check "release the other" unblock 55 M2

# An address moves on while both are blocked.
check "A is blocked" block 60 A '"192.0.2.7/32"'
check "B gets A's address and is blocked" block 61 B '"192.0.2.7/32"'
check "A moves away" block 62 A '"192.0.2.8/32"'
check "B is closed still" closed 192.0.2.7 $FOREIGN 25
check "B is released" unblock 63 B
check "and is open" is open 192.0.2.7 $FOREIGN 25

# Prefixes inside prefixes.
check "a wide block" block 64 W '"192.0.2.0/29"'
check "closes those inside" closed 192.0.2.7 $FOREIGN 25
check "a narrow one inside it" block 65 N '"192.0.2.7/32"'
check "the wide one is released" unblock 66 W
check "the narrow one stays closed" closed 192.0.2.7 $FOREIGN 25
check "the narrow one is released" unblock 67 N
check "and is open" is open 192.0.2.7 $FOREIGN 25
check "A is closed all the while" closed 192.0.2.8 $FOREIGN 25

# Somebody flushes the ruleset.
check "a block before the flush" block 70 C7 '"192.0.2.7/32"'
nft flush ruleset
check "flushed: open" is open 192.0.2.7 $FOREIGN 25
check "the list shows that it is gone" says '{"op":"list"}' \
	'{"ok":true,"held":[]}'
check "the same block again" block 70 C7 '"192.0.2.7/32"'
check "closes it" closed 192.0.2.7 $FOREIGN 25
nft flush ruleset
check "a block after a flush that nobody saw" block 71 A '"192.0.2.8/32"'
check "is in force" closed 192.0.2.8 $FOREIGN 25
check "the other is missing in the list" not_asks '{"op":"list"}' C7
check "and comes with the same number again" block 70 C7 '"192.0.2.7/32"'
check "closed" closed 192.0.2.7 $FOREIGN 25
nft flush chain inet op25b forward
check "without rules: open" is open 192.0.2.7 $FOREIGN 25
check "a list repairs them" asks '{"op":"list"}' '"C7"'
check "closed again" closed 192.0.2.7 $FOREIGN 25
nft 'add table inet op25b { flags dormant; }'
check "dormant: open" is open 192.0.2.7 $FOREIGN 25
check "a list wakes it" asks '{"op":"list"}' '"C7"'
check "closed again" closed 192.0.2.7 $FOREIGN 25

# kill -9, and a new process.
kill -9 "$DRIVER_PID"
wait "$DRIVER_PID" 2>/dev/null
check "the driver is dead, the block is not" closed 192.0.2.7 $FOREIGN 25
driver_is
asks_hello() { asks '{"op":"hello"}' '"ports":true'; }
check "a new process" asks_hello
check "it knows whose they are" asks '{"op":"list"}' \
	'{"subscriber":"C7","seq":70,"targets":["192.0.2.7/32"],"until_us":'$UNTIL'}'
check "and answers an older block" block 69 C7 '"192.0.2.9/32"'
check "without effect" is open 192.0.2.9 $FOREIGN 25
check "it releases what it did not place" unblock 72 C7
check "open" is open 192.0.2.7 $FOREIGN 25
check "release the other" unblock 73 A

# What is not ours.
nft add element inet op25b block4 '{ 192.0.2.9 comment "by hand" }'
nft add chain inet op25b mine
nft add rule inet op25b mine counter
nft add table inet theirs
check "a foreign element is listed as nobody's" says '{"op":"list"}' \
	'{"ok":true,"held":[{"subscriber":null,"seq":0,"targets":["192.0.2.9/32"],"until_us":0}]}'
check "a customer with that address" block 80 C9 '"192.0.2.9/32"'
check "is released" unblock 81 C9
by_hand() { nft list set inet op25b block4 | grep -q '192.0.2.9.*by hand'; }
check "the foreign element is as it was" by_hand
others() { nft list chain inet op25b mine && nft list table inet theirs; }
check "a foreign chain, a foreign table" others
nft delete element inet op25b block4 '{ 192.0.2.9 }'

far() { UNTIL=4000000000000000 block 82 F '"192.0.2.7/32"' &&
	asks '{"op":"list"}' '"until_us":4000000000000000'; }
check "a block until the year 2096" far
check "is released" unblock 83 F

# Many at once, and one among them that cannot be.
many() { # OP
	seq 3000 | awk -v op="$1" '{
		s = $1 == 1500 && op == "block" ? "[\"10.0.0.1/8\"]" : \
		    sprintf("[\"10.1.%d.%d/32\",\"2001:db8:%x::/56\"]", $1 / 256, $1 % 256, $1)
		printf "{\"op\":\"%s\",\"seq\":%d,\"event\":\"new\",\"subscriber\":\"M%d\",\"targets\":%s,\"until_us\":0}\n", op, (op == "block" ? 1000 : 9000) + $1, $1, s
	}'
	echo '{"op":"list"}'
}
burst() {
	many block >"$TMP/many"
	"$BIN/sekisho-driver-nft" -o 198.51.100.26/31 <"$TMP/many" >"$TMP/answers" || return 1
	[ "$(head -n 3000 "$TMP/answers" | grep -c '"ok":true}')" -eq 2999 ] &&
		[ "$(grep -c '"ok":false' "$TMP/answers")" -eq 1 ] &&
		tail -n +3001 "$TMP/answers" | grep -o '"subscriber"' | wc -l | grep -qx 2999 &&
		[ "$(head -n 3000 "$TMP/answers" | grep -o '"seq":[0-9]*' | sort -t: -k2n | uniq | wc -l)" -eq 3000 ]
}
check "3,000 blocks in a burst, one of them bad" burst
check "this driver sees them as well" asks '{"op":"list"}' '"M2999"'
unburst() {
	many unblock >"$TMP/many"
	"$BIN/sekisho-driver-nft" -o 198.51.100.26/31 <"$TMP/many" >"$TMP/answers" || return 1
	[ "$(grep -c '"ok":true}' "$TMP/answers")" -eq 3000 ] &&
		[ "$(tail -n 1 "$TMP/answers")" = '{"ok":true,"held":[]}' ]
}
check "and their ends" unburst

# Names that nft would choke on.
odd() { block 90 'C \"é%'"'"';}' '"192.0.2.7/32"'; }
check "a subscriber with quotes and spaces" odd
check "is listed as it is" asks '{"op":"list"}' '"C \"é%'"'"';}"'
check "is released" unblock 91 'C \"é%'"'"';}'
refused() { # LINE TEXT
	asks "$1" '"ok":false' && asks "$1" "$2"
}
check "other ports are refused" refused '{"op":"block","seq":92,"subscriber":"P","targets":["192.0.2.7/32"],"ports":[25,465]}' "port 25 only"
check "port sets of IPv6 are refused" refused '{"op":"block","seq":93,"subscriber":"P","port_sets":[{"target":"2001:db8::1/128","source_ports":[[1,2]]}]}' "not one IPv4 address"
check "bits behind the length are refused" refused '{"op":"block","seq":94,"subscriber":"P","targets":["192.0.2.7/24"]}' "behind its length"
stop_driver

# The kernel's own end of a block is a safety net.
driver_is -g 1
now=$(date +%s)
short() {
	UNTIL=${now}000000 block 95 T '"192.0.2.7/32"'
}
now=$((now + 1)) check "a block of a second" short
check "is in force" closed 192.0.2.7 $FOREIGN 25
check "and ends without an unblock" wait_for is open 192.0.2.7 $FOREIGN 25
check "unblock afterwards" unblock 96 T
stop_driver
driver_is -r reset
check "-r reset: block" block 97 R '"192.0.2.7/32"'
check "-r reset" is ECONNREFUSED 192.0.2.7 $FOREIGN 25
stop_driver
driver_is -r drop -m 2
check "-r drop: it is taken up from the last process" \
	is silence 192.0.2.7 $FOREIGN 25
check "room for one more" block 98 S '"192.0.2.8/32"'
full() { ! block 99 U '"192.0.2.9/32"' && case $ANSWER in
	*'"ok":false'*"the driver is full"*) ;;
	*) return 1 ;;
	esac; }
check "and no more" full
check "what a subscriber holds already finds room" block 99 S '"192.0.2.8/32"'
stop_driver
finish
