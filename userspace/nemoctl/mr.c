// SPDX-License-Identifier: GPL-2.0
/* nemoctl mr, nemoctl activate: mobile routers. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "device.h"
#include "error.h"
#include "handover.h"
#include "lib/mr.h"
#include "lib/names.h"
#include "show.h"
#include "timeline.h"

#define ADD	1
#define SET	2
#define NAME	4	/* show, del, activate: just the name and the device */

/* What a command line says. */
struct mr_line {
	struct nemo_mr_info info;
	char dev[IFNAMSIZ];
	uint32_t flags_on;
	uint32_t flags_off;
};

static void parse_dev(struct args *args, const char *value, void *to)
{
	args_ifname(args, value, ((struct mr_line *)to)->dev);
}

static void parse_hoa(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;

	args_addr(args, value, &info->hoa);
	NEMO_SET(info, NEMO_MR_A_HOA);
}

static void parse_ha(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;

	args_addr(args, value, &info->ha);
	NEMO_SET(info, NEMO_MR_A_HA);
}

static void parse_coa(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;

	args_addr(args, value, &info->coa);
	NEMO_SET(info, NEMO_MR_A_COA);
}

static void parse_peer(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;

	args_addr(args, value, &info->peer);
	NEMO_SET(info, NEMO_MR_A_PEER);
}

static void parse_seq(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;

	info->seq = args_number(args, "seq", value, 0, UINT16_MAX);
	NEMO_SET(info, NEMO_MR_A_SEQ);
}

static void parse_lifetime(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;

	info->lifetime = args_number(args, "lifetime", value, 0, UINT32_MAX);
	NEMO_SET(info, NEMO_MR_A_LIFETIME);
}

static void parse_hold_packets(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;

	info->hold_packets = args_number(args, "hold-packets",
					 value, 0, UINT32_MAX);
	NEMO_SET(info, NEMO_MR_A_HOLD_PACKETS);
}

static void parse_hold_bytes(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;

	info->hold_bytes = args_number(args, "hold-bytes",
				       value, 0, UINT32_MAX);
	NEMO_SET(info, NEMO_MR_A_HOLD_BYTES);
}

static void parse_marker_timeout(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;

	info->marker_timeout = args_number(args, "marker-timeout",
					   value, 0, UINT32_MAX);
	NEMO_SET(info, NEMO_MR_A_MARKER_TIMEOUT);
}

static void parse_mnp(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;

	if (info->prefixes == NEMO_MR_PREFIX_MAX)
		args_wrong(args, "there are more than %d mnp",
			   NEMO_MR_PREFIX_MAX);
	args_prefix(args, value, &info->prefix[info->prefixes++]);
	NEMO_SET(info, NEMO_MR_A_PREFIX);
}

static void parse_guest(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;

	NEMO_SET(info, NEMO_MR_A_GUEST);
	if (!strcmp(value, "none"))
		return;
	if (info->guests == NEMO_MR_GUEST_MAX)
		args_wrong(args, "there are more than %d guests",
			   NEMO_MR_GUEST_MAX);
	args_mac(args, value, info->guest[info->guests++]);
}

static void parse_exclude(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;

	NEMO_SET(info, NEMO_MR_A_EXCLUDE);
	if (!strcmp(value, "none"))
		return;
	if (info->excludes == NEMO_MR_EXCLUDE_MAX)
		args_wrong(args, "there are more than %d excluded ports",
			   NEMO_MR_EXCLUDE_MAX);
	args_ifname(args, value, info->exclude[info->excludes++]);
}

static void parse_attachment(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;
	char ifname[IFNAMSIZ];

	NEMO_SET(info, NEMO_MR_A_ATTACHMENT);
	if (!strcmp(value, "none"))
		return;
	args_ifname(args, value, ifname);
	info->attachment = if_nametoindex(ifname);
	if (!info->attachment)
		die("there is no interface %s; `ip link show` lists them",
		    ifname);
}

static void parse_flag(struct args *args, const char *value,
		       struct mr_line *line, uint32_t flag)
{
	if (args_switch(args, value))
		line->flags_on |= flag;
	else
		line->flags_off |= flag;
}

static void parse_trigger(struct args *args, const char *value, void *to)
{
	parse_flag(args, value, to, NEMO_MR_FLAG_TRIGGER);
}

static void parse_prepared_uplink(struct args *args, const char *value, void *to)
{
	parse_flag(args, value, to, NEMO_MR_FLAG_PREPARED_UPLINK);
}

static void parse_undo(struct args *args, const char *value, void *to)
{
	parse_flag(args, value, to, NEMO_MR_FLAG_UNDO);
}

static void parse_leave_with_port(struct args *args, const char *value, void *to)
{
	parse_flag(args, value, to, NEMO_MR_FLAG_LEAVE_WITH_PORT);
}

static void parse_quiet(struct args *args, const char *value, void *to)
{
	parse_flag(args, value, to, NEMO_MR_FLAG_QUIET);
}

static void parse_state(struct args *args, const char *value, void *to)
{
	struct nemo_mr_info *info = &((struct mr_line *)to)->info;
	int state = nemo_number(&nemo_mr_states, value);

	if (state < 0)
		args_wrong(args, "\"%s\" is not a state", value);
	info->state = state;
	NEMO_SET(info, NEMO_MR_A_STATE);
}

static const struct keyword keywords[] = {
	{ "dev", parse_dev, false, ADD | SET | NAME },
	{ "hoa", parse_hoa, false, ADD },
	{ "ha", parse_ha, false, ADD | SET },
	{ "coa", parse_coa, false, ADD | SET },
	{ "peer", parse_peer, false, SET },
	{ "mnp", parse_mnp, true, ADD | SET },
	{ "attachment", parse_attachment, false, ADD | SET },
	{ "guest", parse_guest, true, ADD | SET },
	{ "exclude", parse_exclude, true, ADD | SET },
	{ "trigger", parse_trigger, false, ADD | SET },
	{ "prepared-uplink", parse_prepared_uplink, false, ADD | SET },
	{ "undo", parse_undo, false, ADD | SET },
	{ "leave-with-port", parse_leave_with_port, false, ADD | SET },
	{ "quiet", parse_quiet, false, ADD | SET },
	{ "seq", parse_seq, false, ADD | SET },
	{ "lifetime", parse_lifetime, false, ADD | SET },
	{ "hold-packets", parse_hold_packets, false, ADD | SET },
	{ "hold-bytes", parse_hold_bytes, false, ADD | SET },
	{ "marker-timeout", parse_marker_timeout, false, ADD | SET },
	{ "state", parse_state, false, SET },
	{ }
};

static void set_name(struct args *args, struct nemo_mr_info *info,
		     const char *name)
{
	if (!*name || strlen(name) > NEMO_MR_NAME_MAX)
		args_wrong(args, "a name has 1 to %d characters",
			   NEMO_MR_NAME_MAX);
	strcpy(info->name, name);
	NEMO_SET(info, NEMO_MR_A_NAME);
}

/* NAME, then keywords. */
static void read_line(struct args *args, struct mr_line *line,
		      unsigned int command)
{
	*line = (struct mr_line){ };
	set_name(args, &line->info, args_need(args, "the name of a mobile router"));
	args_keywords(args, keywords, command, line);
}

static void open_device(struct nemo_nl *nl, struct mr_line *line)
{
	family_open(nl, NEMO_MR_FAMILY_NAME);
	line->info.ifindex = device_resolve(nl, line->dev);
	NEMO_SET(&line->info, NEMO_MR_A_IFINDEX);
}

static void finish(struct nemo_nl *nl, int err)
{
	if (err)
		die_kernel(nl, err);
	nemo_nl_close(nl);
}

static void set_flags(struct mr_line *line, uint32_t flags)
{
	line->info.flags = (flags | line->flags_on) & ~line->flags_off;
	NEMO_SET(&line->info, NEMO_MR_A_FLAGS);
}

static void mr_add(struct ctl *ctl, struct args *args)
{
	struct mr_line line;
	struct nemo_nl nl;

	(void)ctl;
	read_line(args, &line, ADD);
	if (!NEMO_HAS(&line.info, NEMO_MR_A_HOA) ||
	    !NEMO_HAS(&line.info, NEMO_MR_A_HA) || !line.info.prefixes)
		args_wrong(args, "a mobile router needs hoa, ha and mnp");
	open_device(&nl, &line);
	set_flags(&line, NEMO_MR_FLAG_TRIGGER);	/* as the agent has it */
	finish(&nl, nemo_mr_new(&nl, &line.info));
}

/* The flags are one number for the kernel: keep those that are not named. */
static void merge_flags(struct nemo_nl *nl, struct mr_line *line)
{
	struct nemo_mr_info now;
	int err;

	if (!line->flags_on && !line->flags_off)
		return;
	err = nemo_mr_get(nl, line->info.ifindex, line->info.name, &now);
	if (err)
		die_kernel(nl, err);
	set_flags(line, now.flags);
}

static void mr_set(struct ctl *ctl, struct args *args)
{
	struct mr_line line;
	struct nemo_nl nl;

	(void)ctl;
	read_line(args, &line, SET);
	if (line.info.have == 1ULL << NEMO_MR_A_NAME && !line.flags_on &&
	    !line.flags_off)
		args_wrong(args, "what is to be set?");
	open_device(&nl, &line);
	merge_flags(&nl, &line);
	finish(&nl, nemo_mr_set(&nl, &line.info));
}

static void mr_del(struct ctl *ctl, struct args *args)
{
	struct mr_line line;
	struct nemo_nl nl;

	(void)ctl;
	read_line(args, &line, NAME);
	open_device(&nl, &line);
	finish(&nl, nemo_mr_del(&nl, line.info.ifindex, line.info.name));
}

static void activate(struct ctl *ctl, struct args *args)
{
	struct mr_line line;
	struct nemo_nl nl;

	(void)ctl;
	read_line(args, &line, NAME);
	open_device(&nl, &line);
	line.info.state = NEMO_MR_STATE_ACTIVATING;
	NEMO_SET(&line.info, NEMO_MR_A_STATE);
	finish(&nl, nemo_mr_set(&nl, &line.info));
}

static void show_one(struct ctl *ctl, const struct nemo_mr_info *info)
{
	char dev[IFNAMSIZ], attachment[IFNAMSIZ];

	show_mr(&ctl->out, info, device_name(info->ifindex, dev),
		device_name(info->attachment, attachment));
}

static void show_all(struct ctl *ctl, struct nemo_nl *nl, uint32_t ifindex)
{
	struct nemo_mr_info *list;
	size_t n;
	int err;

	err = nemo_mr_dump(nl, ifindex, &list, &n);
	if (err)
		die_kernel(nl, err);
	out_array(&ctl->out, NULL);
	for (size_t i = 0; i < n; i++)
		show_one(ctl, &list[i]);
	out_end(&ctl->out);
	free(list);
}

/* A name is unique on a device only: look on each. */
static void show_named(struct ctl *ctl, struct nemo_nl *nl, uint32_t ifindex,
		       const char *name)
{
	struct nemo_link_info *links;
	struct nemo_mr_info info;
	size_t n, found = 0;
	int err;

	err = nemo_link_dump(nl, ifindex, &links, &n);
	if (err)
		die_kernel(nl, err);
	out_array(&ctl->out, NULL);
	for (size_t i = 0; i < n; i++) {
		err = nemo_mr_get(nl, links[i].ifindex, name, &info);
		if (err && err != -ENOENT)
			die_kernel(nl, err);
		if (err)
			continue;
		show_one(ctl, &info);
		found++;
	}
	free(links);
	if (!found)
		die("there is no mobile router %s; `nemoctl mr show` lists them",
		    name);
	out_end(&ctl->out);
}

static void mr_show(struct ctl *ctl, struct args *args)
{
	struct mr_line line = { };
	struct nemo_nl nl;
	uint32_t ifindex = 0;

	if (args->left && strcmp(*args->next, "dev"))
		set_name(args, &line.info, args_next(args));
	args_keywords(args, keywords, NAME, &line);
	family_open(&nl, NEMO_MR_FAMILY_NAME);
	if (*line.dev)
		ifindex = device_index(&nl, line.dev);
	if (*line.info.name)
		show_named(ctl, &nl, ifindex, line.info.name);
	else
		show_all(ctl, &nl, ifindex);
	nemo_nl_close(&nl);
}

#define OPTIONS "[coa ADDRESS]\n"					\
	"	[attachment INTERFACE|none] [guest MAC...|none] [exclude PORT...|none]\n" \
	"	[trigger on|off] [prepared-uplink on|off] [undo on|off]\n" \
	"	[leave-with-port on|off] [quiet on|off] [seq NUMBER]\n"	\
	"	[lifetime SECONDS] [hold-packets NUMBER] [hold-bytes NUMBER]\n" \
	"	[marker-timeout MILLISECONDS]"

const struct command mr_commands[] = {
	{ "show", mr_show, "mr show [NAME] [dev DEVICE]",
	  "show mobile routers" },
	{ "add", mr_add,
	  "mr add NAME [dev DEVICE] hoa ADDRESS ha ADDRESS mnp PREFIX... " OPTIONS,
	  "make a mobile router" },
	{ "set", mr_set,
	  "mr set NAME [dev DEVICE] [state STATE] [peer ADDRESS]\n"
	  "	[ha ADDRESS] [mnp PREFIX...] " OPTIONS "\n"
	  "STATE: standby, prepared, activating, active, leaving",
	  "change a mobile router" },
	{ "del", mr_del, "mr del NAME [dev DEVICE]", "remove a mobile router" },
	{ "prepare", handover_prepare, "mr prepare NAME...|all [to PEER]",
	  "announce a move: from here to a peer, or from the one that serves to here" },
	{ "leave", handover_leave, "mr leave NAME...|all [to PEER] [stopped]",
	  "the guest pauses: what comes for it goes to the peer from now on" },
	{ "arrive", handover_arrive, "mr arrive NAME...|all",
	  "the guest is here: serve it, as its first frame would make it" },
	{ "abort", handover_abort, "mr abort NAME...|all",
	  "the move does not take place: back to the old host" },
	{ "timeline", timeline, "mr timeline NAME",
	  "the last handovers, step by step" },
	{ }
};

const struct command activate_commands[] = {
	{ "activate", activate, "activate NAME [dev DEVICE]",
	  "serve a mobile router here, as its guest's first frame would make it" },
	{ }
};
