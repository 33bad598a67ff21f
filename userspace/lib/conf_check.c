// SPDX-License-Identifier: GPL-2.0
/* What can be judged only when the whole configuration file is read. */
#include <stdio.h>
#include <string.h>

#include "conf_parse.h"

static bool same(const struct in6_addr *a, const struct in6_addr *b)
{
	return IN6_ARE_ADDR_EQUAL(a, b);
}

static void check_ha(struct conf_parser *p)
{
	const struct nemo_conf_ha *ha = &p->conf->ha;

	if (ha->line && IN6_IS_ADDR_UNSPECIFIED(&ha->address))
		conf_mistake(p, ha->line,
			     "[ha] has no address; add address = the one that mobile routers register with");
}

static void check_host(struct conf_parser *p)
{
	const struct nemo_conf_host *host = &p->conf->host;

	if (host->line && !*host->interface)
		conf_mistake(p, host->line,
			     "[host] has no interface; add interface = the one with the care-of address");
}

static void check_auth(struct conf_parser *p, struct nemo_conf_auth *auth,
		       const struct conf_section *section)
{
	if (auth->none) {
		if (*auth->key_file)
			conf_mistake(p, section->line,
				     "[%s %s] has auth = none and a key-file; keep one of them",
				     section->kind, section->name);
		return;
	}
	if (!*auth->key_file)
		conf_mistake(p, section->line,
			     "[%s %s] has no key; make one with: openssl rand -hex 32 > FILE; chmod 600 FILE, and add key-file = FILE",
			     section->kind, section->name);
	else
		conf_read_key(p, auth, section);
	if (!auth->spi)
		conf_mistake(p, section->line,
			     "[%s %s] has no spi; add spi = a number from 256, the same at both ends",
			     section->kind, section->name);
}

static void check_home_agent(struct conf_parser *p, struct nemo_conf_mr *mr)
{
	const struct nemo_conf *conf = p->conf;

	if (!IN6_IS_ADDR_UNSPECIFIED(&mr->home_agent))
		return;
	if (conf->ha.line)
		mr->home_agent = conf->ha.address;
	else
		conf_mistake(p, mr->line,
			     "[mr %s] has no home-agent; add home-agent = its address",
			     mr->name);
}

/* A packet to it would end at the home agent, and go through no tunnel. */
static void check_hoa(struct conf_parser *p, const struct nemo_conf_mr *mr)
{
	const struct nemo_conf_ha *ha = &p->conf->ha;

	if (IN6_IS_ADDR_UNSPECIFIED(&mr->hoa))
		conf_mistake(p, mr->line,
			     "[mr %s] has no home address; add hoa = its address",
			     mr->name);
	else if (same(&mr->hoa, &mr->home_agent) ||
		 (ha->line && same(&mr->hoa, &ha->address)))
		conf_mistake(p, mr->line,
			     "[mr %s] has the home agent's address as hoa; it needs its own",
			     mr->name);
}

static void check_mr(struct conf_parser *p, struct nemo_conf_mr *mr)
{
	const struct conf_section section = { "mr", mr->name, mr->line };

	if (!mr->mnps)
		conf_mistake(p, mr->line,
			     "[mr %s] has no mobile network prefix; add mnp = its prefix",
			     mr->name);
	check_home_agent(p, mr);
	check_hoa(p, mr);
	check_auth(p, &mr->auth, &section);
	if (p->conf->host.line && !*mr->attachment)
		conf_mistake(p, mr->line,
			     "[mr %s] has no attachment; add attachment = the bridge of its guests",
			     mr->name);
	/* RFC 6275 §6.1.7: the unit of a lifetime is 4 s. */
	mr->lifetime &= ~3U;
}

static void check_prefixes(struct conf_parser *p, const struct nemo_conf_mr *a,
			   const struct nemo_conf_mr *b)
{
	char x[NEMO_PREFIX_STRLEN], y[NEMO_PREFIX_STRLEN];

	for (unsigned int i = 0; i < a->mnps; i++)
		for (unsigned int j = a == b ? i + 1 : 0; j < b->mnps; j++)
			if (nemo_prefix_overlap(&a->mnp[i], &b->mnp[j]))
				conf_mistake(p, b->mnp_line[j],
					     "mnp %s of [mr %s] overlaps %s of [mr %s], line %u; a prefix belongs to one mobile router, once",
					     nemo_prefix_print(&b->mnp[j], y),
					     b->name,
					     nemo_prefix_print(&a->mnp[i], x),
					     a->name, a->mnp_line[i]);
}

/* What is sent to the home address of @mr would go to @other's guests. */
static void check_inside(struct conf_parser *p, const struct nemo_conf_mr *mr,
			 const struct nemo_conf_mr *other)
{
	char buf[NEMO_PREFIX_STRLEN];

	for (unsigned int i = 0; i < other->mnps; i++)
		if (nemo_prefix_contains(&other->mnp[i], &mr->hoa))
			conf_mistake(p, mr->line,
				     "the hoa of [mr %s] lies in mnp %s of [mr %s], line %u; take one outside",
				     mr->name,
				     nemo_prefix_print(&other->mnp[i], buf),
				     other->name, other->mnp_line[i]);
}

static void check_pair(struct conf_parser *p, const struct nemo_conf_mr *a,
		       const struct nemo_conf_mr *b)
{
	check_prefixes(p, a, b);
	check_inside(p, a, b);
	check_inside(p, b, a);
	conf_check_xen(p, a, b);
	if (same(&a->hoa, &b->hoa))
		conf_mistake(p, b->line,
			     "[mr %s] has the home address of [mr %s], line %u; each needs its own",
			     b->name, a->name, a->line);
}

static void check_peer(struct conf_parser *p, struct nemo_conf_peer *peer)
{
	const struct conf_section section = { "peer", peer->name, peer->line };
	const struct nemo_conf *conf = p->conf;

	if (!conf->host.line)
		conf_mistake(p, peer->line,
			     "[peer %s], but no [host]; only hosts have peers",
			     peer->name);
	if (IN6_IS_ADDR_UNSPECIFIED(&peer->address))
		conf_mistake(p, peer->line,
			     "[peer %s] has no address; add address = its care-of address",
			     peer->name);
	check_auth(p, &peer->auth, &section);
	/* The array is in the order of the file: those before have been read. */
	for (const struct nemo_conf_peer *other = conf->peer; other < peer; other++)
		if (same(&other->address, &peer->address))
			conf_mistake(p, peer->line,
				     "[peer %s] has the address of [peer %s], line %u; each needs its own",
				     peer->name, other->name, other->line);
}

void conf_check(struct conf_parser *p)
{
	struct nemo_conf *conf = p->conf;

	if (!conf->ha.line && !conf->host.line)
		conf_mistake(p, p->line,
			     "neither [ha] nor [host]; say what this node is");
	check_ha(p);
	check_host(p);
	for (unsigned int i = 0; i < conf->mrs; i++) {
		check_mr(p, &conf->mr[i]);
		check_prefixes(p, &conf->mr[i], &conf->mr[i]);
		conf_check_xen(p, &conf->mr[i], &conf->mr[i]);
		for (unsigned int j = 0; j < i; j++)
			check_pair(p, &conf->mr[j], &conf->mr[i]);
	}
	for (unsigned int i = 0; i < conf->peers; i++)
		check_peer(p, &conf->peer[i]);
}

/* The first other mobile router on the attachment of @mr, or NULL. */
static const struct nemo_conf_mr *shares(const struct nemo_conf *conf,
					 const struct nemo_conf_mr *mr)
{
	for (unsigned int i = 0; i < conf->mrs; i++)
		if (&conf->mr[i] != mr &&
		    !strcmp(conf->mr[i].attachment, mr->attachment))
			return &conf->mr[i];
	return NULL;
}

/* Guests without MAC addresses are told apart by their IPv6 sources alone. */
void nemo_conf_warn(const struct nemo_conf *conf, const char *path,
		    void (*report)(const char *text, void *arg), void *arg)
{
	const struct nemo_conf_mr *mr, *other;
	char text[1024];

	for (unsigned int i = 0; conf->host.line && i < conf->mrs; i++) {
		mr = &conf->mr[i];
		other = mr->guests ? NULL : shares(conf, mr);
		if (!other)
			continue;
		snprintf(text, sizeof(text),
			 "%s:%u: warning: [mr %s] has no guest, and shares %s with [mr %s], line %u: a gratuitous ARP or an MLD report does not activate it; add guest = the MAC addresses of its guests",
			 path, mr->line, mr->name, mr->attachment, other->name,
			 other->line);
		report(text, arg);
	}
}
