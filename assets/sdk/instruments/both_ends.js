/* One connection, both ends: a random id in the query of its address, `wsmon=ID`, by which the
 * server's agent names its end of the same connection. Only where the page asked for it: `correlate`
 * is true (the page's own host), a list of hosts, or a function of the URL. Subprotocols and all
 * else of the address stay as they are. */

import { NO_CODE } from '../core/ends.js'
import { bounded, uuid, valueFor } from '../core/limits.js'

const MOST_ENDS = 20 // of one report; the server refuses more
const ID = /[?&]wsmon=([\da-f-]{36})(?=&|$)/
const LOST = 1006 // no close frame, also where the browser gives no code
const OURS = /([?&])wsmon=[^&]*&?/g

const isCode = code => Number.isInteger(code) && code >= 1000 && code < 5000

const isAsked = (correlate, { href, host }) => {
  if (Array.isArray(correlate)) return correlate.includes(host)
  return valueFor(correlate, href) === true && (correlate !== true || host === location.host)
}

/* The address with an id of its own where one is asked for, in place of one it was own_code before;
 * else the address as it came. */
export const withId = (correlate, address, view) => {
  const url = new URL(address, view.document?.baseURI ?? view.location.href)
  if (!isAsked(correlate, url)) return address
  const rest = url.search.replace(OURS, '$1').replace(/[?&]$/, '')
  url.search = `${rest}${rest ? '&' : '?'}wsmon=${uuid()}`
  return url.href
}

/* What one connection was to its page, told in a report when it ends; undefined without an id.
 * `tally`: of its endpoint. */
export const createStory = (correlate, url, tally) => {
  const [, id] = (isAsked(correlate, url) && ID.exec(url.search)) || []
  if (!id) return undefined
  let openedAt
  let isTold = false
  let ownCode
  let isRequested = false

  const tell = (code, by) => {
    const ends = tally.ends ??= []
    if (isTold || ends.length >= MOST_ENDS) return
    isTold = true
    const at = Date.now()
    const openMs = openedAt === undefined ? undefined : bounded(at - openedAt)
    ends.push({ id, at, open_ms: openMs, code, by, own_code: ownCode, sent: story.sent, received: story.received })
  }

  const story = {
    sent: 0, // messages of every kind, the monitor's own pings too
    received: 0,
    opened () { openedAt = Date.now() },

    /* The page calls `close`, perhaps with a code. */
    closing (code) {
      isRequested = true
      if (isCode(code) && code !== NO_CODE) ownCode = code
    },

    /* A code that was read came in a close frame, though the connection may have broken after it. */
    closed (code, isClean) {
      const read = isCode(code) ? code : LOST
      tell(read, isRequested ? 'page' : isClean || read !== LOST ? 'server' : 'nobody')
    },

    /* The page is left, and will not see the end. */
    left: () => tell(undefined, 'left')
  }
  return story
}

/* Times of ends as their distance to the end of the period, which ends now. */
export const settleEnds = tally => {
  for (const end of tally.ends || []) {
    end.ago_ms = bounded(Date.now() - end.at)
    delete end.at
  }
}
