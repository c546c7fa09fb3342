#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An agent on a wire whose analyzer is away: records wait on the disk, over
# ends, kills, a full budget and a full disk, and come when it is back.
. "$(dirname "$0")/lib.sh"
in_namespace "$0" 600

generate burst_bot 5 || exit 1
mv "$TMP/t.pcap" "$TMP/few.pcap"
generate all 1 || exit 1
mv "$TMP/t.pcap" "$TMP/many.pcap"
make_wire

conf() { # NAME [LINES of capture { }]: writes NAME.conf
	sed -e '/^db/d' -e '/^socket/d' "$TMP/t.conf" >"$TMP/$1.conf"
	cat >>"$TMP/$1.conf" <<-END
	db = "$TMP/$1.db"
	socket = "$TMP/$1.sock"
	END
	printf '%s\n' 'interface = "wire0"' 'queue_bytes = 200000' \
		'attempt_records = 0' \
		"spool_dir = \"$TMP/$1.spool\"" "${2:-}" >"$TMP/lines"
	sed -i "/^capture {/r $TMP/lines" "$TMP/$1.conf"
}
locked() {
	local w
	w=$(pgrep -P "$AGENT") && grep -q "^NoNewPrivs:	1" "/proc/$w/status"
}
agent() { # NAME: starts one
	"$BIN/sekisho-capture" -c "$TMP/$1.conf" 2>>"$TMP/$1.log" &
	AGENT=$!
	PIDS="$PIDS $AGENT"
	wait_for locked && sleep 0.3
}
analyzer() { # NAME: starts one
	"$BIN/sekisho-analyzer" -c "$TMP/$1.conf" 2>>"$TMP/$1.alog" &
	ANALYZER=$!
	PIDS="$PIDS $ANALYZER"
}
end() { # PID
	kill -TERM "$1" && wait "$1"
}
send() { # FILE
	tcpreplay -q -K --pps=20000 -i wire1 "$TMP/$1.pcap" >/dev/null 2>&1
	sleep 0.5 # the ring's last block
}
rows() { # NAME: how many of each kind
	for t in $(sqlite3 "$TMP/$1.db" "select name from sqlite_master where
		type = 'table' and name glob 'observation_2*' order by 1"); do
		sqlite3 "$TMP/$1.db" "select kind from $t where kind in
			('attempt', 'transaction', 'close')"
	done | sort | uniq -c
}
twice() { # NAME: no record is there more than once
	for t in $(sqlite3 "$TMP/$1.db" "select name from sqlite_master where
		type = 'table' and name glob 'observation_2*' order by 1"); do
		sqlite3 "$TMP/$1.db" "select agent, boot, seq from $t
			where agent != '' and seq > 0"
	done | sort | uniq -d | head
}
spooled() { ls "$TMP/$1.spool" 2>/dev/null | grep -q spool; }
empty() { [ -d "$TMP/$1.spool" ] && ! spooled "$1"; }
# sums PLAIN...: the rows of those runs together
sums() {
	(cd "$TMP" && cat "${@/%/.rows}") |
		awk '{ n[$2] += $1 } END { for (k in n) print n[k], k }' | sort
}
settled() { # NAME PLAIN...: as many rows as those undisturbed runs have
	rows "$1" >"$TMP/$1.rows"
	[ -z "$(twice "$1")" ] &&
		diff <(shift; sums "$@") <(sums "$1")
}
boots() {
	sqlite3 "$TMP/$1.db" "select count(*) from agent_cursor"
}

plain() { # FILE
	conf "$1"
	analyzer "$1"
	agent "$1"
	send "$1"
	end "$AGENT" || return 1
	end "$ANALYZER"
	rows "$1" >"$TMP/$1.rows"
	cat "$TMP/$1.rows" "$TMP/$1.log"
	! ls "$TMP/$1.spool"/*.spool && [ -s "$TMP/$1.rows" ]
}
check "an undisturbed run: nothing is spooled" plain many
check "another, with little traffic" plain few

away() {
	conf away
	agent away
	send many
	wait_for spooled away || { echo "nothing is spooled"; return 1; }
	ls -l "$TMP/away.spool"
	analyzer away
	wait_for empty away || { echo "not delivered"; return 1; }
	end "$AGENT" || return 1
	end "$ANALYZER"
	cat "$TMP/away.log"
	settled away many
}
check "the analyzer comes late: all rows, none twice, no file left" away
check "the spool is for its owner only" sh -c \
	"stat -c %a $TMP/away.spool | grep -x 700"
check "the agent said why it waited" \
	grep -q "no analyzer answers" "$TMP/away.log"

ended() {
	conf ended
	agent ended
	send many
	end "$AGENT" || return 1
	cat "$TMP/ended.log"
	grep "did not take are in $TMP/ended.spool" "$TMP/ended.log" || return 1
	agent ended
	grep "records of an earlier start" "$TMP/ended.log" || return 1
	send few
	analyzer ended
	wait_for empty ended || return 1
	end "$AGENT" || return 1
	end "$ANALYZER"
	settled ended many few && [ "$(boots ended)" = 2 ]
}
check "the agent ends meanwhile: the next start delivers first" ended

# The analyzer is killed again and again while it takes what was spooled.
killed_analyzer() {
	conf unsteady
	agent unsteady
	send many
	for _ in 1 2 3 4 5 6; do
		analyzer unsteady
		sleep 0.$((RANDOM % 30 + 10))
		kill -9 "$ANALYZER"
		wait "$ANALYZER" 2>/dev/null
	done
	analyzer unsteady
	wait_for empty unsteady || return 1
	end "$AGENT" || return 1
	end "$ANALYZER"
	settled unsteady many
}
check "the analyzer is killed while it catches up" killed_analyzer

bytes_of() { # NAME
	stat -c %s "$TMP/$1.spool"/* | awk '{ n += $1 } END { print n }'
}
n_rows() { # NAME
	rows "$1" | awk '{ n += $1 } END { print n }'
}
# What was in memory is lost; what was in files is not.
killed_agent() {
	local before after
	conf killed
	agent killed
	send many
	wait_for spooled killed || return 1
	kill -9 $(pgrep -P "$AGENT")
	wait_for locked || return 1
	sleep 0.3
	before=$(bytes_of killed)
	kill -9 "$AGENT" && wait "$AGENT" 2>/dev/null
	agent killed
	after=$(bytes_of killed)
	echo "$before bytes, then $after"
	[ "$after" -ge "$before" ] && [ "$before" -gt 100000 ] || return 1
	analyzer killed
	wait_for empty killed || return 1
	end "$AGENT" || return 1
	end "$ANALYZER"
	rows killed
	# A record has some 150 bytes, 500 at most.
	[ -z "$(twice killed)" ] && [ "$(n_rows killed)" -ge $((before / 500)) ]
}
check "the worker and the agent are killed: files survive" killed_agent
check "the worker's end was said" \
	grep -q "worker was killed by signal 9" "$TMP/killed.log"

full() {
	conf full 'spool_bytes = 1048576'
	agent full
	send many
	end "$AGENT"
	agent full
	send few
	grep "full with" "$TMP/full.log" || return 1
	[ "$(bytes_of full)" -le 1048576 ] || return 1
	analyzer full
	wait_for empty full || return 1
	send few
	end "$AGENT" || return 1
	end "$ANALYZER"
	cat "$TMP/full.log"
	sqlite3 "$TMP/full.db" "select value from counter
		where name = 'capture_spool_dropped'" | grep '^[1-9]'
}
check "a full budget: dropped, counted, said, and it goes on" full

no_space() {
	conf disk
	mkdir "$TMP/disk.spool"
	mount -t tmpfs -o size=300k none "$TMP/disk.spool" || return 1
	agent disk
	send many
	wait_for grep "No space left on device" "$TMP/disk.log" || return 1
	analyzer disk
	wait_for empty disk || return 1
	send few
	end "$AGENT" || return 1
	end "$ANALYZER"
	umount "$TMP/disk.spool"
	cat "$TMP/disk.log"
	[ -z "$(twice disk)" ] && [ "$(n_rows disk)" -gt 500 ]
}
check "a full disk: said, and what was kept is delivered" no_space

taken() {
	local first
	conf first
	conf second
	sed -i "s|second.spool|first.spool|" "$TMP/second.conf"
	agent first
	first=$AGENT
	agent second
	grep "first.spool: is in use by another agent" "$TMP/second.log" || return 1
	end "$AGENT"
	end "$first"
	agent second
	! grep -c "is in use" "$TMP/second.log" | grep -x 2 && end "$AGENT"
}
check "a second agent in the same directory: said, and it keeps out" taken

wrong() {
	conf wrong
	echo "not a directory" >"$TMP/wrong.spool"
	agent wrong
	grep "wrong.spool: cannot be written to: Not a directory" \
		"$TMP/wrong.log" || return 1
	analyzer wrong
	send few
	end "$AGENT" || return 1
	end "$ANALYZER"
	settled wrong few
}
check "no directory: said at the start, capturing goes on" wrong
finish
