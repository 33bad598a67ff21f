// SPDX-License-Identifier: GPL-2.0
/* nemo-xen - tells nemod what Xen does with its guests: nemo-xen(8). */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "agent.h"
#include "lib/log.h"
#include "lib/options.h"
#include "lib/privs.h"
#include "store.h"

struct daemon {
	const char *path;
	struct event_base *base;
	struct nemo_conf *conf;
	struct agent agent;
	struct domains domains;
	struct store store;
};

static const char usage[] =
	"Usage: nemo-xen [-c FILE] [-d] [--check]\n"
	"  -c, --config FILE  configuration, default " NEMO_CONF_PATH "\n"
	"  -d, --debug        log more\n"
	"      --check        read the configuration, say whose guests are whose, end\n"
	"  -h, --help         this text\n"
	"See nemo-xen(8) and nemo.conf(5).\n";

static void log_mistake(const char *text, void *arg)
{
	(void)arg;
	log_err("%s", text);
}

static int check(const char *path)
{
	struct nemo_conf *conf = nemo_conf_load(path, options_print_mistake,
						NULL);

	if (!conf)
		return EXIT_CONFIG;
	for (unsigned int i = 0; i < conf->mrs; i++) {
		const struct nemo_conf_mr *mr = &conf->mr[i];

		printf("%s:", mr->name);
		for (unsigned int j = 0; j < mr->xens; j++)
			printf(" %s", mr->xen[j]);
		printf("%s\n", mr->xens ? "" :
		       " the guest of this name, or by its MAC address or bridge");
	}
	nemo_conf_free(conf);
	return EXIT_SUCCESS;
}

static void on_say(void *arg, const char *mr, enum verb verb)
{
	agent_say(arg, mr, verb);
}

static void on_hup(evutil_socket_t sig, short what, void *arg)
{
	struct daemon *daemon = arg;
	struct nemo_conf *conf;

	(void)sig;
	(void)what;
	sd_notify(0, "RELOADING=1");
	conf = nemo_conf_load(daemon->path, log_mistake, NULL);
	if (conf) {
		domains_map(&daemon->domains, conf);
		store_vifs(&daemon->store);
		daemon->agent.socket = conf->socket;
		nemo_conf_free(daemon->conf);
		daemon->conf = conf;
	} else {
		log_err("the old configuration stays");
	}
	sd_notify(0, "READY=1");
}

static void on_term(evutil_socket_t sig, short what, void *arg)
{
	struct daemon *daemon = arg;

	(void)sig;
	(void)what;
	sd_notify(0, "STOPPING=1");
	event_base_loopbreak(daemon->base);
}

static const struct {
	int number;
	event_callback_fn caught;
} signals[] = {
	{ SIGHUP, on_hup },
	{ SIGTERM, on_term },
	{ SIGINT, on_term },
};

#define SIGNALS	(sizeof(signals) / sizeof(signals[0]))

static int run(struct daemon *daemon)
{
	struct event *events[SIGNALS] = { };
	int err = 0;

	for (size_t i = 0; i < SIGNALS; i++) {
		events[i] = evsignal_new(daemon->base, signals[i].number,
					 signals[i].caught, daemon);
		if (!events[i] || event_add(events[i], NULL))
			err = -ENOMEM;
	}
	if (!err) {
		sd_notify(0, "READY=1");
		event_base_dispatch(daemon->base);
		err = daemon->store.lost ? -EPIPE : 0;
	}
	for (size_t i = 0; i < SIGNALS; i++)
		if (events[i])
			event_free(events[i]);
	return err;
}

static int start(struct daemon *daemon)
{
	int err;

	daemon->base = event_base_new();
	if (!daemon->base)
		return -ENOMEM;
	daemon->agent.base = daemon->base;
	daemon->agent.socket = daemon->conf->socket;
	daemon->domains.conf = daemon->conf;
	daemon->domains.say = on_say;
	daemon->domains.arg = &daemon->agent;
	err = store_open(&daemon->store, daemon->base, &daemon->domains);
	/* The sockets of xenstored and nemod are root's: nothing more is needed. */
	return err ?: privs_drop(0);
}

static void stop(struct daemon *daemon)
{
	store_close(&daemon->store);
	domains_free(&daemon->domains);
	agent_close(&daemon->agent);
	if (daemon->base)
		event_base_free(daemon->base);
	nemo_conf_free(daemon->conf);
}

int main(int argc, char **argv)
{
	struct options o;
	struct daemon daemon = { };
	int err;

	options_parse(&o, argc, argv, usage);
	if (o.check)
		return check(o.path);
	log_open(o.debug);
	signal(SIGPIPE, SIG_IGN);
	daemon.path = o.path;
	daemon.conf = nemo_conf_load(o.path, log_mistake, NULL);
	if (!daemon.conf)
		return EXIT_CONFIG;
	err = start(&daemon);
	if (!err)
		err = run(&daemon);
	stop(&daemon);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
