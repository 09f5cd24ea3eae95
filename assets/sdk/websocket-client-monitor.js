/* WebSocketClientMonitor: what a page's WebSocket connections really do, measured where people are.
 *
 *   const monitor = new WebSocketClientMonitor({ app: 'portal', release: '2.4.1' })
 *   const socket = monitor.connect('wss://example.com/chat', {
 *     messageId: data => JSON.parse(data).id // the same for a message and its reply: a round trip
 *   })
 *
 * `monitor.observe(new WebSocket(url), …)` does the same for a socket the page makes itself: call
 * it at once. `monitor.install()` watches every socket the page opens from then on, and a script tag
 * with `data-app` (and `data-release`, `data-key`) does that without a line of code.
 * Options, all optional:
 *   endpoint    where reports go; default: the server this file came from
 *   app, release, page (text, or a function that gives it; default: the path of the page)
 *   key         the ingest key, when the server asks for one
 *   sampleRate  share of page views that report, 0 to 1
 *   onAnswer    called with the reports of a post and the server's answer to it
 *
 * It throws nothing of its own, says nothing on the page's sockets unless given a `ping`, and stays
 * off where the person asked not to be tracked (Global Privacy Control, Do Not Track). */

import { Delivery } from './transport/delivery.js'
import { Experience } from './instruments/experience.js'
import { LONGEST_PERIOD_MS, VERSION, bounded, now, quietly, text, uuid } from './core/limits.js'
import { Observation } from './instruments/observation.js'
import { Tally } from './core/tally.js'

const INTERVAL_MS = 15000
const GIVEN_UP_MS = 3600000 // a page that did not come back by then has no downtime any more
const SAME_MOMENT_MS = 50 // a page that ends says so twice, as hidden and as left
const script = document.currentScript
const source = (script && script.src) || location.href

const wantsNoTracking = () => navigator.globalPrivacyControl === true || navigator.doNotTrack === '1'

const network = () => {
  const { type, effectiveType, rtt, downlink } = navigator.connection || {} // Chromium alone has it
  const known = value => value === 'unknown' ? undefined : text(value, 32)
  return { type: known(type), effective_type: known(effectiveType), rtt_ms: rtt, downlink_mbps: downlink }
}

export class WebSocketClientMonitor {
  constructor (options = {}) {
    const { endpoint, key, onAnswer, sampleRate = 1 } = options
    this.options = { ...options, sampleRate: sampleRate > 0 && sampleRate <= 1 ? sampleRate : 1 }
    this.sessionId = uuid()
    this.observations = new Set()
    this.watched = new WeakSet()
    this.tallies = new Map()
    this.lossesOf = new Map()
    this.periodStart = now()
    const reception = endpoint || new URL('/api/ws/client-metrics', source).href
    this.delivery = new Delivery({ endpoint: reception, key, onAnswer })
    this.isOn = !wantsNoTracking() && Math.random() < this.options.sampleRate
    if (this.isOn) quietly(() => this.start())()
  }

  start () {
    this.experience = new Experience()
    this.timer = setInterval(quietly(() => this.flush()), INTERVAL_MS)
    document.addEventListener('visibilitychange', quietly(() => document.hidden && this.leave()))
    addEventListener('pagehide', quietly(() => this.leave()))
  }

  /* Open a socket under observation. Throws what `new WebSocket` throws. */
  connect (url, { protocols, ...options } = {}) {
    return this.observe(new WebSocket(url, protocols || []), options)
  }

  /* Watch every socket the page opens from now on. `optionsOf(url)` gives the options of each, or
   * null for one to be left alone. `uninstall()` ends it for further sockets. */
  install (optionsOf = () => ({})) {
    quietly(() => {
      if (!this.isOn || this.uninstall) return
      const native = window.WebSocket
      const watching = new Proxy(native, {
        construct: (target, given, made) => {
          const socket = Reflect.construct(target, given, made)
          const options = quietly(optionsOf)(socket.url)
          return options === null ? socket : this.observe(socket, options)
        }
      })
      window.WebSocket = watching
      this.uninstall = () => {
        if (window.WebSocket === watching) window.WebSocket = native
        delete this.uninstall
      }
    })()
    return this
  }

  /* Watch `socket` and hand it back. Options: `endpoint` (default: its path), `messageId` (data to
   * the id that a reply repeats), `ping` (round trips of the monitor's own, not counted as messages:
   * true for sockets that speak as /ws does, or { everyMs, message: id => data, id: data => id }). */
  observe (socket, options) {
    quietly(() => {
      if (this.isOn && socket.readyState <= WebSocket.OPEN && !this.watched.has(socket)) {
        this.watched.add(socket)
        this.observations.add(new Observation(this, socket, options))
      }
    })()
    return socket
  }

  /* Count a round trip the page measured itself. */
  roundTrip (ms, endpoint) {
    quietly(() => this.isOn && this.tally(endpoint).roundTrip(ms))()
  }

  /* Count messages the page held back while no socket was open. */
  queued (count = 1, endpoint) {
    quietly(() => { if (this.isOn) this.tally(endpoint).messages.queued += Math.max(0, Math.round(count)) })()
  }

  /* End the running period and send what waits; resolves when the server answered or did not. */
  async flush (leaving = false) {
    if (!this.isOn) return
    quietly(() => this.endPeriod())()
    await this.delivery.post(leaving)
  }

  /* Send the rest and stop watching. */
  async stop () {
    await this.flush()
    this.isOn = false
    clearInterval(this.timer)
    if (this.uninstall) this.uninstall()
  }

  leave () {
    this.observations.forEach(observation => observation.forgetPending())
    if (now() - this.periodStart > SAME_MOMENT_MS) this.flush(true)
  }

  /* The running counts of an endpoint; without one, those of the first. */
  tally (endpoint = this.firstEndpoint) {
    this.firstEndpoint = this.firstEndpoint || endpoint
    if (!this.tallies.has(endpoint)) this.tallies.set(endpoint, new Tally())
    return this.tallies.get(endpoint)
  }

  /* Drops of an endpoint that no new socket has made good yet, oldest first. */
  losses (endpoint) {
    if (!this.lossesOf.has(endpoint)) this.lossesOf.set(endpoint, [])
    return this.lossesOf.get(endpoint)
  }

  forget (observation) {
    this.observations.delete(observation)
  }

  endPeriod () {
    this.observations.forEach(observation => observation.countOpenTime())
    this.countDowntime()
    const lastedMs = bounded(now() - this.periodStart, LONGEST_PERIOD_MS)
    this.periodStart = now()
    const reports = [...this.tallies].map(([endpoint, tally]) => this.report(endpoint, tally))
    this.tallies.clear()
    if (!reports.length) return
    Object.assign(reports[0], { ux: this.experience.take(), lost_reports: this.delivery.takeLost() })
    reports.forEach(report => this.delivery.add(report, lastedMs))
  }

  countDowntime () {
    for (const [endpoint, losses] of this.lossesOf) {
      const current = losses.filter(lost => now() - lost.at < GIVEN_UP_MS)
      current.forEach(lost => {
        this.tally(endpoint).downtime(lost.countedTo)
        lost.countedTo = now()
      })
      this.lossesOf.set(endpoint, current)
    }
  }

  report (endpoint, tally) {
    const { app, release, page = location.pathname, sampleRate } = this.options
    const path = quietly(() => typeof page === 'function' ? page() : page)()
    return {
      report_id: uuid(),
      session_id: this.sessionId,
      app: text(app, 64),
      release: text(release, 64),
      page: text(String(path ?? '').split(/[?#]/)[0], 256),
      endpoint: text(endpoint, 256),
      sdk_version: VERSION,
      sample_rate: sampleRate,
      ...tally.sections(),
      network: network(),
      lost_reports: 0
    }
  }
}

if (script && script.dataset.app !== undefined) {
  const { app, release, key } = script.dataset
  globalThis.webSocketClientMonitor = new WebSocketClientMonitor({ app, release, key }).install()
}
