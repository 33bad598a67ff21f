// SPDX-License-Identifier: GPL-2.0
/* nemoctl status, release, reload, mr timeline; the talk with the agent. */
#include <errno.h>
#include <json-c/json_tokener.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent.h"
#include "error.h"
#include "timeline.h"

/* A release waits for the home agent, and for its retransmissions. */
#define ANSWER_SECONDS	60

static void cannot_connect(const char *path, int err) __attribute__((noreturn));

static bool is_absent(int err)
{
	return err == ENOENT || err == ECONNREFUSED;
}

static void cannot_connect(const char *path, int err)
{
	if (is_absent(err))
		die("nemod is not running: nothing listens at %s; %s", path,
		    "`systemctl start nemod`, or say with -S where it listens");
	if (err == EACCES || err == EPERM)
		die("%s: %s; run it as root", path, strerror(err));
	die("%s: %s", path, strerror(err));
}

/* Or -1, where nobody listens and it needs not be. */
static int connect_agent(const char *path, bool must)
{
	struct timeval patience = { .tv_sec = ANSWER_SECONDS };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket: %s", strerror(errno));
	if (strlen(path) >= sizeof(addr.sun_path))
		die("%s is too long for a socket's path", path);
	strcpy(addr.sun_path, path);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	if (must || !is_absent(errno))
		cannot_connect(path, errno);
	close(fd);
	return -1;
}

static void send_request(int fd, struct json_object *request)
{
	const char *text = json_object_to_json_string_ext(request, 0);

	if (dprintf(fd, "%s\n", text) < 0)
		die("nemod does not take the request: %s", strerror(errno));
}

static struct json_object *read_reply(int fd)
{
	struct json_object *reply;
	FILE *file = fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;

	if (!file)
		die("nemod: %s", strerror(errno));
	errno = 0;
	if (getline(&line, &size, file) < 0)
		die("nemod did not answer%s; its log tells why: `journalctl -u nemod`",
		    errno == EAGAIN ? " in time" : "");
	reply = json_tokener_parse(line);
	if (!json_object_is_type(reply, json_type_object))
		die("nemod's answer is not understood: %s", line);
	free(line);
	fclose(file);
	return reply;
}

struct json_object *agent_ask(const struct ctl *ctl,
			      struct json_object *request)
{
	struct json_object *reply;
	int fd = connect_agent(ctl->socket, true);

	send_request(fd, request);
	json_object_put(request);
	reply = read_reply(fd);
	if (!json_object_get_boolean(json_object_object_get(reply, "ok")))
		die("%s", json_object_get_string(json_object_object_get(reply, "error"))
		    ?: "nemod refused without a reason");
	json_object_object_del(reply, "ok");
	return reply;
}

struct json_object *agent_request(const char *cmd)
{
	struct json_object *request = json_object_new_object();

	json_object_object_add(request, "cmd", json_object_new_string(cmd));
	return request;
}

int agent_watch(const struct ctl *ctl, bool must)
{
	int fd = connect_agent(ctl->socket, must);

	if (fd >= 0)
		send_request(fd, agent_request("watch"));
	return fd;
}

void agent_ask_and_show(struct ctl *ctl, struct json_object *request)
{
	struct json_object *reply = agent_ask(ctl, request);

	if (json_object_object_length(reply) || ctl->out.json)
		out_tree(&ctl->out, reply);
	json_object_put(reply);
}

static void status(struct ctl *ctl, struct args *args)
{
	args_end(args);
	agent_ask_and_show(ctl, agent_request("status"));
}

static void reload(struct ctl *ctl, struct args *args)
{
	args_end(args);
	agent_ask_and_show(ctl, agent_request("reload"));
}

/* A request about the mobile router that the rest of the line names. */
static struct json_object *about_one(const char *cmd, struct args *args)
{
	struct json_object *request = agent_request(cmd);
	const char *name = args_need(args, "the name of a mobile router");

	args_end(args);
	json_object_object_add(request, "mr", json_object_new_string(name));
	return request;
}

static void release(struct ctl *ctl, struct args *args)
{
	agent_ask_and_show(ctl, about_one("release", args));
}

void timeline(struct ctl *ctl, struct args *args)
{
	struct json_object *reply = agent_ask(ctl, about_one("timeline", args));

	timeline_show(&ctl->out, reply);
	json_object_put(reply);
}

const struct command status_commands[] = {
	{ "status", status, "status", "what the agent knows: registrations, messages" },
	{ }
};

const struct command release_commands[] = {
	{ "release", release, "release NAME",
	  "de-register a mobile router at its home agent, in order" },
	{ }
};

const struct command reload_commands[] = {
	{ "reload", reload, "reload",
	  "let the agent read its configuration again" },
	{ }
};
