/* How long handshakes took, without the time the browser held them back: Chromium and Firefox
 * connect to one host one socket after the other, WebKit six at a time. */

const agent = navigator.userAgent
const AT_ONCE = /AppleWebKit/.test(agent) && !/Chrome|Chromium/.test(agent) ? 6 : 1

export class Handshakes {
  constructor () {
    this.attempts = new Map() // host -> attempts, oldest first, until all of them ended
  }

  begin (host, at) {
    const attempt = { host, at, earlier: [...(this.attempts.get(host) || [])] }
    this.attempts.set(host, [...attempt.earlier, attempt])
    return attempt
  }

  /* Milliseconds that `attempt`, which ends now, took by itself. */
  end (attempt, at) {
    attempt.endedAt = at
    const startedAt = Math.max(attempt.at, this.admittedAt(attempt.earlier))
    const attempts = this.attempts.get(attempt.host) || []
    if (attempts.every(other => other.endedAt !== undefined)) this.attempts.delete(attempt.host)
    attempt.earlier = []
    return at - startedAt
  }

  /* When the browser had ended enough of the earlier ones. Of one that still runs it did not wait. */
  admittedAt (earlier) {
    const running = earlier.filter(other => other.endedAt === undefined).length
    const ends = earlier.map(other => other.endedAt).filter(end => end !== undefined)
    return ends.sort((a, b) => b - a)[AT_ONCE - 1 - running] ?? -Infinity
  }
}
