#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Decisions reach a program: each once under one key, failures again later,
# manual actions at once, nothing in mode monitor.
. "$(dirname "$0")/lib.sh"

generate all 1 || exit 1
cat >"$TMP/hook" <<EOF
#!/bin/sh
read -r line
[ -e "$TMP/broken" ] && { echo "router is away" >&2; exit 1; }
printf '%s\n' "\$line" >>"$TMP/told"
EOF
chmod 755 "$TMP/hook"
echo "driver \"script\" { command = {\"sekisho-driver-exec\", \"$TMP/hook\"} }" \
	>>"$TMP/t.conf"
CONF="-c $TMP/t.conf --db $TMP/x.db"
check "replay" "$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/x.db" -c "$TMP/t.conf"

# Customers whose only blocks ended hours ago get no block any more; a
# manual block stands.
check "block a customer by hand" "$SEKISHO" block C1001 --ttl 1h \
	--reason "called the desk" $CONF
touch "$TMP/broken"
check "a failing program leaves it undelivered" \
	expect_exit 1 timeout 60 "$BIN/sekisho-hooks" --once $CONF
rm "$TMP/broken"
# What failed is due again after a pause.
deliver() {
	for _ in $(seq 20); do
		timeout 60 "$BIN/sekisho-hooks" --once $CONF && return 0
		sleep 0.2
	done
	return 1
}
told() { grep "$1" "$TMP/told" | grep -q "$2"; }
check "and is delivered later" deliver
check "the block is told" told '"op": *"block"' '"subscriber": *"C1001"'
once() {
	[ "$(grep C1001 "$TMP/told" | grep -c '"op": *"block"')" -eq 1 ]
}
check "allow it: takes effect at once" "$SEKISHO" allow C1001 \
	--reason "own mail server" $CONF
check "delivered" deliver
check "the unblock is told" told '"op": *"unblock"' '"subscriber": *"C1001"'
check "nothing new, nothing told twice" once
unknown() { expect_exit 3 "$SEKISHO" block 203.0.113.99 --reason x $CONF; }
check "an address that is nobody's: exit 3" unknown
# Nobody waits half a minute for a process that is not there.
nobody() {
	expect_exit 5 timeout 15 "$SEKISHO" enforce check $CONF 2>"$TMP/said" &&
		grep -q "no sekisho-hooks runs on $TMP/x.db: start it" "$TMP/said" &&
		! grep -q "written down" "$TMP/said" || return 1
	expect_exit 5 timeout 15 "$SEKISHO" hook retry --all --reason x $CONF \
		2>"$TMP/said" && grep -q "is written down, and done then" "$TMP/said"
}
check "enforce check, hook retry: at once when nobody runs" nobody
monitor() {
	sed -i 's/mode = "enforce"/mode = "monitor"/' "$TMP/t.conf"
	rm -f "$TMP"/m.db* "$TMP/told"
	"$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/m.db" -c "$TMP/t.conf" &&
		[ "$("$SEKISHO" decision list --db "$TMP/m.db" -o csv |
			grep -c ,block,)" -ge 5 ] &&
		timeout 60 "$BIN/sekisho-hooks" --once -c "$TMP/t.conf" \
			--db "$TMP/m.db" && [ ! -s "$TMP/told" ]
}
check "mode monitor decides and tells nobody" monitor
finish
