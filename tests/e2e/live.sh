#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The daemons of one machine, and the console: `sekisho run --serve` on an
# interface of a network namespace of its own; traffic replayed onto it is
# decided on.
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
ip link set lo up
ip link add wire0 type veth peer name wire1
ip link set wire0 up promisc on
ip link set wire1 up
lives() {
	for i in \$(seq 100); do
		curl -sf http://127.0.0.1:8025/livez >>"$TMP/\$1" && return
		sleep 0.1
	done
}
"$SEKISHO" run --serve -c "$TMP/t.conf" 2>"$TMP/run.log" &
run=\$!
for i in \$(seq 100); do [ -S "$TMP/x.sock" ] && break; sleep 0.1; done
lives served
kill -9 \$(pgrep -f "[s]ekisho-desk serve -c $TMP/t.conf")
lives again
"$BIN/tests/e2e/pcapsend" "$TMP/t.pcap" wire1
for i in \$(seq 100); do grep -q '"block"' "$TMP/told" 2>/dev/null && break; sleep 0.1; done
"$SEKISHO" block C1001 --ttl 1h --reason "by hand" -c "$TMP/t.conf" >"$TMP/manual"
curl -s "http://127.0.0.1:8025/readyz?strict&verbose" >"$TMP/ready"
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
check "the console is served beside them" test -s "$TMP/served"
check "and started again when it ends" sh -c "[ -s '$TMP/again' ] &&
	grep -q 'sekisho serve ended status=0 signal=9' '$TMP/run.log'"
check "readyz hears the analyzer and the agent" sh -c \
	"tr '\n' ' ' <'$TMP/ready' |
	grep -x 'ok store: ok analyzer: ok capture: ok identity: ok '"
check "the bot's line was told to be blocked" grep -q '"op": *"block"' "$TMP/told"
check "the burst is in the store" sh -c \
	"'$SEKISHO' incident list --db '$TMP/x.db' -o csv | grep bot_burst"
check "the manual block was applied by the running analyzer" \
	grep -q manual "$TMP/manual"
none_left() { ! pgrep -af "[s]ekisho.*$TMP/t.conf"; }
check "no daemon is left" none_left
check "the agent delivered all it had" sh -c \
	"! grep -E 'records=|did not take' '$TMP/run.log'"

# As fast as tcpreplay can, up to 250,000 packets a second: what arrived at the
# workers is what was sent, and every session is whole in one of them.
"$GEN" --scenario burst_bot --seed 5 --out "$TMP/base.pcap" \
	--conf "$TMP/base.conf" --truth "$TMP/b.csv" --subscribers "$TMP/b.sub" \
	--zone "$TMP/b.zone" --key-file "$TMP/b.key" --marks "$TMP/b.marks" \
	>/dev/null
cat >"$TMP/flood" <<EOF
workers=\$1
ip link add wire0 type veth peer name wire1
for i in wire0 wire1; do
	echo 1 >/proc/sys/net/ipv6/conf/\$i/disable_ipv6
	ip link set \$i up promisc on
done
"$BIN/sekisho-capture" -i wire0 -o "$TMP/flood.out" --format json \
	--workers \$workers --summary=full 2>"$TMP/flood.log" &
capture=\$!
for i in \$(seq 200); do
	n=0
	for w in \$(pgrep -P \$capture); do
		grep -q '^NoNewPrivs:	1' /proc/\$w/status && n=\$((n + 1))
	done
	[ \$n -eq \$workers ] && break
	sleep 0.05
done
tcpreplay -q -K --pps=250000 --loop=${LOOPS:-100} -i wire1 "$TMP/base.pcap" \
	>"$TMP/sender" 2>&1
kill -TERM \$capture
wait \$capture
EOF
number() { awk -v k="$1" '$1 == k { print $2 }' "$TMP/flood.log"; }
adds_up() {
	local sent received
	sent=$(awk '/^Actual:/ { print $2 }' "$TMP/sender")
	grep -E '^(Actual|Rated)' "$TMP/sender"
	cat "$TMP/flood.log"
	received=$(number kernel_received)
	[ -n "$sent" ] && [ "$received" -eq "$sent" ] &&
		[ -z "$(number kernel_dropped)" ] &&
		[ "$(number packets)" -eq "$sent" ] &&
		grep -qx 'Nothing was lost\.' "$TMP/flood.log"
}
whole_sessions() {
	cat "$TMP"/flood.out* | grep '"type":"close"' >"$TMP/closes"
	[ -s "$TMP/closes" ] || return 1
	! grep -E '"(client|server)_unseen":true' "$TMP/closes"
}
for workers in 1 2; do
	rm -f "$TMP"/flood.out*
	check "$workers worker(s): everything sent, read, written, end" \
		timeout 120 $NS bash "$TMP/flood" $workers
	check "$workers worker(s): no drop, and counters add up" adds_up
	check "$workers worker(s): both directions in one" whole_sessions
	grep -E '^Rated' "$TMP/sender"
done
check "both workers had their share" \
	sh -c "grep -q close $TMP/flood.out.0 && grep -q close $TMP/flood.out.1"
[ $FAILED -eq 0 ] || cat "$TMP/run.log"
finish
