/* WebSocketClientMonitor: what a page's WebSocket connections really do, measured where people are.
 *
 *   const monitor = new WebSocketClientMonitor({ app: 'portal', release: '2.4.1' }).install()
 *
 * `install()` watches every WebSocket and WebSocketStream the page opens from then on; load this
 * file before the libraries that open them. A script tag with `data-app` (and `data-release`,
 * `data-key`, `data-frames`, `data-event-source`, `data-correlate`, `data-debug`) does that without a line of code.
 * `monitor.connect(url, options)` and `monitor.observe(new WebSocket(url), options)` watch single
 * sockets, the latter called at once. Options, all optional:
 *   endpoint    where reports go; default: the server this file came from
 *   app, release, page (text, or a function that gives it; default: the path of the page)
 *   key         the ingest key, when the server asks for one
 *   sampleRate  share of page views that report, 0 to 1
 *   onAnswer    called with the reports of a post and the server's answer to it
 *   correlate   gives sockets an id in their address (`?wsmon=ID`) by which the server's agent names
 *               its end: true for those to the page's own host, a list of hosts, or a function of
 *               the URL
 *   debug       true: the console says, once, why something may not be seen
 *
 * A worker is covered when it loads the same file by `importScripts` and installs a monitor of its
 * own (with an `endpoint` if it runs from a blob). Nothing is put into workers in the page's name;
 * see instruments/workers.js. What cannot be seen is in the reports, as `may_be_blind`.
 *
 * It throws nothing of its own, says nothing on the page's sockets unless given a `ping`, and stays
 * off where the person asked not to be tracked (Global Privacy Control, Do Not Track). */

import { createEndpoint } from './core/endpoint.js'
import { createHandshakes } from './core/handshakes.js'
import { LONGEST_PERIOD_MS, isPage, quietly, uuid } from './core/limits.js'
import { countRoundTrip, newTally } from './core/tally.js'
import { settleEnds, withId } from './instruments/both_ends.js'
import { createBlindness } from './instruments/blindness.js'
import { createExperience } from './instruments/experience.js'
import { createInstallation } from './instruments/installation.js'
import { observeSocket } from './instruments/observation.js'
import { createPageLife } from './instruments/page_life.js'
import { createDelivery } from './transport/delivery.js'
import { reportOf } from './transport/report.js'

const INTERVAL_MS = 15000
const LONGEST_QUIET_MS = 58000 // a page that had sockets reports once a minute at least
const script = isPage ? document.currentScript : undefined
const source = script?.src || (location.origin === 'null' ? location.href : location.origin)
const [, home = ''] = /^https?:\/\/[^/]*(.*)\/sdk\/([\d.]+\/)?websocket-client-monitor/.exec(source) || [] // the path above /sdk/

const wantsNoTracking = () => navigator.globalPrivacyControl === true || navigator.doNotTrack === '1'

export class WebSocketClientMonitor {
  constructor (options = {}) {
    const { endpoint, key, onAnswer, app, debug, sampleRate = 1 } = options
    const rate = sampleRate > 0 && sampleRate <= 1 ? sampleRate : 1
    this.settings = { ...options, sampleRate: rate }
    this.sessionId = uuid()
    this.observations = new Set() // connections
    this.observed = new WeakSet() // sockets
    this.endpoints = new Map()
    this.beginHandshake = createHandshakes()
    this.blindness = createBlindness(debug)
    const address = quietly(() => new URL(endpoint || home + '/api/ws/client-metrics', source).href)() || endpoint
    this.delivery = createDelivery({ endpoint: address, key, onAnswer, name: quietly(String)(app) })
    this.isOn = !wantsNoTracking() && Math.random() < rate
    if (this.isOn) quietly(() => this.begin(address))()
  }

  begin (address) {
    const each = work => this.endpoints.forEach(work)
    const life = this.life = createPageLife({
      transition: () => each(endpoint => endpoint.advance()),
      suspended: ms => {
        each(endpoint => endpoint.suspended(ms))
        this.observations.forEach(({ roundTrips }) => roundTrips && roundTrips.clear())
      },
      hid: () => this.post(true),
      left: isFrozen => {
        if (!isFrozen) { // else it may come back, and its losses be made good
          each(endpoint => endpoint.judge(true))
          this.observations.forEach(connection => connection.left())
        }
        this.post(true, true)
      },
      restored: () => this.experience.restored()
    })
    this.reportedAt = life.now()
    this.timer = setInterval(quietly(() => this.post()), INTERVAL_MS)
    this.delivery.takeKept()
    if (!isPage) return
    life.listen()
    this.experience = createExperience()
    this.blindness.watchPolicy(address)
  }

  /* Open a socket under observation. Throws what `new WebSocket` throws. */
  connect (url, { protocols, ...options } = {}) {
    this.isConnecting = true // not to be observed with the options of `install`
    try {
      const { correlate } = this.settings
      const address = this.isOn && correlate && quietly(withId)(correlate, url, globalThis)
      return this.observe(new WebSocket(address || url, protocols || []), options)
    } finally {
      this.isConnecting = false
    }
  }

  /* Watch every socket the page opens from now on. Options: `optionsOf(url)` gives those of each
   * socket, or null for one to be left alone; `endpoint(url)` names its endpoint; `frames`: those
   * in frames of this origin too; `eventSource`: EventSource too. A function alone is `optionsOf`.
   * `uninstall()` ends it for further sockets. */
  install (options = {}) {
    quietly(() => {
      if (!this.isOn || this.uninstall) return
      const more = typeof options === 'function' ? { optionsOf: options } : options
      this.installation = createInstallation(this, more)
      this.uninstall = () => {
        this.installation.end()
        delete this.installation
        delete this.uninstall
      }
    })()
    return this
  }

  /* Watch `socket` and hand it back. Options: `endpoint` (text or a function of the URL; default:
   * its path without ids), `messageId` (data and direction, 'sent' or 'received', to the id that a
   * reply repeats, or several), `ping` (round trips of the monitor's own, not counted as messages:
   * true for sockets that speak as /ws does, or { everyMs, message: id => data, id: data => id }). */
  observe (socket, options) {
    quietly(() => this.watchSocket(socket, options, globalThis))()
    return socket
  }

  /* `view`: the window that opened it. `isLate`: its attempt was not seen. */
  watchSocket (socket, options, view, isLate) {
    if (!this.isOn || socket.readyState > 1 || this.observed.has(socket)) return
    this.observed.add(socket)
    observeSocket(this, socket, options, view, isLate)
  }

  /* Count a round trip the page measured itself. */
  roundTrip (ms, endpoint) {
    this.count(endpoint, ({ latency }) => countRoundTrip(latency, ms))
  }

  /* Count messages the page held back while no socket was open. */
  queued (count = 1, endpoint) {
    this.count(endpoint, ({ messages }) => {
      messages.queued = (messages.queued || 0) + Math.max(0, Math.round(count) || 0)
    })
  }

  /* End the running period and send what waits; resolves when the server answered or did not. */
  flush () {
    return this.post()
  }

  /* Send the rest and stop watching. */
  async stop () {
    if (!this.isOn) return
    if (this.uninstall) this.uninstall()
    await this.post()
    this.isOn = false
    clearInterval(this.timer)
    this.observations.forEach(connection => connection.detached())
  }

  count (endpoint, work) {
    quietly(() => this.isOn && work(this.endpoint(endpoint).tally))()
  }

  /* The endpoint called `name`; without one, the first. */
  endpoint (name = this.firstEndpoint) {
    this.firstEndpoint ||= name
    if (!this.endpoints.has(name)) this.endpoints.set(name, createEndpoint(name, this.life))
    return this.endpoints.get(name)
  }

  /* `isUrgent`: the page may end before the answer comes, `isLeaving`: it does. */
  async post (isUrgent = false, isLeaving = false) {
    if (!this.isOn) return
    quietly(() => this.endPeriod(isLeaving))()
    const posted = this.delivery.post(isUrgent)
    if (isUrgent) this.delivery.keep()
    await posted
  }

  endPeriod (isLeaving) {
    this.life.check()
    if (this.installation) this.installation.inspect()
    this.observations.forEach(connection => connection.countSilence())
    this.endpoints.forEach(endpoint => endpoint.judge())
    const periods = this.periods(isLeaving)
    if (!periods.length) return
    this.reportedAt = this.life.now()
    const reports = periods.map(period => this.report(period, isLeaving))
    reports[0].ux = this.experience?.take(isLeaving)
    reports[0].lost_reports = this.delivery.takeLost()
    reports.forEach((report, index) => this.delivery.add(report, periods[index].lastedMs))
  }

  /* What is to be reported: endpoints with news, else a sign of life when one is due. */
  periods (isLeaving) {
    const isBlind = !this.hadSockets && this.blindness.list() // said once, though nothing was seen
    this.hadSockets ||= this.endpoints.size > 0 || isBlind
    const quietMs = this.life.now() - this.reportedAt
    const periods = [...this.endpoints.values()].map(endpoint => endpoint.take())
      .filter(period => period?.hasNews)
    this.endpoints.forEach((endpoint, name) => endpoint.isIdle() && this.endpoints.delete(name))
    if (periods.length || !this.hadSockets || !(isBlind || isLeaving || quietMs >= LONGEST_QUIET_MS)) return periods
    return [{ endpoint: {}, sections: newTally(), lastedMs: Math.min(quietMs, LONGEST_PERIOD_MS) }]
  }

  report ({ endpoint, sections }, isLeaving) {
    settleEnds(sections)
    const report = reportOf(this.settings, this.sessionId, endpoint, sections)
    report.connection.open_losses = 0
    this.endpoints.forEach(({ openLosses }) => { report.connection.open_losses += openLosses() })
    report.may_be_blind = this.blindness.list()
    report.leaving = isLeaving || this.life.hasLeft || undefined
    return report
  }
}

if (script && script.dataset.app !== undefined) {
  const { app, release, key, frames, eventSource, correlate, debug } = script.dataset
  const isOn = value => value !== undefined && value !== 'false'
  const areNamed = correlate && !/^(true|false)$/.test(correlate)
  const hosts = areNamed ? correlate.trim().split(/\s+/) : isOn(correlate)
  globalThis.webSocketClientMonitor =
    new WebSocketClientMonitor({ app, release, key, correlate: hosts, debug: isOn(debug) })
    .install({ frames: isOn(frames), eventSource: isOn(eventSource) })
}
