/* Reports on their way to the server: kept until acknowledged, sent again under the same id and
 * the same times. The server's time is learnt from its answers. */

import { quietly } from '../core/limits.js'
import { utf8Length } from '../core/payload.js'
import { keep, takeKept } from './kept_queue.js'

const MOST_WAITING = 100 // 25 minutes of reports, and as many as one post may hold
const LARGEST_BODY = 60000 // bytes; requests that outlive their page share 64 KiB
const FIRST_PAUSE_MS = 2000
const LONGEST_PAUSE_MS = 300000
const LONGEST_POST_MS = 30000
const READ = [201, 422] // answers that tell what became of each report
const TRY_AGAIN = [408, 425, 429]

/* `name`: of the monitor, for what it leaves to the next page. */
export const createDelivery = ({ endpoint, key, onAnswer, name }) => {
  let waiting = [] // { report, endedAt, lastedMs }, oldest first
  let lost = 0
  let failures = 0
  let notBefore = 0
  let aheadMs = 0 // the server's clock less ours
  let posting // the promise of a post under way
  let retry
  const queue = `${endpoint} ${name}`

  const settle = item => {
    waiting = waiting.filter(other => other !== item)
  }

  const lose = item => {
    if (!waiting.includes(item)) return
    settle(item)
    lost += 1 + item.report.lost_reports
  }

  const loseOldest = () => {
    while (waiting.length > MOST_WAITING) lose(waiting[0])
  }

  /* Times are set once: a retry is the same row, unless the server refused the times. */
  const stamp = ({ report, endedAt, lastedMs }) => {
    if (report.period_end) return
    const end = endedAt + aheadMs
    report.period_start = new Date(end - lastedMs).toISOString()
    report.period_end = new Date(end).toISOString()
  }

  /* The oldest reports that fit into one body. */
  const batch = isUrgent => {
    let bytes = 20
    const items = []
    for (const item of waiting.filter(item => !(isUrgent && item.isLeaving))) {
      stamp(item)
      bytes += utf8Length(JSON.stringify(item.report)) + 1
      if (bytes > LARGEST_BODY && items.length) break
      items.push(item)
    }
    return items
  }

  const after = ms => {
    notBefore = performance.now() + ms
    clearTimeout(retry)
    retry = setTimeout(quietly(() => post()), ms)
  }

  /* Try again when the server said, or after a pause that doubles with every failure. */
  const later = askedMs => {
    const doubled = FIRST_PAUSE_MS * 2 ** Math.min(failures++, 10) * (0.5 + Math.random())
    after(Math.min(askedMs >= 0 ? askedMs : doubled, LONGEST_PAUSE_MS))
  }

  /* As text/plain, which needs no leave of the server. */
  const send = (body, isUrgent) => {
    if (isUrgent && !('keepalive' in Request.prototype)) {
      const query = key ? `?key=${encodeURIComponent(key)}` : ''
      navigator.sendBeacon(endpoint + query, body)
      return undefined
    }
    return fetch(endpoint, {
      method: 'POST',
      body,
      keepalive: isUrgent,
      credentials: 'omit',
      signal: AbortSignal.timeout?.(LONGEST_POST_MS),
      headers: key && { 'X-Ingest-Key': key }
    })
  }

  /* Half the way there and back is taken for the way. */
  const learnTime = (serverTime, sentAt) => {
    const ahead = Math.round(Date.parse(serverTime) - (sentAt + Date.now()) / 2)
    if (Number.isFinite(ahead)) aheadMs = ahead
  }

  const read = (item, field) => {
    if (field === undefined) {
      settle(item)
    } else if (field.startsWith('period_') && !item.isRestamped) {
      item.isRestamped = true
      delete item.report.period_end
    } else {
      lose(item)
    }
  }

  const exchange = async (items, isUrgent) => {
    const sentAt = Date.now()
    const reports = items.map(({ report }) => report)
    const response = await send(JSON.stringify({ reports }), isUrgent)
    if (!response) return // a beacon has no answer: what waits is sent again should the page live on
    const { status, headers } = response
    if (READ.includes(status)) {
      const answer = await response.json()
      learnTime(answer.server_time, sentAt)
      items.forEach((item, at) => read(item, answer.rejected.find(({ index }) => index === at)?.field))
      failures = 0
      quietly(onAnswer)(reports, answer)
      if (waiting.length && !isUrgent) after(0)
    } else if (status >= 500 || TRY_AGAIN.includes(status)) {
      later(parseFloat(headers.get('Retry-After')) * 1000)
    } else {
      items.forEach(lose) // wrong key, origin or address: waiting will not help
    }
  }

  /* Send what waits, after what is under way. `isUrgent`: the page may end before the answer. */
  const post = async isUrgent => {
    while (posting && !isUrgent) await posting
    const items = isUrgent || performance.now() >= notBefore ? batch(isUrgent) : []
    if (!items.length) return
    clearTimeout(retry)
    items.forEach(item => { item.isLeaving = isUrgent })
    const own = posting = exchange(items, isUrgent).catch(() => later()).then(() => {
      items.forEach(item => { item.isLeaving = false })
      if (posting === own) posting = undefined
    })
    await own
  }

  return {
    post,

    /* Take over what an earlier page of this tab could not deliver. */
    takeKept () {
      const kept = takeKept(queue)
      if (!kept) return
      waiting = kept.items
      lost += kept.lost
      loseOldest()
    },

    /* Leave what waits to the next page, should this one end: all but what it just sent, if that
     * seems to arrive. */
    keep () {
      const isReachable = failures === 0 && navigator.onLine !== false
      const items = waiting.filter(item => !(isReachable && item.isLeaving))
      items.forEach(stamp)
      keep(queue, items, lost)
    },

    /* Take over a report whose period of `lastedMs` ends now. Beyond the bound the oldest is lost. */
    add (report, lastedMs) {
      waiting.push({ report, endedAt: Date.now(), lastedMs })
      loseOldest()
    },

    /* How many reports were lost since the last call. */
    takeLost () {
      const count = lost
      lost = 0
      return count
    }
  }
}
