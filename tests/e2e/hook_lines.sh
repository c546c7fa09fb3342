#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# docs/hooks.schema.json holds for the lines of sekisho-hooks and for what the
# drivers answer; the sample driver of docs/HOOKS.md works as it stands there.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/driver.sh"

HERE=$(dirname "$0")
valid() { # DEFINITION FILE
	node "$HERE/hook_schema.mjs" "$HERE/../../docs/hooks.schema.json" "$1" <"$2"
}
invalid() { # DEFINITION LINE
	! echo "$2" | valid "$1" /dev/stdin
}

# The block of HOOKS.md that names it.
awk '/^    #!\/bin\/sh$/ { text = ""; on = 1 }
	on && /^(    |$)/ { text = text substr($0, 5) "\n"; next }
	on { on = 0; if (text ~ /port25-files/) { printf "%s", text; exit } }
	END { if (on && text ~ /port25-files/) printf "%s", text }' \
	"$HERE/../../docs/HOOKS.md" >"$TMP/port25-files"
chmod 755 "$TMP/port25-files"
mkdir "$TMP/folder"
short() { [ "$(grep -c . "$TMP/port25-files")" -le 23 ] && [ -s "$TMP/port25-files" ]; }
check "the sample driver is short" short

# The dispatcher's own lines, to the sample driver.
generate all 1 || exit 1
cat >"$TMP/tee" <<-X
	#!/bin/sh
	tee -a "$TMP/orders" | "$TMP/port25-files" "$TMP/folder" | tee -a "$TMP/answers"
X
chmod 755 "$TMP/tee"
echo "driver \"sample\" { command = {\"$TMP/tee\"} }" >>"$TMP/t.conf"
CONF="-c $TMP/t.conf --db $TMP/x.db"
check "replay" "$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/x.db" -c "$TMP/t.conf"
check "block by hand" "$SEKISHO" block C1001 --ttl 1h --reason test $CONF
check "delivered" timeout 60 "$BIN/sekisho-hooks" --once $CONF
check "its file is there" test -s "$TMP/folder/C1001.held"
check "release" "$SEKISHO" allow C1001 --reason test $CONF
check "delivered" timeout 60 "$BIN/sekisho-hooks" --once $CONF
check "its file is gone" test ! -e "$TMP/folder/C1001.held"
check "what sekisho-hooks said is by the schema" valid order "$TMP/orders"
check "there were blocks and unblocks" grep -q '"op":"unblock"' "$TMP/orders"

# What drivers answer.
said() { # NAME PROGRAM...: answers by kind
	local k
	"${@:2}" <"$TMP/talk" >"$TMP/$1" 2>"$TMP/$1.err" || { cat "$TMP/$1.err"; return 1; }
	sed -n 1p "$TMP/$1" >"$TMP/$1.greeting"
	sed -n 2,8p "$TMP/$1" >"$TMP/$1.answer"
	sed -n 9p "$TMP/$1" >"$TMP/$1.list"
	sed -n 10p "$TMP/$1" >"$TMP/$1.counters"
	[ "$(wc -l <"$TMP/$1")" -eq 10 ] || { cat "$TMP/$1"; return 1; }
	for k in greeting answer list counters; do
		valid $k "$TMP/$1.$k" || return 1
	done
}
{
	echo '{"op":"hello"}'
	line block 1 A '"192.0.2.7/32","2001:db8::/56"'; echo
	line block 2 'B é' '"192.0.2.8/32"'; echo
	line unblock 3 A; echo
	echo '{"op":"block","seq":4,"subscriber":"M","port_sets":[{"target":"203.0.113.7/32","source_ports":[[1024,2047]]}],"ports":[25],"until_us":0}'
	echo '{"op":"block","seq":5,"subscriber":"C","targets":["junk"]}'
	echo '{"op":"block","seq":6}'
	echo '{"op":"dance","seq":7}'
	echo '{"op":"list"}'
	echo '{"op":"counters"}'
} >"$TMP/talk"
check "answers of file" said file "$BIN/sekisho-driver-file" "$TMP/list"
check "answers of exec" said exec "$BIN/sekisho-driver-exec" -p true
check "answers of a program that fails" said fails "$BIN/sekisho-driver-exec" false
check "answers of webhook" said webhook "$BIN/sekisho-driver-webhook" -k none http://127.0.0.1:1/
if unshare -rn true 2>/dev/null && command -v nft >/dev/null; then
	check "answers of nft" said nft unshare -rn "$BIN/sekisho-driver-nft"
fi
gobgp_away() { said gobgp "$BIN/sekisho-driver-flowspec-gobgp" -s "$TMP/g.json" -u 127.0.0.1 -p 1; }
check "answers of flowspec-gobgp, without gobgpd" gobgp_away
exabgp_away() { said exabgp "$BIN/sekisho-driver-flowspec-exabgp" -s "$TMP/e.json" -c "$TMP/no.sock"; }
check "answers of flowspec-exabgp, without exabgp" exabgp_away

# The schema is not one that takes anything.
check "a block without a number" invalid order \
	'{"op":"block","event":"new","cause":"manual","subscriber":"A","targets":[],"ports":[25],"until_us":0}'
check "an event that is none" invalid order \
	'{"op":"block","seq":1,"event":"dance","cause":"manual","subscriber":"A","targets":[],"ports":[25],"until_us":0}'
check "a target without its length" invalid order \
	'{"op":"block","seq":1,"event":"new","cause":"manual","subscriber":"A","targets":["192.0.2.7"],"ports":[25],"until_us":0}'
check "a range of one port" invalid held \
	'{"subscriber":"A","seq":1,"targets":[],"port_sets":[{"target":"192.0.2.7/32","source_ports":[[1]]}],"until_us":0}'
check "an answer without a reason" invalid answer '{"seq":1,"ok":false}'
check "a list that failed and is one" invalid list '{"ok":false,"held":[]}'
finish
