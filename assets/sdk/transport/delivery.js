/* Reports on their way to the server: kept until acknowledged, sent again under the same id and
 * the same times. The server's time is learnt from its answers. */

import { quietly } from '../core/limits.js'
import { KeptQueue } from './kept_queue.js'

const MOST_WAITING = 100 // 25 minutes of reports, and as many as one post may hold
const LARGEST_BODY = 60000 // bytes; requests that outlive their page share 64 KiB
const FIRST_PAUSE_MS = 2000
const LONGEST_PAUSE_MS = 300000
const LONGEST_POST_MS = 30000
const READ = [201, 422] // answers that tell what became of each report
const TRY_AGAIN = [408, 425, 429]

export class Delivery {
  /* `name`: of the monitor, for what it leaves to the next page. */
  constructor ({ endpoint, key, onAnswer, name }) {
    this.endpoint = endpoint
    this.key = key
    this.onAnswer = quietly(onAnswer || (() => undefined))
    this.queue = new KeptQueue(`${endpoint} ${name}`)
    this.waiting = []
    this.lost = 0
    this.failures = 0
    this.notBefore = 0
    this.aheadMs = 0 // the server's clock less ours
  }

  /* Take over what an earlier page of this tab could not deliver. */
  takeKept () {
    this.waiting = this.queue.take().slice(-MOST_WAITING)
  }

  /* Leave what waits to the next page, should this one end: all but what it just sent, if that
   * seems to arrive. */
  keep () {
    const isReachable = this.failures === 0 && navigator.onLine !== false
    const items = this.waiting.filter(item => !(isReachable && item.isLeaving))
    items.forEach(item => this.stamp(item))
    this.queue.save(items.map(({ report, endedAt, lastedMs }) => ({ report, endedAt, lastedMs })))
  }

  /* Take over a report whose period of `lastedMs` ends now. Beyond the bound the oldest is lost. */
  add (report, lastedMs) {
    this.waiting.push({ report, endedAt: Date.now(), lastedMs })
    while (this.waiting.length > MOST_WAITING) this.lose(this.waiting[0])
  }

  /* How many reports were lost since the last call. */
  takeLost () {
    const { lost } = this
    this.lost = 0
    return lost
  }

  lose (item) {
    if (!this.waiting.includes(item)) return
    this.settle(item)
    this.lost += 1 + item.report.lost_reports
  }

  settle (item) {
    this.waiting = this.waiting.filter(other => other !== item)
  }

  /* Send what waits. `leaving`: the page may end before the answer comes. */
  async post (leaving = false) {
    if (!leaving && (this.isPosting || performance.now() < this.notBefore)) return
    const items = this.batch(leaving)
    if (!items.length) return
    clearTimeout(this.retry)
    this.isPosting = true
    items.forEach(item => { item.isLeaving = leaving })
    try {
      await this.exchange(items, leaving)
    } catch {
      this.later()
    } finally {
      this.isPosting = false
      items.forEach(item => { item.isLeaving = false })
    }
  }

  /* The oldest reports that fit into one body. */
  batch (leaving) {
    let bytes = 20
    const items = []
    for (const item of this.waiting.filter(item => !(leaving && item.isLeaving))) {
      this.stamp(item)
      bytes += new TextEncoder().encode(JSON.stringify(item.report)).length + 1
      if (bytes > LARGEST_BODY && items.length) break
      items.push(item)
    }
    return items
  }

  /* Times are set once: a retry is the same row, unless the server refused the times. */
  stamp (item) {
    if (item.report.period_end) return
    const end = item.endedAt + this.aheadMs
    item.report.period_start = new Date(end - item.lastedMs).toISOString()
    item.report.period_end = new Date(end).toISOString()
  }

  async exchange (items, leaving) {
    const sentAt = Date.now()
    const response = await this.send(JSON.stringify({ reports: items.map(item => item.report) }), leaving)
    if (!response) return // a beacon has no answer: what waits is sent again should the page live on
    if (READ.includes(response.status)) {
      const answer = await response.json()
      this.learnTime(answer.server_time, sentAt)
      this.read(items, answer.rejected)
      this.failures = 0
      this.onAnswer(items.map(item => item.report), answer)
      if (this.waiting.length && !leaving) this.after(0)
    } else if (response.status >= 500 || TRY_AGAIN.includes(response.status)) {
      const seconds = response.headers.get('Retry-After')
      this.later(seconds === null ? undefined : Number(seconds) * 1000)
    } else {
      items.forEach(item => this.lose(item)) // wrong key, origin or address: waiting will not help
    }
  }

  send (body, leaving) {
    if (leaving && !('keepalive' in Request.prototype)) {
      const key = this.key ? `?key=${encodeURIComponent(this.key)}` : ''
      navigator.sendBeacon(this.endpoint + key, new Blob([body], { type: 'text/plain' }))
      return undefined
    }
    return fetch(this.endpoint, {
      method: 'POST',
      body,
      keepalive: leaving,
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout ? AbortSignal.timeout(LONGEST_POST_MS) : undefined,
      headers: { 'Content-Type': 'text/plain', ...(this.key && { 'X-Ingest-Key': this.key }) }
    })
  }

  /* Half the way there and back is taken for the way. */
  learnTime (serverTime, sentAt) {
    const ahead = Date.parse(serverTime) - (sentAt + Date.now()) / 2
    if (Number.isFinite(ahead)) this.aheadMs = Math.round(ahead)
  }

  read (items, rejected) {
    const fields = new Map(rejected.map(({ index, field }) => [index, field]))
    items.forEach((item, index) => {
      const field = fields.get(index)
      if (field === undefined) this.settle(item)
      else if (field.startsWith('period_') && !item.isRestamped) this.restamp(item)
      else this.lose(item)
    })
  }

  restamp (item) {
    item.isRestamped = true
    delete item.report.period_start
    delete item.report.period_end
  }

  /* Try again when the server said, or after a pause that doubles with every failure. */
  later (askedMs) {
    const doubled = FIRST_PAUSE_MS * 2 ** Math.min(this.failures++, 10) * (0.5 + Math.random())
    this.after(Math.min(askedMs >= 0 ? askedMs : doubled, LONGEST_PAUSE_MS))
  }

  after (ms) {
    this.notBefore = performance.now() + ms
    clearTimeout(this.retry)
    this.retry = setTimeout(quietly(() => this.post()), ms)
  }
}
