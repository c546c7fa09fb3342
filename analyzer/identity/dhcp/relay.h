/* SPDX-License-Identifier: Apache-2.0 */
/* What a relay agent added to a client's message, as Kea keeps it in a
 * lease's user context: RFC 3046, and RFC 8415 with RFC 4649. */
#pragma once

#include <jansson.h>

#include "store/rows.h"

/* field: circuit-id, remote-id; of IPv6 interface-id, remote-id (without its
 * enterprise number), of the relay that is nearest to the client. out stays
 * as it is where there is none. context may be NULL. */
void relay_name_v4(
    char out[static ROW_ID_LEN], const json_t *context, const char *field);
void relay_name_v6(
    char out[static ROW_ID_LEN], const json_t *context, const char *field);
