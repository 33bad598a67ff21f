// SPDX-License-Identifier: GPL-2.0
/*
 * vif-nemo - the hotplug script of a vif, as a program: nemo-xen(8). It does what
 * vif-bridge does, in the pause of a migration, without a fork. It says nothing to
 * nemod: the guest's first frame does.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xenstore.h>

#define KEY_MAX	256

/* An interface of the guest: netback's, or the tap of a device model. */
struct vif {
	struct xs_handle *xs;
	int fd;			/* for ioctl() */
	bool tap;
	char backend[KEY_MAX];	/* its directory in the store */
	char dev[IFNAMSIZ];
	char bridge[IFNAMSIZ];
};

/* libxl shows what is in hotplug-error. Returns false, for the caller to do so. */
__attribute__((format(printf, 2, 3)))
static bool fail(struct vif *vif, const char *fmt, ...)
{
	char text[256], path[2 * KEY_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fprintf(stderr, "vif-nemo: %s\n", text);
	if (!vif->xs || !*vif->backend)
		return false;
	snprintf(path, sizeof(path), "%s/hotplug-error", vif->backend);
	xs_write(vif->xs, XBT_NULL, path, text, strlen(text));
	snprintf(path, sizeof(path), "%s/hotplug-status", vif->backend);
	xs_write(vif->xs, XBT_NULL, path, "error", strlen("error"));
	return false;
}

/* False if there is nothing, or more than there is room for. */
static bool read_key(struct vif *vif, const char *key, char *to, size_t size)
{
	char path[2 * KEY_MAX], *value;
	unsigned int len = 0;
	bool good;

	*to = 0;
	if (!vif->xs)
		return false;
	snprintf(path, sizeof(path), "%s/%s", vif->backend, key);
	value = xs_read(vif->xs, XBT_NULL, path, &len);
	good = value && len && len < size;
	if (good)
		strcpy(to, value);
	free(value);
	return good;
}

/* Of an interface by name; 0 or -1 with errno, as ioctl(). */
static int request(struct vif *vif, unsigned long what, const char *dev,
		   struct ifreq *ifr)
{
	snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%s", dev);
	return ioctl(vif->fd, what, ifr);
}

static int set_up(struct vif *vif, bool up)
{
	struct ifreq ifr = { };

	if (request(vif, SIOCGIFFLAGS, vif->dev, &ifr))
		return -1;
	ifr.ifr_flags = up ? ifr.ifr_flags | IFF_UP : ifr.ifr_flags & ~IFF_UP;
	return request(vif, SIOCSIFFLAGS, vif->dev, &ifr);
}

/*
 * The highest address that is no group's: a bridge takes the lowest of its ports
 * as its own, and this is never it.
 */
static int set_address(struct vif *vif)
{
	struct ifreq ifr = { .ifr_hwaddr.sa_family = ARPHRD_ETHER };

	memcpy(ifr.ifr_hwaddr.sa_data, "\xfe\xff\xff\xff\xff\xff", 6);
	return request(vif, SIOCSIFHWADDR, vif->dev, &ifr);
}

/* The administrator's, or else the bridge's; the guest reads it in its own place. */
static void set_mtu(struct vif *vif)
{
	unsigned int domid, devid;
	struct ifreq ifr = { };
	char text[16], path[64];

	if (read_key(vif, "mtu", text, sizeof(text)))
		ifr.ifr_mtu = atoi(text);
	else if (request(vif, SIOCGIFMTU, vif->bridge, &ifr))
		return;
	if (ifr.ifr_mtu <= 0)
		return;
	/* netback refuses more than 1500 until its guest has said that it can. */
	if (request(vif, SIOCSIFMTU, vif->dev, &ifr))
		fprintf(stderr, "vif-nemo: %s: MTU %d: %s\n", vif->dev,
			ifr.ifr_mtu, strerror(errno));
	if (vif->tap ||
	    sscanf(strstr(vif->backend, "vif/") ?: "", "vif/%u/%u", &domid, &devid) != 2)
		return;
	snprintf(path, sizeof(path), "/local/domain/%u/device/vif/%u/mtu", domid,
		 devid);
	snprintf(text, sizeof(text), "%d", ifr.ifr_mtu);
	xs_write(vif->xs, XBT_NULL, path, text, strlen(text));
}

static int add_to_bridge(struct vif *vif)
{
	struct ifreq ifr = { .ifr_ifindex = if_nametoindex(vif->dev) };

	if (!ifr.ifr_ifindex)
		return -1;
	if (!request(vif, SIOCBRADDIF, vif->bridge, &ifr))
		return 0;
	/* A port already: of this bridge, or else it does not come off it. */
	if (errno != EBUSY || request(vif, SIOCBRDELIF, vif->bridge, &ifr))
		return -1;
	return request(vif, SIOCBRADDIF, vif->bridge, &ifr);
}

static bool find_bridge(struct vif *vif)
{
	if (!read_key(vif, "bridge", vif->bridge, sizeof(vif->bridge)))
		return fail(vif, "no bridge: write bridge=NAME into the vif's line");
	if (!if_nametoindex(vif->bridge))
		return fail(vif,
			    "there is no bridge %s on this host; make it, or correct bridge= in the vif's line",
			    vif->bridge);
	return true;
}

/* The name that the administrator wants, which replaces the first. */
static bool take_name(struct vif *vif, bool rename)
{
	struct ifreq ifr = { };
	char name[IFNAMSIZ];
	size_t room = sizeof(name) - (vif->tap ? strlen("-emu") : 0);

	if (!read_key(vif, "vifname", name, room))
		return true;
	if (vif->tap)
		strcat(name, "-emu");
	strcpy(ifr.ifr_newname, name);
	if (rename && strcmp(name, vif->dev) &&
	    request(vif, SIOCSIFNAME, vif->dev, &ifr))
		return fail(vif, "%s cannot get the name %s: %s", vif->dev,
			    name, strerror(errno));
	strcpy(vif->dev, name);
	return true;
}

static bool online(struct vif *vif)
{
	char path[2 * KEY_MAX];

	if (!vif->xs)
		return fail(vif, "xenstored does not answer: %s",
			    strerror(errno));
	if (!find_bridge(vif) || !take_name(vif, true))
		return false;
	set_up(vif, false);
	set_address(vif);
	set_mtu(vif);
	if (add_to_bridge(vif))
		return fail(vif, "%s does not become a port of %s: %s",
			    vif->dev, vif->bridge, strerror(errno));
	if (set_up(vif, true))
		return fail(vif, "%s: cannot be set up: %s", vif->dev,
			    strerror(errno));
	if (vif->tap)
		return true;
	snprintf(path, sizeof(path), "%s/hotplug-status", vif->backend);
	if (!xs_write(vif->xs, XBT_NULL, path, "connected", strlen("connected")))
		return fail(vif, "%s cannot be written: %s", path, strerror(errno));
	return true;
}

/* The interface is mostly gone by now, and nobody waits for what becomes of it. */
static bool offline(struct vif *vif)
{
	struct ifreq ifr = { };

	take_name(vif, false);
	set_up(vif, false);
	ifr.ifr_ifindex = if_nametoindex(vif->dev);
	if (ifr.ifr_ifindex &&
	    read_key(vif, "bridge", vif->bridge, sizeof(vif->bridge)))
		request(vif, SIOCBRDELIF, vif->bridge, &ifr);
	return true;
}

/* online and offline are for netback's interface, add and remove for a tap. */
static const struct command {
	const char *name;
	bool tap;
	bool (*run)(struct vif *vif);
} commands[] = {
	{ "online", false, online },
	{ "offline", false, offline },
	{ "add", true, online },
	{ "remove", true, offline },
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (name && !strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/* An argument type_if=vif or type_if=tap; an old toolstack gives none. */
static bool wants_tap(char **argv)
{
	for (; *argv; argv++)
		if (!strncmp(*argv, "type_if=", 8))
			return !strcmp(*argv + 8, "tap");
	return false;
}

/* From the environment that libxl gives. */
static bool find_vif(struct vif *vif)
{
	const char *dev = getenv(vif->tap ? "INTERFACE" : "vif");
	const char *path = getenv("XENBUS_PATH");
	unsigned int domid, devid;

	if (!dev || !*dev || strlen(dev) >= sizeof(vif->dev))
		return fail(vif,
			    "no %s in the environment; this is a hotplug script, for script=vif-nemo",
			    vif->tap ? "INTERFACE" : "vif");
	strcpy(vif->dev, dev);
	/* A tap of domain 7 is vif7.0-emu, and has no path given. */
	if (vif->tap && sscanf(dev, "vif%u.%u-emu", &domid, &devid) == 2)
		snprintf(vif->backend, sizeof(vif->backend),
			 "/local/domain/0/backend/vif/%u/%u", domid, devid);
	else if (path && *path && strlen(path) < sizeof(vif->backend))
		strcpy(vif->backend, path);
	else
		return fail(vif,
			    "no XENBUS_PATH in the environment; this is a hotplug script, for script=vif-nemo");
	return true;
}

int main(int argc, char **argv)
{
	const struct command *command = find_command(argv[1]);
	struct vif vif = { };
	bool good;

	if (!command) {
		fputs("Usage: vif-nemo online|offline|add|remove [type_if=vif|tap]\n"
		      "A hotplug script of xl: script=vif-nemo in the vif's line; see nemo-xen(8).\n",
		      stderr);
		return EXIT_FAILURE;
	}
	vif.tap = wants_tap(argv + 2);
	if (vif.tap != command->tap)
		return EXIT_SUCCESS;
	vif.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	vif.xs = xs_open(0);
	good = find_vif(&vif) && command->run(&vif);
	if (vif.fd >= 0)
		close(vif.fd);
	xs_close(vif.xs);
	(void)argc;
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
