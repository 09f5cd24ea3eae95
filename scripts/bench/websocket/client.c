/* A closed-loop client: PORT PATH CONNECTIONS SPEAKERS BURST SHARE SECONDS WARM_UP FIRST MESSAGE.
 * Every connection sends FIRST (nothing, if empty) when it is open. Each of the SPEAKERS keeps BURST
 * of MESSAGE in flight: for every SHARE frames that a read brings it one more, all in one write.
 * Prints the frames received after the warm-up, and the p50 and p99 of a speaker's reads in
 * ms since it wrote last. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { INPUT = 262144, LONGEST = 4096, MOST_BURST = 64, MOST = 4000000 };
static struct { int fd; long skip; unsigned char head[10]; int have, owed; double wrote; } *client;
static double trips[MOST];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int opened(int port, const char *path) {
    char hello[1024], head[4096] = {0};
    int size = snprintf(hello, sizeof hello,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        path, port);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1, bytes = 0;
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    if (connect(fd, (struct sockaddr *)&to, sizeof to)) exit(2);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (write(fd, hello, size) != size) exit(2);
    while (!strstr(head, "\r\n\r\n"))
        if (bytes == sizeof head - 1 || read(fd, head + bytes++, 1) != 1) exit(2);
    return fd;
}

static int framed(unsigned char *to, const char *text) {
    int size = strlen(text), start = size < 126 ? 6 : 8;
    to[0] = 0x81;
    to[1] = 0x80 | (size < 126 ? size : 126);
    if (size >= 126) { to[2] = size >> 8; to[3] = size; }
    memcpy(to + start - 4, "\x37\xfa\x21\x3d", 4);
    for (int i = 0; i < size; i++) to[start + i] = text[i] ^ to[start - 4 + i % 4];
    return start + size;
}

/* Data frames that end in these bytes; a frame may lie across many reads. */
static int frames_in(int i, const unsigned char *data, long size) {
    int frames = 0;
    for (long at = 0; at < size;) {
        if (client[i].skip) {
            long part = client[i].skip < size - at ? client[i].skip : size - at;
            client[i].skip -= part;
            at += part;
            if (client[i].skip) break;
            frames += !(client[i].head[0] & 8);
            continue;
        }
        unsigned char *head = client[i].head;
        head[client[i].have++] = data[at++];
        if (client[i].have < 2) continue;
        int needed = head[1] < 126 ? 2 : head[1] == 126 ? 4 : 10;
        if (client[i].have < needed) continue;
        client[i].have = 0;
        if (head[0] == 0x88) exit(3);
        for (int b = needed == 2 ? 1 : 2; b < needed; b++)
            client[i].skip = client[i].skip << 8 | head[b];
        frames += !client[i].skip && !(head[0] & 8);
    }
    return frames;
}

int main(int argc, char **argv) {
    if (argc != 11) return 2;
    int port = atoi(argv[1]), n = atoi(argv[3]), speakers = atoi(argv[4]), burst = atoi(argv[5]);
    int share = atoi(argv[6]);
    double seconds = atof(argv[7]), warm_up = atof(argv[8]);
    static unsigned char first[LONGEST + 8], message[LONGEST + 8], out[MOST_BURST * (LONGEST + 8)];
    static unsigned char input[INPUT];
    struct epoll_event events[256];
    int epoll = epoll_create1(0), first_size = framed(first, argv[9]), size = framed(message, argv[10]);
    long frames = 0, count = 0;
    for (int k = 0; k < MOST_BURST; k++) memcpy(out + k * size, message, size);
    client = calloc(n, sizeof *client);
    for (int i = 0; i < n; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        client[i].fd = opened(port, argv[2]);
        if (*argv[9] && write(client[i].fd, first, first_size) != first_size) return 2;
        epoll_ctl(epoll, EPOLL_CTL_ADD, client[i].fd, &event);
    }
    usleep(500000); /* all have joined */
    for (int i = 0; i < n; i++) {
        if (*argv[9]) frames_in(i, input, recv(client[i].fd, input, INPUT, MSG_DONTWAIT));
        client[i].wrote = now();
        if (i < speakers && write(client[i].fd, out, burst * size) != burst * size) return 2;
    }
    printf("open\n");
    fflush(stdout);
    double began = now() + warm_up;
    for (double at = now(); at < began + seconds; at = now()) {
        int ready = epoll_wait(epoll, events, 256, 100);
        for (int e = 0; e < ready; e++) {
            int i = events[e].data.u32;
            long bytes = recv(client[i].fd, input, INPUT, MSG_DONTWAIT);
            if (bytes == 0) return 3;
            int came = bytes > 0 ? frames_in(i, input, bytes) : 0;
            if (at >= began) frames += came;
            if (i >= speakers || (client[i].owed += came) < share) continue;
            if (at >= began && count < MOST) trips[count++] = now() - client[i].wrote;
            client[i].wrote = now();
            for (int left = client[i].owed / share; left > 0; left -= MOST_BURST) {
                int length = (left < MOST_BURST ? left : MOST_BURST) * size;
                if (write(client[i].fd, out, length) != length) return 2;
            }
            client[i].owed %= share;
        }
    }
    qsort(trips, count, sizeof *trips, ascending);
    printf("%ld %.4f %.4f\n", frames, count ? trips[count / 2] * 1e3 : 0,
           count ? trips[(long)(count * 0.99)] * 1e3 : 0);
    return 0;
}
