#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The subscriber file is read again on SIGHUP: all of it, or nothing.
. "$(dirname "$0")/lib.sh"
generate burst_bot 1 || exit 1
{
	echo "db = \"$TMP/x.db\""
	echo "socket = \"$TMP/sock\""
	cat "$TMP/t.conf"
} >"$TMP/run.conf"
C="-c $TMP/run.conf"
HEAD=prefix,customer,class,own_domains,ports,contact,language
put() { printf '%s\n' "$HEAD" "$@" >"$TMP/subs.csv"; }
put 198.51.100.10,C1,dynamic,,,, 203.0.113.7,C3,dynamic,,1024-2047,, \
	203.0.113.7,C4,dynamic,,2048-3071,,
"$BIN/sekisho-analyzer" $C 2>"$TMP/log" &
ANALYZER=$!
PIDS="$PIDS $ANALYZER"
whose() { "$SEKISHO" who "$1" $C -o json | grep -q "\"customer\":\"$2\""; }
nobody() { expect_exit 3 "$SEKISHO" who "$1" $C; }
said() { grep -qE -- "$1" "$TMP/log"; }
check "it starts" wait_for whose 198.51.100.10 C1
check "a port names the household" whose 203.0.113.7:1500 C3
check "another one the other" whose 203.0.113.7:3071 C4
check "without a port: exit 7" expect_exit 7 "$SEKISHO" who 203.0.113.7 $C
check "a port of nobody: exit 7" expect_exit 7 "$SEKISHO" who \
	203.0.113.7:3072 $C
check "a port that is none: exit 2" expect_exit 2 "$SEKISHO" who \
	203.0.113.7:70000 $C
T=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1
put 198.51.100.10,C2,dynamic,,,, 198.51.100.11,C5,static,,,,
kill -HUP $ANALYZER
check "another file is in force" wait_for whose 198.51.100.10 C2
check "new lines, too" whose 198.51.100.11 C5
check "and those that are gone are nobody's" nobody 203.0.113.7:1500
check "the log says what changed" said 'read again.*leases=2.*begun=2 ended=3'
before() {
	"$SEKISHO" who 198.51.100.10 --at "$T" $C -o json |
		grep -q '"customer":"C1"'
}
check "what was before is known" before
put 198.51.100.10,C9,dynamic,,,, 198.51.100.300,C8,dynamic,,,, \
	198.51.100.12,C7,nothing,,,, 198.51.100.10,C6,dynamic,,,,
kill -HUP $ANALYZER
check "a bad file is refused" wait_for said 'stays in force'
check "each bad line is named: the prefix" said ':3: prefix'
check "the class" said ':4: class'
check "the overlap" said 'lines 2 and 5 overlap'
check "the one before is in force" whose 198.51.100.10 C2
check "the daemon lives" kill -0 $ANALYZER
rm "$TMP/subs.csv"
: >"$TMP/log"
kill -HUP $ANALYZER
check "a file that is gone is refused" wait_for said 'No such file.*stays'
check "and changes nothing" whose 198.51.100.11 C5
finish
