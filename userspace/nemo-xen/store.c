// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netinet/ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

#include "lib/log.h"
#include "store.h"

#define DOMAINS		"/local/domain"
#define VIFS		"/local/domain/0/backend/vif"
#define RELEASE		"@releaseDomain"
#define DOMID_MAX	0x7fefU		/* xen/xen.h: those above are special */
#define LOOK_SECONDS	5
#define REMIND_SECONDS	10
#define AT_ONCE		64	/* events, before others have their turn */

/* NULL, with errno, if it is not there. To be freed. */
static char *read_key(struct store *store, unsigned int domid, const char *key)
{
	char path[64];
	unsigned int len;

	snprintf(path, sizeof(path), DOMAINS "/%u/%s", domid, key);
	return xs_read(store->xs, XBT_NULL, path, &len);
}

/* Who it is: its UUID is the last part of the path in "vm". */
static void on_name(struct store *store, unsigned int domid)
{
	char *name = read_key(store, domid, "name"), *vm;
	const char *uuid;

	if (!name && errno != ENOENT) {
		log_warn("domain %u: its name cannot be read: %s", domid,
			 strerror(errno));
		return;
	}
	vm = name ? read_key(store, domid, "vm") : NULL;
	uuid = vm ? strrchr(vm, '/') : NULL;
	domain_named(store->domains, domid, name, uuid ? uuid + 1 : "");
	free(vm);
	free(name);
}

static void on_shutdown(struct store *store, unsigned int domid)
{
	char *value = read_key(store, domid, "control/shutdown");

	/* The toolstack makes it, in one step or two, before there is a guest. */
	if ((value && *value) || xs_is_domain_introduced(store->xs, domid))
		domain_shutdown(store->domains, domid, value);
	free(value);
}

/* To be freed. */
static char *read_vif(struct store *store, unsigned int domid, const char *vif,
		      const char *key)
{
	char path[64];
	unsigned int len;

	if (snprintf(path, sizeof(path), VIFS "/%u/%s/%s", domid, vif, key) >=
	    (int)sizeof(path))
		return NULL;
	return xs_read(store->xs, XBT_NULL, path, &len);
}

/* An interface is known when both are there. */
static void on_vif(struct store *store, unsigned int domid, const char *vif)
{
	char *mac = read_vif(store, domid, vif, "mac");
	char *bridge = read_vif(store, domid, vif, "bridge");
	struct ether_addr addr;

	if (mac && bridge && ether_aton_r(mac, &addr))
		domain_vif(store->domains, domid, addr.ether_addr_octet, bridge);
	free(bridge);
	free(mac);
}

static void on_vifs(struct store *store, unsigned int domid)
{
	unsigned int n = 0;
	char path[64], **list;

	snprintf(path, sizeof(path), VIFS "/%u", domid);
	list = xs_directory(store->xs, XBT_NULL, path, &n);
	for (unsigned int i = 0; list && i < n; i++)
		on_vif(store, domid, list[i]);
	free(list);
}

void store_vifs(struct store *store)
{
	int domid = -1;

	while ((domid = domains_next(store->domains, domid + 1)) >= 0)
		on_vifs(store, domid);
}

static const struct {
	const char *key;
	void (*changed)(struct store *store, unsigned int domid);
} keys[] = {
	{ "", on_name },	/* all of the domain: it is new, or gone */
	{ "/name", on_name },
	{ "/vm", on_name },
	{ "/control/shutdown", on_shutdown },
};

/* The number that @text begins with; what follows it in @end. 0 if there is none. */
static unsigned int read_domid(const char *text, char **end)
{
	unsigned long domid;

	*end = (char *)text;
	if (*text < '1' || *text > '9')
		return 0;
	domid = strtoul(text, end, 10);
	return domid <= DOMID_MAX ? domid : 0;
}

/* Those that are gone, too. */
static void scan(struct store *store)
{
	unsigned int n = 0, domid;
	char *end, **list;
	int known = -1;

	while ((known = domains_next(store->domains, known + 1)) >= 0)
		on_name(store, known);
	list = xs_directory(store->xs, XBT_NULL, DOMAINS, &n);
	for (unsigned int i = 0; list && i < n; i++) {
		domid = read_domid(list[i], &end);
		if (domid && !*end)
			on_name(store, domid);
	}
	free(list);
	store_vifs(store);
}

/* What follows VIFS/: DOMID/VIF/KEY. Its MAC address and its bridge are written at once. */
static void on_backend(struct store *store, const char *path)
{
	unsigned int domid;
	char *key;

	domid = read_domid(path, &key);
	key = domid && *key == '/' ? strchr(key + 1, '/') : NULL;
	if (key && (!strcmp(key, "/mac") || !strcmp(key, "/bridge")))
		on_vifs(store, domid);
}

static void on_change(struct store *store, const char *path)
{
	unsigned int domid;
	char *key;

	if (!strcmp(path, DOMAINS)) {
		scan(store);
		return;
	}
	if (!strncmp(path, VIFS "/", sizeof(VIFS))) {
		on_backend(store, path + sizeof(VIFS));
		return;
	}
	if (strncmp(path, DOMAINS "/", sizeof(DOMAINS)))
		return;
	domid = read_domid(path + sizeof(DOMAINS), &key);
	for (size_t i = 0; domid && i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(key, keys[i].key))
			keys[i].changed(store, domid);
}

/* xenstored keeps all in memory: without it, dom0 has to be booted. */
static void end(struct store *store)
{
	log_err("xenstored has ended; no guest can be started or migrated until this host boots again");
	store->lost = true;
	event_base_loopbreak(store->base);
}

/* The first event that waits; false if none does. */
static bool take_event(struct store *store)
{
	char **event = xs_check_watch(store->xs);

	if (!event) {
		if (errno != EAGAIN)
			end(store);
		return false;
	}
	if (!strcmp(event[XS_WATCH_PATH], RELEASE))
		domains_released(store->domains);
	else
		on_change(store, event[XS_WATCH_PATH]);
	free(event);
	return true;
}

/* A guest can make events without end. The fd stays readable while one waits. */
static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	for (int i = 0; i < AT_ONCE && take_event(arg); i++)
		;
}

/* libxenstore has a thread that reads; when that ends, nothing becomes readable. */
static void on_look(evutil_socket_t fd, short what, void *arg)
{
	struct store *store = arg;
	char **list;
	unsigned int n;

	(void)fd;
	(void)what;
	list = xs_directory(store->xs, XBT_NULL, "/", &n);
	if (!list)
		end(store);
	free(list);
}

static void on_remind(evutil_socket_t fd, short what, void *arg)
{
	struct store *store = arg;

	(void)fd;
	(void)what;
	domains_remind(store->domains);
}

static int watch(struct store *store)
{
	const struct timeval often = { .tv_sec = LOOK_SECONDS };
	const struct timeval seldom = { .tv_sec = REMIND_SECONDS };

	/* The first event of a watch is one for its own path: scan(). */
	if (!xs_watch(store->xs, DOMAINS, "domains") ||
	    !xs_watch(store->xs, RELEASE, "release"))
		return -errno;
	store->readable = event_new(store->base, xs_fileno(store->xs),
				    EV_READ | EV_PERSIST, on_readable, store);
	store->look = event_new(store->base, -1, EV_PERSIST, on_look, store);
	store->remind = event_new(store->base, -1, EV_PERSIST, on_remind, store);
	if (!store->readable || !store->look || !store->remind)
		return -ENOMEM;
	event_add(store->readable, NULL);
	event_add(store->look, &often);
	event_add(store->remind, &seldom);
	return 0;
}

int store_open(struct store *store, struct event_base *base,
	       struct domains *domains)
{
	int err;

	store->base = base;
	store->domains = domains;
	store->xs = xs_open(0);
	err = store->xs ? watch(store) : -errno;
	if (err)
		log_err("cannot watch xenstore: %s; nemo-xen runs in dom0, as root, after xenstored",
			strerror(-err));
	return err;
}

void store_close(struct store *store)
{
	if (store->readable)
		event_free(store->readable);
	if (store->look)
		event_free(store->look);
	if (store->remind)
		event_free(store->remind);
	xs_close(store->xs);
}
