// SPDX-License-Identifier: GPL-2.0
/* nemoctl ha: the binding cache of a home agent. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "device.h"
#include "error.h"
#include "lib/ha.h"
#include "show.h"

#define BIND	1	/* bind, set: the whole binding */
#define DEL	2
#define SHOW	4
#define TRANSIENT 8

/* What a command line says. */
struct ha_line {
	struct nemo_bce_info info;
	char dev[IFNAMSIZ];
};

static void parse_dev(struct args *args, const char *value, void *to)
{
	args_ifname(args, value, ((struct ha_line *)to)->dev);
}

static void parse_name(struct args *args, const char *value, void *to)
{
	struct nemo_bce_info *info = &((struct ha_line *)to)->info;

	if (!*value || strlen(value) > NEMO_HA_NAME_MAX)
		args_wrong(args, "a name has 1 to %d characters",
			   NEMO_HA_NAME_MAX);
	strcpy(info->name, value);
	NEMO_SET(info, NEMO_HA_A_NAME);
}

static void parse_hoa(struct args *args, const char *value, void *to)
{
	struct nemo_bce_info *info = &((struct ha_line *)to)->info;

	args_addr(args, value, &info->hoa);
	NEMO_SET(info, NEMO_HA_A_HOA);
}

static void parse_local(struct args *args, const char *value, void *to)
{
	struct nemo_bce_info *info = &((struct ha_line *)to)->info;

	args_addr(args, value, &info->local);
	NEMO_SET(info, NEMO_HA_A_LOCAL);
}

static void parse_coa(struct args *args, const char *value, void *to)
{
	struct nemo_bce_info *info = &((struct ha_line *)to)->info;

	args_addr(args, value, &info->coa);
	NEMO_SET(info, NEMO_HA_A_COA);
}

static void parse_tcoa(struct args *args, const char *value, void *to)
{
	struct nemo_bce_info *info = &((struct ha_line *)to)->info;

	args_addr(args, value, &info->tcoa);
	NEMO_SET(info, NEMO_HA_A_TCOA);
}

static void parse_tcoa_lifetime(struct args *args, const char *value, void *to)
{
	struct nemo_bce_info *info = &((struct ha_line *)to)->info;

	info->tcoa_lifetime = args_number(args, "tcoa-lifetime",
					  value, 0, UINT32_MAX);
	NEMO_SET(info, NEMO_HA_A_TCOA_LIFETIME);
}

static void parse_seq(struct args *args, const char *value, void *to)
{
	struct nemo_bce_info *info = &((struct ha_line *)to)->info;

	info->seq = args_number(args, "seq", value, 0, UINT16_MAX);
	NEMO_SET(info, NEMO_HA_A_SEQ);
}

static void parse_lifetime(struct args *args, const char *value, void *to)
{
	struct nemo_bce_info *info = &((struct ha_line *)to)->info;

	info->lifetime = args_number(args, "lifetime", value, 0, UINT32_MAX);
	NEMO_SET(info, NEMO_HA_A_LIFETIME);
}

static void parse_mnp(struct args *args, const char *value, void *to)
{
	struct nemo_bce_info *info = &((struct ha_line *)to)->info;

	if (info->prefixes == NEMO_HA_PREFIX_MAX)
		args_wrong(args, "there are more than %d mnp",
			   NEMO_HA_PREFIX_MAX);
	args_prefix(args, value, &info->prefix[info->prefixes++]);
	NEMO_SET(info, NEMO_HA_A_PREFIX);
}

static const struct keyword keywords[] = {
	{ "dev", parse_dev, false, BIND | DEL | SHOW | TRANSIENT },
	{ "name", parse_name, false, BIND },
	{ "local", parse_local, false, BIND },
	{ "coa", parse_coa, false, BIND },
	{ "tcoa", parse_tcoa, false, BIND | TRANSIENT },
	{ "tcoa-lifetime", parse_tcoa_lifetime, false, BIND | TRANSIENT },
	{ "mnp", parse_mnp, true, BIND },
	{ "seq", parse_seq, false, BIND | DEL },
	{ "lifetime", parse_lifetime, false, BIND },
	{ }
};

/* HOA, then keywords. */
static void read_line(struct args *args, struct ha_line *line,
		      unsigned int command)
{
	*line = (struct ha_line){ };
	parse_hoa(args, args_need(args, "the home address"), line);
	args_keywords(args, keywords, command, line);
}

static void open_device(struct nemo_nl *nl, struct ha_line *line)
{
	family_open(nl, NEMO_HA_FAMILY_NAME);
	line->info.ifindex = device_resolve(nl, line->dev);
	NEMO_SET(&line->info, NEMO_HA_A_IFINDEX);
}

static void finish(struct nemo_nl *nl, int err)
{
	if (err)
		die_kernel(nl, err);
	nemo_nl_close(nl);
}

static void ha_bind(struct ctl *ctl, struct args *args)
{
	struct ha_line line;
	struct nemo_nl nl;

	(void)ctl;
	read_line(args, &line, BIND);
	if (!NEMO_HAS(&line.info, NEMO_HA_A_LOCAL) ||
	    !NEMO_HAS(&line.info, NEMO_HA_A_COA) ||
	    !NEMO_HAS(&line.info, NEMO_HA_A_SEQ) ||
	    !NEMO_HAS(&line.info, NEMO_HA_A_LIFETIME))
		args_wrong(args, "a binding needs local, coa, seq and lifetime");
	open_device(&nl, &line);
	finish(&nl, nemo_ha_bind(&nl, &line.info));
}

static void ha_transient(struct ctl *ctl, struct args *args)
{
	struct ha_line line;
	struct nemo_nl nl;

	(void)ctl;
	read_line(args, &line, TRANSIENT);
	if (!NEMO_HAS(&line.info, NEMO_HA_A_TCOA))
		args_wrong(args, "what is the transient care-of address?");
	open_device(&nl, &line);
	finish(&nl, nemo_ha_transient(&nl, &line.info));
}

/*
 * What the command line leaves open stays as it is; the sequence goes on. The
 * transient care-of address stays by not being sent.
 */
static void fill_in(struct nemo_bce_info *to, const struct nemo_bce_info *now)
{
	struct nemo_bce_info all = *now;

	all.seq++;
	if (NEMO_HAS(to, NEMO_HA_A_NAME))
		strcpy(all.name, to->name);
	if (NEMO_HAS(to, NEMO_HA_A_LOCAL))
		all.local = to->local;
	if (NEMO_HAS(to, NEMO_HA_A_COA))
		all.coa = to->coa;
	all.tcoa = to->tcoa;
	all.tcoa_lifetime = to->tcoa_lifetime;
	all.have &= ~(1ULL << NEMO_HA_A_TCOA | 1ULL << NEMO_HA_A_TCOA_LIFETIME);
	if (NEMO_HAS(to, NEMO_HA_A_SEQ))
		all.seq = to->seq;
	if (NEMO_HAS(to, NEMO_HA_A_LIFETIME))
		all.lifetime = to->lifetime;
	if (NEMO_HAS(to, NEMO_HA_A_PREFIX)) {
		all.prefixes = to->prefixes;
		memcpy(all.prefix, to->prefix, sizeof(all.prefix));
	}
	all.have |= to->have;
	*to = all;
}

static void ha_set(struct ctl *ctl, struct args *args)
{
	struct nemo_bce_info now;
	struct ha_line line;
	struct nemo_nl nl;
	int err;

	(void)ctl;
	read_line(args, &line, BIND);
	if (line.info.have == 1ULL << NEMO_HA_A_HOA)
		args_wrong(args, "what is to be set?");
	open_device(&nl, &line);
	err = nemo_ha_get(&nl, line.info.ifindex, &line.info.hoa, &now);
	if (err)
		die_kernel(&nl, err);
	fill_in(&line.info, &now);
	finish(&nl, nemo_ha_bind(&nl, &line.info));
}

static void ha_del(struct ctl *ctl, struct args *args)
{
	struct ha_line line;
	struct nemo_nl nl;

	(void)ctl;
	read_line(args, &line, DEL);
	open_device(&nl, &line);
	finish(&nl, nemo_ha_del(&nl, line.info.ifindex, &line.info.hoa,
				NEMO_HAS(&line.info, NEMO_HA_A_SEQ) ?
				&line.info.seq : NULL));
}

static void show_one(struct ctl *ctl, const struct nemo_bce_info *info)
{
	char dev[IFNAMSIZ];

	show_bce(&ctl->out, info, device_name(info->ifindex, dev));
}

/* All of them, or those of a name; how many there were. */
static size_t show_dump(struct ctl *ctl, struct nemo_nl *nl, uint32_t ifindex,
			const char *name)
{
	struct nemo_bce_info *list;
	size_t n, shown = 0;
	int err;

	err = nemo_ha_dump(nl, ifindex, &list, &n);
	if (err)
		die_kernel(nl, err);
	for (size_t i = 0; i < n; i++) {
		if (name && strcmp(name, list[i].name))
			continue;
		show_one(ctl, &list[i]);
		shown++;
	}
	free(list);
	return shown;
}

/* A home address is unique on a device only: look on each. */
static size_t show_hoa(struct ctl *ctl, struct nemo_nl *nl, uint32_t ifindex,
		       const struct in6_addr *hoa)
{
	struct nemo_link_info *links;
	struct nemo_bce_info info;
	size_t n, shown = 0;
	int err;

	err = nemo_link_dump(nl, ifindex, &links, &n);
	if (err)
		die_kernel(nl, err);
	for (size_t i = 0; i < n; i++) {
		err = nemo_ha_get(nl, links[i].ifindex, hoa, &info);
		if (err && err != -ENOENT)
			die_kernel(nl, err);
		if (err)
			continue;
		show_one(ctl, &info);
		shown++;
	}
	free(links);
	return shown;
}

static void ha_show(struct ctl *ctl, struct args *args)
{
	struct ha_line line = { };
	const char *what = NULL;
	uint32_t ifindex = 0;
	struct in6_addr hoa;
	struct nemo_nl nl;
	size_t shown;

	if (args->left && strcmp(*args->next, "dev"))
		what = args_next(args);
	args_keywords(args, keywords, SHOW, &line);
	family_open(&nl, NEMO_HA_FAMILY_NAME);
	if (*line.dev)
		ifindex = device_index(&nl, line.dev);
	out_array(&ctl->out, NULL);
	if (what && inet_pton(AF_INET6, what, &hoa) == 1)
		shown = show_hoa(ctl, &nl, ifindex, &hoa);
	else
		shown = show_dump(ctl, &nl, ifindex, what);
	if (what && !shown)
		die("there is no binding of %s; `nemoctl ha show` lists them",
		    what);
	out_end(&ctl->out);
	nemo_nl_close(&nl);
}

#define BIND_USAGE							\
	"HOA [dev DEVICE] [name NAME] local ADDRESS coa ADDRESS\n"	\
	"	[tcoa ADDRESS] [tcoa-lifetime MILLISECONDS] [mnp PREFIX...]\n"	\
	"	seq NUMBER lifetime SECONDS"

const struct command ha_commands[] = {
	{ "show", ha_show, "ha show [HOA|NAME] [dev DEVICE]", "show bindings" },
	{ "bind", ha_bind, "ha bind " BIND_USAGE,
	  "register, refresh or replace a binding" },
	{ "add", ha_bind, "ha add " BIND_USAGE, "the same" },
	{ "set", ha_set,
	  "ha set HOA [dev DEVICE] [name NAME] [local ADDRESS]\n"
	  "	[coa ADDRESS] [tcoa ADDRESS] [tcoa-lifetime MILLISECONDS]\n"
	  "	[mnp PREFIX...] [seq NUMBER] [lifetime SECONDS]",
	  "change a binding; without seq the next number is used" },
	{ "transient", ha_transient,
	  "ha transient HOA [dev DEVICE] tcoa ADDRESS [tcoa-lifetime MILLISECONDS]",
	  "accept traffic from a second care-of address, too; :: ends it" },
	{ "del", ha_del, "ha del HOA [dev DEVICE] [seq NUMBER]",
	  "remove a binding; with seq only if that is newer" },
	{ }
};
