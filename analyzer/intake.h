/* SPDX-License-Identifier: Apache-2.0 */
/* The unix socket on which agents deliver: frames in, acknowledgements out
 * (docs/PROTOCOL.md). */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/record.pb-c.h"

struct intake;

/* Logs a batch and says what of this agent's boot is committed by now.
 * -1: the agent is dropped; it comes back and sends again. */
typedef int (*intake_batch_cb)(
    void *arg, const Sekisho__Batch *b, uint64_t *committed);

/* Mode 0660, so that the agents' group decides who may deliver. A socket
 * file that nobody answers on is replaced. NULL with err set. */
struct intake *intake_new(uv_loop_t *loop, const char *path, intake_batch_cb cb,
    void *arg, char *err, size_t errsize);
/* While paused nothing is read: the agents' queues take the pressure. */
void intake_pause(struct intake *in);
void intake_resume(struct intake *in);
/* Closes every connection; new ones are welcome. */
void intake_drop_all(struct intake *in);
/* Removes the socket file. The loop must run once more. NULL is legal. */
void intake_free(struct intake *in);
