// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "agent.h"
#include "lib/log.h"

#define REQUESTS_MAX	1024
#define ANSWER_SECONDS	60	/* as nemoctl: a peer may have to be asked */
#define RETRY_MS	200
#define RETRY_SECONDS	10	/* a restart of nemod takes less */
#define ANSWER_MAX	65536

struct request {
	struct agent *agent;
	struct request *next;
	struct bufferevent *bev;	/* NULL while it waits to try again */
	struct event *retry;
	struct timespec begin;
	enum verb verb;
	char mr[NEMO_MR_NAME_MAX + 1];
};

/*
 * A pause is no proof of a migration, so that nobody is prepared for it is no
 * mistake. That nobody can be asked for a guest that comes, is one.
 */
static const struct {
	const char *cmd, *what;
	bool stopped;
	void (*said)(const char *fmt, ...), (*refused)(const char *fmt, ...);
} verbs[VERBS] = {
	[VERB_PREPARE]	= { "prepare", "is coming", false, log_info, log_warn },
	[VERB_ASK]	= { "prepare", "is here, and may be coming", false, log_debug, log_debug },
	[VERB_AGAIN]	= { "prepare", "is still coming", false, log_debug, log_debug },
	[VERB_LEAVE]	= { "leave", "pauses", false, log_info, log_info },
	[VERB_STOPPED]	= { "leave", "has stopped", true, log_info, log_info },
	[VERB_ABORT]	= { "abort", "does not come, or comes back", false, log_info, log_warn },
};

static void drop(struct request *request)
{
	struct agent *agent = request->agent;
	struct request **at = &agent->first;

	while (*at != request)
		at = &(*at)->next;
	*at = request->next;
	agent->requests--;
	if (request->bev)
		bufferevent_free(request->bev);
	if (request->retry)
		event_free(request->retry);
	free(request);
}

static void on_answer(struct request *request, const char *line)
{
	struct json_object *answer = json_tokener_parse(line), *error = NULL;

	request->agent->absent = false;
	if (json_object_get_boolean(json_object_object_get(answer, "ok")))
		verbs[request->verb].said("%s: %s: done", request->mr,
					  verbs[request->verb].cmd);
	else if (json_object_object_get_ex(answer, "error", &error))
		verbs[request->verb].refused("%s: nemod does nothing about it: %s",
					     verbs[request->verb].cmd,
					     json_object_get_string(error));
	else
		log_err("nemod's answer is not understood; are both of the same version?");
	json_object_put(answer);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	char *line = evbuffer_readln(in, NULL, EVBUFFER_EOL_LF);

	if (!line && evbuffer_get_length(in) <= ANSWER_MAX)
		return;
	on_answer(arg, line ?: "");
	free(line);
	drop(arg);
}

/* The list has the newest first. */
static bool is_old(const struct request *request)
{
	const struct request *r;

	for (r = request->agent->first; r != request; r = r->next)
		if (!strcmp(r->mr, request->mr))
			return true;
	return false;
}

static bool is_late(const struct request *request)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - request->begin.tv_sec >= RETRY_SECONDS;
}

static void try_later(struct request *request, const char *why)
{
	const struct timeval pause = { .tv_usec = RETRY_MS * 1000 };
	struct agent *agent = request->agent;

	if (request->bev)
		bufferevent_free(request->bev);
	request->bev = NULL;
	if (!agent->absent)
		log_warn("nemod is not there: %s: %s; systemctl status nemod",
			 agent->socket, why);
	agent->absent = true;
	if (!is_old(request) && !is_late(request) &&
	    !event_add(request->retry, &pause))
		return;
	log_warn("%s: %s: not said; a move costs a round trip now",
		 request->mr, verbs[request->verb].cmd);
	drop(request);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct request *request = arg;

	(void)bev;
	if (what & BEV_EVENT_CONNECTED)
		return;
	if (what & BEV_EVENT_TIMEOUT) {
		log_warn("%s: %s: no answer from nemod in %d s; systemctl status nemod",
			 request->mr, verbs[request->verb].cmd, ANSWER_SECONDS);
		drop(request);
		return;
	}
	try_later(request, what & BEV_EVENT_EOF ? "it ended" : strerror(errno));
}

static bool write_request(struct request *request)
{
	struct json_object *json = json_object_new_object();
	struct json_object *names = json_object_new_array();
	const char *text;
	bool good;

	json_object_object_add(json, "cmd",
			       json_object_new_string(verbs[request->verb].cmd));
	json_object_array_add(names, json_object_new_string(request->mr));
	json_object_object_add(json, "mr", names);
	if (verbs[request->verb].stopped)
		json_object_object_add(json, "stopped",
				       json_object_new_boolean(true));
	text = json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN);
	good = text && !bufferevent_write(request->bev, text, strlen(text)) &&
	       !bufferevent_write(request->bev, "\n", 1);
	json_object_put(json);
	return good;
}

/*
 * nemod accepts connections in the order in which they were made, and so hears
 * what belongs to one move in the order in which it was said.
 */
static void try(struct request *request)
{
	const struct timeval patience = { .tv_sec = ANSWER_SECONDS };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	strcpy(addr.sun_path, request->agent->socket);
	request->bev = bufferevent_socket_new(request->agent->base, -1,
					      BEV_OPT_CLOSE_ON_FREE |
					      BEV_OPT_DEFER_CALLBACKS);
	if (!request->bev || !write_request(request)) {
		try_later(request, "no memory");
		return;
	}
	bufferevent_setcb(request->bev, on_read, NULL, on_event, request);
	bufferevent_set_timeouts(request->bev, &patience, &patience);
	bufferevent_enable(request->bev, EV_READ | EV_WRITE);
	errno = 0;
	if (bufferevent_socket_connect(request->bev, (struct sockaddr *)&addr,
				       sizeof(addr)))
		try_later(request, strerror(errno));
}

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	try(arg);
}

/* The last that was said of the mobile router, if it waits, and was the same. */
static struct request *same(const struct agent *agent, const char *mr,
			    enum verb verb)
{
	struct request *r = agent->first;

	while (r && strcmp(r->mr, mr))
		r = r->next;
	return r && r->verb == verb ? r : NULL;
}

void agent_say(struct agent *agent, const char *mr, enum verb verb)
{
	struct request *request = same(agent, mr, verb);

	if (request) {
		clock_gettime(CLOCK_MONOTONIC, &request->begin);
		return;
	}
	verbs[verb].said("%s: its guest %s", mr, verbs[verb].what);
	if (agent->requests == REQUESTS_MAX) {
		log_err("%s: %s: not said: nemod has not answered %u requests; systemctl status nemod",
			mr, verbs[verb].cmd, agent->requests);
		return;
	}
	request = calloc(1, sizeof(*request));
	if (request)
		request->retry = evtimer_new(agent->base, on_retry, request);
	if (!request || !request->retry) {
		log_err("%s: %s: not said: no memory", mr, verbs[verb].cmd);
		free(request);
		return;
	}
	request->agent = agent;
	request->verb = verb;
	strcpy(request->mr, mr);
	clock_gettime(CLOCK_MONOTONIC, &request->begin);
	request->next = agent->first;
	agent->first = request;
	agent->requests++;
	try(request);
}

void agent_close(struct agent *agent)
{
	while (agent->first)
		drop(agent->first);
}
