#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The process that parses packets: what is left to it, that it is started
# again, that it ends with its parent, what becomes of the interface.
. "$(dirname "$0")/lib.sh"
CAPTURE=$BIN/sekisho-capture

in_namespace "$0"

generate burst_bot 5 || exit 1
wire() {
	ip link add wire0 type veth peer name wire1
	ip link set wire0 up promisc on
	ip link set wire1 up
}
workers() { pgrep -P "$PARENT"; }
n_workers() { [ "$(workers | wc -l)" -eq "$1" ]; }
locked() { # all of $1 workers have their filter
	n_workers "$1" || return 1
	for w in $(workers); do
		grep -q "^NoNewPrivs:	1" "/proc/$w/status" || return 1
		grep -q "^Seccomp:	${SECCOMP:-2}" "/proc/$w/status" || return 1
	done
}
start() { # options of sekisho-capture
	"$CAPTURE" -i wire0 -o "$TMP/out" --format json "$@" 2>>"$TMP/log" &
	PARENT=$!
	PIDS="$PIDS $PARENT"
}
said() { grep -q "$1" "$TMP/log"; }
stop() {
	kill -TERM "$PARENT"
	wait "$PARENT"
}
state_of() { # all what /proc shows is as it has to be
	local s
	for w in $(workers); do
		s=/proc/$w/status
		grep -E '^(Cap(Inh|Prm|Eff|Amb)|NoNewPrivs|Seccomp|Uid|Groups)' $s
		for set in Inh Prm Eff Bnd Amb; do
			grep -q "^Cap$set:	0000000000000000$" $s || return 1
		done
		grep -q "^NoNewPrivs:	1$" $s || return 1
		grep -q "^Seccomp:	2$" $s || return 1
		if [ "$(awk '{print $3; exit}' /proc/self/uid_map)" -gt 65534 ]; then
			grep -q "^Uid:	65534	65534	65534	65534" $s || return 1
			grep -Eq '^Groups:[[:space:]]*$' $s || return 1
		fi
		[ -z "$(ls -A "/proc/$w/root/")" ] || return 1
		readlink "/proc/$w/root" | grep deleted || return 1
	done
}
records() { cat "$TMP"/out* | grep -c '"type":"transaction"'; }
send() { "$BIN/tests/e2e/pcapsend" "$TMP/t.pcap" wire1; }
got_some() { [ "$(cat "$TMP"/out* 2>/dev/null | grep -c transaction)" -gt "$1" ]; }

wire
start
check "a worker runs and is locked up" wait_for locked 1
check "no capability, no new privileges, seccomp, own user, empty root" state_of
first=$(workers)
ROOT=$(readlink "/proc/$first/root" | sed 's/ (deleted)$//')
check "the temporary root directory is gone" sh -c \
	"case $ROOT in /tmp/sekisho-??????) ! [ -e $ROOT ] ;; *) false ;; esac"
kill -KILL "$first"
check "a killed worker is said" wait_for said "killed by signal 9"
check "and started again" wait_for locked 1
check "as another process" [ "$(workers)" != "$first" ]
send >/dev/null
check "and capture goes on" wait_for got_some 10

ip link set wire0 down
check "down is said" wait_for said "wire0 is down"
ip link set wire0 up
check "up is said" wait_for said "wire0 is up again"
n=$(records)
send >/dev/null
check "and read on" wait_for got_some "$n"
ip link set wire0 down
ip link set wire0 name tap9
ip link set tap9 up
check "a new name is said" wait_for said "wire0 is called tap9 now"
check "and it is up again" wait_for said "tap9 is up again"
n=$(records)
send >/dev/null
check "and read on under the new name" wait_for got_some "$n"
ip link del tap9
check "gone is said" wait_for said "tap9 is gone"
check "the worker ended" wait_for n_workers 0
wire
check "the interface that came back is said" wait_for said "wire0 is there again"
check "and a worker reads it" wait_for locked 1
n=$(records)
send >/dev/null
check "its packets arrive" wait_for got_some "$n"
check "lost once, in the counters" wait_for \
	grep -q '"interface_lost":1' "$TMP/out"
check "SIGTERM ends it with 0" stop
check "no line about a forbidden system call" sh -c "! grep -q SIGSYS '$TMP/log'"

start --workers 2
check "two workers run" wait_for locked 2
left=$(workers)
kill -KILL "$PARENT"
gone() { for w in $left; do [ -e "/proc/$w" ] && return 1; done; return 0; }
check "the parent's death ends them" wait_for gone

check "a worker's exit code reaches the caller (disk full)" \
	expect_exit 1 sh -c "('$BIN/tests/e2e/pcapsend' '$TMP/t.pcap' wire1 \
	>/dev/null & ) ; sleep 0; timeout 20 '$CAPTURE' -i wire0 -o /dev/full \
	--format json & p=\$!; for i in 1 2 3 4 5 6; do sleep 0.4; \
	'$BIN/tests/e2e/pcapsend' '$TMP/t.pcap' wire1 >/dev/null; \
	kill -0 \$p 2>/dev/null || break; done; wait \$p"
check "an interface that is not there: 2" \
	expect_exit 2 "$CAPTURE" -i no-such-if0 -o -
check "a user that is none: 1" \
	expect_exit 1 timeout 20 "$CAPTURE" -i wire0 -o - --user no-such-user
[ $FAILED -eq 0 ] || cat "$TMP/log"
finish
