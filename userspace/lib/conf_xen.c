// SPDX-License-Identifier: GPL-2.0
/* Which mobile router a Xen guest belongs to. */
#include <ctype.h>
#include <string.h>

#include "conf_parse.h"

static const char all[] = "all";

static bool is_uuid(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == '-' ? text[i] != '-' : !isxdigit(text[i]))
			return false;
	return true;
}

static bool add_xen(struct conf_parser *p, const struct conf_key *key,
		    struct nemo_conf_mr *mr, const char *part)
{
	char *to = mr->xen[mr->xens];

	if (!*part || strlen(part) > NEMO_CONF_XEN_LEN) {
		conf_mistake(p, p->line,
			     "%s = %s is not a guest; write its name or UUID, at most %d characters, or %s",
			     key->name, part, NEMO_CONF_XEN_LEN, all);
		return false;
	}
	strcpy(to, part);
	/* The store has UUIDs in small letters. */
	for (; is_uuid(part) && *to; to++)
		*to = tolower(*to);
	mr->xen_line[mr->xens] = p->line;
	return true;
}

void conf_xen(struct conf_parser *p, const struct conf_key *key, void *section,
	      const char *value)
{
	struct nemo_conf_mr *mr = section;

	conf_list(p, key, mr, value, &mr->xens, NEMO_CONF_XEN_MAX, add_xen);
}

/* What @mr names: the @i-th, or its own name; NULL behind the last. */
static const char *guest(const struct nemo_conf_mr *mr, unsigned int i)
{
	if (!mr->xens)
		return i ? NULL : mr->name;
	return i < mr->xens ? mr->xen[i] : NULL;
}

static unsigned int line(const struct nemo_conf_mr *mr, unsigned int i)
{
	return mr->xens ? mr->xen_line[i] : mr->line;
}

void conf_check_xen(struct conf_parser *p, const struct nemo_conf_mr *a,
		    const struct nemo_conf_mr *b)
{
	const char *x, *y;

	for (unsigned int i = 0; (x = guest(a, i)); i++)
		for (unsigned int j = a == b ? i + 1 : 0; (y = guest(b, j)); j++)
			if (!strcmp(x, y))
				conf_mistake(p, line(b, j),
					     "xen guest %s of [mr %s] belongs to [mr %s], line %u; a guest belongs to one mobile router, once",
					     y, b->name, a->name, line(a, i));
}

static const struct nemo_conf_mr *find(const struct nemo_conf *conf,
				       const char *what)
{
	const char *x;

	for (unsigned int i = 0; i < conf->mrs; i++)
		for (unsigned int j = 0; (x = guest(&conf->mr[i], j)); j++)
			if (!strcmp(x, what))
				return &conf->mr[i];
	return NULL;
}

const struct nemo_conf_mr *nemo_conf_xen(const struct nemo_conf *conf,
					 const char *name, const char *uuid)
{
	const struct nemo_conf_mr *mr = find(conf, uuid);

	if (!mr)
		mr = find(conf, name);
	return mr ?: find(conf, all);
}

const struct nemo_conf_mr *nemo_conf_vif(const struct nemo_conf *conf,
					 const uint8_t mac[6],
					 const char *bridge)
{
	const struct nemo_conf_mr *lone = NULL;
	bool shared = false;

	for (unsigned int i = 0; i < conf->mrs; i++) {
		const struct nemo_conf_mr *mr = &conf->mr[i];

		for (unsigned int j = 0; j < mr->guests; j++)
			if (!memcmp(mr->guest[j], mac, sizeof(mr->guest[j])))
				return mr;
		if (strcmp(mr->attachment, bridge))
			continue;
		shared |= !!lone;
		lone = mr;
	}
	/* Who names its guests has no others. */
	return lone && !shared && !lone->guests && !lone->xens ? lone : NULL;
}
