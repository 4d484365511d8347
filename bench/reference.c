/* The floor of the comparison: the least that one event loop can do to tell many subscribers one thing.
 *
 *   reference [PORT]        0 or nothing: any free port. The first line on stdout is "listening 127.0.0.1:PORT".
 *
 *   GET  /v1/stream         subscribes: answers the head of an event stream and keeps the connection
 *   POST /publish           sends its body, as it stands, to every subscriber with one send() each; then answers 204
 *
 * It signs nothing, stores nothing, resumes nothing and sends no heartbeats: what is measured beside it pays for those.
 * It is honest about loss: a subscriber whose socket does not take the whole frame is closed, so that load.c sees it.
 * A request head must come in one piece (load.c writes it so); a body may come in several.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 512
#define REQUEST_BYTES_MAX 65536 /* many times the largest frame */
#define DESCRIPTORS_MAX 1048576 /* where the limit on open files is endless */
#define BACKLOG 4096            /* a burst of connecting subscribers; the kernel cuts it to somaxconn */

static const char stream_head[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\nretry: 2000\n\n";
static const char published[] = "HTTP/1.1 204 No Content\r\n\r\n";
static const char refused[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

static int poller;

/* Subscribers lie close together, so that a fan-out walks one array; place_of finds a leaving one at once. */
static int *subscribers, *place_of, subscriber_count;

/* One publish may be on its way at a time: its connection and what has come of it. */
static int publisher = -1;
static char request[REQUEST_BYTES_MAX + 1];
static size_t request_bytes;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void add_subscriber(int fd) {
    place_of[fd] = subscriber_count;
    subscribers[subscriber_count++] = fd;
}

static void remove_subscriber(int fd) {
    int place = place_of[fd];
    if (place < 0)
        return;
    int last = subscribers[--subscriber_count];
    subscribers[place] = last;
    place_of[last] = place;
    place_of[fd] = -1;
}

static void drop(int fd) {
    remove_subscriber(fd);
    if (fd == publisher)
        publisher = -1;
    close(fd);
}

static void refuse(int fd) {
    send(fd, refused, sizeof refused - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    drop(fd);
}

/* Backwards: a subscriber that is dropped gives its place to one that was already served. */
static void fan_out(const char *frame, size_t bytes) {
    for (int i = subscriber_count - 1; i >= 0; i--) {
        int fd = subscribers[i];
        if (send(fd, frame, bytes, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)bytes)
            drop(fd);
    }
}

static void continue_publish(int fd) {
    request[request_bytes] = 0;
    char *end = strstr(request, "\r\n\r\n");
    char *length = strcasestr(request, "\r\ncontent-length:");
    if (!end || !length || length > end) {
        refuse(fd);
        return;
    }
    size_t head_bytes = (size_t)(end + 4 - request);
    size_t body_bytes = strtoul(length + 17, NULL, 10);
    if (head_bytes + body_bytes > REQUEST_BYTES_MAX) {
        refuse(fd);
        return;
    }
    if (request_bytes < head_bytes + body_bytes)
        return;
    publisher = -1;
    fan_out(request + head_bytes, body_bytes);
    send(fd, published, sizeof published - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void receive(int fd) {
    if (fd != publisher && publisher >= 0) {
        /* Whoever asks for something while a publish is half here is turned away; an end is only an end. */
        char nothing[16];
        if (recv(fd, nothing, sizeof nothing, 0) <= 0)
            drop(fd);
        else
            refuse(fd);
        return;
    }
    size_t kept = fd == publisher ? request_bytes : 0;
    ssize_t got = recv(fd, request + kept, REQUEST_BYTES_MAX - kept, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        drop(fd);
        return;
    }
    request_bytes = kept + (size_t)got;
    if (fd == publisher || !strncmp(request, "POST /publish ", 14)) {
        publisher = fd;
        continue_publish(fd);
    } else if (!strncmp(request, "GET /v1/stream ", 15) && place_of[fd] < 0 && request_bytes >= 4 &&
               !memcmp(request + request_bytes - 4, "\r\n\r\n", 4)) {
        send(fd, stream_head, sizeof stream_head - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        add_subscriber(fd);
    } else {
        refuse(fd);
    }
}

static void accept_all(int listener) {
    int fd, yes = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        place_of[fd] = -1;
        struct epoll_event wish = {.events = EPOLLIN, .data.fd = fd};
        if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &wish))
            fail("epoll_ctl");
    }
    if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
        fail("accept");
}

static int listen_on(int port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) || listen(listener, BACKLOG) ||
        getsockname(listener, (struct sockaddr *)&address, &size))
        fail("listen");
    printf("listening 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int count, char **arguments) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files))
        fail("getrlimit");
    size_t descriptors = files.rlim_cur < DESCRIPTORS_MAX ? files.rlim_cur : DESCRIPTORS_MAX;
    subscribers = calloc(descriptors, sizeof *subscribers);
    place_of = calloc(descriptors, sizeof *place_of);
    if (!subscribers || !place_of)
        fail("calloc");
    signal(SIGPIPE, SIG_IGN);

    poller = epoll_create1(0);
    int listener = listen_on(count > 1 ? atoi(arguments[1]) : 0);
    struct epoll_event wish = {.events = EPOLLIN, .data.fd = listener};
    if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &wish))
        fail("epoll");

    for (;;) {
        struct epoll_event events[EVENTS_MAX];
        int ready = epoll_wait(poller, events, EVENTS_MAX, -1);
        if (ready < 0 && errno != EINTR)
            fail("epoll_wait");
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener)
                accept_all(listener);
            else
                receive(events[i].data.fd);
        }
    }
}
