# SPDX-License-Identifier: Apache-2.0
# A router with BGP for the FlowSpec tests, in a namespace of its own: r, with
# 10.9.0.2; here is 10.9.0.1. Sourced after driver.sh.
mount -t tmpfs none /run
ip link set lo up
ip netns add r
ip link add here type veth peer name there netns r
ip addr add 10.9.0.1/24 dev here
ip link set here up
ip -n r addr add 10.9.0.2/24 dev there
ip -n r link set there up
ip -n r link set lo up

gobgpd_conf() { # OWN_AS OWN PEER_AS PEER [passive]
	cat <<-X
	[global.config]
	  as = $1
	  router-id = "$2"
	[[neighbors]]
	  [neighbors.config]
	    neighbor-address = "$4"
	    peer-as = $3
	  [neighbors.transport.config]
	    local-address = "$2"
	    passive-mode = ${5:-false}
	  [neighbors.timers.config]
	    connect-retry = 1
	    hold-time = 9
	    keepalive-interval = 3
	    idle-hold-time-after-reset = 1
	  [[neighbors.afi-safis]]
	    [neighbors.afi-safis.config]
	      afi-safi-name = "ipv4-flowspec"
	  [[neighbors.afi-safis]]
	    [neighbors.afi-safis.config]
	      afi-safi-name = "ipv6-flowspec"
	X
}
start_router() { # [passive]
	gobgpd_conf 65002 10.9.0.2 65001 10.9.0.1 "${1:-true}" >"$TMP/r.conf"
	ip netns exec r gobgpd -f "$TMP/r.conf" >"$TMP/r.log" 2>&1 8>&- 9<&- &
	PIDS="$PIDS $!"
	wait_for ip netns exec r gobgp neighbor
}
router() { ip netns exec r gobgp "$@"; }
wait_long() { # COMMAND...: forty seconds at the most
	for _ in $(seq 200); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.2
	done
	"$@"
}
session_up() { router neighbor | grep -q Establ; }
# The rules that the router has received, sorted, a word each:
# 192.0.2.7/32 or 203.0.113.7/32:>=1024&<=2047
received() {
	{ router global rib -a ipv4-flowspec; router global rib -a ipv6-flowspec; } |
		grep -F '[discard]' |
		sed -nE 's/.*\[source: ([^]]*)\]\[protocol: ==tcp\]\[destination-port: ==25\](\[source-port: ([^]]*)\])? .*/\1:\3/p' |
		sed -E 's#/0:#:#; s/:$//' | sort | tr '\n' ' '
}
has_exactly() { [ "$(received)" = "$1" ]; }
router_has() { # RULES: within ten seconds
	wait_for has_exactly "$1" || { echo "got  $(received)"; echo "want $1"; return 1; }
}
