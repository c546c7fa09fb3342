/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the web console. */
#pragma once

#include <stdbool.h>

#include "reports/api/call.h"

/* The path is one of the console's, and c is answered. */
bool page_serve(struct call *c);
