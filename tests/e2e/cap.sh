#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The hard cap: traffic that asks for as much memory as it can gets no more
# than max_flows connections and the byte budgets allow. The bound is what
# the agent takes for an empty capture, and
#   5000 flows of 1 KiB with an idle SMTP session, and the 4 KiB that each
#   session may gather without asking,
#   4 MiB smtp_bytes, 8 MiB reorder_total_bytes, 1 MiB fragment_bytes,
#   half as much again of it all for the allocator, 4 MiB for all else.
. "$(dirname "$0")/lib.sh"
FLOWS=5000
BOUND_KIB=$(((FLOWS * 5 + (4 + 8 + 1) * 1024) * 3 / 2 + 4 * 1024))
case $(grep -c __asan_init "$BIN/sekisho-capture") in
0) ;;
*) echo "cap: skipped: sanitizers take memory of their own"; exit 0 ;;
esac

cat >"$TMP/t.conf" <<-EOF
capture {
	max_flows = $FLOWS
	smtp_bytes = ${SMTP_BYTES:-4194304}
	reorder_total_bytes = 8388608
	fragment_bytes = 1048576
}
EOF
peak() { # capture: KiB
	"$BIN/tests/bench/cpurun" "$TMP/result" "$BIN/sekisho-capture" \
		-c "$TMP/t.conf" -r "$1" -o /dev/null --format json \
		--no-dpi >"$TMP/out" 2>&1
	read -r _ kib rc _ <"$TMP/result"
	[ "$rc" = 0 ] || { cat "$TMP/out"; return 1; }
	echo "$kib"
}
attack() {
	local base got
	node "$(dirname "$0")/cap_attack.mjs" "$1" "$TMP/a.pcap" || return 1
	head -c 24 "$TMP/a.pcap" >"$TMP/empty.pcap"
	base=$(peak "$TMP/empty.pcap") && got=$(peak "$TMP/a.pcap") || {
		echo "$base $got"
		return 1
	}
	rm "$TMP/a.pcap"
	echo "$1: $((got - base)) KiB more than nothing, bound $BOUND_KIB"
	echo "$1: $((got - base)) KiB" >>"$TMP/peaks"
	[ $((got - base)) -le "$BOUND_KIB" ]
}
for kind in $(node "$(dirname "$0")/cap_attack.mjs"); do
	check "memory stays below the cap: $kind" attack "$kind"
done
sed 's/^/     /' "$TMP/peaks"
finish
