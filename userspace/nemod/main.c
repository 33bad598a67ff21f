// SPDX-License-Identifier: GPL-2.0
/* nemod - the agent of a host or home agent: nemod(8). */
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "agent.h"
#include "lib/log.h"
#include "lib/options.h"
#include "lib/privs.h"

static const char usage[] =
	"Usage: nemod [-c FILE] [-d] [--check]\n"
	"  -c, --config FILE  configuration, default " NEMO_CONF_PATH "\n"
	"  -d, --debug        log each message\n"
	"      --check        read the configuration, report mistakes, end\n"
	"  -h, --help         this text\n"
	"See nemod(8) and nemo.conf(5).\n";

static int check(const char *path)
{
	struct nemo_conf *conf = nemo_conf_load(path, options_print_mistake,
						NULL);

	if (!conf)
		return EXIT_CONFIG;
	nemo_conf_warn(conf, path, options_print_mistake, NULL);
	printf("%s: good; %u mobile router%s\n", path, conf->mrs,
	       conf->mrs == 1 ? "" : "s");
	nemo_conf_free(conf);
	return EXIT_SUCCESS;
}

static void on_hup(evutil_socket_t sig, short what, void *arg)
{
	char error[1024];

	(void)sig;
	(void)what;
	sd_notify(0, "RELOADING=1");
	agent_reload(arg, error, sizeof(error));
	sd_notify(0, "READY=1");
}

static void on_term(evutil_socket_t sig, short what, void *arg)
{
	struct agent *agent = arg;

	(void)sig;
	(void)what;
	sd_notify(0, "STOPPING=1");
	event_base_loopbreak(agent->base);
}

static int run(struct agent *agent)
{
	struct event *hup = evsignal_new(agent->base, SIGHUP, on_hup, agent);
	struct event *term = evsignal_new(agent->base, SIGTERM, on_term, agent);
	struct event *intr = evsignal_new(agent->base, SIGINT, on_term, agent);

	if (!hup || !term || !intr)
		return -ENOMEM;
	event_add(hup, NULL);
	event_add(term, NULL);
	event_add(intr, NULL);
	sd_notify(0, "READY=1");
	event_base_dispatch(agent->base);
	event_free(hup);
	event_free(term);
	event_free(intr);
	return 0;
}

int main(int argc, char **argv)
{
	struct options o;
	struct agent agent = { };
	int err;

	options_parse(&o, argc, argv, usage);
	if (o.check)
		return check(o.path);
	log_open(o.debug);
	signal(SIGPIPE, SIG_IGN);
	err = agent_start(&agent, o.path);
	if (err == -EINVAL && !agent.conf)
		return EXIT_CONFIG;
	if (!err)
		err = privs_drop(1U << CAP_NET_ADMIN | 1U << CAP_NET_RAW);
	if (!err)
		err = run(&agent);
	agent_stop(&agent);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
