// SPDX-License-Identifier: GPL-2.0
/* Values of the configuration file. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf_parse.h"

bool conf_is_global(const struct in6_addr *addr)
{
	return !IN6_IS_ADDR_UNSPECIFIED(addr) && !IN6_IS_ADDR_LOOPBACK(addr) &&
	       !IN6_IS_ADDR_MULTICAST(addr) && !IN6_IS_ADDR_LINKLOCAL(addr) &&
	       !IN6_IS_ADDR_V4MAPPED(addr);
}

void conf_address(struct conf_parser *p, const struct conf_key *key,
		  void *section, const char *value)
{
	struct in6_addr addr;

	if (inet_pton(AF_INET6, value, &addr) != 1)
		conf_mistake(p, p->line,
			     "%s = %s is not an IPv6 address; write one, as in 2001:db8::1",
			     key->name, value);
	else if (!conf_is_global(&addr))
		conf_mistake(p, p->line,
			     "%s = %s is not a global unicast address; take one that can be routed",
			     key->name, value);
	else
		memcpy((char *)section + key->offset, &addr, sizeof(addr));
}

static bool prefix(struct conf_parser *p, const struct conf_key *key,
		   const char *value, struct nemo_prefix *to)
{
	const char *wrong = nemo_prefix_parse(to, value);

	if (wrong)
		conf_mistake(p, p->line,
			     "%s = %s: %s; write a network, as in 2001:db8:100:1::/64",
			     key->name, value, wrong);
	else if (!conf_is_global(&to->addr))
		conf_mistake(p, p->line,
			     "%s = %s is not a global unicast prefix; take one that can be routed",
			     key->name, value);
	else
		return true;
	return false;
}

void conf_prefix(struct conf_parser *p, const struct conf_key *key,
		 void *section, const char *value)
{
	struct nemo_prefix net;

	if (prefix(p, key, value, &net))
		memcpy((char *)section + key->offset, &net, sizeof(net));
}

static bool ifname(struct conf_parser *p, const struct conf_key *key,
		   const char *value, char to[IFNAMSIZ])
{
	size_t len = strlen(value);

	if (!len || len >= IFNAMSIZ || strpbrk(value, "/: \t")) {
		conf_mistake(p, p->line,
			     "%s = %s is not the name of an interface; 1 to %d characters without / : and blanks",
			     key->name, value, IFNAMSIZ - 1);
		return false;
	}
	strcpy(to, value);
	return true;
}

void conf_ifname(struct conf_parser *p, const struct conf_key *key,
		 void *section, const char *value)
{
	ifname(p, key, value, (char *)section + key->offset);
}

void conf_number(struct conf_parser *p, const struct conf_key *key,
		 void *section, const char *value)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(value, &end, 0);
	if (*value < '0' || *value > '9' || *end || errno ||
	    number < key->min || number > key->max)
		conf_mistake(p, p->line, "%s = %s; write a number from %u to %u",
			     key->name, value, key->min, key->max);
	else
		*(uint32_t *)((char *)section + key->offset) = number;
}

/* One of two words. */
static void choice(struct conf_parser *p, const struct conf_key *key,
		   void *section, const char *value, const char *no,
		   const char *yes)
{
	bool *to = (bool *)((char *)section + key->offset);

	if (!strcmp(value, yes))
		*to = true;
	else if (!strcmp(value, no))
		*to = false;
	else
		conf_mistake(p, p->line, "%s = %s; write %s or %s", key->name,
			     value, yes, no);
}

void conf_bool(struct conf_parser *p, const struct conf_key *key,
	       void *section, const char *value)
{
	choice(p, key, section, value, "no", "yes");
}

void conf_auth(struct conf_parser *p, const struct conf_key *key,
	       void *section, const char *value)
{
	choice(p, key, section, value, "hmac-sha256", "none");
}

void conf_mode(struct conf_parser *p, const struct conf_key *key,
	       void *section, const char *value)
{
	choice(p, key, section, value, "implicit", "explicit");
}

void conf_path(struct conf_parser *p, const struct conf_key *key,
	       void *section, const char *value)
{
	if (*value != '/' || strlen(value) > key->max)
		conf_mistake(p, p->line,
			     "%s = %s; write a path that begins with /, at most %u characters",
			     key->name, value, key->max);
	else
		strcpy((char *)section + key->offset, value);
}

void conf_key_file(struct conf_parser *p, const struct conf_key *key,
		   void *section, const char *value)
{
	struct nemo_conf_auth *auth = (void *)((char *)section + key->offset);

	auth->key_file_line = p->line;
	conf_path(p, key, section, value);
}

static bool mac(struct conf_parser *p, const struct conf_key *key,
		const char *value, uint8_t to[6])
{
	int used = 0;

	if (sscanf(value, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &to[0],
		   &to[1], &to[2], &to[3], &to[4], &to[5], &used) != 6 ||
	    value[used] || to[0] & 1 || !memcmp(to, "\0\0\0\0\0", 6)) {
		conf_mistake(p, p->line,
			     "%s = %s is not the MAC address of one machine; write one, as in 52:54:00:12:34:56",
			     key->name, value);
		return false;
	}
	return true;
}

void conf_mac(struct conf_parser *p, const struct conf_key *key, void *section,
	      const char *value)
{
	mac(p, key, value, (uint8_t *)section + key->offset);
}

void conf_list(struct conf_parser *p, const struct conf_key *key,
	       struct nemo_conf_mr *mr, const char *value, unsigned int *n,
	       unsigned int max,
	       bool (*add)(struct conf_parser *p, const struct conf_key *key,
			   struct nemo_conf_mr *mr, const char *part))
{
	char copy[512], *at = copy, *part;

	snprintf(copy, sizeof(copy), "%s", value);
	while ((part = strsep(&at, ","))) {
		part += strspn(part, " \t");
		part[strcspn(part, " \t")] = 0;
		if (*n == max) {
			conf_mistake(p, p->line,
				     "more than %u %s in [mr %s]; use a second mobile router",
				     max, key->name, mr->name);
			return;
		}
		if (add(p, key, mr, part))
			(*n)++;
	}
}

static bool add_mnp(struct conf_parser *p, const struct conf_key *key,
		    struct nemo_conf_mr *mr, const char *part)
{
	mr->mnp_line[mr->mnps] = p->line;
	return prefix(p, key, part, &mr->mnp[mr->mnps]);
}

void conf_mnps(struct conf_parser *p, const struct conf_key *key,
	       void *section, const char *value)
{
	struct nemo_conf_mr *mr = section;

	conf_list(p, key, mr, value, &mr->mnps, NEMO_MR_PREFIX_MAX, add_mnp);
}

static bool add_guest(struct conf_parser *p, const struct conf_key *key,
		      struct nemo_conf_mr *mr, const char *part)
{
	return mac(p, key, part, mr->guest[mr->guests]);
}

void conf_guests(struct conf_parser *p, const struct conf_key *key,
		 void *section, const char *value)
{
	struct nemo_conf_mr *mr = section;

	conf_list(p, key, mr, value, &mr->guests, NEMO_MR_GUEST_MAX, add_guest);
}

static bool add_exclude(struct conf_parser *p, const struct conf_key *key,
			struct nemo_conf_mr *mr, const char *part)
{
	return ifname(p, key, part, mr->exclude[mr->excludes]);
}

void conf_excludes(struct conf_parser *p, const struct conf_key *key,
		   void *section, const char *value)
{
	struct nemo_conf_mr *mr = section;

	conf_list(p, key, mr, value, &mr->excludes, NEMO_MR_EXCLUDE_MAX,
		  add_exclude);
}
