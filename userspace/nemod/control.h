/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control socket: a request is a line of JSON, {"cmd": "release", "mr":
 * "guest1"}, and so is its answer, {"ok": true} or {"ok": false, "error": "..."}.
 * nemod(8) has the commands.
 */
#ifndef NEMOD_CONTROL_H
#define NEMOD_CONTROL_H

#include <event2/listener.h>

#include "timeline.h"

struct agent;

struct control {
	struct agent *agent;
	struct evconnlistener *listener;
	struct client *clients;
	struct timeline_watch watch;	/* clients that are told of handovers */
};

int control_open(struct control *control, struct agent *agent);
void control_close(struct control *control);

#endif /* NEMOD_CONTROL_H */
