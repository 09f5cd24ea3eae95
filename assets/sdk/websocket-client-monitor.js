/* WebSocketClientMonitor: what a page's WebSocket connections really do, measured where people are.
 *
 *   const monitor = new WebSocketClientMonitor({ app: 'portal', release: '2.4.1' }).install()
 *
 * `install()` watches every WebSocket and WebSocketStream the page opens from then on; load this
 * file before the libraries that open them. A script tag with `data-app` (and `data-release`,
 * `data-key`, `data-frames`, `data-event-source`, `data-debug`) does that without a line of code.
 * `monitor.connect(url, options)` and `monitor.observe(new WebSocket(url), options)` watch single
 * sockets, the latter called at once. Options, all optional:
 *   endpoint    where reports go; default: the server this file came from
 *   app, release, page (text, or a function that gives it; default: the path of the page)
 *   key         the ingest key, when the server asks for one
 *   sampleRate  share of page views that report, 0 to 1
 *   onAnswer    called with the reports of a post and the server's answer to it
 *   debug       true: the console says, once, why something may not be seen
 *
 * A worker is covered when it loads the same file by `importScripts` and installs a monitor of its
 * own (with an `endpoint` if it runs from a blob). Nothing is put into workers in the page's name;
 * see instruments/workers.js. What cannot be seen is in the reports, as `may_be_blind`.
 *
 * It throws nothing of its own, says nothing on the page's sockets unless given a `ping`, and stays
 * off where the person asked not to be tracked (Global Privacy Control, Do Not Track). */

import { Endpoint } from './core/endpoint.js'
import { Handshakes } from './core/handshakes.js'
import { LONGEST_PERIOD_MS, quietly, uuid } from './core/limits.js'
import { Tally } from './core/tally.js'
import { Blindness } from './instruments/blindness.js'
import { Experience } from './instruments/experience.js'
import { Installation } from './instruments/installation.js'
import { Observation } from './instruments/observation.js'
import { PageLife } from './instruments/page_life.js'
import { isWatched } from './instruments/wrap.js'
import { Delivery } from './transport/delivery.js'
import { reportOf } from './transport/report.js'

const INTERVAL_MS = 15000
const LONGEST_QUIET_MS = 58000 // a page that had sockets reports once a minute at least
const JUDGED_MS = 1050 // most ends can be judged after a second
const script = globalThis.document?.currentScript
const source = script?.src || (location.origin === 'null' ? location.href : location.origin)

const wantsNoTracking = () => navigator.globalPrivacyControl === true || navigator.doNotTrack === '1'

export class WebSocketClientMonitor {
  constructor (options = {}) {
    const { endpoint, key, onAnswer, app, debug, sampleRate = 1 } = options
    this.options = { ...options, sampleRate: sampleRate > 0 && sampleRate <= 1 ? sampleRate : 1 }
    this.sessionId = uuid()
    this.observations = new Set()
    this.endpoints = new Map()
    this.handshakes = new Handshakes()
    this.blindness = new Blindness(debug)
    const address = quietly(() => new URL(endpoint || '/api/ws/client-metrics', source).href)() || endpoint
    this.delivery = new Delivery({ endpoint: address, key, onAnswer, name: quietly(String)(app) })
    this.isOn = !wantsNoTracking() && Math.random() < this.options.sampleRate
    if (this.isOn) quietly(() => this.start(address))()
  }

  start (address) {
    const each = work => this.endpoints.forEach(work)
    this.life = new PageLife({
      transition: () => each(endpoint => endpoint.advance()),
      suspended: ms => this.suspended(ms),
      hid: () => this.flush({ isUrgent: true }),
      left: ({ isFrozen }) => this.leave(isFrozen),
      restored: () => this.experience.restored()
    })
    this.reportedAt = this.life.now()
    this.life.listen()
    this.timer = setInterval(quietly(() => this.flush()), INTERVAL_MS)
    this.delivery.takeKept()
    if (!globalThis.document) return
    this.experience = new Experience()
    this.blindness.watchPolicy(address)
  }

  /* Open a socket under observation. Throws what `new WebSocket` throws. */
  connect (url, { protocols, ...options } = {}) {
    this.isConnecting = true // not to be observed with the options of `install`
    try {
      return this.observe(new WebSocket(url, protocols || []), options)
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
      this.installation = new Installation(this, typeof options === 'function' ? { optionsOf: options } : options)
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
  observe (socket, options, view = globalThis) {
    quietly(() => {
      if (!this.isOn || socket.readyState > 1 || this.isObserved(socket)) return
      this.observations.add(Object.assign(new Observation(this, socket, options), { view }))
    })()
    return socket
  }

  isObserved (socket) {
    return isWatched(socket) && [...this.observations].some(observation => observation.socket === socket)
  }

  /* Watch an open socket whose attempt was not seen. */
  adopt (socket, options) {
    if (socket.readyState !== 1) return
    this.blindness.add('loaded-late')
    this.observations.add(new Observation(this, socket, options, true))
  }

  /* Count a round trip the page measured itself. */
  roundTrip (ms, endpoint) {
    quietly(() => this.isOn && this.endpoint(endpoint).tally.roundTrip(ms))()
  }

  /* Count messages the page held back while no socket was open. */
  queued (count = 1, endpoint) {
    quietly(() => this.isOn && this.endpoint(endpoint).tally.queued(count))()
  }

  /* End the running period and send what waits; resolves when the server answered or did not.
   * `isUrgent`: the page may end before the answer comes. */
  async flush ({ isUrgent = false, isLeaving = false } = {}) {
    if (!this.isOn) return
    quietly(() => this.endPeriod(isLeaving))()
    const posted = this.delivery.post(isUrgent)
    if (isUrgent) this.delivery.keep()
    await posted
  }

  /* Send the rest and stop watching. */
  async stop () {
    if (!this.isOn) return
    if (this.uninstall) this.uninstall()
    await this.flush()
    this.isOn = false
    clearInterval(this.timer)
    this.observations.forEach(observation => observation.detached())
  }

  /* Only a page that is frozen may still have its losses made good. */
  leave (isFrozen) {
    if (!isFrozen) this.endpoints.forEach(endpoint => endpoint.judge(true))
    this.flush({ isUrgent: true, isLeaving: true })
  }

  suspended (ms) {
    this.endpoints.forEach(endpoint => endpoint.suspended(ms))
    this.observations.forEach(({ roundTrips }) => roundTrips && roundTrips.clear())
  }

  /* The page of a frame ended with its sockets. */
  detached (view) {
    this.observations.forEach(observation => observation.view === view && observation.detached())
  }

  /* The endpoint called `name`; without one, the first. */
  endpoint (name = this.firstEndpoint) {
    this.firstEndpoint = this.firstEndpoint || name
    if (!this.endpoints.has(name)) this.endpoints.set(name, new Endpoint(name, this.life))
    return this.endpoints.get(name)
  }

  judgeSoon (endpoint) {
    setTimeout(quietly(() => endpoint.judge()), JUDGED_MS)
  }

  forget (observation) {
    this.observations.delete(observation)
  }

  endPeriod (isLeaving) {
    this.life.clock.check()
    if (this.installation) this.installation.inspect()
    this.observations.forEach(({ connection }) => connection.countSilence())
    this.endpoints.forEach(endpoint => endpoint.judge())
    const periods = this.periods(isLeaving)
    if (!periods.length) return
    this.reportedAt = this.life.now()
    const reports = periods.map(period => this.report(period, isLeaving))
    Object.assign(reports[0], { ux: this.experience?.take(isLeaving), lost_reports: this.delivery.takeLost() })
    reports.forEach((report, index) => this.delivery.add(report, periods[index].lastedMs))
  }

  /* What is to be reported: endpoints with news, else a sign of life when one is due. */
  periods (isLeaving) {
    const hadSockets = this.endpoints.size > 0 || this.hadSockets
    this.hadSockets = hadSockets
    const quietMs = this.life.now() - this.reportedAt
    const due = [...this.endpoints.values()].filter(endpoint => !endpoint.isHeld)
    const periods = due.map(endpoint => ({ endpoint, hasNews: endpoint.hasNews, ...endpoint.take() }))
      .filter(({ hasNews }) => hasNews)
    this.endpoints.forEach(endpoint => endpoint.isIdle && this.endpoints.delete(endpoint.name))
    if (periods.length || !hadSockets || !(isLeaving || quietMs >= LONGEST_QUIET_MS)) return periods
    return [{ endpoint: {}, sections: new Tally().sections(), lastedMs: Math.min(quietMs, LONGEST_PERIOD_MS) }]
  }

  report ({ endpoint, sections }, isLeaving) {
    const report = reportOf(this.options, this.sessionId, endpoint, sections)
    report.connection.open_losses = [...this.endpoints.values()].reduce((n, { losses }) => n + losses.length, 0)
    report.may_be_blind = this.blindness.list()
    report.leaving = isLeaving || this.life.hasLeft || undefined
    return report
  }
}

if (script && script.dataset.app !== undefined) {
  const { app, release, key, frames, eventSource, debug } = script.dataset
  const isOn = value => value !== undefined && value !== 'false'
  globalThis.webSocketClientMonitor = new WebSocketClientMonitor({ app, release, key, debug: isOn(debug) })
    .install({ frames: isOn(frames), eventSource: isOn(eventSource) })
}
