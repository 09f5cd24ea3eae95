/* How long handshakes took, without the time the browser held them back: Chromium and Firefox
 * connect to one host one socket after the other, WebKit six at a time. */

const AT_ONCE = /AppleWebKit(?!.*Chrom)/.test(navigator.userAgent) ? 6 : 1

/* Gives `begin(host, at)` of an attempt, which gives `end(at)`: the milliseconds it took by itself.
 * `attempts` of each host, oldest first, are kept until all of them ended. */
export const createHandshakes = (attempts = new Map()) => (host, at) => {
  const attempt = {}
  const earlier = attempts.get(host) || []
  attempts.set(host, [...earlier, attempt])

  return endedAt => {
    attempt.endedAt = endedAt
    const isOver = ({ endedAt }) => endedAt !== undefined
    if (attempts.get(host)?.every(isOver)) attempts.delete(host)
    // It was let in when enough of the earlier ones had ended. Of one that still runs it did not wait.
    const ends = earlier.filter(isOver).map(({ endedAt }) => endedAt).sort((a, b) => b - a)
    return endedAt - Math.max(at, ends[AT_ONCE - 1 - (earlier.length - ends.length)] ?? -Infinity)
  }
}
