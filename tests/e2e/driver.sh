# SPDX-License-Identifier: Apache-2.0
# Talk with one hook driver. Sourced after lib.sh.
UNTIL=$(($(date +%s) + 3600))000000
ANSWER=
DRIVER_PID=
trap '' PIPE # one that has died is a failed case

start_driver() { # PROGRAM ARGUMENT...
	[ -z "$DRIVER_PID" ] || stop_driver
	rm -f "$TMP/to" "$TMP/from"
	mkfifo "$TMP/to" "$TMP/from"
	"$@" <"$TMP/to" >"$TMP/from" 2>>"$TMP/driver.log" &
	DRIVER_PID=$!
	PIDS="$PIDS $DRIVER_PID"
	exec 8>"$TMP/to" 9<"$TMP/from"
	ask '{"op":"hello"}' # it is there when it answers
}
stop_driver() {
	exec 8>&- 9<&-
	wait "$DRIVER_PID" 2>/dev/null
	DRIVER_PID=
}
# ask LINE: its answer is in ANSWER, the parts of a list as one
ask() {
	local part
	ANSWER=
	printf '%s\n' "$1" >&8
	while read -r -t 30 part <&9; do
		ANSWER=${ANSWER:+$ANSWER,${part#*\[}}
		ANSWER=${ANSWER:-$part}
		case $part in
		*'],"more":true}') ANSWER=${ANSWER%'],"more":true}'} ;;
		*) return 0 ;;
		esac
	done
	tail -n 5 "$TMP/driver.log"
	return 1
}
# says LINE ANSWER
says() {
	ask "$1"
	[ "$ANSWER" = "$2" ] || { echo "got  $ANSWER"; echo "want $2"; return 1; }
}
# asks LINE PART: the answer has the part
asks() {
	ask "$1"
	case $ANSWER in
	*"$2"*) ;;
	*) echo "got  $(echo "$ANSWER" | head -c 300)"; echo "want $2"; tail -n 3 "$TMP/driver.log"; return 1 ;;
	esac
}
not_asks() { ! asks "$1" "$2"; }
line() { # OP SEQ SUBSCRIBER TARGETS
	printf '{"op":"%s","seq":%s,"event":"new","cause":"detector","subscriber":"%s","targets":[%s],"ports":[25],"until_us":%s}' \
		"$1" "$2" "$3" "${4:-}" "$UNTIL"
}
block() { # SEQ SUBSCRIBER TARGETS
	says "$(line block "$@")" "{\"seq\":$1,\"ok\":true}" ||
		{ tail -n 3 "$TMP/driver.log"; return 1; }
}
unblock() { # SEQ SUBSCRIBER [TARGETS]
	says "$(line unblock "$@")" "{\"seq\":$1,\"ok\":true}" ||
		{ tail -n 3 "$TMP/driver.log"; return 1; }
}
