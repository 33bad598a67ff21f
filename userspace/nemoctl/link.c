// SPDX-License-Identifier: GPL-2.0
/* nemoctl link: the tunnel devices of both kinds. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "device.h"
#include "error.h"
#include "lib/ha.h"
#include "lib/link.h"
#include "show.h"

#define SHOW	1
#define ADD	2
#define SET	4

struct link_line {
	const char *kind;
	uint32_t hold_bytes;
};

static void parse_type(struct args *args, const char *value, void *to)
{
	struct link_line *line = to;

	if (!strcmp(value, "mr"))
		line->kind = NEMO_MR_FAMILY_NAME;
	else if (!strcmp(value, "ha"))
		line->kind = NEMO_HA_FAMILY_NAME;
	else
		args_wrong(args, "\"%s\" is neither mr nor ha", value);
}

static void parse_hold_bytes(struct args *args, const char *value, void *to)
{
	struct link_line *line = to;

	line->hold_bytes = args_number(args, "hold-bytes", value, 1, UINT32_MAX);
}

static const struct keyword keywords[] = {
	{ "type", parse_type, false, SHOW | ADD },
	{ "hold-bytes", parse_hold_bytes, false, SET },
	{ }
};

static void route_open(struct nemo_nl *rt)
{
	int err = nemo_nl_open(rt, NULL);

	if (err)
		die_kernel(rt, err);
}

static void read_device(struct args *args, char *ifname)
{
	args_ifname(args, args_need(args, "the name of a device"), ifname);
}

static void link_add(struct ctl *ctl, struct args *args)
{
	struct link_line line = { };
	char ifname[IFNAMSIZ];
	struct nemo_nl rt;
	int err;

	(void)ctl;
	read_device(args, ifname);
	args_keywords(args, keywords, ADD, &line);
	if (!line.kind)
		args_wrong(args, "type is missing");
	route_open(&rt);
	err = nemo_link_add(&rt, ifname, line.kind);
	if (err == -EOPNOTSUPP)
		die("the module %s is not loaded; load it: `modprobe %s`",
		    line.kind, line.kind);
	if (err)
		die_kernel(&rt, err);
	nemo_nl_close(&rt);
}

static void link_del(struct ctl *ctl, struct args *args)
{
	char ifname[IFNAMSIZ];
	struct nemo_nl rt;
	int err;

	(void)ctl;
	read_device(args, ifname);
	args_end(args);
	route_open(&rt);
	err = nemo_link_del(&rt, ifname);
	if (err)
		die_kernel(&rt, err);
	nemo_nl_close(&rt);
}

static void link_set(struct ctl *ctl, struct args *args)
{
	struct link_line line = { };
	char ifname[IFNAMSIZ];
	struct nemo_nl nl;
	int err;

	(void)ctl;
	read_device(args, ifname);
	args_keywords(args, keywords, SET, &line);
	if (!line.hold_bytes)
		args_wrong(args, "what is to be set?");
	family_open(&nl, NEMO_MR_FAMILY_NAME);
	err = nemo_link_set(&nl, device_index(&nl, ifname), line.hold_bytes);
	if (err)
		die_kernel(&nl, err);
	nemo_nl_close(&nl);
}

/* Those of one family; how many there were. */
static size_t show_family(struct ctl *ctl, struct nemo_nl *nl,
			  const char *ifname)
{
	struct nemo_link_info *list;
	size_t n, shown = 0;
	int err;

	err = nemo_link_dump(nl, 0, &list, &n);
	if (err)
		die_kernel(nl, err);
	for (size_t i = 0; i < n; i++) {
		if (ifname && strcmp(ifname, list[i].ifname))
			continue;
		show_link(&ctl->out, &list[i]);
		shown++;
	}
	free(list);
	return shown;
}

/* A node may have one of the modules only; with none there is nothing to show. */
static size_t show_families(struct ctl *ctl, const char *kind,
			    const char *ifname)
{
	static const char *const families[] = {
		NEMO_MR_FAMILY_NAME, NEMO_HA_FAMILY_NAME,
	};
	unsigned int loaded = 0;
	struct nemo_nl nl;
	size_t shown = 0;

	for (unsigned int i = 0; i < 2; i++) {
		if (kind && strcmp(kind, families[i]))
			continue;
		if (nemo_nl_open(&nl, families[i]))
			continue;
		loaded++;
		shown += show_family(ctl, &nl, ifname);
		nemo_nl_close(&nl);
	}
	if (!loaded && kind)
		die("the module %s is not loaded; load it: `modprobe %s`",
		    kind, kind);
	if (!loaded)
		die("neither nemo_mr nor nemo_ha is loaded; load one: `modprobe nemo_mr`");
	return shown;
}

static void link_show(struct ctl *ctl, struct args *args)
{
	struct link_line line = { };
	const char *ifname = NULL;

	if (args->left && strcmp(*args->next, "type"))
		ifname = args_next(args);
	args_keywords(args, keywords, SHOW, &line);
	out_array(&ctl->out, NULL);
	if (!show_families(ctl, line.kind, ifname) && ifname)
		die("there is no device %s; `nemoctl link show` lists the devices",
		    ifname);
	out_end(&ctl->out);
}

const struct command link_commands[] = {
	{ "show", link_show, "link show [DEVICE] [type mr|ha]",
	  "show devices, their limits and what they dropped" },
	{ "add", link_add, "link add DEVICE type mr|ha", "make a device" },
	{ "set", link_set, "link set DEVICE hold-bytes NUMBER",
	  "change the limit of all hold queues of a device together" },
	{ "del", link_del, "link del DEVICE",
	  "remove a device and all that is on it" },
	{ }
};
