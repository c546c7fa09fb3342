#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The same sessions inside every carrier's wrapper give the same records as
# the bare ones, apart from the outer identifiers, which are right.
. "$(dirname "$0")/lib.sh"
WRAP=$BIN/tests/e2e/pcapwrap
DERIVED=$(dirname "$0")/../../../shared/corpus/pcap/derived-encap/mail

records() { # capture, out
	timeout 120 "$BIN/sekisho-capture" -c "$TMP/e.conf" -r "$1" -o - \
		--format json --no-dpi >"$2.raw" || return 1
	node -e '
const fs = require("fs");
const ids = new Set();
let out = "";
for (const l of fs.readFileSync(process.argv[1], "utf8").split("\n")) {
	if (!l) continue;
	const r = JSON.parse(l);
	if (r.type === "counters") continue;
	ids.add(JSON.stringify([r.vlan, r.outer]));
	for (const k of ["vlan", "outer", "boot", "flow_id"]) delete r[k];
	out += JSON.stringify(r) + "\n";
}
fs.writeFileSync(process.argv[2], out);
fs.writeFileSync(process.argv[2] + ".ids", [...ids].sort().join("\n") + "\n");
' "$2.raw" "$2"
}
outer() { # pppoe mpls tunnel addr id
	echo "{\"pppoe_session\":$1,\"mpls_label\":$2,\"tunnel\":\"$3\",\"tunnel_addr\":\"$4\",\"tunnel_id\":$5}"
}
# What every record of a wrapped capture has to say, as [vlan, outer].
expected() {
	local v4=192.0.2.200 v6=2001:db8:ff::c8
	case $1 in
	vlan) echo "[[5],null]" ;;
	prio) echo "[[],null]" ;;
	qinq | qinq9100) echo "[[10,20],null]" ;;
	pppoe) echo "[[],$(outer 4660 0 none '' 0)]" ;;
	qinq_pppoe) echo "[[10,20],$(outer 4660 0 none '' 0)]" ;;
	mpls | vpls | eompls) echo "[[],$(outer 0 200 none '' 0)]" ;;
	ipip) echo "[[],$(outer 0 0 ip $v4 0)]" ;;
	dslite | dslite_frag) echo "[[],$(outer 0 0 ip $v6 0)]" ;;
	gre | gre_teb) echo "[[],$(outer 0 0 gre $v4 0)]" ;;
	gre_key) echo "[[],$(outer 0 0 gre $v4 42)]" ;;
	l2tp) echo "[[],$(outer 0 0 l2tp $v4 65538)]" ;;
	gtp_u) echo "[[],$(outer 0 0 gtp_u $v4 287454020)]" ;;
	gtp_u6) echo "[[],$(outer 0 0 gtp_u $v6 287454020)]" ;;
	vxlan) echo "[[],$(outer 0 0 vxlan $v4 100)]" ;;
	geneve) echo "[[],$(outer 0 0 geneve $v4 100)]" ;;
	esac
}
same() { # scenario, kind
	"$WRAP" "$2" "$TMP/$1.pcap" "$TMP/w.pcap" &&
		records "$TMP/w.pcap" "$TMP/w" &&
		cmp "$TMP/$1.bare" "$TMP/w" || return 1
	expected "$2" | diff - "$TMP/w.ids"
}

for s in bdat_client ipv6_bot starttls_server; do
	generate "$s" 1
	cp "$TMP/t.pcap" "$TMP/$s.pcap"
	cp "$TMP/t.conf" "$TMP/e.conf"
	check "$s, bare" records "$TMP/$s.pcap" "$TMP/$s.bare"
	[ "$(wc -l <"$TMP/$s.bare")" -gt 5 ] || check "$s has records" false
done
for k in $("$WRAP" --list); do
	for s in bdat_client ipv6_bot starttls_server; do
		check "$s in $k" same "$s" "$k"
	done
done

derived() { # file: one session of a public trace in a wrapper
	records "$1" "$TMP/d" && cmp "$TMP/derived" "$TMP/d"
}
# Packets are cut, doubled or swapped: but for their number all is the same.
but_packets() {
	records "$1" "$TMP/d" || return 1
	for f in derived d; do
		sed -E 's/"(client|server)_packets":[0-9]+,?//g
			s/"(ts|start)_us":[0-9]+,?//g' "$TMP/$f" >"$TMP/$f.x"
	done
	cmp "$TMP/derived.x" "$TMP/d.x"
}
if [ -d "$DERIVED" ]; then
	records "$DERIVED/zeek-smtp.lt-raw.pcap" "$TMP/derived"
	n=0
	for f in "$DERIVED"/*.pcap; do
		case ${f##*/zeek-smtp.} in
		drop-* | snaplen-* | midstream* | *-side-only*) continue ;;
		every-* | tcp-seg-* | swapped-*)
			check "${f##*/}, but for packets" but_packets "$f" ;;
		*) check "${f##*/}" derived "$f" ;;
		esac
		n=$((n + 1))
	done
	check "at least 30 wrapped captures" [ $n -ge 30 ]
else
	echo "skip derived captures: no $DERIVED"
fi
finish
