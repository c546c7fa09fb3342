#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Leases without RADIUS: said by a person, imported from files, and followed
# in the files of Kea and ISC dhcpd while the analyzer runs.
cd "$(dirname "$0")/../.." || exit 1
. tests/e2e/lib.sh
umask 077
head -c 32 /dev/zero | tr '\0' k >"$TMP/key"
kea4=$TMP/kea4.csv dhcpd=$TMP/dhcpd.leases dhcpd6=$TMP/dhcpd6.leases
cat >"$TMP/s.conf" <<-EOF
db = "$TMP/s.db"
socket = "$TMP/s.sock"
hash_key_file = "$TMP/key"
analyzer {
    zone = "$TMP/zone"
}
network {
    own_server_names = {"mx.isp.example"}
    own_networks = {"192.0.2.0/24", "2001:db8::/32"}
    ipv6_unit = {"2001:db8:f000::/36 56"}
}
leases {
    files = {"kea4 remote-id $kea4", "dhcpd hwaddr $dhcpd",
        "dhcpd6 duid $dhcpd6", "lines $TMP/lines"}
}
EOF
cat >"$TMP/zone" <<-EOF
mx.isp.example. 300 IN A 203.0.113.25
mx.isp.example. 300 IN AAAA 2001:db8:25::25
EOF
S() { "$SEKISHO" "$@" --db "$TMP/s.db" -c "$TMP/s.conf"; }
start() {
	"$BIN/sekisho-analyzer" -c "$TMP/s.conf" 2>>"$TMP/log" &
	analyzer=$!
	PIDS="$PIDS $analyzer"
	wait_for test -S "$TMP/s.sock"
}
stop() {
	kill "$analyzer"
	wait "$analyzer"
	rm -f "$TMP/s.sock"
}
# has ADDRESS CUSTOMER [TIME]
has() {
	S who "$1" ${3:+--at "$3"} -o json 2>/dev/null |
		grep -q "\"customer\": *\"$2\""
}
nobody() { expect_exit 3 S who "$1" ${2:+--at "$2"}; }
at() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }
now=$(date +%s)
# kea ADDRESS LIFETIME EXPIRE STATE CUSTOMER: with RFC 3046's sub-option 2
kea() {
	local hex
	hex=$(printf '%s' "$5" | od -An -tx1 | tr -d ' \n')
	printf '%s,02:00:00:00:00:01,,%s,%s,1,0,0,,%s,%s,0\n' "$1" "$2" "$3" \
		"$4" "{ \"ISC\": { \"relay-agent-info\": { \"sub-options\": \
\"0x02$(printf %02x ${#5})$hex\" } } }"
}

start
check "an own server by name is resolved before agents are heard" eval '
	sed -n "/own server name=mx.isp.example addresses=2/,/listens/p" \
		"$TMP/log" | grep -q listens'
check "a customer gets an address by hand" \
	S lease add C1 192.0.2.7 2001:db8:7::/56
check "and has it, whatever address of the prefix" \
	eval 'has 192.0.2.7 C1 && has 2001:db8:7:0:1::9 C1'
check "who prints source and confidence" eval 'S who 192.0.2.7 -o json |
	grep -q "\"source\": *\"desk\"" && S who 192.0.2.7 -o json |
	grep -q "\"confidence\": *\"medium\""'
check "another gets it: the first has it no more" \
	eval 'S lease add C2 192.0.2.7 && has 192.0.2.7 C2'
check "a part of the ports" eval 'S lease add C3 192.0.2.9:1024-2047 &&
	has 192.0.2.9:2047 C3 && expect_exit 7 S who 192.0.2.9:2048'
check "ended" eval 'S lease end 192.0.2.7 && nobody 192.0.2.7'
check "what nobody has is not ended" expect_exit 3 S lease end 192.0.2.7
check "a bad target is named" expect_exit 2 S lease add C1 192.0.2.0/23x
check "a bad customer is named" eval '
	! S lease add "a b" 192.0.2.1 2>"$TMP/err" &&
	grep -q "customer \"a b\": a name holds no blanks" "$TMP/err"'
check "no time far ahead" expect_exit 7 S lease add C1 192.0.2.8 \
	--at "$(at $((now + 3600)))"
check "a configured unit is a guess, and says so" eval '
	S who 2001:db8:f000:1ff::1 -o json >"$TMP/unit" &&
	grep -q "\"customer\": *\"unit:2001:db8:f000:100::/56\"" "$TMP/unit" &&
	grep -q "\"confidence\": *\"low\"" "$TMP/unit"'
check "lease list of a prefix and a source" eval '
	[ "$(S lease list 192.0.2.0/24 --source desk -o csv | wc -l)" = 2 ]'

{
	echo address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id
	kea 192.0.2.20 3600 $((now + 3000)) 0 K1
} >"$kea4"
check "Kea gives an address" wait_for has 192.0.2.20 K1
check "from the client's last transaction on" eval '
	has 192.0.2.20 K1 "$(at $((now - 600)))" &&
	nobody 192.0.2.20 "$(at $((now - 601)))"'
kea 192.0.2.20 0 $((now - 100)) 0 K1 >>"$kea4"
kea 192.0.2.20 3600 $((now + 3500)) 0 K2 >>"$kea4"
check "gives it back and to another in one second" \
	wait_for has 192.0.2.20 K2
check "the first had it before" has 192.0.2.20 K1 "$(at $((now - 101)))"
mv "$kea4" "$kea4.1"
{
	head -1 "$kea4.1"
	kea 192.0.2.21 3600 $((now + 3600)) 0 K3
} >"$kea4"
check "Kea cleans its file up" wait_for has 192.0.2.21 K3

lease() { # ADDRESS STATE STARTS ENDS MAC
	printf 'lease %s {\n  starts epoch %s;\n  ends epoch %s;\n' "$1" "$3" \
		"$4"
	printf '  binding state %s;\n  next binding state free;\n' "$2"
	printf '  hardware ethernet %s;\n}\n' "$5"
}
lease 192.0.2.30 active $((now - 500)) $((now + 500)) 02:00:00:00:00:0A \
	>"$dhcpd"
check "dhcpd gives an address" wait_for has 192.0.2.30 02:00:00:00:00:0a
printf 'lease 192.0.2.31 {\n  starts epoch 1;\n' >>"$dhcpd"
{
	lease 192.0.2.30 free $((now - 500)) $((now - 10)) 02:00:00:00:00:0a
	lease 192.0.2.32 active $((now - 5)) $((now + 500)) 2:0:0:0:0:b
} >"$dhcpd.new"
mv "$dhcpd.new" "$dhcpd"
check "a file that is made anew, the old one cut within a lease" \
	wait_for has 192.0.2.32 02:00:00:00:00:0b
check "and what ran out is over" nobody 192.0.2.30
cat >"$dhcpd6" <<-EOF
ia-pd "\\001\\000\\000\\000\\000\\003\\000\\001\\002\\000\\000\\000\\000\\014" {
  cltt epoch $((now - 60));
  iaprefix 2001:db8:40::/56 {
    binding state active;
    max-life 3600;
    ends epoch $((now + 3540));
  }
}
EOF
check "dhcpd delegates a prefix" wait_for has 2001:db8:40:0:a::1 \
	00:03:00:01:02:00:00:00:00:0c
echo "begin @$now L1 203.0.113.7:1024-2047 source=cgn" >"$TMP/lines"
check "a CGN's log of port blocks" wait_for has 203.0.113.7:1500 L1

stop
kea 192.0.2.22 3600 $((now + 3600)) 0 K4 >>"$kea4"
start
check "what was written meanwhile is read" wait_for has 192.0.2.22 K4
check "what was known is known" eval 'has 192.0.2.20 K2 &&
	has 192.0.2.32 02:00:00:00:00:0b && has 192.0.2.9:1024 C3'
kea 192.0.2.22 0 $((now + 1)) 0 K4 >>"$kea4"
check "and goes on" wait_for nobody 192.0.2.22
stop

{
	lease 192.0.2.40 active $((now - 500)) $((now - 100)) 02:00:00:00:00:0d
	lease 192.0.2.41 active $((now - 500)) $((now + 100)) 02:00:00:00:00:0e
	echo 'lease 192.0.2.42 { starts nonsense; binding state active; }'
	printf 'lease 192.0.2.43 {\n starts epoch %s;\n binding state active;\n}\n' \
		"$now"
} >"$TMP/import"
check "imported without an analyzer; what is bad is told" \
	expect_exit 1 S lease import --format dhcpd --customer-field hwaddr \
	"$TMP/import"
check "with its counts" eval 'S lease import --format dhcpd \
	--customer-field hwaddr "$TMP/import" -o csv 2>/dev/null |
	tail -1 | grep -q "^19,4,0,1,1"'
check "what has run out by itself has ended" eval '
	has 192.0.2.40 02:00:00:00:00:0d "$(at $((now - 101)))" &&
	nobody 192.0.2.40 "$(at $((now - 100)))" &&
	has 192.0.2.41 02:00:00:00:00:0e && nobody 192.0.2.43'
check "lines from standard input" eval '
	echo "begin @$now L2 192.0.2.50" | S lease import - && has 192.0.2.50 L2'
check "without a field nothing is guessed" \
	expect_exit 2 S lease import --format kea4 "$kea4"
check "who said so stands in the audit log" eval '
	S audit list -o csv >"$TMP/audit" &&
	test "$(grep -c ",lease import," "$TMP/audit")" -eq 3 &&
	grep -q ",lease add," "$TMP/audit" && grep -q ",lease end," "$TMP/audit"'
finish
