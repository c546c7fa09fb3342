/* SPDX-License-Identifier: Apache-2.0 */
/* Tells at once when somebody has written to the database. */
#pragma once

#include <uv.h>

struct watch;

/* NULL: the folder cannot be watched; why is logged. cb may be called more
 * often than something was written. */
struct watch *watch_new(
    uv_loop_t *loop, const char *db_path, void (*cb)(void *arg), void *arg);
/* Frees it when its handle is closed; NULL is legal. */
void watch_stop(struct watch *w);
