/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/policy.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int policy_init(struct policy *p, const struct conf *c)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	char *text = conf_policy_text(c);

	memset(p, 0, sizeof(*p));
	if (text == NULL)
		return -1;
	SHA256((const unsigned char *)text, strlen(text), digest);
	free(text);
	for (size_t i = 0; i < 8; i++)
		snprintf(p->hash + 2 * i, 3, "%02x", digest[i]);
	p->conf = c;
	for (int i = 0; i < CLASS_COUNT; i++) {
		bool fixed = i == CLASS_STATIC;

		p->threshold_milli[i] = fixed ? c->threshold_static_milli
					      : c->threshold_dynamic_milli;
		p->burst_servers[i] =
		    fixed ? c->burst_servers_static : c->burst_servers_dynamic;
		p->burst_connections[i] = fixed ? c->burst_connections_static
						: c->burst_connections_dynamic;
	}
	return 0;
}
