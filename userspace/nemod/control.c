// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <json-c/json.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent.h"
#include "lib/log.h"
#include "status.h"

#define REQUEST_MAX	4096

/* A connection; one request at a time. */
struct client {
	struct control *control;
	struct bufferevent *bev;
	struct mr *waits_for;	/* its release is under way */
	struct client *next;
};

static void answer(struct client *client, struct json_object *json)
{
	const char *text = json_object_to_json_string_ext(json,
							  JSON_C_TO_STRING_PLAIN);

	bufferevent_write(client->bev, text, strlen(text));
	bufferevent_write(client->bev, "\n", 1);
	json_object_put(json);
}

static void answer_result(struct client *client, const char *error)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "ok", json_object_new_boolean(!error));
	if (error)
		json_object_object_add(json, "error",
				       json_object_new_string(error));
	answer(client, json);
}

static void on_released(void *arg, const char *error)
{
	struct client *client = arg;

	client->waits_for = NULL;
	answer_result(client, error);
}

static void cmd_release(struct client *client, struct json_object *request)
{
	struct host *host = client->control->agent->host;
	struct json_object *name;
	const char *error;

	if (!host) {
		answer_result(client, "this node is no host: it has no [host] section");
		return;
	}
	if (!json_object_object_get_ex(request, "mr", &name)) {
		answer_result(client, "which mobile router? add \"mr\": its name");
		return;
	}
	error = host_release(host, json_object_get_string(name), on_released,
			     client);
	if (error)
		answer_result(client, error);
	else
		client->waits_for = host_by_name(host,
						 json_object_get_string(name));
}

static void cmd_reload(struct client *client, struct json_object *request)
{
	char error[1024];

	(void)request;
	answer_result(client, agent_reload(client->control->agent, error,
					   sizeof(error)));
}

static void cmd_status(struct client *client, struct json_object *request)
{
	(void)request;
	answer(client, status_json(client->control->agent));
}

static const struct {
	const char *name;
	void (*run)(struct client *client, struct json_object *request);
} commands[] = {
	{ "release", cmd_release },
	{ "reload", cmd_reload },
	{ "status", cmd_status },
};

static void run(struct client *client, struct json_object *request)
{
	struct json_object *cmd;

	if (!json_object_object_get_ex(request, "cmd", &cmd)) {
		answer_result(client, "a request is an object with a \"cmd\"");
		return;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, json_object_get_string(cmd))) {
			commands[i].run(client, request);
			return;
		}
	answer_result(client, "unknown command; there are status, release and reload");
}

static void drop(struct client *client)
{
	struct client **at = &client->control->clients;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	if (client->waits_for)
		client->waits_for->released = NULL;
	bufferevent_free(client->bev);
	free(client);
}

static void on_line(struct client *client, const char *line)
{
	struct json_object *request = json_tokener_parse(line);

	if (json_object_is_type(request, json_type_object))
		run(client, request);
	else
		answer_result(client, "a request is one line of JSON");
	json_object_put(request);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct evbuffer *input = bufferevent_get_input(bev);
	struct client *client = arg;
	char *line;

	while ((line = evbuffer_readln(input, NULL, EVBUFFER_EOL_LF))) {
		on_line(client, line);
		free(line);
	}
	if (evbuffer_get_length(input) > REQUEST_MAX)
		drop(client);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	drop(arg);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd,
		      struct sockaddr *addr, int len, void *arg)
{
	struct control *control = arg;
	struct client *client = calloc(1, sizeof(*client));

	(void)listener;
	(void)addr;
	(void)len;
	if (client)
		client->bev = bufferevent_socket_new(control->agent->base, fd,
						     BEV_OPT_CLOSE_ON_FREE);
	if (!client || !client->bev) {
		free(client);
		close(fd);
		return;
	}
	client->control = control;
	client->next = control->clients;
	control->clients = client;
	bufferevent_setcb(client->bev, on_read, NULL, on_event, client);
	bufferevent_enable(client->bev, EV_READ | EV_WRITE);
}

/* Is there another nemod at the other end? */
static bool alive(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes;

	if (fd < 0)
		return false;
	yes = !connect(fd, (struct sockaddr *)addr, sizeof(*addr));
	close(fd);
	return yes;
}

static void make_directory(const char *path)
{
	char copy[sizeof(((struct sockaddr_un *)NULL)->sun_path)];

	strcpy(copy, path);
	mkdir(dirname(copy), 0755);
}

int control_open(struct control *control, struct agent *agent)
{
	const unsigned int flags = LEV_OPT_CLOSE_ON_FREE |
				   LEV_OPT_CLOSE_ON_EXEC;
	const char *path = agent->conf->socket;
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t mask;

	control->agent = agent;
	strcpy(addr.sun_path, path);
	if (alive(&addr)) {
		log_err("another nemod has the socket %s; stop it, or give this one another socket",
			path);
		return -EADDRINUSE;
	}
	make_directory(path);
	unlink(path);
	mask = umask(0177);
	control->listener = evconnlistener_new_bind(agent->base, on_accept,
						    control, flags, -1,
						    (struct sockaddr *)&addr,
						    sizeof(addr));
	umask(mask);
	if (!control->listener) {
		log_err("cannot make the control socket %s: %s", path,
			strerror(errno));
		return -errno;
	}
	return 0;
}

void control_close(struct control *control)
{
	while (control->clients)
		drop(control->clients);
	if (!control->listener)
		return;
	evconnlistener_free(control->listener);
	unlink(control->agent->conf->socket);
}
