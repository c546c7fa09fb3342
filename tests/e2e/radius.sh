#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# RADIUS accounting by the real client, radclient of FreeRADIUS: the receiver
# (radiusprint), and the agent that reads the same packets on the wire.
cd "$(dirname "$0")/../.." || exit 1
. tests/e2e/lib.sh
command -v radclient >/dev/null || {
	echo "radius: skip: radclient (freeradius-utils) is not installed"
	echo "radius: 0 passed, 0 failed, 1 skipped"
	exit 0
}
in_namespace "$0"
corpus=../shared/corpus
ip link set lo up
ip -6 addr add 2001:db8::1/128 dev lo nodad
port=11813

printf '# test\n127.0.0.1 testing123\n2001:db8::/32 sixth secret\n' \
	>"$TMP/clients"
chmod 640 "$TMP/clients"
conf() { # LISTEN [KEY...]
	cat <<-EOF
	capture {
	    radius_ports = {$port}
	    radius_nas = {"127.0.0.1", "2001:db8::/32"}
	}
	radius {
	    listen = "$1"
	    clients_file = "$TMP/clients"
	    strip_realms = "isp.example"
	    class_attribute = "class"
	    class_prefix = "line="
	    cgn_address = "2011:161"
	    cgn_first_port = "2011:162"
	    cgn_last_port = "2011:163"
	}
	EOF
}
start() { # LISTEN [REFUSE]
	conf "$1" >"$TMP/r.conf"
	"$BIN/tests/e2e/radiusprint" "$TMP/r.conf" ${2:-} \
		>"$TMP/events" 2>"$TMP/log" &
	server=$!
	PIDS="$PIDS $server"
	wait_for grep -q ready "$TMP/log"
}
stop() {
	kill "$server"
	wait "$server"
}
# send SECRET ATTRIBUTE...; OPTIONS for radclient
send() {
	local secret=$1
	shift
	printf '%s\n' "$@" >"$TMP/attrs"
	echo "$secret" >"$TMP/secret"
	timeout 20 radclient -t 1.5 -r 1 ${OPTIONS:-} -f "$TMP/attrs" \
		-S "$TMP/secret" "${TO:-127.0.0.1}:$port" "${CODE:-acct}" \
		>"$TMP/radclient" 2>&1
}
session() { # STATUS ID USER ATTRIBUTE...
	local status=$1 id=$2 user=$3
	shift 3
	send testing123 "Acct-Status-Type = $status" \
		"Acct-Session-Id = \"$id\"" "User-Name = \"$user\"" \
		"NAS-IP-Address = 192.0.2.1" "NAS-Identifier = \"bng1\"" "$@"
}
# events FIELD...: of each event, values by spaces
events() {
	node -e 'const fs = require("fs");
for (const l of fs.readFileSync(process.argv[1], "utf8").split("\n")) {
	if (!l) continue;
	const e = JSON.parse(l);
	e.held = (e.targets || []).map((t) => t.prefix +
		(t.first_port === 0 && t.last_port === 0 ? "" :
			`:${t.first_port}-${t.last_port}`)).join(",");
	console.log(process.argv.slice(2).map((f) => e[f]).join(" "));
}' "$TMP/events" "$@"
}
last_is() { # TEXT FIELD...
	local want=$1 got
	shift
	got=$(events "$@" | tail -n 1)
	[ "$got" = "$want" ] || { echo "got: $got"; cat "$TMP/radclient"; return 1; }
}
count_is() { # NAME NUMBER: after stop
	grep -qE "(^| )$1=$2( |\$)" "$TMP/log" || { cat "$TMP/log"; return 1; }
}
lines_are() {
	local n
	n=$(events verb | wc -l)
	[ "$n" -eq "$1" ] || { echo "$n events"; return 1; }
}

# --- the receiver -----------------------------------------------------------
start 127.0.0.1@$port
"$BIN/sekisho-capture" -q -i lo -c <(conf "" | grep -v clients_file) -o "$TMP/wire.json" \
	--format json 2>"$TMP/capture.log" &
capture=$!
conf "" >"$TMP/secret.conf"
"$BIN/sekisho-capture" -q -i lo -c "$TMP/secret.conf" -o "$TMP/wire2.json" \
	--format json 2>"$TMP/capture2.log" &
capture2=$!
PIDS="$PIDS $capture $capture2"
agent_hears() { # its own filter is on when it counts something
	send testing123 "Acct-Status-Type = 77"
	grep -q '"radius_no_lease":[1-9]' "$TMP/wire.json" &&
		grep -q '"radius_no_lease":[1-9]' "$TMP/wire2.json"
}
check "both agents hear the wire" wait_for agent_hears
before=$(date +%s)
check "Start is answered" session Start s1 alice@isp.example \
	"Framed-IP-Address = 198.51.100.7" \
	"Framed-IPv6-Prefix = 2001:db8:1:2::/64" \
	"Delegated-IPv6-Prefix = 2001:db8:12::/48" \
	"Delegated-IPv6-Prefix = 2001:db8:13::/56" \
	"Framed-IPv6-Address = 2001:db8:14::5" "Class = 0x616263" \
	"Class = \"line=static\"" "Event-Timestamp = $before"
check "and says all of it" last_is \
	"begin 192.0.2.1 s1 alice static 198.51.100.7/32,2001:db8:1:2::/64,2001:db8:12::/48,2001:db8:13::/56,2001:db8:14::5/128" \
	verb nas session customer class held
check "at its second" test $(($(events at_us | tail -n 1) / 1000000)) -le \
	$((before + 1))
check "Interim-Update is answered" session Interim-Update s1 \
	alice@isp.example "Framed-IP-Address = 198.51.100.7" \
	"Acct-Delay-Time = 3"
check "and refreshes" last_is "refresh s1 alice 198.51.100.7/32" \
	verb session customer held
check "a port block is a part of an address" session Start s2 bob \
	"Framed-IP-Address = 100.64.0.9" \
	"Huawei-NAT-Public-Address = 203.0.113.5" \
	"Huawei-NAT-Start-Port = 1024" "Huawei-NAT-End-Port = 1087"
check "with its ports" last_is \
	"s2 bob 203.0.113.5/32:1024-1087,100.64.0.9/32" session customer held
check "another realm stays" session Start s3 bob@other.example \
	"Framed-IP-Address = 198.51.100.8"
check "as another customer" last_is "bob@other.example" customer
check "Stop is answered" session Stop s1 alice@isp.example \
	"Framed-IP-Address = 198.51.100.7"
check "and ends it" last_is "end s1" verb session
n=$(events verb | wc -l)
check "a Start without an address is answered" session Start s4 carol
check "Tunnel-Start is answered" session Tunnel-Start s4 carol
check "a Start without a name is answered" send testing123 \
	"Acct-Status-Type = Start" "Acct-Session-Id = s5" \
	"Framed-IP-Address = 198.51.100.9" "NAS-IP-Address = 192.0.2.1"
check "255.255.255.254 is no address" session Start s6 dora \
	"Framed-IP-Address = 255.255.255.254"
check "half a block is not answered" expect_exit 1 session Start s7 erik \
	"Framed-IP-Address = 100.64.0.10" \
	"Huawei-NAT-Public-Address = 203.0.113.5" \
	"Huawei-NAT-Start-Port = 1024"
check "a wrong secret is not answered" expect_exit 1 send wrong \
	"Acct-Status-Type = Start" "User-Name = mallory" \
	"Acct-Session-Id = s8" "Framed-IP-Address = 198.51.100.10"
check "none of these is a lease" lines_are "$n"
check "Message-Authenticator and Proxy-State come back" session Start s9 \
	fred "Framed-IP-Address = 198.51.100.11" \
	"Message-Authenticator = 0x00" "Proxy-State = 0x0102" \
	"Proxy-State = 0x03"
OPTIONS=-x session Start s10 gina "Framed-IP-Address = 198.51.100.12" \
	"Proxy-State = 0x0a0b" "Proxy-State = 0x0c"
check "in their order" sh -c "sed -n '/^Received/,\$p' $TMP/radclient |
	tr -d '\n\t ' | grep -q 'Proxy-State=0x0a0bProxy-State=0x0c'"
check "Accounting-On is answered" session Accounting-On boot ""
check "and resets the NAS" last_is "reset 192.0.2.1" verb nas
check "Accounting-Off is answered" session Accounting-Off boot ""
CODE=status check "Status-Server is answered (RFC 5997)" send testing123 \
	"Message-Authenticator = 0x00"
CODE=auth check "Access-Request is not" expect_exit 1 send testing123 \
	"User-Name = alice" "User-Password = x"

# --- bytes that no client sends ----------------------------------------------
cat >"$TMP/raw.mjs" <<'E2'
import dgram from 'dgram';
import crypto from 'crypto';
const [port, what] = process.argv.slice(2);
const secret = Buffer.from('testing123');
const attr = (t, ...b) => Buffer.from([t, b.length + 2, ...b]);
const text = (t, s) => Buffer.concat([Buffer.from([t, s.length + 2]),
	Buffer.from(s)]);
function packet(attrs, { length, id = 9, key = secret } = {}) {
	const b = Buffer.concat([Buffer.alloc(20), ...attrs]);
	b[0] = 4;
	b[1] = id;
	b.writeUInt16BE(length ?? b.length, 2);
	crypto.createHash('md5').update(b).update(key).digest().copy(b, 4);
	return b;
}
const start = [attr(40, 0, 0, 0, 1), text(44, 'raw'), text(1, 'zoe'),
	attr(4, 192, 0, 2, 1), attr(8, 198, 51, 100, 20)];
const sets = {
	again: () => Array(3).fill(packet(start)),
	bad: () => [
		Buffer.alloc(0), Buffer.alloc(19), Buffer.alloc(4096),
		Buffer.alloc(5000, 4), Buffer.alloc(65000, 255),
		packet([...start, Buffer.from([1])]),
		packet([...start, Buffer.from([1, 0])]),
		packet([...start, Buffer.from([1, 1])]),
		packet([...start, Buffer.from([1, 9, 65])]),
		packet(start, { length: 19 }), packet(start, { length: 4097 }),
		packet(start, { length: 400 }),
		packet([...start, attr(8, 1, 2, 3)]),
		packet([...start, attr(97, 0, 129, 32, 1)]),
		packet([...start, attr(97, 0, 64, 32, 1)]),
		packet([...start, text(1, 'other'), text(44, 'raw2')]),
		packet(start, { key: Buffer.from('guess') }),
		packet([]),
		packet(Array(2038).fill(Buffer.from([200, 2]))),
	],
	flood: () => Array.from({ length: 20000 }, (_, i) =>
		packet(start, { id: i & 255, key: Buffer.from('x') })),
};
const s = dgram.createSocket('udp4');
let got = 0;
s.on('message', () => got++);
s.bind(0, '127.0.0.1', async () => {
	for (const b of sets[what]()) {
		await new Promise((r) => s.send(b, port, '127.0.0.1', r));
		if (what !== 'flood')
			await new Promise((r) => setTimeout(r, 20));
	}
	await new Promise((r) => setTimeout(r, 500));
	console.log(got);
	process.exit(0);
});
E2
raw() { timeout 60 node "$TMP/raw.mjs" $port "$1"; }
n=$(events verb | wc -l)
check "a retransmission is answered each time" test "$(raw again)" = 3
check "and taken once" lines_are $((n + 1))
check "broken packets are not answered" test "$(raw bad)" = 0
check "and make no lease" lines_are $((n + 1))
check "a flood of wrong secrets is not answered" test "$(raw flood)" = 0
check "after it all goes on" session Start s11 hana \
	"Framed-IP-Address = 198.51.100.13"
check "with a lease" last_is "s11 hana" session customer

# --- the files of others ------------------------------------------------------
attrs=$corpus/radius/src/tests/modules/sql
if [ -d $attrs ]; then
	n=$(events verb | wc -l)
	files=0
	for f in $attrs/acct_*.attrs; do
		# Their dialect of it: newer names, an access packet's type.
		sed -e '/^#.*Expected/,$d' -e '/^#/d' -e '/Packet-Type/d' \
			-e 's/::Framed-User/Framed-User/' \
			-e '/Vendor-Specific/d' \
			-e "s/ WIB'/'/" "$f" >"$TMP/theirs"
		echo testing123 >"$TMP/secret"
		timeout 10 radclient -t 0.5 -r 1 -f "$TMP/theirs" -S \
			"$TMP/secret" 127.0.0.1:$port acct >>"$TMP/radclient" 2>&1
		files=$((files + 1))
	done
	check "five of FreeRADIUS's files are five leases" \
		sh -c "[ $files = 5 ]"
	check "each is taken" lines_are $((n + 5))
	check "and right" last_is \
		"refresh 192.0.2.10 00000004 user4@example.org 198.51.100.59/32" \
		verb nas session customer held
else
	echo "skip $attrs is not there"
fi

# --- the agent on the same wire ---------------------------------------------
kill $capture $capture2
wait $capture $capture2
on_wire() { # the same, without when it came
	grep '"type":"lease"' |
		node -e 'for (const l of require("fs").readFileSync(0, "utf8")
	.split("\n")) {
	if (!l) continue;
	const e = JSON.parse(l);
	console.log(e.verb, e.nas, e.session, e.customer,
		e.targets.map((t) => t.prefix + t.first_port + "-" +
			t.last_port).join(","));
}'
}
of_server() { sed 's/^{/{"type":"lease",/' "$TMP/events"; }
on_wire <"$TMP/wire.json" | uniq >"$TMP/wire.txt"
of_server | on_wire | uniq >"$TMP/server.txt"
check "and there were some" test "$(wc -l <"$TMP/server.txt")" -ge 10
check "the agent read the same leases, without the secret" \
	diff "$TMP/server.txt" "$TMP/wire.txt"
on_wire <"$TMP/wire2.json" | uniq >"$TMP/wire2.txt"
check "and another with the secret" diff "$TMP/server.txt" "$TMP/wire2.txt"
stop
check "the receiver ends cleanly" test $? -eq 0
check "wrong secrets were counted" grep -qE 'wrong_secret=200[0-9][0-9]' \
	"$TMP/log"
check "over-long packets were counted" count_is over_long 2
check "retransmissions were counted" grep -qE ' duplicates=[2-9]' "$TMP/log"
check "warned at most once a minute" test \
	"$(grep -c '<warn>' "$TMP/log")" -le 3

# --- not committed, not answered ----------------------------------------------
start 127.0.0.1@$port 1
check "what is not committed is not answered" expect_exit 1 session Start s1 \
	alice "Framed-IP-Address = 198.51.100.7"
check "the next time it is" session Start s1 alice \
	"Framed-IP-Address = 198.51.100.7"
check "one lease of it" lines_are 1
stop
check "it was counted" count_is not_committed 1

# --- IPv6 and who may speak ---------------------------------------------------
start 2001:db8::1@$port
TO='[2001:db8::1]' check "IPv6 is answered" send "sixth secret" \
	"Acct-Status-Type = Start" "Acct-Session-Id = v6" "User-Name = ines" \
	"NAS-IPv6-Address = 2001:db8::2" "Delegated-IPv6-Prefix = 2001:db8:99::/56"
check "and its lease is there" last_is "2001:db8::2 ines 2001:db8:99::/56" \
	nas customer held
stop
printf '192.0.2.0/24 testing123\n' >"$TMP/clients"
start 127.0.0.1@$port
check "no client, no answer" expect_exit 1 session Start s1 alice \
	"Framed-IP-Address = 198.51.100.7"
stop
check "counted" grep -qE ' unknown=[1-9]' "$TMP/log"
chmod 644 "$TMP/clients"
check "secrets that others may read are refused" sh -c \
	"timeout 5 $BIN/tests/e2e/radiusprint $TMP/r.conf 2>&1 |
	grep -q 'chmod o='"

# --- captures of others -------------------------------------------------------
if [ -d $corpus/pcap/radius ]; then
	cat >"$TMP/any.conf" <<-EOF
	capture {
	    radius_ports = {1812, 1813}
	    radius_nas = {"0.0.0.0/0", "::/0"}
	    radius_confirm = false
	}
	EOF
	other=0 leases=0
	for f in $corpus/pcap/radius/*.pcap; do
		"$BIN/sekisho-capture" -q -r "$f" -c "$TMP/any.conf" \
			-o "$TMP/out" --format json --summary=full \
			2>"$TMP/sum" || echo "$f: exit $?"
		other=$((other + $(awk '$1 == "radius_other" { print $2 }' \
			"$TMP/sum")))
		leases=$((leases + $(grep -c '"lease"' "$TMP/out")))
	done
	check "8 packets of authentication are no accounting" \
		test "$other $leases" = "8 0"
else
	echo "skip $corpus/pcap/radius is not there"
fi
finish
