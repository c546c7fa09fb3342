/* SPDX-License-Identifier: Apache-2.0 */
/* The running agent: source -> packets -> track -> sink on one loop. */
#pragma once

#include "base/conf.h"
#include "capture/options.h"
#include "capture/post.h"

/* The exit code: 0; 1 when something of ours failed; 2 when nothing could be
 * read, or the configuration does not hold; POST_INTERFACE_LOST. */
int agent_run(
    const struct conf *c, const struct options *o, const struct post *post);
