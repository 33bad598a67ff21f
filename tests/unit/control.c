// SPDX-License-Identifier: GPL-2.0
/* The control socket: requests that are none, too many at once, and who goes too early. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "nemod/agent.h"
#include "nemod/status.h"
#include "../wire/tap.h"

/* The agent has two mobile routers, a and b; a release has no end by itself. */
static struct mr mrs[2];
static struct host host;
static struct nemo_conf conf;
static struct agent agent = { .conf = &conf, .host = &host };

struct mr *host_by_name(struct host *h, const char *name)
{
	(void)h;
	return strlen(name) == 1 && *name >= 'a' && *name <= 'b' ?
	       &mrs[*name - 'a'] : NULL;
}

const char *host_release(struct host *h, const char *name,
			 void (*done)(void *arg, const char *error), void *arg)
{
	struct mr *mr = host_by_name(h, name);

	if (!mr)
		return "unknown";
	mr->released = done;
	mr->released_arg = arg;
	return NULL;
}

struct verb *handover_do(struct host *h, const struct handover_order *order,
			 void (*done)(void *arg, const char *error), void *arg)
{
	(void)h;
	(void)order;
	(void)done;
	(void)arg;
	return NULL;
}

const char *agent_reload(struct agent *a, char *error, size_t size)
{
	(void)a;
	(void)error;
	(void)size;
	return NULL;
}

struct json_object *status_json(const struct agent *a)
{
	(void)a;
	return json_object_new_object();
}

struct json_object *timeline_json(const struct timeline *t)
{
	(void)t;
	return json_object_new_object();
}

static void run_loop(void)
{
	for (int i = 0; i < 10; i++)
		event_base_loop(agent.base, EVLOOP_NONBLOCK);
}

static int connect_to(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(addr.sun_path, conf.socket);
	CHECK(!connect(fd, (struct sockaddr *)&addr, sizeof(addr)));
	return fd;
}

/* What is answered to it; empty for nothing yet. */
static const char *ask(int fd, const char *text)
{
	static char answer[1024];
	ssize_t len = strlen(text);

	CHECK(write(fd, text, len) == len);
	run_loop();
	len = read(fd, answer, sizeof(answer) - 1);
	answer[len > 0 ? len : 0] = 0;
	return answer;
}

static void begin(void)
{
	char dir[] = "/tmp/nemo-control.XXXXXX";

	memset(mrs, 0, sizeof(mrs));
	CHECK(mkdtemp(dir));
	snprintf(conf.socket, sizeof(conf.socket), "%s/sock", dir);
	agent.base = event_base_new();
	CHECK(!control_open(&agent.control, &agent));
}

static void end(void)
{
	control_close(&agent.control);
	event_base_free(agent.base);
	*strrchr(conf.socket, '/') = 0;
	rmdir(conf.socket);
	agent.control = (struct control){ };
}

static void garbage(void)
{
	static const char *const texts[] = {
		"nonsense\n", "[]\n", "{}\n", "{\"cmd\":null}\n", "{\"cmd\":1}\n",
		"{\"cmd\":{}}\n", "{\"cmd\":\"x\"}\n", "{\"cmd\":\"release\"}\n",
		"{\"cmd\":\"release\",\"mr\":null}\n",
	};
	int fd;

	begin();
	fd = connect_to();
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CHECK(strstr(ask(fd, texts[i]), "\"ok\":false"));
	CHECK(strstr(ask(fd, "{\"cmd\":\"reload\"}\n"), "\"ok\":true"));
	close(fd);
	end();
}

static void one_at_a_time(void)
{
	int fd;

	begin();
	fd = connect_to();
	CHECK(!*ask(fd, "{\"cmd\":\"release\",\"mr\":\"a\"}\n"));
	CHECK(strstr(ask(fd, "{\"cmd\":\"release\",\"mr\":\"b\"}\n"),
		     "one request at a time"));
	CHECK(mrs[0].released && !mrs[1].released);
	mrs[0].released(mrs[0].released_arg, NULL);
	CHECK(strstr(ask(fd, ""), "\"ok\":true"));
	CHECK(!*ask(fd, "{\"cmd\":\"release\",\"mr\":\"b\"}\n"));
	/* Who goes is not told any more. */
	close(fd);
	run_loop();
	CHECK(!mrs[1].released);
	end();
}

static void tell_all(const char *text)
{
	struct timeline_watch *watch = &agent.control.watch;

	watch->tell(watch->arg, json_object_new_string(text));
	run_loop();
}

static void listeners(void)
{
	static const char one_more[] = "{\"cmd\":\"status\"}\n";
	static char much[65536];
	int fd, deaf;

	begin();
	fd = connect_to();
	CHECK(!agent.control.watch.listeners);
	CHECK(strstr(ask(fd, "{\"cmd\":\"watch\"}\n"), "\"ok\":true"));
	CHECK(agent.control.watch.listeners == 1);
	CHECK(strstr(ask(fd, one_more), "one request at a time"));
	deaf = connect_to();
	CHECK(strstr(ask(deaf, "{\"cmd\":\"watch\"}\n"), "\"ok\":true"));
	tell_all("first");
	CHECK(!strcmp(ask(fd, ""), "\"first\"\n"));

	/* One that does not read is let go, and the other is told all the same. */
	memset(much, 'x', sizeof(much) - 1);
	for (int i = 0; i < 64 && agent.control.watch.listeners == 2; i++) {
		tell_all(much);
		while (*ask(fd, ""))
			;
	}
	CHECK(agent.control.watch.listeners == 1);
	tell_all("last");
	CHECK(!strcmp(ask(fd, ""), "\"last\"\n"));
	close(fd);
	run_loop();
	CHECK(!agent.control.watch.listeners);
	close(deaf);
	end();
}

int main(void)
{
	static const struct tap_test tests[] = {
		{ "what is no request is refused", garbage },
		{ "one request at a time", one_at_a_time },
		{ "who listens is told, who does not read is not waited for", listeners },
	};

	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}
