#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Bad mirrors: packets lost, doubled, out of order, or one side missing. The
# records say what was not seen, and no field is invented (loss.mjs).
. "$(dirname "$0")/lib.sh"
HERE=$(dirname "$0")
MANGLE=$BIN/tests/e2e/pcapmangle

records() { # CAPTURE OUT
	timeout 120 "$BIN/sekisho-capture" -c "$TMP/t.conf" -r "$1" -o - \
		--format json --no-dpi >"$2" 2>"$TMP/err" || cat "$TMP/err"
}
# mangled KIND SEED LOSS TWICE SWAP [SIDE]
mangled() {
	local kind=$1
	shift
	"$MANGLE" "$TMP/t.pcap" "$TMP/m.pcap" "$@" &&
		records "$TMP/m.pcap" "$TMP/m.json" &&
		node "$HERE/loss.mjs" "$kind" "$TMP/whole.json" "$TMP/m.json"
}
for s in home_server burst_bot misconfigured mailing_list pipeliner \
	bdat_client starttls_server forwarder ipv6_bot; do
	generate "$s" && records "$TMP/t.pcap" "$TMP/whole.json" || {
		check "$s: whole" false
		continue
	}
	for seed in 1 2 3 4; do
		check "$s: 10 % lost, seed $seed" mangled loss $seed 100 0 0
		check "$s: 10 % lost, doubled, swapped, seed $seed" \
			mangled loss $seed 100 50 50
	done
	check "$s: every packet twice" mangled same 1 0 1000 0
	check "$s: some twice" mangled same 2 0 300 0
	check "$s: out of order" mangled order 3 0 0 100
	check "$s: client only" mangled client 1 0 0 0 client
	check "$s: server only" mangled server 1 0 0 0 server
done
finish
