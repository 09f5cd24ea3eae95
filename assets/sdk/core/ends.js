/* What the end of an open socket was, judged once by what happened before, in and after it.
 *
 * Facts of an end, all known when they are (ms are times the page could run since the end noticed):
 *   isDetached        its frame was removed or navigated away
 *   isReturning       the page had come back within 5 s
 *   isUnheard         nothing was received since the page was last frozen, cached or asleep
 *   isRequested       the page called close() and no `error` came before
 *   isClosed, isClean, code   of the `close` event; clean: a close frame was read
 *   hasSilentBeat     a heartbeat was unanswered, or one of the peer overdue
 *   hasSilentMessage  a message was unanswered
 *   hadOthers         another socket of the endpoint was open
 *   retriedMs, retriedVisibleMs   the next attempt of the endpoint; undefined: none yet */

const LEAVING_MS = 1000 // what ends so shortly before the page leaves was ended by that
const REPLACED_MS = 1000
const LONGEST_CLOSING_MS = 65000 // Chromium gives up on a close handshake after 60 s
const SERVER_RETRY_MS = 60000
const NORMAL_CODES = [1000, 1001, 1005] // normal, going away, none (RFC 6455, section 7.4.1)

export const NO_CODE = 1005 // a close frame without one
export const GIVEN_UP_MS = 3600000 // an endpoint not tried again by then is not missed

/* The kind: 'suspended', 'meant', 'lost', 'replaced', 'ended_by_server'; undefined when it is
 * too early to tell. `ms` and `visibleMs` passed since the end; `isLeaving`: nothing will follow. */
export const kindOf = (end, { ms, visibleMs, isLeaving }) => {
  if (end.isDetached) return 'meant'
  const isRead = end.isClosed || isLeaving || ms > LONGEST_CLOSING_MS
  if (isSuspended(end, isRead)) return 'suspended'
  if (ms <= LEAVING_MS) return isLeaving ? 'meant' : undefined
  if (end.hasSilentBeat) return 'lost'
  if (!end.isRequested) return kindOfTheirs(end, visibleMs, isLeaving)
  return isRead ? kindOfOurs(end, ms, isLeaving) : undefined
}

const isSuspended = (end, isRead) =>
  end.isReturning || (end.isUnheard && (end.hasSilentBeat || (isRead && !end.isClean)))

const kindOfTheirs = (end, visibleMs, isLeaving) => {
  if (!end.isClean) return 'lost'
  if (!NORMAL_CODES.includes(end.code) || end.retriedVisibleMs <= SERVER_RETRY_MS) {
    return 'ended_by_server'
  }
  return isLeaving || visibleMs > SERVER_RETRY_MS ? 'meant' : undefined
}

/* A close handshake that works tells a healthy link, one that fails a dead one, if it was needed. */
const kindOfOurs = (end, ms, isLeaving) => {
  if (end.isClean) return end.hadOthers || end.retriedMs <= REPLACED_MS ? 'replaced' : 'meant'
  if (end.hasSilentMessage || end.retriedMs <= GIVEN_UP_MS) return 'lost'
  return isLeaving || ms > GIVEN_UP_MS ? 'meant' : undefined
}

export const isDrop = kind => kind === 'lost' || kind === 'ended_by_server'
