// SPDX-License-Identifier: GPL-2.0
/* nemoctl monitor: notifications of the kernel as they come. */
#include <errno.h>
#include <linux/nemo_ha.h>
#include <linux/nemo_mr.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "device.h"
#include "error.h"
#include "show.h"

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void on_mr(struct nlmsghdr *nlh, void *arg)
{
	char dev[IFNAMSIZ], attachment[IFNAMSIZ];
	struct nemo_mr_info info;
	struct ctl *ctl = arg;

	if (!nemo_mr_parse(nlh, &info))
		show_mr_event(&ctl->out, &info, device_name(info.ifindex, dev),
			      device_name(info.attachment, attachment), now());
}

static void on_bce(struct nlmsghdr *nlh, void *arg)
{
	struct nemo_bce_info info;
	struct ctl *ctl = arg;
	char dev[IFNAMSIZ];

	if (!nemo_ha_parse(nlh, &info))
		show_bce_event(&ctl->out, &info, device_name(info.ifindex, dev));
}

/* What can be listened to. */
struct source {
	const char *name;
	const char *family;
	const char *group;
	nemo_nl_handler handler;
};

static const struct source sources[] = {
	{ "mr", NEMO_MR_FAMILY_NAME, NEMO_MR_MCGRP_MR, on_mr },
	{ "ha", NEMO_HA_FAMILY_NAME, NEMO_HA_MCGRP_BCE, on_bce },
	{ }
};

#define SOURCES	2

static void subscribe(struct nemo_nl *nl, const struct source *source)
{
	int err = nemo_nl_subscribe(nl, source->group);

	if (err)
		die_kernel(nl, err);
}

/* An asked for source must be there; of all, those that are. */
static int open_sources(const struct source *asked, struct nemo_nl *nl,
			struct pollfd *poll)
{
	int n = 0;

	for (int i = 0; i < SOURCES; i++) {
		poll[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
		if (asked && asked != &sources[i])
			continue;
		if (asked)
			family_open(&nl[i], asked->family);
		else if (nemo_nl_open(&nl[i], sources[i].family))
			continue;
		subscribe(&nl[i], &sources[i]);
		poll[i].fd = nemo_nl_fd(&nl[i]);
		n++;
	}
	return n;
}

static void receive(struct ctl *ctl, struct nemo_nl *nl,
		    const struct source *source)
{
	int err = nemo_nl_receive(nl, source->handler, ctl);

	if (err == -ENOBUFS)
		fputs("nemoctl: some notifications were lost\n", stderr);
	else if (err)
		die_kernel(nl, err);
}

static void monitor(struct ctl *ctl, struct args *args)
{
	const struct source *asked = NULL;
	struct pollfd fds[SOURCES];
	struct nemo_nl nl[SOURCES];
	const char *word = args_next(args);

	if (word)
		asked = args_match(args, "source", word, sources, sizeof(*sources));
	args_end(args);
	if (!open_sources(asked, nl, fds))
		die("neither nemo_mr nor nemo_ha is loaded; load one: `modprobe nemo_mr`");
	while (poll(fds, SOURCES, -1) >= 0 || errno == EINTR)
		for (int i = 0; i < SOURCES; i++)
			if (fds[i].revents)
				receive(ctl, &nl[i], &sources[i]);
}

const struct command monitor_commands[] = {
	{ "monitor", monitor, "monitor [mr|ha]",
	  "print what changes, a line each, until it is stopped" },
	{ }
};
