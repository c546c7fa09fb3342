#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Scores the table of reply classes against the rules of another project
# (../shared/corpus/replies), where they are: each of its patterns is turned
# into one text, the class of ours must be among those that its class maps
# to (replies.mjs). Nothing of the patterns is kept.
. "$(dirname "$0")/lib.sh"
HERE=$(dirname "$0")
CORPUS=${CORPUS:-$HERE/../../../shared/corpus}
if [ ! -d "$CORPUS/replies" ]; then
	echo "replies: skip: no rules at $CORPUS/replies"
	echo "replies: 0 passed, 0 failed, 1 skipped"
	exit 0
fi
check "agreement of reply classes" node "$HERE/replies.mjs" "$BIN" \
	"$CORPUS/replies"
cat "$TMP/check.out"
finish
