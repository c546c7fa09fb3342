/* SPDX-License-Identifier: Apache-2.0 */
/* A line of JSON, for servers whose log has another form:
 * {"time":"2026-11-25T18:43:53Z","account":"foo@example.com",
 *  "client":"192.0.2.7","result":"success","messages":1}
 * messages may be left out: none. Other members are passed over. */
#pragma once

#include "analyzer/logins/event.h"

enum login_line json_line(struct scan s, struct login_event *e);
