#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What is broken is reported, named, and leaves nothing half-written.
. "$(dirname "$0")/lib.sh"

generate all 1 && mv "$TMP/t.pcap" "$TMP/all.pcap" || exit 1
generate burst_dialogue 1 || exit 1
C="-c $TMP/t.conf"
# says CODE PATTERN COMMAND...: exit code, and a message on stderr
says() {
	local want=$1 pattern=$2 got
	shift 2
	"$@" >"$TMP/out" 2>"$TMP/err"
	got=$?
	cat "$TMP/err"
	[ $got -eq "$want" ] || { echo "exit $got, not $want"; return 1; }
	grep -qiE -- "$pattern" "$TMP/err"
}
CAP="$BIN/sekisho-capture $C -o - --format json"

# --- captures
head -c 5000 "$TMP/t.pcap" >"$TMP/cut.pcap"
: >"$TMP/empty.pcap"
head -c 4096 /dev/urandom >"$TMP/garbage.pcap"
{ head -c 24 "$TMP/t.pcap"; head -c 65536 /dev/urandom; } >"$TMP/noise.pcap"
check "a capture that is cut short: read, reported, exit 0" \
	says 0 "cut.pcap.*(trunc|short)" $CAP -r "$TMP/cut.pcap"
check "an empty file: exit 2" says 2 "empty.pcap" $CAP -r "$TMP/empty.pcap"
check "garbage: exit 2" says 2 "garbage.pcap" $CAP -r "$TMP/garbage.pcap"
check "a header and noise: no crash" sh -c \
	"$CAP -r '$TMP/noise.pcap' >/dev/null 2>'$TMP/err'; [ \$? -le 2 ]"
check "nothing to read, for an analyzer that is not there: exit 2" says 2 \
	"nothing could be read" timeout 20 $BIN/sekisho-capture $C \
	-r "$TMP/garbage.pcap"
check "a missing file: exit 2" says 2 "none.pcap" $CAP -r "$TMP/none.pcap"
check "one bad file among good ones: exit 0, named" says 0 "garbage.pcap" \
	$CAP -r "$TMP/garbage.pcap" "$TMP/t.pcap"
records() { [ "$(grep -c '"transaction"\|"type":"transaction"' "$TMP/out")" -ge 20 ]; }
check "and the good one is read" records
check "replay of garbage: exit 2" says 2 "garbage.pcap" "$SEKISHO" replay \
	"$TMP/garbage.pcap" --db "$TMP/g.db" $C
check "replay of a cut capture: exit 0" says 0 "cut.pcap" "$SEKISHO" replay \
	"$TMP/cut.pcap" --db "$TMP/cut.db" $C
check "a scenario of half seen sessions runs" sh -c \
	"'$GEN' --scenario midstream_and_oneway --seed 1 --out '$TMP/m.pcap' \
	--truth '$TMP/m.csv' --subscribers '$TMP/ms.csv' --zone '$TMP/m.zone' &&
	$CAP -r '$TMP/m.pcap' >'$TMP/out'"

# --- database
LIST="$SEKISHO incident list $C --db"
check "a missing database" says 1 "x.db.*(no such|missing|does not exist)" \
	$LIST "$TMP/x.db"
check "no reader makes one" test ! -e "$TMP/x.db"
check "a file that is no database" says 1 "garbage.pcap.*database" \
	$LIST "$TMP/garbage.pcap"
check "replay" "$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/x.db" $C
newer() {
	cp "$TMP/x.db" "$TMP/new.db"
	sqlite3 "$TMP/new.db" "pragma user_version = 999" || return 1
	says 1 "999.*(upgrade|newer)|(upgrade|newer).*999" $LIST "$TMP/new.db" &&
		says 1 "999" "$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/new.db" $C
}
check "a newer schema" newer
older() {
	rm -f "$TMP/old.db"
	sqlite3 "$TMP/old.db" "create table a(b); drop table a;"
	says 1 "old.db" $LIST "$TMP/old.db"
}
check "a database without our schema" older
locked() {
	cp "$TMP/x.db" "$TMP/l.db"
	flock "$TMP/l.db.lock" sh -c "
		'$SEKISHO' replay '$TMP/t.pcap' --db '$TMP/l.db' $C \
			>/dev/null 2>'$TMP/err'
		rc=\$?; cat '$TMP/err'; [ \$rc -eq 1 ]" &&
		grep -qiE 'another (process|analyzer)' "$TMP/err"
}
check "a second analyzer on one database" locked
readonly_db() {
	mkdir -p "$TMP/ro"
	cp "$TMP/x.db" "$TMP/ro/x.db"
	$NSM bash -c "
		mount --bind '$TMP/ro' '$TMP/ro' &&
		mount -o remount,bind,ro '$TMP/ro' || exit 9
		'$SEKISHO' replay '$TMP/t.pcap' --db '$TMP/ro/x.db' $C \
			>/dev/null 2>'$TMP/err'
		rc=\$?; cat '$TMP/err'; [ \$rc -eq 1 ] &&
		'$SEKISHO' incident list $C --db '$TMP/ro/x.db' | grep -q bot_burst" &&
		grep -qiE 'read-only|not writable|permission' "$TMP/err"
}
full_db() {
	mkdir -p "$TMP/full"
	$NSM bash -c "
		mount -t tmpfs -o size=1m none '$TMP/full' || exit 9
		'$SEKISHO' replay '$TMP/all.pcap' --db '$TMP/full/x.db' $C \
			>/dev/null 2>'$TMP/err'
		rc=\$?; cat '$TMP/err'; [ \$rc -eq 1 ] &&
		cp '$TMP/full/x.db'* '$TMP/'" &&
		grep -qiE 'full|no space' "$TMP/err" &&
		sqlite3 "$TMP/x.db" "pragma integrity_check" | grep -qx ok
}
# The daemon waits for room; the agent keeps what is not committed.
full_live() {
	mkdir -p "$TMP/room"
	sed -e '/^socket/d' "$TMP/t.conf" >"$TMP/room.conf"
	echo "socket = \"$TMP/room.sock\"" >>"$TMP/room.conf"
	cat >"$TMP/inside" <<-EOF
	mount -t tmpfs -o size=1m none "$TMP/room" || exit 9
	"$BIN/sekisho-analyzer" -c "$TMP/room.conf" --db "$TMP/room/x.db" \
		2>"$TMP/room.log" &
	a=\$!
	for i in \$(seq 100); do [ -S "$TMP/room.sock" ] && break; sleep 0.05; done
	"$BIN/sekisho-capture" -c "$TMP/room.conf" -r "$TMP/all.pcap" \
		2>>"$TMP/room.log" &
	c=\$!
	for i in \$(seq 200); do grep -q 'no space' "$TMP/room.log" && break; sleep 0.05; done
	kill -0 \$c || { echo "the disk was never full"; exit 1; }
	mount -o remount,size=64m "$TMP/room"
	wait \$c || { echo "the agent failed"; exit 1; }
	for i in \$(seq 200); do
		[ "\$(sqlite3 "$TMP/room/x.db" "select count(*) from
			observation_20261102 where applied_no is null")" = 0 ] &&
			break
		sleep 0.05
	done
	kill \$a
	wait \$a || { echo "the analyzer failed"; exit 1; }
	"$SEKISHO" replay --verify "$TMP/room/x.db" &&
		"$SEKISHO" decision list --db "$TMP/room/x.db" -o csv |
		awk -F, '{ print \$3, \$5, \$6, \$7 }' | sort >"$TMP/room.got"
	EOF
	rm -f "$TMP"/plain.db*
	$NSM bash "$TMP/inside" &&
		"$SEKISHO" replay "$TMP/all.pcap" --db "$TMP/plain.db" $C &&
		"$SEKISHO" decision list --db "$TMP/plain.db" -o csv |
		awk -F, '{ print $3, $5, $6, $7 }' | sort |
		diff - "$TMP/room.got" && [ "$(wc -l <"$TMP/room.got")" -gt 10 ]
}
NSM="unshare -rm"
[ "$(id -u)" -eq 0 ] && NSM="unshare -m"
if $NSM true 2>/dev/null; then
	check "a read-only database: readers read, writers say so" readonly_db
	check "a full disk: said, nothing half-written" full_db
	check "a full disk under the daemon is a pause" full_live
else
	echo "bad_input: skip: no mount namespace can be had here"
fi

# --- subscribers
subs() { # lines...
	{ echo "prefix,customer,class,own_domains"; printf '%s\n' "$@"; } \
		>"$TMP/bad.csv"
	sed "s|subscribers = .*|subscribers = \"$TMP/bad.csv\"|" "$TMP/t.conf" \
		>"$TMP/subs.conf"
	rm -f "$TMP"/s.db*
}
bad_subs() { # pattern lines...
	local p=$1
	shift
	subs "$@"
	says 1 "$p" "$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/s.db" \
		-c "$TMP/subs.conf" && [ ! -e "$TMP/s.db" ]
}
check "a bad prefix is named by its line" bad_subs "bad.csv:?.*3" \
	"198.51.100.1,C1,dynamic," "198.51.100.999,C2,dynamic,"
check "an unknown class" bad_subs "2.*dynami" "198.51.100.1,C1,dynami,"
check "overlapping prefixes: both lines" bad_subs "(2.*3|3.*2).*overlap|overlap.*(2.*3|3.*2)" \
	"198.51.100.0/28,C1,dynamic," "198.51.100.4,C2,dynamic,"
check "bits behind the length" bad_subs "2" "198.51.100.1/24,C1,dynamic,"

# --- configuration
conf_says() { # pattern, sed expression
	sed "$2" "$TMP/t.conf" >"$TMP/c.conf"
	cmp -s "$TMP/t.conf" "$TMP/c.conf" && { echo "no change"; return 1; }
	says 2 "$1" "$SEKISHO" config check -c "$TMP/c.conf"
}
check "an unknown key: the nearest one is named" conf_says \
	"subscriberz.*subscribers" "s/subscribers =/subscriberz =/"
check "no legal basis above tier flow" conf_says "legal_basis" \
	"/^legal_basis/d"
check "a value out of range" conf_says "idle_s.*(range|between|to)" \
	"s/^capture {/capture {\nidle_s = -5/"
check "config check" "$SEKISHO" config check $C
shown() {
	"$SEKISHO" config show $C >"$TMP/shown.conf" &&
		"$SEKISHO" config show -c "$TMP/shown.conf" >"$TMP/shown2.conf" &&
		cmp "$TMP/shown.conf" "$TMP/shown2.conf"
}
check "config show is a valid file" shown
check "an unknown verb: exit 2" says 2 "incident" "$SEKISHO" incidnt list
check "an unknown option: exit 2" says 2 "--help" "$SEKISHO" incident list --nope
finish
