// SPDX-License-Identifier: GPL-2.0
/*
 * What stands still while guests move: made once, so that none of it is on the
 * path of a handover. What guests send goes into the tunnel device, whatever
 * the main table says; what comes out of it goes to the attachments. The one
 * exception is TABLE_LOCAL, for what the host itself has to say to a guest, as
 * Packet Too Big: its routes are there only while the host serves.
 */
#include <string.h>

#include "host.h"
#include "lib/log.h"
#include "netdev.h"
#include "sysctl.h"

/* Routing tables; the rules' priorities are the same numbers. */
enum {
	TABLE_UPLINK = 9001,
	TABLE_DOWNLINK = 9002,
	TABLE_LOCAL = 9003,
};

int host_net_setup(struct host *host)
{
	const struct nemo_conf_host *conf = &host->conf->host;
	const struct netdev_rule down = { .iif = conf->device,
					  .table = TABLE_DOWNLINK };
	const struct netdev_rule local = { .iif = "lo", .table = TABLE_LOCAL };
	int err;

	/* Before forwarding is switched on: that forgets what RAs have said. */
	sysctl_set(conf->interface, "accept_ra", 2);
	sysctl_set(conf->interface, "optimistic_dad", 1);
	sysctl_set(conf->interface, "use_optimistic", 1);
	err = sysctl_set("all", "forwarding", 1);
	if (err)
		return err;
	err = netdev_tunnel(&host->rt, conf->device, "nemo_mr", &host->ifindex);
	if (!err)
		err = netdev_default_route(&host->rt, TABLE_UPLINK,
					   host->ifindex);
	/* out of the tunnel, but the attachment is gone: not back to the core */
	if (!err)
		err = netdev_default_route(&host->rt, TABLE_DOWNLINK, 0);
	if (!err)
		err = netdev_rule(&host->rt, &down, true);
	if (!err)
		err = netdev_rule(&host->rt, &local, true);
	return err;
}

static void source_rule(struct mr *mr, bool add)
{
	const struct netdev_rule rule = { .src = &mr->conf->hoa,
					  .table = TABLE_UPLINK };

	netdev_rule(&mr->host->rt, &rule, add);
}

/* By name: it is there before an interface that comes with its guest. */
static void attachment_rule(struct mr *mr, bool add)
{
	const struct netdev_rule rule = { .iif = mr->conf->attachment,
					  .table = TABLE_UPLINK };

	netdev_rule(&mr->host->rt, &rule, add);
}

void mr_net_setup(struct mr *mr)
{
	netdev_home_address(&mr->host->rt, mr->host->ifindex, &mr->conf->hoa,
			    true);
	source_rule(mr, true);
	attachment_rule(mr, true);
	mr_net_attach(mr);
}

static void routes(struct mr *mr, uint32_t table, bool add)
{
	for (unsigned int i = 0; i < mr->conf->mnps; i++)
		netdev_route(&mr->host->rt, table, mr->attachment,
			     &mr->conf->mnp[i], add);
}

void mr_net_attach(struct mr *mr)
{
	struct host *host = mr->host;

	if (!mr->attachment)
		return;
	sysctl_set(mr->conf->attachment, "accept_ra", 0);
	/* The kernel forgets all neighbours of an interface for that. */
	if (!netdev_has_mac(mr->conf->attachment, host->conf->host.gateway_mac))
		netdev_set_mac(&host->rt, mr->attachment,
			       host->conf->host.gateway_mac);
	netdev_gateway_address(&host->rt, mr->attachment);
	if (!mr->up)
		return;
	routes(mr, TABLE_DOWNLINK, true);
	mr_net_serve(mr, mr_serves(mr->state));
}

void mr_net_serve(struct mr *mr, bool serve)
{
	if (!mr->up)
		return;
	routes(mr, TABLE_LOCAL, serve);
	/* What is held goes out by the entries that the old host has sent. */
	if (serve || mr->state == NEMO_MR_STATE_PREPARED)
		return;
	for (unsigned int i = 0; i < mr->conf->mnps; i++)
		netdev_forget(&mr->host->rt, mr->attachment, &mr->conf->mnp[i]);
}

static bool attachment_shared(const struct mr *mr)
{
	const struct host *host = mr->host;

	for (unsigned int i = 0; i < host->mrs; i++)
		if (host->mr[i] != mr && !strcmp(host->mr[i]->conf->attachment,
						 mr->conf->attachment))
			return true;
	return false;
}

void mr_net_remove(struct mr *mr)
{
	source_rule(mr, false);
	netdev_home_address(&mr->host->rt, mr->host->ifindex, &mr->conf->hoa,
			    false);
	if (mr->up) {
		mr_net_serve(mr, false);
		routes(mr, TABLE_DOWNLINK, false);
	}
	if (!attachment_shared(mr))
		attachment_rule(mr, false);
}
