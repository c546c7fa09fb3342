#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The public suite of RFC 7208, case by case, and the project's own cases for
# what it lacks, through the analyzer's evaluator.
. "$(dirname "$0")/lib.sh"
SUITE=$BIN/tests/spf-suite
HERE=$(dirname "$0")/..
PUBLIC=$HERE/../../shared/corpus/spf/mailauth/rfc7208-tests-2014-05.yml

all_pass() { # file, at least so many
	timeout 120 "$SUITE" -v "$1" >"$TMP/suite.out" 2>&1
	local rc=$?
	cat "$TMP/suite.out"
	[ $rc -eq 0 ] &&
		awk -v least="$2" 'END { exit !($1 >= least && $3 == 0) }' \
			"$TMP/suite.out"
}
says_what_failed() {
	sed 's/result: fail/result: pass/' "$HERE/suite/own.yml" >"$TMP/w.yml"
	! timeout 120 "$SUITE" -v "$TMP/w.yml" >"$TMP/suite.out" 2>&1 &&
		grep -q '^FAIL Addresses / ipv4-mapped-is-no-ip6: expected pass, got fail' \
			"$TMP/suite.out"
}
bad_yaml() {
	printf 'tests: [\n' >"$TMP/bad.yml"
	timeout 10 "$SUITE" "$TMP/bad.yml" >"$TMP/suite.out" 2>&1
	[ $? -eq 2 ] && grep -q 'bad.yml:' "$TMP/suite.out"
}
check "own cases" all_pass "$HERE/suite/own.yml" 40
check "a wrong result is named" says_what_failed
check "a file that is no YAML" bad_yaml
if [ -e "$PUBLIC" ]; then
	check "the suite of RFC 7208" all_pass "$PUBLIC" 190
else
	echo "skip the suite of RFC 7208: no $PUBLIC"
fi
finish
