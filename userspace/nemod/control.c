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

#define REQUEST_MAX	65536	/* a thousand names */
#define BEHIND_MAX	1048576	/* octets that a listener has not read yet */

/* A connection; one request at a time. */
struct client {
	struct control *control;
	struct bufferevent *bev;
	struct mr *waits_for;	/* its release is under way */
	struct verb *verb;	/* a handover is */
	bool listens;		/* to handovers, and asks for nothing more */
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

/* Of this node, or NULL after an answer that there is none. */
static struct host *host_of(struct client *client)
{
	struct host *host = client->control->agent->host;

	if (!host)
		answer_result(client, "this node is no host: it has no [host] section");
	return host;
}

/* The one mobile router that the request names, or NULL after an answer. */
static const char *name_in(struct client *client, struct json_object *request)
{
	struct json_object *name;

	if (json_object_object_get_ex(request, "mr", &name) &&
	    json_object_is_type(name, json_type_string))
		return json_object_get_string(name);
	answer_result(client, "which mobile router? add \"mr\": its name");
	return NULL;
}

static void cmd_release(struct client *client, struct json_object *request)
{
	struct host *host = host_of(client);
	const char *name = host ? name_in(client, request) : NULL;
	const char *error;

	if (!name)
		return;
	error = host_release(host, name, on_released, client);
	if (error)
		answer_result(client, error);
	else
		client->waits_for = host_by_name(host, name);
}

static void cmd_timeline(struct client *client, struct json_object *request)
{
	struct host *host = host_of(client);
	const char *name = host ? name_in(client, request) : NULL;
	struct mr *mr = name ? host_by_name(host, name) : NULL;
	struct json_object *json;

	if (!mr) {
		if (name)
			answer_result(client, "no mobile router of this name is configured");
		return;
	}
	json = json_object_new_object();
	json_object_object_add(json, "ok", json_object_new_boolean(true));
	json_object_object_add(json, "name", json_object_new_string(name));
	json_object_object_add(json, "handovers",
			       timeline_json(&mr->handover.timeline));
	answer(client, json);
}

static void on_handed_over(void *arg, const char *error)
{
	struct client *client = arg;

	client->verb = NULL;
	answer_result(client, error);
}

/* "mr" is a name or a list of names; NULL where there is none. To be freed. */
static const char **names_in(struct json_object *request, unsigned int *n)
{
	struct json_object *mr;
	const char **names;
	bool list;

	if (!json_object_object_get_ex(request, "mr", &mr))
		return NULL;
	list = json_object_is_type(mr, json_type_array);
	*n = list ? json_object_array_length(mr) : 1;
	names = *n ? calloc(*n, sizeof(*names)) : NULL;
	for (unsigned int i = 0; names && i < *n; i++)
		names[i] = json_object_get_string(list ? json_object_array_get_idx(mr, i) :
							 mr) ?: "";
	return names;
}

static void hand_over(struct client *client, struct json_object *request,
		      enum handover_verb verb)
{
	struct host *host = host_of(client);
	struct handover_order order = { .verb = verb };
	struct json_object *value;

	if (!host)
		return;
	order.name = names_in(request, &order.names);
	if (!order.name) {
		answer_result(client,
			      "which mobile routers? add \"mr\": a list of names, or \"all\"");
		return;
	}
	if (json_object_object_get_ex(request, "to", &value))
		order.to = json_object_get_string(value);
	if (json_object_object_get_ex(request, "stopped", &value))
		order.stopped = json_object_get_boolean(value);
	client->verb = handover_do(host, &order, on_handed_over, client);
	free(order.name);
}

static void cmd_prepare(struct client *client, struct json_object *request)
{
	hand_over(client, request, HANDOVER_PREPARE);
}

static void cmd_leave(struct client *client, struct json_object *request)
{
	hand_over(client, request, HANDOVER_LEAVE);
}

static void cmd_arrive(struct client *client, struct json_object *request)
{
	hand_over(client, request, HANDOVER_ARRIVE);
}

static void cmd_abort(struct client *client, struct json_object *request)
{
	hand_over(client, request, HANDOVER_ABORT);
}

static void cmd_watch(struct client *client, struct json_object *request)
{
	(void)request;
	if (!host_of(client))
		return;
	client->listens = true;
	client->control->watch.listeners++;
	answer_result(client, NULL);
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
	{ "prepare", cmd_prepare },
	{ "leave", cmd_leave },
	{ "arrive", cmd_arrive },
	{ "abort", cmd_abort },
	{ "timeline", cmd_timeline },
	{ "watch", cmd_watch },
};

static void run(struct client *client, struct json_object *request)
{
	struct json_object *cmd;

	if (!json_object_object_get_ex(request, "cmd", &cmd) ||
	    !json_object_is_type(cmd, json_type_string)) {
		answer_result(client, "a request is an object with a \"cmd\"");
		return;
	}
	if (client->waits_for || client->verb || client->listens) {
		answer_result(client,
			      "one request at a time; wait for the answer, or use another connection");
		return;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, json_object_get_string(cmd))) {
			commands[i].run(client, request);
			return;
		}
	answer_result(client, "unknown command; nemod(8) has the list");
}

static void drop(struct client *client)
{
	struct client **at = &client->control->clients;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	if (client->waits_for)
		client->waits_for->released = NULL;
	if (client->verb)
		client->verb->done = NULL;
	client->control->watch.listeners -= client->listens;
	bufferevent_free(client->bev);
	free(client);
}

/* Who does not read is not waited for. */
static void tell(void *arg, struct json_object *event)
{
	struct control *control = arg;
	struct client *next;

	for (struct client *c = control->clients; c; c = next) {
		next = c->next;
		if (!c->listens)
			continue;
		if (evbuffer_get_length(bufferevent_get_output(c->bev)) > BEHIND_MAX)
			drop(c);
		else
			answer(c, json_object_get(event));
	}
	json_object_put(event);
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
	control->watch = (struct timeline_watch){ .tell = tell, .arg = control };
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
