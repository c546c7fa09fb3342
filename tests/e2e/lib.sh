# SPDX-License-Identifier: Apache-2.0
# What the end-to-end tests share. Sourced; BIN is the build folder.
set -u
BIN=$(realpath "${BIN:-build}")
SEKISHO=$BIN/sekisho
GEN=$BIN/tests/gen/trafficgen
TMP=$(mktemp -d)
PIDS=
CASES=0
FAILED=0

cleanup() {
	for p in $PIDS; do
		kill "$p" 2>/dev/null
	done
	wait 2>/dev/null
	rm -rf "$TMP"
}
trap cleanup EXIT

# check "text" COMMAND...: one case
check() {
	local text=$1
	shift
	CASES=$((CASES + 1))
	if "$@" >"$TMP/check.out" 2>&1; then
		echo "ok   $text"
	else
		FAILED=$((FAILED + 1))
		echo "FAIL $text"
		head -n 40 "$TMP/check.out" | sed 's/^/     /'
	fi
}
finish() {
	echo "$(basename "$0" .sh): $((CASES - FAILED)) passed, $FAILED failed"
	[ $FAILED -eq 0 ] && [ $CASES -gt 0 ]
	exit
}
# expect_exit CODE COMMAND...
expect_exit() {
	local want=$1 got
	shift
	"$@"
	got=$?
	[ $got -eq "$want" ] || { echo "exit $got, not $want: $*"; return 1; }
}
free_port() {
	node -e 'const s=require("dgram").createSocket("udp4");
s.bind(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}
# start_nsd ZONEFILE: the root zone on loopback; sets NSD_PORT
start_nsd() {
	local d=$TMP/nsd
	mkdir -p "$d"
	NSD_PORT=$(free_port)
	cp "$1" "$d/root.zone"
	cat >"$d/nsd.conf" <<-EOF
	server:
	    ip-address: 127.0.0.1@$NSD_PORT
	    username: ""
	    chroot: ""
	    database: ""
	    zonesdir: "$d"
	    zonelistfile: "$d/zone.list"
	    pidfile: "$d/nsd.pid"
	    xfrdfile: "$d/xfrd.state"
	    xfrdir: "$d"
	    logfile: "$d/nsd.log"
	    server-count: 1
	    rrl-ratelimit: 0
	remote-control:
	    control-enable: no
	zone:
	    name: "."
	    zonefile: "root.zone"
	EOF
	nsd -d -c "$d/nsd.conf" >"$d/out" 2>&1 &
	PIDS="$PIDS $!"
	for _ in $(seq 100); do
		[ -s "$d/nsd.pid" ] && return 0
		sleep 0.05
	done
	cat "$d/out" "$d/nsd.log"
	return 1
}
# generate SCENARIO [SEED]: sample traffic and configuration in $TMP
generate() {
	"$GEN" --scenario "$1" --seed "${2:-1}" --out "$TMP/t.pcap" \
		--truth "$TMP/truth.csv" --subscribers "$TMP/subs.csv" \
		--zone "$TMP/dns.zone" --conf "$TMP/t.conf" \
		--key-file "$TMP/hash.key" --marks "$TMP/marks.txt" >"$TMP/generate.out" || return 1
	[ -e "$TMP/hash.key" ] || head -c 32 /dev/urandom >"$TMP/hash.key"
}
# in_namespace "$0" [SECONDS]: the test goes on in a network and mount
# namespace of its own. It is skipped only where unshare -rn does not work.
in_namespace() {
	local name ns="unshare -rnm"
	[ -z "${INSIDE:-}" ] || return 0
	[ "$(id -u)" -ne 0 ] || ns="unshare -nm"
	if $ns true 2>/dev/null; then
		INSIDE=1 timeout "${2:-300}" $ns bash "$1"
		exit
	fi
	name=$(basename "$1" .sh)
	if unshare -rn true 2>/dev/null; then
		echo "$name: 0 passed, 1 failed: no mount namespace"
		exit 1
	fi
	echo "$name: skip: no network namespace can be had here"
	echo "$name: 0 passed, 0 failed, 1 skipped"
	exit 0
}
# A wire whose end wire0 listens to what is sent on wire1.
make_wire() {
	ip link add wire0 type veth peer name wire1
	for i in wire0 wire1; do
		echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6
		ip link set $i up promisc on
	done
}
wait_for() { # COMMAND...: ten seconds at the most
	for _ in $(seq 200); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	return 1
}
