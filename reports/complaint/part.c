/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/complaint/part.h"

#include <ctype.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_domain(const char *p, size_t n)
{
	if (n == 0 || n >= ROW_DOMAIN_LEN - 2 || memchr(p, '.', n) == NULL ||
	    p[0] == '.' || p[0] == '-' || p[n - 1] == '.' || p[n - 1] == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)p[i]) && p[i] != '-' &&
		    (p[i] != '.' || p[i - 1] == '.'))
			return false;
	return true;
}

void part_domain(const char *text, char domain[static ROW_DOMAIN_LEN])
{
	const char *angle = strrchr(text, '<'), *at;
	size_t n;

	domain[0] = '\0';
	if (angle != NULL)
		text = angle + 1;
	n = strcspn(text, ">");
	at = memrchr(text, '@', n);
	if (at != NULL) {
		n -= (size_t)(at + 1 - text);
		text = at + 1;
	}
	while (n > 0 && isspace((unsigned char)text[0])) {
		text++;
		n--;
	}
	n = strcspn(text, " \t>") < n ? strcspn(text, " \t>") : n;
	if (!is_domain(text, n))
		return;
	for (size_t i = 0; i < n; i++)
		domain[i] = (char)tolower((unsigned char)text[i]);
	domain[n] = '\0';
}

bool part_address(const char *text, struct addr *a)
{
	char buf[ADDR_STRLEN + 8];
	size_t n;

	text += strspn(text, " \t[");
	if (strncasecmp(text, "IPv6:", 5) == 0)
		text += 5;
	n = strcspn(text, " \t](");
	if (n == 0 || n >= sizeof(buf))
		return false;
	memcpy(buf, text, n);
	buf[n] = '\0';
	return addr_parse(a, buf) == 0;
}

uint16_t part_port(const char *text)
{
	uint32_t port = 0;
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > 5 || strspn(text + n, " \t") != strlen(text + n))
		return 0;
	for (size_t i = 0; i < n; i++)
		port = 10 * port + (uint32_t)(text[i] - '0');
	return port > UINT16_MAX || port == 25 ? 0 : (uint16_t)port;
}

bool part_type(const char *text, char *type, size_t size)
{
	size_t n = strlen(text);

	if (n == 0 || n >= size)
		return false;
	for (size_t i = 0; i <= n; i++) {
		type[i] = (char)tolower((unsigned char)text[i]);
		if (i < n && !isalnum((unsigned char)type[i]) &&
		    strchr("-_/", type[i]) == NULL)
			return false;
	}
	return true;
}

void part_key(struct complaint *c, const char *number)
{
	unsigned char h[EVP_MAX_MD_SIZE] = {0};
	char text[2048], address[ADDR_STRLEN];
	int n;

	if (number[0] != '\0')
		n = snprintf(
		    text, sizeof(text), "%s\n%.1024s", c->format, number);
	else
		n = snprintf(text, sizeof(text),
		    "%s\n\n%s\n%s\n%s\n%d\n%" PRId64, c->format, c->type,
		    c->reporter, addr_format(&c->client, address),
		    c->client_port, c->at_us);
	EVP_Digest(text, (size_t)n, h, NULL, EVP_sha256(), NULL);
	memcpy(c->key, h, sizeof(c->key));
}
