// SPDX-License-Identifier: GPL-2.0
/*
 * vifmove - what a network sees of a live migration's stop-and-copy phase.
 *
 *   vifmove FROM TO VIF BRIDGE GUEST PAUSE_MS [PID...]
 *
 * Takes the host's end VIF of a guest's interface out of namespace FROM and makes it a
 * port of BRIDGE in namespace TO, or of none where that is "-". Meanwhile the guest's
 * processes are stopped, and the guest sees its carrier go and come back, as a Xen guest
 * does; addresses and routes stay. PAUSE_MS is waited in between, beside the time that the
 * move itself takes. The shell command in VIFMOVE_HOOK, if there is one, is what a
 * hypervisor says when the guest has stopped.
 *
 * Prints T0:T1, nanoseconds since the epoch: the processes stop right after T0; at T1 the
 * guest's interface is there and can send, and its kernel looks for its gateway. One process
 * and no shell in between, so that the time from T1 on is the network's and not that of
 * the tools.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CPUS	64

struct request {
	struct nlmsghdr h;
	struct ifinfomsg link;
	char attr[64];
};

static void die(const char *what)
{
	fprintf(stderr, "vifmove: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int netns(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	return fd;
}

/* A socket stays in the namespace in which it was made. */
static int rtnl(int ns)
{
	int fd;

	if (setns(ns, CLONE_NEWNET))
		die("setns");
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		die("rtnetlink");
	return fd;
}

static void add_u32(struct request *r, int type, uint32_t value)
{
	struct rtattr *a = (struct rtattr *)((char *)r + NLMSG_ALIGN(r->h.nlmsg_len));

	a->rta_type = type;
	a->rta_len = RTA_LENGTH(sizeof(value));
	memcpy(RTA_DATA(a), &value, sizeof(value));
	r->h.nlmsg_len = NLMSG_ALIGN(r->h.nlmsg_len) + a->rta_len;
}

static struct request request(int type, unsigned int ifindex)
{
	return (struct request) {
		.h = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.link = { .ifi_index = ifindex },
	};
}

static void change(int fd, const struct nlmsghdr *h, const char *what)
{
	struct {
		struct nlmsghdr h;
		struct nlmsgerr err;
		char rest[1024];
	} reply;

	if (send(fd, h, h->nlmsg_len, 0) < 0 || recv(fd, &reply, sizeof(reply), 0) < 0)
		die(what);
	errno = -reply.err.error;
	if (errno)
		die(what);
}

static unsigned int index_of(int ns, const char *name)
{
	unsigned int i;

	if (setns(ns, CLONE_NEWNET))
		die("setns");
	i = if_nametoindex(name);
	if (!i)
		die(name);
	return i;
}

/*
 * Is the guest's kernel to be silent, as one that is paused? It looks for its neighbours by
 * itself, and a host that believes it stopped takes that for the guest going on. With no room in
 * the interface's queue, what TCP would send at an ACK is not lost, but stays with it (a blackhole
 * takes it and says that it was sent).
 */
static void mute(int ns, const char *name, bool on)
{
	struct {
		struct nlmsghdr h;
		struct tcmsg tc;
		struct rtattr kind;
		char value[8];
		struct rtattr options;
		struct tc_fifo_qopt fifo;
	} r = {
		.h = {
			.nlmsg_len = sizeof(r),
			.nlmsg_type = on ? RTM_NEWQDISC : RTM_DELQDISC,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
				       (on ? NLM_F_CREATE | NLM_F_REPLACE : 0),
		},
		.tc = { .tcm_ifindex = index_of(ns, name), .tcm_parent = TC_H_ROOT },
		.kind = { RTA_LENGTH(sizeof("pfifo")), TCA_KIND },
		.value = "pfifo",
		.options = { RTA_LENGTH(sizeof(r.fifo)), TCA_OPTIONS },
		.fifo = { .limit = 0 },
	};
	int fd = rtnl(ns);

	change(fd, &r.h, on ? "mute" : "no longer mute");
	close(fd);
}

static void signal_all(char **pids, int sig)
{
	for (; *pids; pids++)
		kill(atoi(*pids), sig);
}

/* Is any thread of the process not stopped yet? The third field of stat is its state. */
static bool runs(const char *pid)
{
	char path[300], stat[256] = "";
	struct dirent *d;
	bool yes = false;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%s/task", pid);
	tasks = opendir(path);
	while (tasks && (d = readdir(tasks))) {
		const char *end;
		int fd;

		snprintf(path, sizeof(path), "/proc/%s/task/%s/stat", pid, d->d_name);
		fd = *d->d_name == '.' ? -1 : open(path, O_RDONLY);
		if (fd < 0)
			continue;
		if (read(fd, stat, sizeof(stat) - 1) > 0) {
			end = strrchr(stat, ')');
			yes |= end && end[2] != 'T';
		}
		close(fd);
	}
	if (tasks)
		closedir(tasks);
	return yes;
}

/* Marks the CPUs whose backlog is empty, the 12th column; is it that of all by now? */
static bool all_empty(bool *empty)
{
	FILE *f = fopen("/proc/net/softnet_stat", "r");
	unsigned int backlog;
	bool all = true;

	for (int cpu = 0; f && cpu < MAX_CPUS; cpu++) {
		if (fscanf(f, "%*x %*x %*x %*x %*x %*x %*x %*x %*x %*x %*x %x%*[^\n]",
			   &backlog) != 1)
			break;
		empty[cpu] |= !backlog;
		all &= empty[cpu];
	}
	if (f)
		fclose(f);
	return all;
}

/*
 * What was sent before the guest was mute is at the other end of its veth. On a slow machine it
 * would die with the move, as in no ring of a real interface, or come when the host believes that
 * the guest has stopped: it goes on then.
 */
static void settle(void)
{
	bool empty[MAX_CPUS] = { };

	for (int tries = 0; tries < 5000 && !all_empty(empty); tries++)
		usleep(100);
}

/* A hypervisor hands over no guest that still runs. */
static void stop_all(char **pids)
{
	signal_all(pids, SIGSTOP);
	for (; *pids; pids++)
		for (int tries = 0; tries < 1000 && runs(*pids); tries++)
			usleep(100);
	usleep(2000);
}

/*
 * The queue of an interface is back some time after its carrier, and a bridge enables its
 * port then: frames before are lost. No hypervisor resumes a guest before that; here a
 * solicitation for the gateway that was lost would cost a second.
 */
static void wait_running(int ns, const char *name)
{
	unsigned int i = index_of(ns, name);
	int fd = rtnl(ns);

	for (int tries = 0; tries < 5000; tries++) {
		struct request r = request(RTM_GETLINK, i);
		union {
			struct nlmsghdr h;
			char room[16384];
		} reply;
		struct ifinfomsg *link = NLMSG_DATA(&reply.h);

		r.h.nlmsg_flags = NLM_F_REQUEST;
		if (send(fd, &r, r.h.nlmsg_len, 0) < 0 || recv(fd, &reply, sizeof(reply), 0) < 0)
			die(name);
		if (link->ifi_flags & IFF_RUNNING)
			break;
		usleep(200);
	}
	close(fd);
}

/*
 * The guest's kernel forgets its gateway with the carrier. What it sends while it looks for it
 * anew waits, and goes out one by one at the answer, while what is sent then does not wait
 * and overtakes: 6 packets of 127396 between two namespaces with nothing of ours in them. So
 * its processes go on when that is over; one that has no gateway for long goes on without.
 */
static void wait_gateway(int ns)
{
	struct icmp6_hdr echo = { .icmp6_type = ICMP6_ECHO_REQUEST };
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };
	struct timeval limit = { .tv_sec = 3 };
	struct icmp6_filter filter;
	int fd;

	to.sin6_scope_id = index_of(ns, "eth0");
	inet_pton(AF_INET6, "fe80::1", &to.sin6_addr);
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
	fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	if (fd < 0 ||
	    setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		die("echo");
	if (sendto(fd, &echo, sizeof(echo), 0, (struct sockaddr *)&to, sizeof(to)) > 0 &&
	    recv(fd, &echo, sizeof(echo), 0) < 0)
		fprintf(stderr, "vifmove: the gateway does not answer\n");
	close(fd);
}

int main(int argc, char **argv)
{
	const char *hook = getenv("VIFMOVE_HOOK");
	int from, to, guest, from_fd, to_fd;
	unsigned int bridge, vif;
	struct request r;
	int64_t t0, t1;

	if (argc < 7) {
		fprintf(stderr, "usage: vifmove FROM TO VIF BRIDGE GUEST PAUSE_MS [PID...]\n");
		return 2;
	}
	from = netns(argv[1]);
	to = netns(argv[2]);
	guest = netns(argv[5]);
	bridge = strcmp(argv[4], "-") ? index_of(to, argv[4]) : 0;
	vif = index_of(from, argv[3]);
	from_fd = rtnl(from);
	to_fd = rtnl(to);

	t0 = now();
	stop_all(argv + 7);
	mute(guest, "eth0", true);
	settle();
	if (hook && system(hook)) {
		fprintf(stderr, "vifmove: failed: %s\n", hook);
		return 1;
	}
	r = request(RTM_NEWLINK, vif);
	add_u32(&r, IFLA_NET_NS_FD, to);
	change(from_fd, &r.h, "to the other namespace");
	vif = index_of(to, argv[3]);
	r = request(RTM_NEWLINK, vif);
	if (bridge) {
		add_u32(&r, IFLA_MASTER, bridge);
		change(to_fd, &r.h, "to the bridge");
	}
	usleep(atoi(argv[6]) * 1000);
	mute(guest, "eth0", false);

	r = request(RTM_NEWLINK, vif);
	r.link.ifi_change = IFF_UP;
	r.link.ifi_flags = IFF_UP;
	change(to_fd, &r.h, "up");
	wait_running(to, argv[3]);
	wait_running(guest, "eth0");
	t1 = now();
	wait_gateway(guest);
	signal_all(argv + 7, SIGCONT);
	printf("%" PRId64 ":%" PRId64 "\n", t0, t1);
	return 0;
}
