#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sekisho-driver-file: a list that pullers can trust.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/driver.sh"

LIST=$TMP/www/block.txt
mkdir "$TMP/www"
driver_is() { start_driver "$BIN/sekisho-driver-file" "$@" "$LIST"; }
# Its trailer is right: count and hash as a shell script of a puller sees it.
whole() {
	local n h
	n=$(grep -vc '^#' "${1:-$LIST}")
	h=$(head -n -1 "${1:-$LIST}" | sha256sum | cut -d' ' -f1)
	[ "$(tail -n 1 "${1:-$LIST}")" = "# end count=$n sha256=$h" ] ||
		{ cat "${1:-$LIST}"; echo "want $n $h"; return 1; }
}
lines() { # what the list is, without its comments
	whole && [ "$(grep -v '^#' "$LIST" | tr '\n' ' ')" = "$1" ] ||
		{ cat "$LIST"; return 1; }
}
generation() { [ "$(head -n 1 "$LIST")" = "# generation $1" ] || { cat "$LIST"; return 1; }; }
json() { node -e 'const o=JSON.parse(require("fs").readFileSync(process.argv[1]));
const got=JSON.stringify(o);if(got!==process.argv[2]){console.log(got);process.exit(1)}' "$LIST.json" "$1"; }

driver_is
check "hello" says '{"op":"hello"}' \
	'{"ports":true,"port_sets":true,"sees_refused":false,"max_entries":1000000,"window":16384}'
check "block" block 41 C7 '"192.0.2.7/32","2001:db8::/56"'
check "the list has both" lines "192.0.2.7/32 2001:db8::/56 "
check "as its first generation" generation 1
check "JSON tells whose they are" json '{"generation":1,"held":[{"subscriber":"C7","seq":41,"targets":["192.0.2.7/32","2001:db8::/56"],"until_us":'$UNTIL'}]}'
check "others may read the list" test "$(stat -c %a "$LIST")" = 644
check "and not the customers" test "$(stat -c %a "$LIST.json")" = 600
shared() {
	says '{"op":"block","seq":42,"subscriber":"M1","port_sets":[{"target":"203.0.113.7/32","source_ports":[[4096,4111],[1024,2047]]}],"ports":[25],"until_us":0}' '{"seq":42,"ok":true}'
}
check "port sets" shared
check "are lines of their own" lines \
	"192.0.2.7/32 203.0.113.7#1024-2047 203.0.113.7#4096-4111 2001:db8::/56 "
check "generation 2" generation 2
check "a renewal of the same" block 43 C7 '"192.0.2.7/32","2001:db8::/56"'
check "is no new generation" generation 2
check "but a new number" asks '{"op":"list"}' '"subscriber":"C7","seq":43'
check "an older block is none" block 41 C7 '"192.0.2.9/32"'
check "generation 2 still" generation 2
check "moved" block 44 C7 '"192.0.2.9/32"'
check "the new address only" lines \
	"192.0.2.9/32 203.0.113.7#1024-2047 203.0.113.7#4096-4111 "

kill -9 "$DRIVER_PID"
wait "$DRIVER_PID" 2>/dev/null
driver_is -m 640 -J 640
check "a new process knows what it holds" says '{"op":"list"}' \
	'{"ok":true,"held":[{"subscriber":"M1","seq":42,"targets":[],"port_sets":[{"target":"203.0.113.7/32","source_ports":[[1024,2047],[4096,4111]]}],"until_us":0},{"subscriber":"C7","seq":44,"targets":["192.0.2.9/32"],"until_us":'$UNTIL'}]}'
check "unblock" unblock 45 M1
check "one is left" lines "192.0.2.9/32 "
check "the mode is as told" test "$(stat -c %a "$LIST" "$LIST.json" | tr '\n' ' ')" = "640 640 "
check "generations go on after the restart" generation 4

# Somebody has been at it.
sed -i 's/192.0.2.9/192.0.2.99/' "$LIST"
check "a list that was changed holds nothing" says '{"op":"list"}' \
	'{"ok":true,"held":[]}'
check "the same block again" block 44 C7 '"192.0.2.9/32"'
check "puts it right" lines "192.0.2.9/32 "
rm "$LIST"
check "a list that is gone holds nothing" says '{"op":"list"}' \
	'{"ok":true,"held":[]}'
check "the same block again" block 44 C7 '"192.0.2.9/32"'
check "brings it back" lines "192.0.2.9/32 "
foreign() {
	{ echo "# generation 9"; echo 192.0.2.9/32; echo 198.51.100.0/24; } >"$TMP/l"
	echo "# end count=2 sha256=$(sha256sum <"$TMP/l" | cut -d' ' -f1)" >>"$TMP/l"
	cp "$TMP/l" "$LIST"
	asks '{"op":"list"}' '{"subscriber":null,"seq":0,"targets":["198.51.100.0/24"],"until_us":0}'
}
check "a line of somebody else is listed as nobody's" foreign
echo '{' >"$LIST.json"
stop_driver
driver_is
check "a damaged state is no reason to stop" asks '{"op":"list"}' '"subscriber":null'
check "the list stays as it is until the first decision" generation 9
check "then it is what was decided" block 50 C8 '"192.0.2.8/32"'
check "in a newer generation" generation 10
check "only that" lines "192.0.2.8/32 "

# A folder that cannot be written, a disk that is full.
broken() { ! block "$1" "$2" '"192.0.2.10/32"' && case $ANSWER in
	*'"ok":false'*"cannot be written"*) ;;
	*) echo "$ANSWER"; return 1 ;;
	esac; }
mv "$TMP/www" "$TMP/away"
check "a folder that is gone: not done" broken 51 C9
mv "$TMP/away" "$TMP/www"
check "nothing has changed" lines "192.0.2.8/32 "
check "the same again" block 51 C9 '"192.0.2.10/32"'
check "is done" lines "192.0.2.8/32 192.0.2.10/32 "
stop_driver
full() {
	BIN=$BIN timeout 60 unshare -rnm bash -c '. tests/e2e/lib.sh; . tests/e2e/driver.sh
		mount -t tmpfs -o size=16k none /mnt
		start_driver "$BIN/sekisho-driver-file" /mnt/l
		block 1 A "\"192.0.2.1/32\"" || exit 1
		cp /mnt/l "$TMP/before"
		dd if=/dev/zero of=/mnt/fill bs=1k count=100 2>/dev/null
		block 2 B "\"192.0.2.2/32\"" && exit 1
		cmp /mnt/l "$TMP/before" || exit 1
		rm /mnt/fill
		block 2 B "\"192.0.2.2/32\"" && grep -q "192.0.2.2/32" /mnt/l'
}
if unshare -rnm true 2>/dev/null; then
	check "a full disk: the old list stays, later the new one comes" full
fi

# A puller in the middle of many writes.
many() {
	seq 4000 | awk '{printf "{\"op\":\"block\",\"seq\":%d,\"subscriber\":\"M%d\",\"targets\":[\"10.1.%d.%d/32\"],\"until_us\":0}\n", $1 + 100, $1, $1 / 256, $1 % 256}'
}
pulled() {
	local n=0 pid
	many >"$TMP/many"
	(while read -r l; do
		case $l in *00,\"subscriber*) sleep 0.05 ;; esac
		printf '%s\n' "$l"
	done <"$TMP/many") |
		"$BIN/sekisho-driver-file" "$LIST" >"$TMP/answers" 2>>"$TMP/driver.log" &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		cp "$LIST" "$TMP/copy" && whole "$TMP/copy" || return 1
		n=$((n + 1))
	done
	wait $pid
	[ "$(grep -c '"ok":true' "$TMP/answers")" -eq 4000 ] && [ $n -ge 5 ] && whole
}
check "who pulls it meanwhile gets whole lists" pulled
check "of all that were blocked" test "$(grep -vc '^#' "$LIST")" -eq 4002
owner() {
	"$BIN/sekisho-driver-file" -u nobody:nogroup "$LIST" </dev/null
	block_one="$(line block 9000 Z '"192.0.2.77/32"')"
	echo "$block_one" | "$BIN/sekisho-driver-file" -u nobody:nogroup "$LIST" &&
		[ "$(stat -c %U:%G "$LIST" "$LIST.json" | sort -u)" = nobody:nogroup ]
}
[ "$(id -u)" -ne 0 ] || check "the owner is as told" owner
no_user() { expect_exit 1 "$BIN/sekisho-driver-file" -u no.such.user "$LIST" </dev/null; }
check "a user that is not there: it says so" no_user
finish
