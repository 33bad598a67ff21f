/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What nemod is told by its control socket, nemod(8): without ever waiting for it.
 * Each request has its own connection, so nemod may be restarted at any time.
 */
#ifndef NEMO_XEN_AGENT_H
#define NEMO_XEN_AGENT_H

#include <event2/event.h>

#include "domain.h"

/**
 * struct agent - nemod
 * @socket: its path, below 108 characters
 * @first: requests without an answer, the newest first
 * @requests: how many
 * @absent: the last one did not reach it
 */
struct agent {
	struct event_base *base;
	const char *socket;
	struct request *first;
	unsigned int requests;
	bool absent;
};

void agent_say(struct agent *agent, const char *mr, enum verb verb);
void agent_close(struct agent *agent);

#endif /* NEMO_XEN_AGENT_H */
