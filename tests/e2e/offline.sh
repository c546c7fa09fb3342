#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Capture files of every form, packed or not, in any order and number, give
# the same records; what cannot be read is named; the summary and the progress
# line say what is true.
. "$(dirname "$0")/lib.sh"
HELP=$(realpath "$(dirname "$0")")/offline.mjs
printf 'golden golden golden golden gold' >"$TMP/hash.key"
made() { node "$HELP" "$@"; }

# big: 2,000 packets, so that a packed file has more than one block
generate burst_bot 1 && mv "$TMP/t.pcap" "$TMP/big.pcap" &&
	generate burst_dialogue 1 || exit 1
cd "$TMP" || exit 1
CAP="timeout 60 $BIN/sekisho-capture -c t.conf --no-dpi --format json"

# read_to NAME FILE...: NAME.rec, NAME.err; the exit code is the agent's
read_to() {
	local name=$1 rc
	shift
	rm -f "$name.json" "$name.rec"
	$CAP -o "$name.json" --summary -r "$@" 2>"$name.err" </dev/stdin
	rc=$?
	cat "$name.err"
	made records "$name.json" >"$name.rec" || return 99
	return $rc
}
same() { # as the whole, without a word
	read_to got "$@" && [ -s whole.rec ] && cmp whole.rec got.rec &&
		! grep -E '^<(warn|error)>' got.err
}
# fails PATTERN FILE...: exit 2, and the message
fails() {
	local pattern=$1
	shift
	expect_exit 2 read_to got "$@" && grep -qE -- "$pattern" got.err
}
# part PATTERN FILE...: exit 0, the message, and less than the whole of big
part() {
	local pattern=$1 n
	shift
	expect_exit 0 read_to got "$@" || return 1
	grep -qE -- "$pattern.*the [0-9]+ packets before that were read" \
		got.err || return 1
	n=$(sed -n 's/.*the \([0-9]*\) packets before.*/\1/p' got.err)
	says "$n" packets && says 1 file "broken or not readable" &&
		[ -s got.rec ] && ! cmp -s big.rec got.rec
}
# says NUMBER TEXT...: a line of the summary of got
says() {
	local n
	n=$(LC_ALL=C sed -e ':a' -e 's/^\([0-9]*[0-9]\)\([0-9]\{3\}\)/\1,\2/;ta' \
		<<<"$1")
	shift
	grep -qE "^ *$n  $*( |\$)" got.err || {
		echo "no line: $n  $*"
		return 1
	}
}
read_to whole t.pcap >/dev/null && read_to big big.pcap >/dev/null || exit 1

# --- forms
for form in swapped nano nano_swapped ng ng_swapped ng_two ng_resolutions \
	ng_offset ng_unlimited; do
	made $form t.pcap $form.cap
	check "$form: the same records" same $form.cap
done
made ng_simple t.pcap simple.cap
no_time() {
	read_to got simple.cap && says 60 mail transactions &&
		grep -q "simple.cap: its first packet has no time" got.err
}
check "ng_simple: no times, and that is said" no_time
gzip -c t.pcap >t.pcap.gz && zstd -qc t.pcap >t.pcap.zst &&
	gzip -c ng.cap >ng.gz && cp t.pcap.zst no_suffix
for f in t.pcap.gz t.pcap.zst ng.gz no_suffix; do
	check "$f: the same records" same $f
done
head -c 20000 t.pcap >front && tail -c +20001 t.pcap >back
{ gzip -c front; gzip -c back; } >two.gz
{ zstd -qc front; zstd -qc back; } >two.zst
check "gzip in two members" same two.gz
check "zstd in two frames" same two.zst

# --- standard input
stdin() { $1 t.pcap | same -; }
check "standard input" stdin cat
check "standard input, gzip" stdin "gzip -c"
check "standard input, zstd" stdin "zstd -qc"
check "a pipe by its name" same <(cat t.pcap)

# --- many files
made parts t.pcap p1 p2 p3 p4
gzip -f p2 && zstd -q --rm p3
check "parts in order" same p1 p2.gz p3.zst p4
check "parts in any order" same p4 p2.gz p1 p3.zst
check "parts, -r each" same p3.zst -r p1 -r p4 -r p2.gz
parts_stdin() { cat p1 | same p4 p3.zst - p2.gz; }
check "one of the parts on standard input" parts_stdin
made mirrors t.pcap up down
check "a mirror for each direction: merged by time" same up down
check "the other way round" same down up
one_side() {
	read_to got up && says 20 connections "seen in one direction only" &&
		! cmp -s whole.rec got.rec
}
twice() {
	ln -sf t.pcap link.pcap
	read -r all _ < <(made facts t.pcap)
	read -r one _ < <(made facts up)
	read_to got t.pcap up link.pcap ./t.pcap && says $((all + one)) packets &&
		says 2 files && [ "$(grep -c 'same file as .*: read once' \
		got.err)" -eq 2 ]
}
check "the same file by three names: read once, and said" twice
check "standard input twice: refused" \
	expect_exit 2 $CAP -o /dev/null -r - t.pcap -
check "one of them alone is one-sided, and that is said" one_side
many() {
	made parts t.pcap $(seq -f 'm%g' 300) &&
		( ulimit -n 80; same $(seq -f 'm%g' 300 -1 1) ) &&
		rm -f m[0-9]*
}
check "300 files with 80 descriptors" many

# --- cut, damaged, empty, not there
gzip -c big.pcap >big.gz && zstd -qc big.pcap >big.zst
for f in big.pcap big.gz big.zst; do
	head -c $(($(stat -c %s $f) * 3 / 4)) $f >cut.$f
done
check "cut pcap: read to there" part "cut.big.pcap: truncated" cut.big.pcap
check "cut gzip: read to there" part "cut.big.gz: .*cut short" cut.big.gz
check "cut zstd: read to there" part "cut.big.zst: .*cut short" cut.big.zst
half=$(($(stat -c %s big.gz) / 2))
{ head -c $half big.gz; printf XXXXXXXX; tail -c +$((half + 9)) big.gz; } \
	>bad.gz
check "damaged gzip" part "bad.gz: " bad.gz
made torn big.pcap torn.cap
check "a byte is missing in the middle" part "torn.cap: " torn.cap
cat t.pcap big.pcap >cat.cap
check "two files in one, by cat" part "cat.cap: another capture begins" cat.cap
made ng_link_late big.pcap late.cap
check "pcapng: a second link type later on" \
	part "late.cap: .*one file per interface" late.cap
for form in ng_link ng_snap; do
	made $form t.pcap $form.cap
	check "pcapng, $form: refused" \
		fails "$form.cap: .*one file per interface" $form.cap
done
head -c 200 big.gz >tiny.gz && head -c 200 big.zst >tiny.zst
check "gzip cut before the first packet" fails "tiny.gz: .*cut short" tiny.gz
check "zstd cut before the first packet" fails "tiny.zst: .*cut short" tiny.zst
head -c 4096 <(yes garbage) >garbage
check "garbage" fails "garbage: .*neither pcap nor pcapng" garbage
gzip -c garbage >garbage.gz
check "garbage, packed" fails "garbage.gz: .*neither pcap nor" garbage.gz
: >empty
check "an empty file" fails "empty: .*is empty" empty
head -c 24 t.pcap >none
no_packet() {
	read_to got none && says 1 file && grep -q "No packet was read" got.err
}
check "a capture without packets is no error" no_packet
mkdir folder
check "a folder" fails "folder: .*is a directory; give the files" folder
check "a file that is not there" fails "nowhere: .*No such file" nowhere
printf '\3757zXZ\0garbage' >t.xz
check "xz: how to read it is said" fails "t.xz: .*xz -dc FILE" t.xz
cp t.pcap locked && chmod 0 locked
unreadable() {
	unshare -U $CAP -o /dev/null -r locked 2>got.err
	[ $? -eq 2 ] && grep -q "locked: .*Permission denied" got.err
}
if unshare -U true 2>/dev/null; then
	check "a file that may not be read" unreadable
else
	echo "offline: skip: no user namespace can be had here"
fi
mixed() {
	read_to got garbage nowhere folder empty t.pcap.gz || return 1
	cmp whole.rec got.rec && says 4 files "broken or not readable" &&
		for f in garbage nowhere folder empty; do
			grep -q "^<error> source: $f: no packet" got.err ||
				return 1
		done
}
check "good among bad: exit 0, read whole, each bad one named" mixed
made other_link t.pcap other.cap
other_link() {
	read_to got other.cap && [ ! -s got.rec ] &&
		grep -q "link type 147 is not known" got.err &&
		says 631 packets "of an unknown link type"
}
check "an unknown link type: said, counted" other_link

# --- the summary
read -r packets bytes first last < <(made facts t.pcap)
lines() { grep -c "$1" whole.rec; }
summary() {
	read_to got t.pcap &&
		says "$packets" packets && says "$bytes" bytes &&
		says 1 file && says "$packets" "packets of ports" &&
		says "$(lines '"outcome":"answered"')" "attempts answered" &&
		says "$(lines '"type":"transaction"')" "mail transactions" &&
		says "$(awk -F, '$1 == "burst_dialogue" { n += $8 }
			END { print n }' truth.csv)" "sessions" &&
		grep -q "from ${first}Z to ${last}Z" got.err &&
		grep -q '^Nothing was lost\.$' got.err &&
		! grep -q '^Lost$' got.err && [ "$(wc -l <got.err)" -le 25 ]
}
check "the summary says what the generator wrote" summary
# outcome as JSON has it, as the summary has it, one that is expected
outcomes() { # scenario number outcome text
	generate "$1" 1 && read_to got t.pcap &&
		[ "$(grep -c "\"outcome\":\"$3\"" got.rec)" -eq "$2" ] &&
		says "$2" attempts "$4" && says "$2" connections
}
check "attempts without an answer" \
	outcomes blocked_syns 66 unanswered "without an answer"
check "attempts refused" outcomes probe 40 refused refused
check "attempts half open" outcomes forged_syns 60 half_open "given up by"
full() {
	$CAP -o /dev/null --summary=full -r big.pcap 2>full.err &&
		read -r n _ < <(made facts big.pcap) &&
		grep -qx "packets  *$n" full.err &&
		grep -qx "files_read  *1" full.err &&
		! grep -qE '^[a-z_]+  +0$' full.err &&
		! grep -q files_read big.err
}
check "--summary=full has the counters" full
quiet() {
	$CAP -o /dev/null -r big.pcap 2>quiet.err && [ ! -s quiet.err ]
}
check "without it nothing is said" quiet

stopped() {
	local pid
	# not by timeout(1), which sends the signal twice
	"$BIN/sekisho-capture" -c t.conf --no-dpi --format json -o stop.json \
		--speed 1 --summary -r big.pcap 2>stop.err &
	pid=$!
	PIDS="$PIDS $pid"
	while kill -0 $pid && [ ! -s stop.json ]; do sleep 0.05; done
	kill -TERM $pid
	wait $pid || { echo "exit $?"; return 1; }
	cat stop.err
	grep -q '^Stopped before the end' stop.err
}
check "a signal: exit 0, and the summary says so" stopped

# --- progress: 46 minutes of traffic in about a second
on_terminal() { # options...
	TERM=xterm script -qec "$CAP -o /dev/null --speed 2000 -r big.pcap $*" \
		/dev/null </dev/null >term.out && cat -v term.out
}
progress() {
	on_terminal && grep -aqE \
		'file 1 of 1 .*%.*packets/s.*[kM]?B/s.*ETA [0-9]+:[0-9]{2}' \
		term.out
}
if command -v script >/dev/null; then
	check "progress on a terminal: share, rate, time left" progress
	no_progress() { on_terminal -q && ! grep -aq packets/s term.out; }
	check "not with -q" no_progress
	colourless() {
		NO_COLOR=1 progress && ! grep -aqF "$(printf '\033[32m')" term.out
	}
	check "no colour with NO_COLOR" colourless
else
	echo "offline: skip: no script(1) here"
fi
no_terminal() {
	TERM=xterm $CAP -o /dev/null --speed 2000 -r big.pcap 2>quiet.err &&
		[ ! -s quiet.err ]
}
check "nor where standard error is no terminal" no_terminal
finish
