#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A block follows the customer, not the address: sessions told by the real
# radclient while everything runs, and by RADIUS packets in a capture.
. "$(dirname "$0")/lib.sh"
command -v radclient >/dev/null || {
	echo "identity: skip: radclient (freeradius-utils) is not installed"
	echo "identity: 0 passed, 0 failed, 1 skipped"
	exit 0
}
in_namespace "$0"
ip link set lo up
HELP=$(realpath "$(dirname "$0")")/identity.mjs
generate burst_bot 1 || exit 1
BOT=198.51.100.10
sed -i "/^$BOT/d" "$TMP/subs.csv"
printf '127.0.0.1 testing123\n' >"$TMP/clients"
chmod 600 "$TMP/clients"
printf testing123 >"$TMP/secret"
cat >"$TMP/hook" <<EOF
#!/bin/sh
read -r line
printf '%s\n' "\$line" >>"$TMP/told"
EOF
chmod 755 "$TMP/hook"
: >"$TMP/told"
cp "$TMP/t.conf" "$TMP/plain.conf"
{
	echo "db = \"$TMP/live.db\""
	echo "socket = \"$TMP/sock\""
	cat "$TMP/t.conf"
	echo "radius { listen = \"127.0.0.1@11813\" clients_file = \"$TMP/clients\" }"
	echo "driver \"edge\" { command = {\"sekisho-driver-exec\", \"$TMP/hook\"} }"
} >"$TMP/live.conf"
C="-c $TMP/live.conf"

analyzer() {
	"$BIN/sekisho-analyzer" $C 2>>"$TMP/alog" &
	ANALYZER=$!
	PIDS="$PIDS $ANALYZER"
	wait_for test -S "$TMP/sock"
}
# account STATUS SESSION USER ADDRESS
account() {
	printf '%s\n' "Acct-Status-Type = $1" "Acct-Session-Id = \"$2\"" \
		"User-Name = \"$3\"" "Framed-IP-Address = $4" \
		"NAS-IP-Address = 192.0.2.254" >"$TMP/attrs"
	timeout 20 radclient -t 1 -r 3 -f "$TMP/attrs" -S "$TMP/secret" \
		127.0.0.1:11813 acct
}
whose() { "$SEKISHO" who "$1" $C -o json | grep -q "\"customer\":\"$2\""; }
# What the driver's list holds of a customer, by the last line about it.
holds() {
	grep "\"subscriber\": *\"$1\"" "$TMP/told" | tail -1 |
		grep -q "\"op\": *\"block\".*\"$2"
}
free() {
	! grep "\"subscriber\": *\"$1\"" "$TMP/told" | tail -1 |
		grep -q '"op": *"block"'
}
check "the analyzer starts" analyzer
"$BIN/sekisho-hooks" $C 2>"$TMP/hlog" &
PIDS="$PIDS $!"
check "radclient begins a session" account Start S1 C1 $BOT
check "the address is the customer's" whose $BOT C1
node "$HELP" now "$TMP/t.pcap" "$TMP/now.pcap" 90
check "the bot bursts" timeout 60 "$BIN/sekisho-capture" $C -r "$TMP/now.pcap"
check "the block lands on the customer" wait_for holds C1 $BOT/32
check "Stop" account Stop S1 C1 $BOT
check "the driver's list holds the address no more" wait_for free C1
check "somebody else gets it" account Start S2 C2 $BOT
check "and is the one who has it" whose $BOT C2
check "and may send mail" free C2
check "the first one comes back at another address" \
	account Start S3 C1 198.51.100.20
check "and is blocked there" wait_for holds C1 198.51.100.20/32
check "it is the block of before, moved" sh -c \
	"grep C1 '$TMP/told' | tail -1 | grep -qE '\"event\": *\"(moved|new)\"'"

# --- the Stop is lost
check "the address is given on without a Stop" \
	account Start S4 C3 198.51.100.20
check "the driver's list holds it no more" wait_for free C1
check "the new one may send mail" free C3
check "the old one comes back" account Start S5 C1 198.51.100.21
check "and is blocked there" wait_for holds C1 198.51.100.21/32

# --- killed at any moment
kill -9 $ANALYZER
wait $ANALYZER 2>/dev/null
rm -f "$TMP/sock"
check "the analyzer is killed and starts again" analyzer
check "it knows who has what" whose 198.51.100.21 C1
check "the session goes on" account Stop S5 C1 198.51.100.21
check "and its end is one" wait_for free C1
check "a wrong secret makes no lease" sh -c "printf wrong >'$TMP/secret'"
wrong() { ! account Start S6 C9 198.51.100.77; }
check "it is not answered" wrong
nobody() { expect_exit 3 "$SEKISHO" who 198.51.100.77 $C; }
check "and nobody has the address" nobody
kill $ANALYZER
wait $ANALYZER 2>/dev/null
check "every decision can be computed again" \
	"$SEKISHO" replay --verify "$TMP/live.db"

# --- the same in packet order, from one capture
sed 's|^capture {|capture {\n\tradius_ports = {1813}\n\tradius_nas = {"192.0.2.254"}\n\tradius_confirm = false|' \
	"$TMP/plain.conf" >"$TMP/mirror.conf"
for lost in 0 1; do
	node "$HELP" mirror "$TMP/t.pcap" "$TMP/m.pcap" $lost
	M="-c $TMP/mirror.conf --db $TMP/m$lost.db"
	check "replay with RADIUS on the mirror, Stop lost: $lost" \
		"$SEKISHO" replay "$TMP/m.pcap" $M
	"$SEKISHO" decision list $M -o csv >"$TMP/d.csv"
	check "the block is C1's" grep -qE 'C1,.*block,detector.*198.51.100.10/32' \
		"$TMP/d.csv"
	check "and goes to the other address" sh -c \
		"tail -1 '$TMP/d.csv' | grep -q 'C1,.*block,detector.*198.51.100.20/32'"
	check "C2 has none" sh -c "! grep -q ',C2,' '$TMP/d.csv'"
	check "verify" "$SEKISHO" replay --verify "$TMP/m$lost.db"
done
finish
