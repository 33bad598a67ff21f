/* SPDX-License-Identifier: GPL-2.0 */
/* The whole of nemod: one loop, one Mobility Header socket, one or two roles. */
#ifndef NEMOD_AGENT_H
#define NEMOD_AGENT_H

#include "control.h"
#include "ha.h"
#include "host.h"

struct agent {
	const char *conf_path;
	struct nemo_conf *conf;
	struct event_base *base;
	struct mh_socket mh;
	struct host *host;	/* NULL: not this role */
	struct ha *ha;		/* NULL: not this role */
	struct control control;
	bool with_xfrm;
};

int agent_start(struct agent *agent, const char *conf_path);
void agent_stop(struct agent *agent);

/* NULL, or what went wrong: a sentence in @error. The log has it. */
const char *agent_reload(struct agent *agent, char *error, size_t size);

#endif /* NEMOD_AGENT_H */
