/* Many subscribers of one event stream, and the clock that says when the last of them had the news.
 *
 *   load -p PORT -n SUBSCRIBERS [options] < rounds > report
 *
 *   -p port     of the server, on 127.0.0.1          -S pid[,pid]  the server's processes: their CPU and memory are read
 *   -n count    subscribers                          -i seconds    measure the idle connections for so long first
 *   -w rounds   warm-up, not reported (2)            -g ms         server CPU is counted so long after the last receipt (200)
 *   -t seconds  a round that takes longer fails (30) -o count      connections that are being opened at once (128)
 *   -c cpu      pin to this CPU                      -X            TLS, certificate not verified (built with -DWITH_TLS)
 *   -q query    of the stream, such as ?nonce=x
 *
 * A receipt is counted at the subscriber: the stream is parsed, and an event counts when its `id:` line was the round's
 * marker and the empty line after it has arrived. All subscribers must have received the same number of bytes for it: a
 * frame torn by another would differ. Snapshots, heartbeats and comments are parsed and ignored. A connection that fails
 * or ends, a receipt that is missing, a publish that is not answered with 2xx: exit 1, a message, no result.
 *
 * stdout has two lines of JSON. The first comes when all subscribers stand (and the idle time is over); only then are
 * rounds read, so that requests signed with the time can be made while the subscribers wait. A round on stdin is
 *
 *   round MARKER BYTES\n      then BYTES bytes of HTTP request, then \n
 *
 * While a round runs the program polls without sleeping: waking it would be charged to the server's send().
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
#endif

#define LINE_BYTES_KEPT 64       /* an `id:` line with a marker is shorter */
#define PER_SOURCE_ADDRESS 10000 /* well below the ports that one address has */
#define ROUNDS_MAX 1000
#define CONNECT_SECONDS_MAX 120
#define SETTLE_MS 500 /* snapshots and first heartbeats have arrived by then */
#define PUBLISHER UINT32_MAX
#define ROUNDS_INPUT (UINT32_MAX - 1)

enum stage { CONNECTING, HANDSHAKING, HEAD, LIVE };

struct subscriber {
    int fd;
    uint8_t stage;
    uint8_t line_kept;   /* bytes of the unfinished line in `line` */
    bool marked;         /* the event under way carries the marker */
    uint32_t line_bytes; /* length of the unfinished line, kept or not */
    uint32_t event_bytes;
    char line[LINE_BYTES_KEPT];
#ifdef WITH_TLS
    SSL *tls;
#endif
};

struct round {
    char *marker, *request;
    size_t request_bytes;
};

struct server_cost {
    uint64_t cpu_ns, waited_ns;
};

static int port, count = 1000, warm_up = 2, pause_ms = 200, give_up_s = 30, opening_max = 128, idle_s, cpu = -1;
static const char *server_pids = "", *query = "";
static bool with_tls;
#ifdef WITH_TLS
static SSL_CTX *tls_context;
#endif

static int poller;
static struct subscriber *subscribers;
static int live, connecting;
static uint64_t events_seen;

/* The round under way. */
static const char *marker = "";
static size_t marker_bytes;
static uint64_t started_ns, *receipts_ns, answered_ns;
static int received;
static uint32_t frame_bytes;
static struct subscriber publisher = {.fd = -1};
static uint64_t busy_ns; /* spent on events, not on waiting for them */

static void give_up(const char *format, ...) {
    va_list values;
    va_start(values, format);
    fputs("no result: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    _exit(1);
}

static uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* ---- what the server costs -------------------------------------------------------------------------------------- */

/* Scheduler time of all threads; and how long the first of them, which has the event loop, stood ready and had no CPU. */
static struct server_cost cost_of(const char *pids) {
    struct server_cost sum = {0};
    char copy[256], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", pids);
    for (char *pid = strtok_r(copy, ",", &rest); pid; pid = strtok_r(NULL, ",", &rest)) {
        char path[600];
        snprintf(path, sizeof path, "/proc/%s/task", pid);
        DIR *tasks = opendir(path);
        if (!tasks)
            give_up("the server process %s is gone", pid);
        for (struct dirent *task; (task = readdir(tasks));) {
            if (task->d_name[0] == '.')
                continue;
            snprintf(path, sizeof path, "/proc/%s/task/%s/schedstat", pid, task->d_name);
            FILE *file = fopen(path, "r");
            unsigned long long ran, waited;
            if (file && fscanf(file, "%llu %llu", &ran, &waited) == 2) {
                sum.cpu_ns += ran;
                if (!strcmp(task->d_name, pid) || !strcmp(pid, "self"))
                    sum.waited_ns += waited;
            }
            if (file)
                fclose(file);
        }
        closedir(tasks);
    }
    return sum;
}

/* Proportional set size: `Pss` in all, `Pss_Anon` without mapped files, which other programs may share or leave. */
static long memory_kb(const char *field) {
    long sum = 0;
    char copy[256], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", server_pids);
    for (char *pid = strtok_r(copy, ",", &rest); pid; pid = strtok_r(NULL, ",", &rest)) {
        char path[64], line[256];
        snprintf(path, sizeof path, "/proc/%s/smaps_rollup", pid);
        FILE *file = fopen(path, "r");
        if (!file)
            give_up("memory of the server process %s cannot be read: %s", pid, strerror(errno));
        size_t length = strlen(field);
        while (fgets(line, sizeof line, file))
            if (!strncmp(line, field, length) && line[length] == ':')
                sum += atol(line + length + 1);
        fclose(file);
    }
    return sum;
}

/* ---- one subscriber --------------------------------------------------------------------------------------------- */

static void watch(struct subscriber *one, uint32_t key, int operation, uint32_t events) {
    struct epoll_event wish = {.events = events | EPOLLET | EPOLLRDHUP, .data.u32 = key};
    if (epoll_ctl(poller, operation, one->fd, &wish))
        give_up("epoll_ctl: %s", strerror(errno));
}

static void open_connection(struct subscriber *one, uint32_t key, uint32_t source) {
    int yes = 1;
    struct linger at_once = {.l_onoff = 1, .l_linger = 0}; /* thousands of TIME_WAIT would stay for the next run */
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + source);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *one = (struct subscriber){.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), .stage = CONNECTING};
    if (one->fd < 0)
        give_up("socket: %s (limit on open files?)", strerror(errno));
    setsockopt(one->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(one->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    if (bind(one->fd, (struct sockaddr *)&from, sizeof from) ||
        (connect(one->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS))
        give_up("connect: %s", strerror(errno));
    watch(one, key, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

static void write_all(struct subscriber *one, const char *bytes, size_t length) {
    ssize_t wrote;
#ifdef WITH_TLS
    if (with_tls)
        wrote = SSL_write(one->tls, bytes, (int)length);
    else
#endif
        wrote = send(one->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (wrote != (ssize_t)length)
        give_up("a request of %zu bytes did not go out in one piece: %s", length, strerror(errno));
}

/* Bytes read; 0 when there are none for now; -1 when the connection has ended. */
static ssize_t read_some(struct subscriber *one, char *into, size_t room) {
    ssize_t got;
#ifdef WITH_TLS
    if (with_tls) {
        got = SSL_read(one->tls, into, (int)room);
        if (got <= 0) {
            int why = SSL_get_error(one->tls, (int)got);
            return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
        }
        return got;
    }
#endif
    got = recv(one->fd, into, room, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    return got > 0 ? got : -1;
}

static void take_receipt(uint32_t key, uint32_t bytes) {
    if (receipts_ns[key])
        give_up("subscriber %u received the same event twice", key);
    receipts_ns[key] = now_ns();
    if (!received++)
        frame_bytes = bytes;
    else if (bytes != frame_bytes)
        give_up("subscriber %u received an event of %u bytes, others of %u: a torn frame", key, bytes, frame_bytes);
}

/* Server-sent events: lines; an empty one ends an event. Bytes are counted from one end to the next. */
static void parse_events(struct subscriber *one, uint32_t key, const char *bytes, size_t length) {
    while (length) {
        const char *end = memchr(bytes, '\n', length);
        size_t piece = end ? (size_t)(end - bytes) : length;
        size_t room = LINE_BYTES_KEPT - one->line_kept, kept = piece < room ? piece : room;
        memcpy(one->line + one->line_kept, bytes, kept);
        one->line_kept += (uint8_t)kept;
        one->line_bytes += (uint32_t)piece;
        one->event_bytes += (uint32_t)piece + (end ? 1 : 0);
        if (!end)
            return;
        if (!one->line_bytes) {
            events_seen++;
            if (one->marked)
                take_receipt(key, one->event_bytes);
            one->marked = false;
            one->event_bytes = 0;
        } else if (marker_bytes && one->line_bytes == marker_bytes && !memcmp(one->line, marker, marker_bytes)) {
            one->marked = true;
        }
        one->line_kept = 0;
        one->line_bytes = 0;
        bytes += piece + 1;
        length -= piece + 1;
    }
}

/* Returns the length of the response head. Servers write it at once, so it is never in two pieces. */
static size_t check_head(const char *bytes, size_t length) {
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end)
        give_up("the response head did not come in one piece: %.*s", (int)(length < 200 ? length : 200), bytes);
    size_t head_bytes = (size_t)(end + 4 - bytes);
    if (strncmp(bytes, "HTTP/1.1 200", 12))
        give_up("a subscriber was refused: %.*s", (int)(head_bytes < 200 ? head_bytes : 200), bytes);
    if (!memmem(bytes, head_bytes, "text/event-stream", 17) || memmem(bytes, head_bytes, "chunked", 7))
        give_up("not a plain event stream: %.*s", (int)(head_bytes < 300 ? head_bytes : 300), bytes);
    return head_bytes;
}

static void receive(struct subscriber *one, uint32_t key, bool ended) {
    static char bytes[65536];
    ssize_t got;
    while ((got = read_some(one, bytes, sizeof bytes))) {
        if (got < 0)
            give_up("subscriber %u was closed by the server; last line: %.*s", key, one->line_kept, one->line);
        size_t used = 0;
        if (one->stage == HEAD) {
            used = check_head(bytes, (size_t)got);
            one->stage = LIVE;
            live++;
            connecting--;
        }
        parse_events(one, key, bytes + used, (size_t)got - used);
        if (!with_tls && !ended && got < (ssize_t)sizeof bytes)
            return; /* edge triggered: what comes later is a new edge */
    }
}

/* ---- the publisher ---------------------------------------------------------------------------------------------- */

static void receive_answer(void) {
    char bytes[4096];
    ssize_t got;
    while ((got = read_some(&publisher, bytes, sizeof bytes))) {
        if (answered_ns) {
            if (got < 0)
                return; /* a server may end the publisher's connection, once it has answered */
            continue;
        }
        if (got < 0)
            give_up("the publisher was closed by the server before an answer");
        if (got < 12 || strncmp(bytes, "HTTP/1.1 2", 10))
            give_up("a publish was refused: %.*s", (int)got, bytes);
        answered_ns = now_ns();
    }
}

static void start_request(struct subscriber *one, uint32_t key) {
    char subscribe[512];
    int length = snprintf(subscribe, sizeof subscribe,
                          "GET /v1/stream%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n", query);
    one->stage = HEAD;
    watch(one, key, EPOLL_CTL_MOD, EPOLLIN);
    if (key != PUBLISHER)
        write_all(one, subscribe, (size_t)length);
}

static void advance(struct subscriber *one, uint32_t key) {
    if (one->stage == CONNECTING) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(one->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error)
            give_up("a connection failed: %s", strerror(error));
#ifdef WITH_TLS
        if (with_tls) {
            one->tls = SSL_new(tls_context);
            SSL_set_fd(one->tls, one->fd);
            SSL_set_connect_state(one->tls);
            one->stage = HANDSHAKING;
        } else
#endif
            start_request(one, key);
    }
#ifdef WITH_TLS
    if (one->stage == HANDSHAKING) {
        int done = SSL_do_handshake(one->tls), why = SSL_get_error(one->tls, done);
        if (done == 1)
            start_request(one, key);
        else if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
            give_up("a TLS handshake failed: %s", ERR_error_string(ERR_peek_last_error(), NULL));
    }
#endif
}

/* ---- the loop --------------------------------------------------------------------------------------------------- */

static bool input_ready;

static void serve(int wait_ms) {
    static struct epoll_event events[1024];
    int ready = epoll_wait(poller, events, 1024, wait_ms);
    if (ready <= 0)
        return;
    uint64_t began = now_ns();
    for (int i = 0; i < ready; i++) {
        uint32_t key = events[i].data.u32;
        if (key == ROUNDS_INPUT) {
            input_ready = true;
            continue;
        }
        struct subscriber *one = key == PUBLISHER ? &publisher : &subscribers[key];
        if (one->stage < HEAD && (events[i].events & (EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP)))
            advance(one, key);
        if (one->stage < HEAD || !(events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP | EPOLLRDHUP)))
            continue;
        if (key == PUBLISHER)
            receive_answer();
        else
            receive(one, key, events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));
    }
    busy_ns += now_ns() - began;
}

static void serve_for(uint64_t ms) {
    for (uint64_t end = now_ns() + ms * 1000000u; now_ns() < end;)
        serve(5);
}

static void open_publisher(void) {
    if (publisher.fd >= 0) {
        close(publisher.fd);
#ifdef WITH_TLS
        SSL_free(publisher.tls);
#endif
    }
    open_connection(&publisher, PUBLISHER, 0);
    for (uint64_t end = now_ns() + 5000000000u; publisher.stage != HEAD;) {
        serve(5);
        if (now_ns() > end)
            give_up("the publisher could not connect");
    }
}

static void connect_all(void) {
    uint64_t began = now_ns(), cpu_began = cost_of(server_pids).cpu_ns;
    long pss_began = memory_kb("Pss"), anonymous_began = memory_kb("Pss_Anon");
    for (int opened = 0; live < count;) {
        while (opened < count && connecting < opening_max) {
            connecting++;
            open_connection(&subscribers[opened], (uint32_t)opened, 1 + (uint32_t)opened / PER_SOURCE_ADDRESS);
            opened++;
        }
        serve(10);
        if (now_ns() - began > CONNECT_SECONDS_MAX * 1000000000ull)
            give_up("only %d of %d subscribers stood after %d s", live, count, CONNECT_SECONDS_MAX);
    }
    double seconds = (double)(now_ns() - began) / 1e9;
    serve_for(SETTLE_MS);
    printf("{\"subscribers\": %d, \"connect_s\": %.3f, \"connections_per_s\": %.0f, \"cpu_us_per_connection\": %.2f, "
           "\"pss_kb_before\": %ld, \"pss_kb_per_connection\": %.3f, \"anonymous_kb_per_connection\": %.3f",
           count, seconds, count / seconds, (double)(cost_of(server_pids).cpu_ns - cpu_began) / 1e3 / count, pss_began,
           (double)(memory_kb("Pss") - pss_began) / count,
           (double)(memory_kb("Pss_Anon") - anonymous_began) / count);
}

static void stay_idle(void) {
    uint64_t cpu_began = cost_of(server_pids).cpu_ns, events_began = events_seen, began = now_ns();
    serve_for((uint64_t)idle_s * 1000);
    double seconds = (double)(now_ns() - began) / 1e9;
    printf(", \"idle_s\": %.2f, \"idle_cpu_us_per_s\": %.1f, \"idle_events_per_connection\": %.3f", seconds,
           (double)(cost_of(server_pids).cpu_ns - cpu_began) / 1e3 / seconds,
           (double)(events_seen - events_began) / count);
}

static char *read_input(size_t *length) {
    size_t room = 65536;
    char *text = malloc(room);
    struct epoll_event wish = {.events = EPOLLIN, .data.u32 = ROUNDS_INPUT};
    bool pollable = !epoll_ctl(poller, EPOLL_CTL_ADD, 0, &wish); /* a plain file cannot be waited for */
    for (*length = 0;;) {
        while (pollable && !input_ready)
            serve(50);
        input_ready = false;
        ssize_t got = read(0, text + *length, room - *length);
        if (got < 0)
            give_up("rounds: %s", strerror(errno));
        if (!got)
            break;
        *length += (size_t)got;
        if (*length == room)
            text = realloc(text, room *= 2);
    }
    if (pollable)
        epoll_ctl(poller, EPOLL_CTL_DEL, 0, NULL);
    return text;
}

static int read_rounds(struct round *rounds) {
    size_t length;
    char *text = read_input(&length), *at = text, *end = text + length;
    int found = 0;
    while (at < end && found < ROUNDS_MAX) {
        char *line_end = memchr(at, '\n', (size_t)(end - at));
        int used = 0;
        if (line_end)
            *line_end = 0;
        if (!line_end ||
            sscanf(at, "round %ms %zu%n", &rounds[found].marker, &rounds[found].request_bytes, &used) != 2 ||
            (size_t)(end - line_end) < rounds[found].request_bytes + 2)
            give_up("round %d of the input is not as the head of load.c says", found + 1);
        rounds[found].request = line_end + 1;
        at = line_end + 1 + rounds[found].request_bytes + 1;
        found++;
    }
    return found;
}

static int by_time(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static void run_round(const struct round *round, int number, bool reported, bool first_reported) {
    static char line[LINE_BYTES_KEPT + 1];
    snprintf(line, sizeof line, "id: %s", round->marker);
    memset(receipts_ns, 0, (size_t)count * sizeof *receipts_ns);
    received = 0;
    answered_ns = 0;
    open_publisher();
    serve_for(50); /* the server has accepted by then; what is timed is the order, not the connection */

    marker = line;
    marker_bytes = strlen(line);
    busy_ns = 0;
    struct server_cost before = cost_of(server_pids), own_before = cost_of("self");
    started_ns = now_ns();
    write_all(&publisher, round->request, round->request_bytes);
    while (received < count || !answered_ns) {
        serve(0);
        if (now_ns() - started_ns > (uint64_t)give_up_s * 1000000000u)
            give_up("round %d: %d of %d receipts after %d s, publish %s", number, received, count, give_up_s,
                    answered_ns ? "answered" : "not answered");
    }
    struct server_cost own = cost_of("self");
    uint64_t busy = busy_ns;
    serve_for((uint64_t)pause_ms);
    struct server_cost after = cost_of(server_pids);
    marker_bytes = 0;
    if (!reported)
        return;
    qsort(receipts_ns, (size_t)count, sizeof *receipts_ns, by_time);
#define MS(of) ((double)((of) - started_ns) / 1e6)
    printf("%s{\"frame_bytes\": %u, \"first_ms\": %.3f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"last_ms\": %.3f, "
           "\"answer_ms\": %.3f, \"server_us\": %.1f, \"server_waited_us\": %.1f, \"client_us\": %.1f, "
           "\"client_waited_us\": %.1f}",
           first_reported ? "" : ", ", frame_bytes, MS(receipts_ns[0]), MS(receipts_ns[count / 2]),
           MS(receipts_ns[(size_t)count * 99 / 100]), MS(receipts_ns[count - 1]), MS(answered_ns),
           (double)(after.cpu_ns - before.cpu_ns) / 1e3, (double)(after.waited_ns - before.waited_ns) / 1e3,
           (double)busy / 1e3, (double)(own.waited_ns - own_before.waited_ns) / 1e3);
}

static void read_options(int argument_count, char **arguments) {
    for (int option; (option = getopt(argument_count, arguments, "p:n:w:t:c:S:i:g:o:q:X")) != -1;)
        switch (option) {
        case 'p': port = atoi(optarg); break;
        case 'n': count = atoi(optarg); break;
        case 'w': warm_up = atoi(optarg); break;
        case 't': give_up_s = atoi(optarg); break;
        case 'c': cpu = atoi(optarg); break;
        case 'S': server_pids = optarg; break;
        case 'i': idle_s = atoi(optarg); break;
        case 'g': pause_ms = atoi(optarg); break;
        case 'q': query = optarg; break;
        case 'o': opening_max = atoi(optarg); break;
        case 'X': with_tls = true; break;
        default: give_up("usage: see the head of load.c");
        }
    if (port < 1 || count < 1)
        give_up("a port (-p) and a number of subscribers (-n) are needed");
}

int main(int argument_count, char **arguments) {
    read_options(argument_count, arguments);
    signal(SIGPIPE, SIG_IGN);
    if (cpu >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET((size_t)cpu, &set);
        if (sched_setaffinity(0, sizeof set, &set))
            give_up("CPU %d: %s", cpu, strerror(errno));
    }
    if (with_tls) {
#ifdef WITH_TLS
        tls_context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_mode(tls_context, SSL_MODE_RELEASE_BUFFERS);
#else
        give_up("built without TLS: apt-get install libssl-dev, then compile with -DWITH_TLS -lssl -lcrypto");
#endif
    }
    poller = epoll_create1(0);
    subscribers = calloc((size_t)count, sizeof *subscribers);
    receipts_ns = calloc((size_t)count, sizeof *receipts_ns);
    static struct round rounds[ROUNDS_MAX];
    if (poller < 0 || !subscribers || !receipts_ns)
        give_up("%s", strerror(errno));

    connect_all();
    if (idle_s)
        stay_idle();
    puts("}");
    fflush(stdout);

    int round_count = read_rounds(rounds);
    printf("{\"rounds\": [");
    for (int i = 0; i < round_count; i++)
        run_round(&rounds[i], i + 1, i >= warm_up, i == warm_up);
    printf("], \"pss_kb_after\": %ld}\n", memory_kb("Pss"));
    return 0;
}
