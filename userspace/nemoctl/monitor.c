// SPDX-License-Identifier: GPL-2.0
/* nemoctl monitor: what the kernel and the agent tell, as it comes. */
#include <errno.h>
#include <json-c/json_tokener.h>
#include <linux/nemo_ha.h>
#include <linux/nemo_mr.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"
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

/* What can be listened to; without a family it is the agent. */
struct source {
	const char *name;
	const char *family;
	const char *group;
	nemo_nl_handler handler;
};

static const struct source sources[] = {
	{ "mr", NEMO_MR_FAMILY_NAME, NEMO_MR_MCGRP_MR, on_mr },
	{ "ha", NEMO_HA_FAMILY_NAME, NEMO_HA_MCGRP_BCE, on_bce },
	{ .name = "handover" },
	{ }
};

#define SOURCES	3

struct listener {
	const struct source *source;
	bool asked;
	struct nemo_nl nl;
	struct json_tokener *lines;	/* of the agent */
};

/* A file descriptor, or -1. An asked for source must be there. */
static int listen_to_kernel(struct listener *l)
{
	const struct source *source = l->source;
	int err;

	if (l->asked)
		family_open(&l->nl, source->family);
	else if (nemo_nl_open(&l->nl, source->family))
		return -1;
	err = nemo_nl_subscribe(&l->nl, source->group);
	if (err)
		die_kernel(&l->nl, err);
	return nemo_nl_fd(&l->nl);
}

static int listen_to_agent(struct ctl *ctl, struct listener *l)
{
	l->lines = json_tokener_new();
	return l->lines ? agent_watch(ctl, l->asked) : -1;
}

static int listen_to(struct ctl *ctl, struct listener *l)
{
	return l->source->family ? listen_to_kernel(l) : listen_to_agent(ctl, l);
}

static void from_kernel(struct ctl *ctl, struct listener *l)
{
	int err = nemo_nl_receive(&l->nl, l->source->handler, ctl);

	if (err == -ENOBUFS)
		fputs("nemoctl: some notifications were lost\n", stderr);
	else if (err)
		die_kernel(&l->nl, err);
}

/* The first line says whether it will tell: a node that is no host will not. */
static void from_agent_line(struct ctl *ctl, const struct listener *l,
			    struct json_object *line)
{
	struct json_object *ok;

	if (!json_object_object_get_ex(line, "ok", &ok))
		show_handover_event(&ctl->out, line);
	else if (!json_object_get_boolean(ok) && l->asked)
		die("%s", json_object_get_string(json_object_object_get(line, "error")));
	json_object_put(line);
}

/* True: there is more to come. */
static bool from_agent(struct ctl *ctl, struct listener *l, int fd)
{
	char text[4096];
	ssize_t size = recv(fd, text, sizeof(text), MSG_DONTWAIT);

	if (size <= 0) {
		if (l->asked)
			die("nemod has ended, or does not wait for who does not read");
		fputs("nemoctl: nemod has ended; its handovers are not told any more\n",
		      stderr);
		close(fd);
		return false;
	}
	for (ssize_t at = 0; at < size;) {
		struct json_object *line = json_tokener_parse_ex(l->lines, text + at,
								 size - at);

		if (!line && json_tokener_get_error(l->lines) == json_tokener_continue)
			break;
		if (!line)
			die("nemod says what is not understood; is it of another version?");
		from_agent_line(ctl, l, line);
		at += json_tokener_get_parse_end(l->lines);
	}
	return true;
}

/* Of all sources, those that are there. */
static int open_sources(struct ctl *ctl, const struct source *asked,
			struct listener *listener, struct pollfd *fds)
{
	int n = 0;

	for (int i = 0; i < SOURCES; i++) {
		listener[i] = (struct listener){ .source = &sources[i],
						 .asked = asked };
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
		if (!asked || asked == &sources[i])
			fds[i].fd = listen_to(ctl, &listener[i]);
		n += fds[i].fd >= 0;
	}
	return n;
}

static void receive(struct ctl *ctl, struct listener *l, struct pollfd *fd)
{
	if (l->source->family)
		from_kernel(ctl, l);
	else if (!from_agent(ctl, l, fd->fd))
		fd->fd = -1;
}

static void monitor(struct ctl *ctl, struct args *args)
{
	struct listener listener[SOURCES];
	const struct source *asked = NULL;
	struct pollfd fds[SOURCES];
	const char *word = args_next(args);

	if (word)
		asked = args_match(args, "source", word, sources, sizeof(*sources));
	args_end(args);
	if (!open_sources(ctl, asked, listener, fds))
		die("neither nemo_mr nor nemo_ha is loaded; load one: `modprobe nemo_mr`");
	while (poll(fds, SOURCES, -1) >= 0 || errno == EINTR)
		for (int i = 0; i < SOURCES; i++)
			if (fds[i].revents)
				receive(ctl, &listener[i], &fds[i]);
}

const struct command monitor_commands[] = {
	{ "monitor", monitor, "monitor [mr|ha|handover]",
	  "print what changes, a line each, until it is stopped" },
	{ }
};
