/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/policy.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void policy_set_spread(struct policy *p, enum line_class c, int64_t servers)
{
	p->spread_all[c] = spread_goal_of(servers);
	p->spread_few[c] = spread_goal_of((servers + 3) / 4);
}

void policy_init_logged(
    struct policy *p, const struct conf *c, const char *text)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];

	memset(p, 0, sizeof(*p));
	SHA256((const unsigned char *)text, strlen(text), digest);
	for (size_t i = 0; i < 8; i++)
		snprintf(p->hash + 2 * i, 3, "%02x", digest[i]);
	p->conf = c;
	for (int i = 0; i < CLASS_COUNT; i++) {
		struct conf_class k = conf_class_rules(c, i);

		p->threshold_milli[i] = k.threshold_milli;
		p->burst_servers[i] = k.burst_servers;
		p->burst_connections[i] = k.burst_connections;
		p->hurry_threshold_milli[i] = k.hurry_threshold_milli;
		policy_set_spread(p, i, k.spread_servers);
		p->port25_open[i] = k.port25_open;
		p->mode[i] = k.mode;
	}
}

int policy_init(struct policy *p, const struct conf *c)
{
	char *text = conf_policy_text(c);

	if (text == NULL)
		return -1;
	policy_init_logged(p, c, text);
	free(text);
	return 0;
}
