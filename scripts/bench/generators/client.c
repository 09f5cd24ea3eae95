/* An open-model echo client: PORT CONNECTIONS RATE SECONDS WARM_UP. Prints n and the p99 in ms.
 * Message k is due at k/(CONNECTIONS*RATE) seconds on connection k mod CONNECTIONS; its round trip
 * counts from then, or from when it was sent if that was within 1.5 ms. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 100, FRAME = SIZE + 6, ECHO = SIZE + 2, RING = 1024, MOST = 4000000 };
static struct { int fd; int part; unsigned head, tail; double since[RING]; } *client;
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

static int opened(int port) {
    static const char hello[] =
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1, read_bytes = 0;
    char head[2048] = {0};
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    if (connect(fd, (struct sockaddr *)&to, sizeof to)) exit(2);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (write(fd, hello, sizeof hello - 1) < 0) exit(2);
    while (!strstr(head, "\r\n\r\n"))
        if (read(fd, head + read_bytes++, 1) != 1) exit(2);
    return fd;
}

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    int port = atoi(argv[1]), n = atoi(argv[2]), epoll = epoll_create1(0);
    double gap = 1 / (n * atof(argv[3])), seconds = atof(argv[4]), warm_up = atof(argv[5]);
    unsigned char frame[FRAME] = {0x81, 0x80 | SIZE};
    static char input[65536];
    struct epoll_event events[256];
    long sent = 0, count = 0;
    memset(frame + 6, 'x', SIZE); /* the mask is 0 */
    client = calloc(n, sizeof *client);
    for (int i = 0; i < n; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        client[i].fd = opened(port);
        epoll_ctl(epoll, EPOLL_CTL_ADD, client[i].fd, &event);
    }
    double began = now();
    for (double at = began; at < began + seconds; at = now()) {
        for (double due; (due = began + sent * gap) <= at; sent++) {
            int i = sent % n;
            client[i].since[client[i].head++ % RING] = at - due <= 0.0015 ? now() : due;
            if (write(client[i].fd, frame, FRAME) != FRAME) return 2;
        }
        double pause = began + sent * gap - now();
        int ready = epoll_wait(epoll, events, 256, pause > 0 ? (int)(pause * 1000 + 0.999) : 0);
        for (int e = 0; e < ready; e++) {
            int i = events[e].data.u32;
            ssize_t length = recv(client[i].fd, input, sizeof input, MSG_DONTWAIT);
            if (length == 0) return 2;
            for (client[i].part += length > 0 ? length : 0; client[i].part >= ECHO;
                 client[i].part -= ECHO) {
                double trip = now() - client[i].since[client[i].tail++ % RING];
                if (now() - began > warm_up && count < MOST) trips[count++] = trip;
            }
        }
    }
    qsort(trips, count, sizeof *trips, ascending);
    printf("%ld %.4f\n", count, count ? trips[(long)(count * 0.99)] * 1000 : 0.0);
    return 0;
}
