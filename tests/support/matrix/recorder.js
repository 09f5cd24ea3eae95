/* The neutral recorder: what the native WebSocket did, beneath any monitor, posted to the test.
 * Runs before every other script of the page. `RECORD_URL` is replaced by the test's own address. */

(() => {
  const Native = window.WebSocket
  const { send, close } = Native.prototype
  const view = Math.random().toString(36).slice(2)
  const numbers = new WeakMap()
  const waiting = []
  let last = 0
  let sequence = 0

  const note = (type, fields) => {
    waiting.push({ view, sequence: sequence++, at: performance.timeOrigin + performance.now(), type, ...fields })
  }
  const size = data => typeof data === 'string' ? new Blob([data]).size : data.byteLength ?? data.size

  const follow = socket => {
    const number = last++
    numbers.set(socket, number)
    note('attempt', { socket: number, path: new URL(socket.url).pathname })
    socket.addEventListener('open', () => note('open', { socket: number }))
    socket.addEventListener('message', ({ data }) => note('message', { socket: number, bytes: size(data) }))
    socket.addEventListener('error', () => note('error', { socket: number, state: socket.readyState }))
    socket.addEventListener('close', ({ code, wasClean }) => note('close', { socket: number, code, clean: wasClean }))
    return socket
  }

  Native.prototype.send = function (...data) {
    if (this.readyState === Native.OPEN && data.length) note('send', { socket: numbers.get(this), bytes: size(data[0]) })
    return send.apply(this, data)
  }
  Native.prototype.close = function (...code) {
    note('closing', { socket: numbers.get(this), state: this.readyState, code: code[0] })
    return close.apply(this, code)
  }
  window.WebSocket = new Proxy(Native, {
    construct: (target, input, type) => follow(Reflect.construct(target, input, type))
  })
  Native.prototype.constructor = window.WebSocket

  /* Posted in order; what was not acknowledged is posted again (the test knows it by its number). */
  let isPosting = false
  const post = async () => {
    if (isPosting || !waiting.length) return
    isPosting = true
    const events = [...waiting]
    try {
      const { ok } = await fetch('RECORD_URL', { method: 'POST', body: JSON.stringify(events), keepalive: true })
      if (ok) waiting.splice(0, events.length)
    } catch {} finally { isPosting = false }
  }
  setInterval(post, 100)
  const page = (type, fields) => {
    note(type, { hidden: document.hidden, ...fields })
    navigator.sendBeacon('RECORD_URL', JSON.stringify(waiting))
  }
  page('view')
  addEventListener('pagehide', ({ persisted }) => page('pagehide', { persisted }))
  addEventListener('pageshow', ({ persisted }) => page('pageshow', { persisted }))
  document.addEventListener('visibilitychange', () => page('visibility'))
  document.addEventListener('freeze', () => page('freeze'))
  document.addEventListener('resume', () => page('resume'))
})()
