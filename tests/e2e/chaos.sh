#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Random decisions while analyzer, hooks and drivers are killed, the disk is
# full, a driver hangs and one lies: in the end every driver that holds state
# holds what was decided, the kernel too; webhook and exec saw each decision
# that they answered, always under one key. ROUNDS=300 SEED=4711
. "$(dirname "$0")/lib.sh"
in_namespace "$0" "${LIMIT:-600}"

HERE=$(dirname "$0")
SEED=${SEED:-$RANDOM}
ROUNDS=${ROUNDS:-30}
echo "seed $SEED, $ROUNDS rounds"
mount -t tmpfs none /run
ip link set lo up
mkdir "$TMP/disk"
mount -t tmpfs -o size=24m none "$TMP/disk" || exit 1
check "chaos, seed $SEED" node "$HERE/chaos.mjs" "$BIN" "$TMP" "$SEED" "$ROUNDS"
cat "$TMP/check.out"
[ $FAILED -eq 0 ] || cp -r "$TMP" "/tmp/chaos-$SEED" 2>/dev/null
umount "$TMP/disk"
finish
