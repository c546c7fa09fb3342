/* SPDX-License-Identifier: Apache-2.0 */
/* For verbs that go on until somebody ends them with Ctrl-C. */
#pragma once

#include <stdbool.h>

/* From here on SIGINT and SIGTERM only end stop_wait(). */
void stop_catch(void);
/* Sleeps; true at once when one of them has come, at any time. */
bool stop_wait(int ms);
