#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sekisho-driver-radius-coa against a NAS that says yes, no and nothing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/driver.sh"

STATE=$TMP/state.json
for n in a b; do
	echo "secret-$n" >"$TMP/$n.secret"
	echo ack >"$TMP/$n.mode"
	: >"$TMP/$n.log"
	node "$(dirname "$0")/coa_server.mjs" "$TMP/$n.log" "$TMP/$n.port" \
		"secret-$n" "$TMP/$n.mode" &
	PIDS="$PIDS $!"
	wait_for test -s "$TMP/$n.port"
done
cat >"$TMP/coa.conf" <<-X
nas "a" { # by address
	address = "127.0.0.1:$(cat "$TMP/a.port")"
	secret_file = "$TMP/a.secret"
	timeout_s = 1
	tries = 1
	prefixes = {"192.0.2.0/24", "2001:db8::/32"}
	session = {'Framed-IP-Address = %{ipv4}', 'Delegated-IPv6-Prefix = %{ipv6_prefix}',
		'Event-Timestamp = %{now}', 'Message-Authenticator = 0x00'}
	block = {'NAS-Filter-Rule = "deny in tcp from any to any 25"'}
	unblock = {'NAS-Filter-Rule = " "'}
}
nas "b" { # by name, for the rest
	address = "127.0.0.1:$(cat "$TMP/b.port")"
	secret_file = "$TMP/b.secret"
	timeout_s = 1
	tries = 1
	session = {'User-Name = "%{subscriber}@isp.example"'}
	block = {'Filter-Id = "OP25B-%{seq}"'}
	unblock = {'Filter-Id = "OPEN"'}
}
X
driver_is() { start_driver "$BIN/sekisho-driver-radius-coa" -c "$TMP/coa.conf" -s "$STATE" "$@"; }
forget() { : >"$TMP/a.log"; : >"$TMP/b.log"; }
# What a NAS got since, in order, "!" before what had a bad authenticator.
got() { # NAS WANT
	local text
	text=$(node -e 'const v=require("fs").readFileSync(process.argv[1],"utf8").trim();
console.log(v===""?"":v.split("\n").map(l=>JSON.parse(l)).map(o=>(o.good?"":"!")+o.code+" "+o.what).join("; "))' "$TMP/$1.log")
	[ "$text" = "$2" ] || { echo "got  $text"; echo "want $2"; return 1; }
}
DENY='NAS-Filter-Rule=deny in tcp from any to any 25'
NONE='NAS-Filter-Rule= '
P56=003820010db8001234000000000000000000 # reserved, length, prefix as it goes over the wire

driver_is
check "hello" says '{"op":"hello"}' \
	'{"ports":true,"port_sets":false,"sees_refused":false,"max_entries":100000,"window":1}'
check "block" block 41 C7 '"192.0.2.7/32"'
check "the NAS has it, with a good authenticator" got a "43 Framed-IP-Address=192.0.2.7 $DENY"
check "the other has nothing" got b ""
forget
check "the same again" block 41 C7 '"192.0.2.7/32"'
check "is not sent again" got a ""
check "a renewal" block 42 C7 '"192.0.2.7/32"'
check "is" got a "43 Framed-IP-Address=192.0.2.7 $DENY"
forget
check "moved" block 43 C7 '"192.0.2.8/32"'
check "blocks there and then opens here" got a \
	"43 Framed-IP-Address=192.0.2.8 $DENY; 43 Framed-IP-Address=192.0.2.7 $NONE"
forget
check "unblock, whatever its targets are" unblock 44 C7 '"192.0.2.99/32"'
check "opens what is blocked" got a "43 Framed-IP-Address=192.0.2.8 $NONE"
check "an older block" block 43 C7 '"192.0.2.8/32"'
check "is none" got a "43 Framed-IP-Address=192.0.2.8 $NONE"
forget
check "IPv4 and IPv6 of a line" block 45 C8 '"192.0.2.8/32","2001:db8:12:3400::/56"'
check "are one session" got a "43 Framed-IP-Address=192.0.2.8 Delegated-IPv6-Prefix=$P56 $DENY"
forget
check "two addresses" block 46 C8 '"192.0.2.8/32","192.0.2.9/32"'
check "are two; the first has another key now, and is not opened by its old one" got a \
	"43 Framed-IP-Address=192.0.2.8 $DENY; 43 Framed-IP-Address=192.0.2.9 $DENY"
check "release" unblock 47 C8
forget

# By name.
check "a customer of the other NAS" block 50 'N\"1' '"198.51.100.7/32","198.51.100.8/32"'
check "one request, the name escaped" got b '43 User-Name=N"1@isp.example Filter-Id=OP25B-50'
forget
check "his addresses change" block 51 'N\"1' '"198.51.100.9/32"'
check "the session is the same: no unblock" got b '43 User-Name=N"1@isp.example Filter-Id=OP25B-51'
forget
check "he moves to the first NAS" block 52 'N\"1' '"192.0.2.50/32"'
check "which blocks him" got a "43 Framed-IP-Address=192.0.2.50 $DENY"
check "and the other forgets him" got b '43 User-Name=N"1@isp.example Filter-Id=OPEN'
check "release" unblock 53 'N\"1'
forget

# An address moves on.
check "A is blocked" block 60 A '"192.0.2.7/32"'
check "B has the address now, and is blocked" block 61 B '"192.0.2.7/32"'
forget
check "A moves away" block 62 A '"192.0.2.8/32"'
check "B's is not opened" got a "43 Framed-IP-Address=192.0.2.8 $DENY"
check "B is released" unblock 63 B
forget

# No, and nothing.
refused() { # SEQ SUBSCRIBER TEXT...
	! block "$1" "$2" '"192.0.2.77/32"' || return 1
	for t in "${@:3}"; do
		case $ANSWER in *"$t"*) ;; *) echo "got $ANSWER, want $t"; return 1 ;; esac
	done
}
transient() { refused "$@" && case $ANSWER in *permanent*) echo "$ANSWER"; return 1 ;; esac; }
echo "nak 503" >"$TMP/a.mode"
check "NAK: no such session: again later" transient 70 X "nas a: CoA-NAK, Error-Cause Session-Context-Not-Found"
check "what failed is listed, as older than it is" asks '{"op":"list"}' '{"subscriber":"X","seq":69,"targets":["192.0.2.77/32"]'
check "NAK: no such session at an unblock: done" unblock 71 X
echo "nak 506" >"$TMP/a.mode"
check "NAK: no resources: again later" transient 72 X "Error-Cause Resources-Unavailable"
echo "nak 401" >"$TMP/a.mode"
check "NAK: unsupported attribute: never" refused 72 X "Error-Cause Unsupported-Attribute" '"permanent":true'
echo mute >"$TMP/a.mode"
check "no answer: again later" transient 72 X "nas a: no answer"
echo forged >"$TMP/a.mode"
check "an answer without the secret is none" transient 72 X "nas a:"
echo ack >"$TMP/a.mode"
echo wrong >"$TMP/a.secret"
check "a wrong secret of ours: no answer" transient 72 X "nas a:"
echo "secret-a" >"$TMP/a.secret"
forget
check "at last" block 72 X '"192.0.2.77/32"'
check "is sent" got a "43 Framed-IP-Address=192.0.2.77 $DENY"

# kill -9
kill -9 "$DRIVER_PID"
wait "$DRIVER_PID" 2>/dev/null
driver_is
forget
check "a new process knows what was acknowledged" asks '{"op":"list"}' '{"subscriber":"X","seq":72,"targets":["192.0.2.77/32"]'
check "unblock" unblock 73 X
check "is sent" got a "43 Framed-IP-Address=192.0.2.77 $NONE"
check "unblock of one that is not held" unblock 74 X
check "is not" got a "43 Framed-IP-Address=192.0.2.77 $NONE"

# Disconnect instead; a NAS by name knows shared addresses.
forget
sed -i '/^nas "a"/,/^}/d; s/^block.*/request = disconnect/; /^unblock/d' "$TMP/coa.conf"
driver_is
check "by name alone: port sets" says '{"op":"hello"}' \
	'{"ports":true,"port_sets":true,"sees_refused":false,"max_entries":100000,"window":1}'
shared() {
	says '{"op":"block","seq":80,"subscriber":"M1","port_sets":[{"target":"203.0.113.7/32","source_ports":[[1024,2047]]}],"until_us":0}' '{"seq":80,"ok":true}'
}
check "request = disconnect" shared
check "is a Disconnect-Request" got b "40 User-Name=M1@isp.example"
stop_driver

bad() { # TEXT: the configuration is refused with it
	expect_exit 1 "$BIN/sekisho-driver-radius-coa" -c "$TMP/bad.conf" -s "$STATE" </dev/null 2>"$TMP/bad" &&
		grep -qF "$1" "$TMP/bad" || { cat "$TMP/bad"; return 1; }
}
check "no configuration: it says so" bad "bad.conf cannot be read"
echo 'nas "x" { adress = 1 }' >"$TMP/bad.conf"
check "a key that is none" bad "bad.conf:1: no such option 'adress'"
echo 'nas "x" { address = "192.0.2.1" }' >"$TMP/bad.conf"
check "a NAS without a secret" bad 'nas "x": give address and secret_file'
echo 'nas "x" { address = "192.0.2.1" secret_file = "/x" session = {"User-Name = %{user}"} }' >"$TMP/bad.conf"
check "a placeholder that is none" bad '"%{user}" is no placeholder'
finish
