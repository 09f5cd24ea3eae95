// Talks in a room of /ws and shows what happens to the socket. The page counts for itself, joins and
// all, so that what the monitor reports can be checked against it.
// `?messages=20` stops after so many, `?every=100` sets the pause between two in ms, `?app=` and
// `?room=` name where; `?echo` talks to /ws/echo instead, which knows no rooms.
(() => {
  'use strict'

  const KEPT_MS = 120000 // of the chart
  const FIRST_WAIT_MS = 500 // before the first attempt to come back; doubles up to the longest
  const LONGEST_WAIT_MS = 5000
  const MOST_ROWS = 12
  const MOST_SAID = 30

  const asked = new URLSearchParams(location.search)
  const everyMs = Math.max(20, Number(asked.get('every')) || 1000)
  const mostMessages = Number(asked.get('messages')) || Infinity
  const count = { sent: 0, received: 0, answered: 0, attempts: 0, opened: 0, failed: 0, drops: 0, stored: 0 }
  const points = [] // {at, ms}: one for each reply
  const gaps = [] // {from, to}: times without a connection
  const waitingFor = new Map()
  const room = asked.get('room') || 'lobby'
  const app = asked.get('app') || 'demo'
  const isEcho = asked.has('echo')
  const base = document.documentElement.dataset.base
  const path = base + (isEcho ? '/ws/echo' : '/ws')
  const mark = Math.random().toString(36).slice(2, 8) // so that ids of two pages never meet
  let spoken = 0
  let socket
  let failures = 0
  let isTalking = true

  const element = id => document.getElementById(id)
  const show = (id, text) => { element(id).textContent = text }
  const number = value => value.toLocaleString('en')
  const ms = value =>
    value === undefined ? '–' : value < 10 ? value.toFixed(1) : String(Math.round(value))
  const seconds = value => (value / 1000).toFixed(1)
  const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1]

  const monitor = new WebSocketClientMonitor({ app, onAnswer: stored })
  window.demo = { monitor, count } // for a look from the console

  // Sockets and reports of another address than ours are refused, and no page reads why.
  function sayAddress () {
    const { own, allowed } = element('mismatch').dataset
    const names = allowed ? allowed.split(' ') : [own]
    if (names.some(name => name === '*' || new URL(name).origin === location.origin)) return
    for (const code of document.querySelectorAll('.mismatch-origin')) code.textContent = location.origin
    element('mismatch').hidden = false
  }

  function connect () {
    count.attempts++
    const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}?app=${encodeURIComponent(app)}`
    socket = monitor.connect(address, { messageId: data => JSON.parse(data).id })
    socket.addEventListener('open', opened)
    socket.addEventListener('message', event => received(JSON.parse(event.data)))
    socket.addEventListener('close', closed)
  }

  function opened () {
    this.wasOpen = true
    count.opened++
    failures = 0
    if (!isEcho) ask({ type: 'join', room })
    const gap = gaps[gaps.length - 1]
    if (gap && !gap.to) {
      gap.to = performance.now()
      show('recovery', `back after ${seconds(gap.to - gap.from)} s`)
    }
    say('good', 'Connected', `This browser talks to ${location.host} and reports every 15 s.`)
  }

  function closed () {
    if (this.wasOpen) {
      count.drops++
      gaps.push({ from: performance.now() })
    } else {
      count.failed++
    }
    const wait = Math.min(FIRST_WAIT_MS * 2 ** failures++, LONGEST_WAIT_MS)
    say('bad', 'Disconnected', `The connection is gone. Next attempt in ${seconds(wait)} s.`)
    setTimeout(connect, wait)
  }

  function send () {
    if (socket.readyState !== WebSocket.OPEN || spoken >= mostMessages) return
    spoken++
    ask({ type: 'message', room, data: { isChatter: true } })
  }

  function ask (request) {
    const id = `${mark}-${++count.sent}`
    waitingFor.set(id, performance.now())
    socket.send(JSON.stringify({ ...request, id }))
  }

  function received ({ id, type, data, from, at: said, members, detail }) {
    const at = performance.now()
    const isOurs = waitingFor.has(id)
    count.received++
    if (isOurs) {
      points.push({ at, ms: at - waitingFor.get(id) })
      waitingFor.delete(id)
      count.answered++
    }
    while (points.length && points[0].at < at - KEPT_MS) points.shift()
    if (type === 'joined') show('members', members > 1 ? `${number(members)} members` : 'you alone')
    if (type === 'message' && data?.text) hear(isOurs ? 'You' : from.slice(0, 6), data.text, said)
    if (type === 'error') hear('Server', detail, new Date())
    draw()
  }

  function hear (who, words, at) {
    const line = document.createElement('li')
    for (const [kind, text] of [['time', new Date(at).toLocaleTimeString('en-GB')], ['b', who], ['span', words]]) {
      line.append(Object.assign(document.createElement(kind), { textContent: text }))
    }
    const list = element('said')
    list.querySelector('.none')?.remove()
    list.append(line)
    while (list.children.length > MOST_SAID) list.firstElementChild.remove()
    list.scrollTop = list.scrollHeight
  }

  function speak (event) {
    event.preventDefault()
    const words = element('words').value.trim()
    if (!words || socket.readyState !== WebSocket.OPEN) return
    ask({ type: 'message', room, data: { text: words.slice(0, 500) } })
    element('words').value = ''
  }

  function cut () {
    if (socket.readyState !== WebSocket.OPEN) return
    ask({ type: 'cut-the-line' })
  }

  function stored (reports, answer) {
    count.stored += answer.accepted
    show('next', `last at ${new Date(answer.server_time).toLocaleTimeString('en-GB')}`)
    const body = element('reports')
    body.querySelector('.empty')?.remove()
    reports.forEach(report => body.prepend(row(report)))
    while (body.rows.length > MOST_ROWS) body.lastElementChild.remove()
    draw()
  }

  function row ({ period_end: end, connection, messages, latency }) {
    const line = document.createElement('tr')
    const cells = [
      new Date(end).toLocaleTimeString('en-GB'), connection.opened, connection.drops, messages.sent,
      messages.received, latency.samples_ms.length, seconds(connection.open_ms),
      seconds(connection.downtime_ms)
    ]
    cells.forEach((text, place) => {
      line.insertCell().textContent = text
      line.cells[place].className = place === 0 ? '' : place > 5 ? 'n wide' : 'n'
    })
    return line
  }

  function say (verdict, word, sentence) {
    element('tag').dataset.verdict = verdict
    show('tag', word)
    show('sentence', sentence)
    draw()
  }

  function draw () {
    for (const name of ['sent', 'received', 'opened', 'drops', 'stored']) show(name, number(count[name]))
    show('failed', `${number(count.failed)} attempts failed`)
    const missing = count.sent - count.answered
    show('missing', missing > 1 ? `${number(missing)} without reply` : 'none missing')
    const values = points.map(point => point.ms)
    show('median', ms(quantile(values, 0.5)))
    if (values.length) show('p95', `p95 ${ms(quantile(values, 0.95))} ms`)
    show('n', `n = ${number(values.length)} round trips`)
    const chart = element('chart')
    drawRoundTrips(chart, points, gaps)
    chart.setAttribute('aria-label', values.length
      ? `Round trips of the last two minutes: median ${ms(quantile(values, 0.5))} ms, n = ${values.length}`
      : 'No reply yet')
  }

  function talk () {
    isTalking = !isTalking
    element('talk').setAttribute('aria-pressed', isTalking)
    show('talk', isTalking ? 'Pause' : 'Talk')
  }

  function switchTheme () {
    const root = document.documentElement
    root.dataset.bsTheme = root.dataset.bsTheme === 'dark' ? 'light' : 'dark'
    try { localStorage.setItem('theme', root.dataset.bsTheme) } catch { /* storage may be forbidden */ }
    nameTheme()
  }

  function nameTheme () {
    show('theme', document.documentElement.dataset.bsTheme === 'dark' ? 'Light' : 'Dark')
  }

  element('talk').addEventListener('click', talk)
  element('burst').addEventListener('click', () => { for (let i = 0; i < 20; i++) send() })
  element('cut').addEventListener('click', cut)
  element('speech').addEventListener('submit', speak)
  element('report').addEventListener('click', () => monitor.flush())
  element('theme').addEventListener('click', switchTheme)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => setTimeout(nameTheme))
  addEventListener('resize', draw)
  show('snippet', [
    `<script src="${location.origin}${base}/sdk/websocket-client-monitor.js"`,
    '        data-app="portal"></' + 'script>'
  ].join('\n'))
  if (isEcho) {
    show('place', 'Echo')
    show('members', 'on /ws/echo: what goes out comes back')
    element('cut').hidden = true
  } else show('room', room)
  nameTheme()
  sayAddress()
  connect()
  if (!monitor.isOn) show('next', 'off: this browser asks not to be tracked')
  setInterval(() => { if (isTalking) send() }, everyMs)
  setInterval(draw, 1000)
})()
