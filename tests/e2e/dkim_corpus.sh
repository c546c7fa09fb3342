#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Public signed messages, where they are (../shared/corpus/dkim), through
# capture's evidence and the analyzer's verification: dkim_corpus.tsv has the
# results; dkimpy 1.1.4 comes to the same. Nothing of them is kept.
. "$(dirname "$0")/lib.sh"
HERE=$(dirname "$0")
CORPUS=${CORPUS:-$HERE/../../../shared/corpus}/dkim
if [ ! -d "$CORPUS" ]; then
	echo "dkim_corpus: skip: no messages at $CORPUS"
	echo "dkim_corpus: 0 passed, 0 failed, 1 skipped"
	exit 0
fi
grep -v '^#' "$HERE/dkim_corpus.tsv" >"$TMP/want"
# The keys stand in front of some of the messages, and are for all of them.
find "$CORPUS" -name '*.txt' -path '*stalwart*' |
	xargs grep -ah '^[^ ]*\._domainkey\.[^ ]* ' >"$TMP/keys"
verify() {
	cut -d ' ' -f 1 "$TMP/want" | sed "s|^|$CORPUS/|" |
		xargs "$BIN/tests/e2e/dkimverify" -k "$TMP/keys" |
		sed "s|^$CORPUS/||" >"$TMP/out" || return 1
	awk '$3 != "-" && /there is no key/ { $2 = "no_key" }
		{ got[$1] = got[$1] " " $2 }
		END { for (f in got) print f got[f] }' "$TMP/out" |
		sort >"$TMP/got"
}
compare() {
	sort "$TMP/want" | diff - "$TMP/got"
}
check "verification runs" verify
check "results as expected" compare
awk '{ for (i = 2; i <= NF; i++) { all++; if ($i == "no_key") no++ } }
	END { printf "dkim_corpus: %d signatures, %d judged, %d without a key\n",
		all, all - no, no }' "$TMP/got"
finish
