#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The three daemons of one machine: `sekisho run` on an interface of a
# network namespace of its own; traffic replayed onto it is decided on.
. "$(dirname "$0")/lib.sh"

generate burst_bot 5 || exit 1
cat >"$TMP/hook" <<EOF
#!/bin/sh
cat >>"$TMP/told"
EOF
chmod 755 "$TMP/hook"
sed -i -e '/^db/d' -e '/^socket/d' "$TMP/t.conf"
cat >>"$TMP/t.conf" <<EOF
db = "$TMP/x.db"
socket = "$TMP/x.sock"
driver "script" { command = {"sekisho-driver-exec", "$TMP/hook"} }
EOF
sed -i "s/^capture {/capture {\n\tinterface = \"wire0\"/" "$TMP/t.conf"
cat >"$TMP/inside" <<EOF
set -e
ip link add wire0 type veth peer name wire1
ip link set wire0 up promisc on
ip link set wire1 up
"$SEKISHO" run -c "$TMP/t.conf" 2>"$TMP/run.log" &
run=\$!
for i in \$(seq 100); do [ -S "$TMP/x.sock" ] && break; sleep 0.1; done
sleep 1
"$BIN/tests/e2e/pcapsend" "$TMP/t.pcap" wire1
for i in \$(seq 100); do grep -q '"block"' "$TMP/told" 2>/dev/null && break; sleep 0.1; done
"$SEKISHO" block C1001 --ttl 1h --reason "by hand" -c "$TMP/t.conf" >"$TMP/manual"
kill -TERM \$run
wait \$run || echo "run ended with \$?"
EOF
NS="unshare -rnm"
[ "$(id -u)" -eq 0 ] && NS="unshare -nm"
if ! $NS true 2>/dev/null; then
	echo "live: skip: no network namespace can be had here"
	echo "live: 0 passed, 0 failed, 1 skipped"
	exit 0
fi
check "run, bot on the wire, hook, manual block, end" \
	timeout 120 $NS bash "$TMP/inside"
check "the bot's line was told to be blocked" grep -q '"op": *"block"' "$TMP/told"
check "the burst is in the store" sh -c \
	"'$SEKISHO' incident list --db '$TMP/x.db' -o csv | grep bot_burst"
check "the manual block was applied by the running analyzer" \
	grep -q manual "$TMP/manual"
none_left() { ! pgrep -af "[s]ekisho.*$TMP/t.conf"; }
check "no daemon is left" none_left
check "the agent delivered all it had" sh -c \
	"! grep -E 'records=|did not take' '$TMP/run.log'"
[ $FAILED -eq 0 ] || cat "$TMP/run.log"
finish
