#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The command line as people and scripts meet it: a terminal (script(1)), a
# pipe, the shells that complete it, and every exit code.
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
unset NO_COLOR PAGER SEKISHO_PAGER LESS TZ COLUMNS
generate spoof_bot || exit 1
DB=$TMP/t.db
"$SEKISHO" replay "$TMP/t.pcap" --db "$DB" -c "$TMP/t.conf" \
	>"$TMP/replay.out" 2>&1 || { cat "$TMP/replay.out"; exit 1; }
sqlite3 "$DB" "INSERT INTO customer (id, line_class, contact) VALUES
	('C-wide', 'dynamic', '株式会社東京インターネット接続サービス'),
	('C-narrow', 'dynamic', 'Example')"
for i in $(seq 101 180); do
	echo "INSERT INTO incident SELECT $i, kind, 'C$i', line_class, state,
	closed_as, opened_us, last_us + $i, closed_us, first_obs, last_obs,
	observations, servers, unknown_users, blocklisted, spoofed,
	score_milli, peak_milli, '=cmd(), \"日本\" ' || char(27) || '[31m',
	policy_hash, brake_id FROM incident WHERE id = 1;"
done | sqlite3 "$DB"
C="-c $TMP/t.conf --db $DB"
c1=$(sqlite3 "$DB" "SELECT customer FROM incident WHERE id = 1")

# on_tty COLUMNS LINES COMMAND: its output, without carriage returns
on_tty() {
	TERM=xterm script -qec "stty cols $1 rows $2; $3" /dev/null </dev/null |
		tr -d '\r'
}
has() { grep -qF -- "$1" "$TMP/out" || { cat -v "$TMP/out" | head -20; return 1; }; }
lacks() { ! has "$1" >/dev/null; }
run() { "$@" >"$TMP/out" 2>"$TMP/err"; }

pipe_is_tsv() {
	run "$SEKISHO" incident list $C &&
		head -n 1 "$TMP/out" | grep -q "^id	kind	customer" &&
		[ "$(wc -l <"$TMP/out")" -ge 81 ] && [ ! -s "$TMP/err" ]
}
tty_is_table() {
	on_tty 100 200 "$SEKISHO incident list $C --color never" >"$TMP/out"
	has "CUSTOMER" && has "showing 50 of " && has "(--all, or --cursor I" &&
		[ "$(grep -c '^I[0-9]' "$TMP/out")" -eq 50 ]
}
fits() { # no line is wider than 110 cells, Japanese counted as two; what is
	# not cut, the names and times, takes 94 of them
	on_tty 110 200 "$SEKISHO incident list $C --color never" |
		grep '^I[0-9]' >"$TMP/out"
	node -e '
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/;
const lines = require("fs").readFileSync(0, "utf8").trimEnd().split("\n");
const width = l => [...l].reduce((n, c) => n + (wide.test(c) ? 2 : 1), 0);
process.exit(lines.length > 9 && lines.every(l => width(l) <= 110) ? 0 : 1)' \
		<"$TMP/out"
}
columns_align() { # what stands behind the Japanese name begins where it should
	run "$SEKISHO" customer list $C -o table --fields contact,id &&
		node -e '
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/;
const at = new Set();
for (const l of require("fs").readFileSync(0, "utf8").trimEnd().split("\n")) {
	const i = Math.max(l.lastIndexOf("C-"), l.lastIndexOf("ID"));
	at.add([...l.slice(0, i)].reduce((n, c) => n + (wide.test(c) ? 2 : 1), 0));
}
process.exit(at.size === 1 ? 0 : 1)' <"$TMP/out"
}
colored() {
	on_tty 100 200 "$SEKISHO incident list $C --no-pager" >"$TMP/out"
	has $'\033[' || return 1
	on_tty 100 200 "NO_COLOR=1 $SEKISHO incident list $C" >"$TMP/out"
	lacks $'\033[' || return 1
	on_tty 100 200 "TERM=dumb $SEKISHO incident list $C" >"$TMP/out"
	lacks $'\033['
}
pages() { # only when the screen overflows
	local p="PAGER='sed s/^/PAGED:/' $SEKISHO incident list $C --color never"
	on_tty 100 20 "$p" >"$TMP/out"
	has "PAGED:I1" || return 1
	on_tty 100 20 "$p --limit 5" >"$TMP/out"
	lacks "PAGED:" || return 1
	on_tty 100 20 "$p --no-pager" >"$TMP/out"
	lacks "PAGED:"
}
quits() { # a reader who leaves is no failure
	on_tty 100 20 "PAGER='head -n 1' $SEKISHO incident list $C --all; \
		echo code \$?" >"$TMP/out"
	has "code 0"
}
nasty() { # formula cells and escapes, in each form
	local form
	run "$SEKISHO" incident list $C -o csv -q customer:C101 &&
		has "\"'=cmd(), \"\"日本\"\"" || return 1
	for form in table wide tsv json jsonl; do
		run "$SEKISHO" incident list $C -o $form || return 1
		lacks $'\033' || return 1
	done
}
json_is_whole() {
	run "$SEKISHO" incident list $C -o json --limit 2 --sort -last &&
		node -e '
const j = JSON.parse(require("fs").readFileSync(0));
process.exit(Object.keys(j).join() === "items,next_cursor,total" &&
	j.items.length === 2 && j.total > 80 && j.next_cursor ? 0 : 1)' \
		<"$TMP/out"
}
cursor_joins() { # pages of 7 give what --all gives
	local cursor= all got=
	all=$("$SEKISHO" incident list $C --all --sort -last -o ids)
	while :; do
		run "$SEKISHO" incident list $C --limit 7 --sort -last -o ids \
			${cursor:+--cursor "$cursor"} || return 1
		got="$got$(cat "$TMP/out")
"
		cursor=$(sed -n 's/.*--cursor \(.*\))$/\1/p' "$TMP/err")
		[ -n "$cursor" ] || break
	done
	[ "$got" = "$all
" ]
}
caret() {
	expect_exit 2 run "$SEKISHO" incident list $C -q 'score>20 kindd:x' &&
		[ "$(sed -n 2p "$TMP/err")" = "         ^" ]
}
problem() {
	expect_exit 3 run "$SEKISHO" incident show I9999 $C -o json &&
		node -e '
const p = JSON.parse(require("fs").readFileSync(0));
process.exit(p.status === 404 && p.exit_code === 3 ? 0 : 1)' <"$TMP/err"
}
zone() {
	TZ=Asia/Tokyo run "$SEKISHO" incident list $C -v \
		--since "2026-11-24 09:00"
	grep -q "2026-11-24T00:00:00" "$TMP/err" || return 1
	TZ=Asia/Tokyo run "$SEKISHO" incident list $C -v --utc \
		--since "2026-11-24 09:00"
	grep -q "2026-11-24T09:00:00" "$TMP/err"
}
in_bash() {
	"$SEKISHO" completion bash >"$TMP/c.bash" &&
		bash --norc -c ". '$TMP/c.bash'
COMP_WORDS=('$SEKISHO' incident list --state o); COMP_CWORD=4; _sekisho
echo \"\${COMPREPLY[*]}\"" >"$TMP/out" && has open
}
# bash takes a word apart at : and =
in_bash_parts() {
	local words
	for words in "token create t --scope incidents : r|read" \
		"incident list --state = o|open" \
		"incident list --db = $DB --customer = C17|C179" \
		"hook list --state d|done dead" "complaint show --db $DB ''|"; do
		bash --norc -c ". '$TMP/c.bash'
COMP_WORDS=('$SEKISHO' ${words%|*}); COMP_CWORD=\$((\${#COMP_WORDS[@]} - 1))
_sekisho; echo \"\${COMPREPLY[*]}\"" >"$TMP/out"
		grep -q "^${words##*|}" "$TMP/out" || {
			echo "$words: $(cat "$TMP/out")"
			return 1
		}
	done
	[ "$(cat "$TMP/out")" = "" ] # no incident for a complaint
}
in_zsh() {
	command -v zsh >/dev/null || { echo "skip: no zsh"; return 0; }
	"$SEKISHO" completion zsh >"$TMP/_sekisho" &&
		zsh -fc "compdef() { :; }
_describe() { print -l -- \${(P)2}; }
. '$TMP/_sekisho'
words=('$SEKISHO' incident list --state o); CURRENT=5; _sekisho" \
			>"$TMP/out" && has "open:state"
}
in_fish() {
	command -v fish >/dev/null || { echo "skip: no fish"; return 0; }
	"$SEKISHO" completion fish >"$TMP/c.fish" &&
		PATH="$BIN:$PATH" HOME=$TMP fish --no-config -c "source $TMP/c.fish
complete -C 'sekisho incident list --state o'" >"$TMP/out" && has open
}

# until_has TEXT FILE: what a process writes into it comes within 10 s
until_has() {
	local i
	for i in $(seq 100); do
		grep -qF -- "$1" "$2" && return 0
		sleep 0.1
	done
	echo "\"$1\" is not in $2:"
	tail -n 5 "$2"
	return 1
}
# interrupted PID: it ends by SIGINT, with 130
interrupted() {
	local got
	kill -INT "$1"
	wait "$1"
	got=$?
	[ $got -eq 130 ] || { echo "exit $got, not 130"; return 1; }
}
watches() { # what comes, what changes, what goes, and another file
	local w=$TMP/w.db o=$TMP/watch.out pid rc
	local at="-c $TMP/t.conf --db $w"
	sqlite3 "$DB" ".backup '$w'" || return 1
	sqlite3 "$w" "UPDATE incident SET state = 'open', closed_as =
		'not_closed', closed_us = NULL WHERE id IN (1, 150)"
	"$SEKISHO" watch $at -o jsonl >"$o" 2>"$TMP/watch.err" &
	pid=$!
	PIDS="$PIDS $pid"
	sleep 1
	[ ! -s "$o" ] || { echo "it tells of what was there before"; return 1; }
	"$SEKISHO" block "$c1" --reason "by hand" $at >"$TMP/out" 2>&1 ||
		{ cat "$TMP/out"; return 1; }
	until_has '"event":"block"' "$o" || return 1
	sqlite3 "$w" "PRAGMA foreign_keys = OFF;
		DELETE FROM incident WHERE id = 150"
	sqlite3 "$w" "INSERT INTO incident SELECT 900, kind, 'C900', line_class,
		'open', 'not_closed', opened_us, last_us, NULL, first_obs,
		last_obs, observations, servers, unknown_users, blocklisted,
		spoofed, score_milli, peak_milli, 'new', policy_hash,
		brake_id
		FROM incident WHERE id = 1"
	until_has '"id":"I900","event":"opened"' "$o" || return 1
	sqlite3 "$w" "UPDATE incident SET state = 'acknowledged' WHERE id = 900"
	until_has '"id":"I900","event":"acknowledged"' "$o" || return 1
	sqlite3 "$w" "UPDATE incident SET state = 'closed', closed_as = 'quiet',
		closed_us = last_us WHERE id = 900"
	until_has '"id":"I900","event":"closed"' "$o" || return 1
	sqlite3 "$DB" ".backup '$TMP/n.db'" && rm -f "$w-wal" "$w-shm" &&
		mv "$TMP/n.db" "$w" || return 1
	until_has "another file now" "$TMP/watch.err" || return 1
	"$SEKISHO" block C900 --reason x $at >/dev/null 2>&1
	"$SEKISHO" allow "$c1" --reason "in the new file" $at >/dev/null 2>&1
	until_has "in the new file" "$o" || return 1
	interrupted $pid
	rc=$?
	node -e 'for (const l of require("fs").readFileSync(0, "utf8").trimEnd()
		.split("\n")) JSON.parse(l)' <"$o" && [ $rc -eq 0 ]
}
watches_status() {
	"$SEKISHO" status --watch $C -o jsonl >"$TMP/status.out" &
	PIDS="$PIDS $!"
	until_has '"incidents":' "$TMP/status.out" && interrupted $!
}
not_authorised() {
	install -m 755 "$SEKISHO" "$TMP/sekisho"
	cp "$DB" "$TMP/secret.db" && chmod 600 "$TMP/secret.db"
	if [ "$(id -u)" -ne 0 ]; then
		chmod 000 "$TMP/secret.db"
		expect_exit 4 "$TMP/sekisho" incident list --db "$TMP/secret.db"
		return
	fi
	chmod 711 "$TMP"
	expect_exit 4 setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$TMP/sekisho" incident list --db "$TMP/secret.db"
}
unreachable() { # somebody applies the log, and does not
	local rc
	exec 9>>"$DB.lock"
	flock -x 9
	run "$SEKISHO" status $C
	grep -q "analyzer *process [0-9]" "$TMP/out" || { cat "$TMP/out"; return 1; }
	expect_exit 5 run "$SEKISHO" block "$c1" --reason x $C
	rc=$?
	exec 9>&-
	return $rc
}
conflict() {
	run "$SEKISHO" incident close I1 --as fixed --reason x $C
	expect_exit 6 run "$SEKISHO" incident close I1 --as fixed --reason x $C
}
allow_list() {
	printf 'target,ttl\n%s,24h\n' "$c1" >"$TMP/allow.csv"
	run "$SEKISHO" allow import "$TMP/allow.csv" --reason list $C &&
		run "$SEKISHO" allow list -o ids $C && has "$c1" &&
		run "$SEKISHO" allow test "$c1" -o tsv $C && has "true" &&
		expect_exit 7 run "$SEKISHO" allow 0.0.0.0/0 --reason x $C &&
		"$SEKISHO" allow list -o ids $C |
		"$SEKISHO" allow remove - --reason over $C >/dev/null 2>&1 &&
		expect_exit 3 run "$SEKISHO" allow test "$c1" $C
}

dump() { sqlite3 "$DB" .dump | sha256sum; }
# dry TEXT VERB...: does nothing, and says so
dry() {
	local text=$1
	shift
	expect_exit 0 run "$SEKISHO" "$@" --dry-run $C </dev/null || {
		cat "$TMP/err"
		return 1
	}
	grep -q "$text" "$TMP/out" "$TMP/err" || {
		echo "$*: no \"$text\""
		cat "$TMP/out" "$TMP/err"
		return 1
	}
}
changes_nothing() {
	local before made
	"$SEKISHO" operator list $C >/dev/null || return 1
	echo 'a long password of hers' |
		"$SEKISHO" operator add aiko --scope admin $C 2>/dev/null &&
		"$SEKISHO" token create t1 --scope admin -o csv --fields id $C \
			>"$TMP/made" 2>/dev/null || return 1
	made=$(tail -n 1 "$TMP/made")
	before=$(dump)
	dry "1 of 1 would be changed" incident ack I101 &&
		dry "1 of 1 would" incident note I101 --reason x &&
		dry "1 of 1 would" incident close I101 --as fp --reason x &&
		dry "would be written" db backup "$TMP/copy.db" &&
		dry "would be written" db anonymise "$TMP/copy.db" &&
		dry "begin" lease add C9 192.0.2.250 &&
		dry "opened" panic --reason x &&
		dry "closed again" panic --off --reason x &&
		dry "token named t2" token create t2 --scope admin &&
		dry "t1) would be revoked" token revoke "$made" &&
		dry "operator add would be done" operator add ken --scope admin &&
		dry "operator passwd would" operator passwd aiko &&
		dry "aiko would be removed" operator remove aiko &&
		dry "would be done" block "$c1" --reason x &&
		dry "would be done" allow add "$c1" --reason x || return 1
	printf 'begin C9 192.0.2.251\n' >"$TMP/leases"
	expect_exit 3 run "$SEKISHO" hook retry --all --reason x -n $C &&
		grep -q "0 would be tried again" "$TMP/err" &&
		expect_exit 7 run "$SEKISHO" brake drop --reason x -n $C &&
		expect_exit 6 run "$SEKISHO" operator add aiko --scope admin -n $C &&
		expect_exit 3 run "$SEKISHO" token revoke nope -n $C &&
		[ ! -e "$TMP/copy.db" ] || return 1
	[ "$(dump)" = "$before" ] || { echo "the database has changed"; return 1; }
}
# Whatever writes to the audit log takes the three, by the table itself.
says_why_and_who() {
	local v
	for v in "incident ack" "incident note" "incident close" "incident letter" \
		"db purge" "db backup" "db anonymise" block "allow add" \
		"allow remove" "allow import" allow release "lease add" "lease end" \
		"lease import" "complaint import" "hook retry" "enforce reconcile" \
		panic "brake apply" "brake drop" "token create" "token revoke" \
		"operator add" "operator passwd" "operator remove"; do
		run "$SEKISHO" $v --help
		has --dry-run && has --reason && has --operator || {
			echo "sekisho $v"
			return 1
		}
	done
}
many_are_refused() {
	for i in $(seq 101 130); do echo "I$i"; done >"$TMP/ids"
	expect_exit 7 run "$SEKISHO" incident close - --as fp --reason x $C \
		<"$TMP/ids" && grep -q "30 incidents are more than 25" "$TMP/err" &&
		[ "$(sqlite3 "$DB" "SELECT count(*) FROM incident
			WHERE id > 100 AND state = 'closed'")" = 0 ] &&
		expect_exit 0 run "$SEKISHO" incident close - --as fp --reason x \
			--yes -n $C <"$TMP/ids"
}

shows() { # what was made here: an action, a token, an operator, its rows
	local token row
	token=$(tail -n 1 "$TMP/made" | tr -d "\r")
	run "$SEKISHO" token show "$token" $C -o json &&
		has '"name":"t1"' && has ' create"' || return 1
	run "$SEKISHO" operator show aiko $C -o table && has "add" || return 1
	row=$("$SEKISHO" audit list $C --verb "token create" -o ids | head -n 1)
	run "$SEKISHO" audit show "$row" $C -o csv && has "$token" || return 1
	row=$("$SEKISHO" lease list $C -o ids --limit 1 2>/dev/null)
	run "$SEKISHO" lease show "$row" $C -o json &&
		has "\"session_holds\":[\"$row\"" || return 1
	run "$SEKISHO" observation show 1 $C -o json && node -e '
const o = JSON.parse(require("fs").readFileSync(0));
process.exit(o.obs_no === 1 && Object.keys(o).length > 80 ? 0 : 1)' <"$TMP/out" &&
		expect_exit 3 run "$SEKISHO" hook show 99999 $C &&
		expect_exit 3 run "$SEKISHO" observation show 999999999 $C
}
# Half of what was asked for is no success.
says_a_full_disk() {
	local v
	for v in "export --format plain" "explain I1" "incident list" \
		"customer show $c1" "incident show I1" status; do
		expect_exit 1 "$SEKISHO" $v --db "$DB" >/dev/full 2>"$TMP/err" &&
			grep -q "is the disk full" "$TMP/err" || {
			echo "$v"
			return 1
		}
	done
}
keeps_the_ticket() {
	run "$SEKISHO" token create t9 --scope admin --ticket T-77 $C &&
		run "$SEKISHO" audit list --verb "token create" $C &&
		has "(ticket T-77)" || return 1
	expect_exit 2 run "$SEKISHO" token create t10 --scope admin $C \
		--reason "$(printf '%600s' x)" && ! grep -q t10 "$TMP/out"
}
filters_are_not_dropped() {
	expect_exit 2 run "$SEKISHO" incident list -q a -q b $C &&
		expect_exit 2 run "$SEKISHO" incident list --fields "" $C &&
		run "$SEKISHO" incident list -q 'id>101 id<=103' -o ids $C &&
		[ "$(tr '\n' ' ' <"$TMP/out")" = "I102 I103 " ] &&
		run "$SEKISHO" incident list -q 'id>101 -id:103' --count \
			--limit 1 --sort -id -o json $C && has '"total":78'
}
helps() {
	expect_exit 2 run "$SEKISHO" incident && grep -q "say what: list" "$TMP/err" &&
		expect_exit 0 run "$SEKISHO" help incident ack &&
		has "usage: sekisho incident ack" &&
		expect_exit 0 run "$SEKISHO" help token && has "token revoke" &&
		expect_exit 2 run "$SEKISHO" help nothing
}

is_light() { # a list loads nothing that it has no use for
	readelf -d "$SEKISHO" >"$TMP/out" || return 1
	! grep -E 'NEEDED.*(crypto|ssl|unbound|libuv|curl|ndpi|gnutls|micro)' \
		"$TMP/out"
}
hands_on() {
	mkdir -p "$TMP/alone" && cp "$SEKISHO" "$TMP/alone/" || return 1
	PATH=$TMP/alone expect_exit 1 run "$TMP/alone/sekisho" explain I1 $C &&
		grep -q "sekisho-desk cannot be started" "$TMP/err" &&
		PATH=$TMP/alone run "$TMP/alone/sekisho" incident show I1 $C
}

check "sekisho is light" is_light
check "what it leaves to sekisho-desk it says when that is missing" hands_on
check "a pipe gets tabs, a header and every row" pipe_is_tsv
check "a terminal gets a table and hears what is left out" tty_is_table
check "a table with Japanese fits the terminal" fits
check "Japanese is two cells wide" columns_align
check "colours on a terminal; NO_COLOR, TERM=dumb" colored
check "a pager only when the screen overflows" pages
check "leaving the pager is no failure" quits
check "formulas and escapes in no form" nasty
check "JSON is whole" json_is_whole
check "pages join" cursor_joins
check "a filter's error has a caret" caret
check "an error is a problem object" problem
check "TZ and --utc" zone
check "bash completes" in_bash
check "bash completes behind : and =" in_bash_parts
check "zsh completes" in_zsh
check "fish completes" in_fish
check "exit 0: an empty list" expect_exit 0 "$SEKISHO" incident list $C -q id:0
check "exit 1: no such database" expect_exit 1 "$SEKISHO" status --db "$TMP/no.db"
check "exit 2: usage" expect_exit 2 "$SEKISHO" incident list --nope
check "exit 3: --fail-empty" expect_exit 3 "$SEKISHO" incident list $C \
	-q id:0 --fail-empty
check "exit 4: not authorised" not_authorised
check "exit 130: watch, and what it tells" watches
check "exit 5: the analyzer does not answer" unreachable
check "exit 6: nothing was to be done" conflict
check "exit 130: status --watch" watches_status
check "the allow list" allow_list
check "--dry-run changes nothing" changes_nothing
check "every noun shows one" shows
check "a full disk is a failure" says_a_full_disk
check "--ticket is kept, and nothing is cut" keeps_the_ticket
check "no filter is dropped" filters_are_not_dropped
check "help on a noun, on a verb" helps
check "every change takes --dry-run, --reason, --operator" says_why_and_who
check "many incidents are not closed by a slip" many_are_refused
check "exit 7: refused" expect_exit 7 "$SEKISHO" block 0.0.0.0/0 $C --reason x
finish
