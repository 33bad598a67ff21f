// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "lib/log.h"
#include "xfrm.h"

static void on_update(struct agent *agent, const struct mh_in *in)
{
	if (agent->ha)
		ha_binding_update(agent->ha, in);
}

static void on_acknowledgement(struct agent *agent, const struct mh_in *in)
{
	if (agent->host)
		host_acknowledged(agent->host, in);
}

static void on_error(struct agent *agent, const struct mh_in *in)
{
	if (agent->host)
		host_binding_error(agent->host, in);
}

static void on_refresh_request(struct agent *agent, const struct mh_in *in)
{
	if (agent->host)
		host_refresh_requested(agent->host, in);
}

static void on_revocation(struct agent *agent, const struct mh_in *in)
{
	if (agent->host && in->msg.br.kind == MH_BR_BRI)
		host_revoked(agent->host, in);
	if (agent->ha && in->msg.br.kind == MH_BR_BRA)
		ha_revocation_acknowledged(agent->ha, in);
}

static void on_initiate(struct agent *agent, const struct mh_in *in)
{
	if (agent->host)
		peer_initiate(&agent->host->peers, in);
}

static void on_acknowledge(struct agent *agent, const struct mh_in *in)
{
	if (agent->host)
		peer_acknowledge(&agent->host->peers, in);
}

static void (*const handlers[MH_TYPES])(struct agent *agent,
					const struct mh_in *in) = {
	[MH_BRR]	= on_refresh_request,
	[MH_BU]		= on_update,
	[MH_BA]		= on_acknowledgement,
	[MH_BE]		= on_error,
	[MH_HI]		= on_initiate,
	[MH_HACK]	= on_acknowledge,
	[MH_BR]		= on_revocation,
};

static void on_message(struct mh_in *in, void *arg)
{
	struct agent *agent = arg;

	if (handlers[in->msg.type])
		handlers[in->msg.type](agent, in);
	else
		mh_send_error(&agent->mh, in, MH_BE_UNKNOWN_TYPE);
}

static void report(const char *text, void *arg)
{
	(void)arg;
	log_err("%s", text);
}

static int start_roles(struct agent *agent)
{
	int err = 0;

	if (agent->conf->ha.line) {
		agent->ha = calloc(1, sizeof(*agent->ha));
		err = agent->ha ? ha_start(agent->ha, agent->conf, agent->base,
					   &agent->mh) : -ENOMEM;
	}
	if (!err && agent->conf->host.line) {
		agent->host = calloc(1, sizeof(*agent->host));
		err = agent->host ? host_start(agent->host, agent->conf,
					       agent->base, &agent->mh,
					       &agent->control.watch) :
				    -ENOMEM;
	}
	return err;
}

int agent_start(struct agent *agent, const char *conf_path)
{
	int err;

	agent->conf_path = conf_path;
	agent->conf = nemo_conf_load(conf_path, report, NULL);
	if (!agent->conf)
		return -EINVAL;
	agent->base = event_base_new();
	if (!agent->base)
		return -ENOMEM;
	/* First: what another nemod has made in the kernel must not be taken for ours. */
	err = control_open(&agent->control, agent);
	if (!err)
		err = mh_socket_open(&agent->mh, agent->base, on_message,
				     agent);
	if (!err)
		err = xfrm_install();
	if (err)
		return err;
	agent->with_xfrm = true;
	return start_roles(agent);
}

/*
 * The agent ends, the traffic stays: mobile routers, bindings and routes are
 * the kernel's, and the next agent adopts them.
 */
void agent_stop(struct agent *agent)
{
	control_close(&agent->control);
	if (agent->host)
		host_stop(agent->host);
	if (agent->ha)
		ha_stop(agent->ha);
	free(agent->host);
	free(agent->ha);
	if (agent->with_xfrm)
		xfrm_remove();
	mh_socket_close(&agent->mh);
	if (agent->base)
		event_base_free(agent->base);
	nemo_conf_free(agent->conf);
}

/* What cannot change under a running agent. */
static const char *fixed(const struct nemo_conf *a, const struct nemo_conf *b)
{
	if (strcmp(a->socket, b->socket))
		return "socket";
	if (!a->ha.line != !b->ha.line)
		return "[ha]";
	if (!a->host.line != !b->host.line)
		return "[host]";
	if (strcmp(a->ha.device, b->ha.device) ||
	    memcmp(&a->ha.address, &b->ha.address, sizeof(a->ha.address)) ||
	    memcmp(&a->ha.aggregate, &b->ha.aggregate,
		   sizeof(a->ha.aggregate)) ||
	    strcmp(a->ha.home_link, b->ha.home_link))
		return "address, device, aggregate and home-link of [ha]";
	if (strcmp(a->host.device, b->host.device) ||
	    strcmp(a->host.interface, b->host.interface) ||
	    memcmp(a->host.gateway_mac, b->host.gateway_mac, 6))
		return "interface, device and gateway-mac of [host]";
	return NULL;
}

struct first_report {
	char *text;
	size_t size;
};

static void report_first(const char *text, void *arg)
{
	struct first_report *first = arg;

	log_err("%s", text);
	if (!*first->text)
		snprintf(first->text, first->size, "%s", text);
}

const char *agent_reload(struct agent *agent, char *error, size_t size)
{
	struct first_report first = { error, size };
	struct nemo_conf *conf;
	int ha = 0, host = 0;
	const char *what;

	*error = 0;
	conf = nemo_conf_load(agent->conf_path, report_first, &first);
	if (!conf) {
		log_err("the old configuration stays");
		return error;
	}
	what = fixed(agent->conf, conf);
	if (what) {
		snprintf(error, size,
			 "%s cannot change while nemod runs; restart it", what);
		log_err("%s: %s; the old configuration stays",
			agent->conf_path, error);
		nemo_conf_free(conf);
		return error;
	}
	/* Each takes all of the new one, whatever fails: the old one goes. */
	if (agent->ha)
		ha = ha_reload(agent->ha, conf);
	if (agent->host)
		host = host_reload(agent->host, conf);
	nemo_conf_free(agent->conf);
	agent->conf = conf;
	if (ha || host) {
		snprintf(error, size,
			 "not all of the new configuration could be applied: %s: %s; the log says what; mend it and reload again",
			 ha ? "[ha]" : "[host]", strerror(ha ? -ha : -host));
		log_err("%s", error);
		return error;
	}
	log_info("configuration read again");
	return NULL;
}
