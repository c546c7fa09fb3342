/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/privacy_start.h"

#include <string.h>

#include "base/log.h"
#include "capture/dkim/evidence.h"
#include "base/hashkey.h"

int privacy_start(const struct conf *c, struct privacy **out)
{
	uint8_t key[HASHKEY_MAX_BYTES];
	char err[CONF_ERROR_BYTES];
	int len = 0;

	if (c->privacy_tier != PRIVACY_FLOW) {
		len = hashkey_read(c->hash_key_file, key, err, sizeof(err));
		if (len < 0) {
			log_error("capture", "%s", err);
			return 2;
		}
	}
	*out = privacy_new(c->privacy_tier, key, (size_t)len);
	explicit_bzero(key, sizeof(key));
	if (*out != NULL && dkim_start())
		return 0;
	log_error("capture", "the keyed hash cannot be set up: out of memory, "
			     "or libcrypto without HMAC or SHA-256");
	return 1;
}
