/* Acts on a socket as a page does; everything it can see of it is written down as it happens. No
 * task of the browser comes between two acts unless one waits, so that the order is always the same. */
const perform = async (url, steps) => {
  const log = []
  const attempt = (name, work) => {
    try { log.push([name, String(work())]) } catch (e) { log.push([name, e.name, e.message, e instanceof Error]) }
  }
  const payloads = {
    text: 'héllo', long: 'x'.repeat(5000), empty: '', buffer: new Uint8Array([1, 2]).buffer,
    view: new Uint16Array([1, 2, 3]).subarray(1), blob: new Blob(['blob']), number: 42, nothing: null,
    object: { toString () { log.push(['toString']); return 'object' } },
    symbol: Symbol('no'), thrower: { toString () { throw new RangeError('mine') } }
  }
  class Mine extends WebSocket {
    send (...parameters) { log.push(['mine', parameters.length]); return super.send(...parameters) }
    get kind () { return 'mine' }
  }
  const note = (name, socket) => event => log.push([name, event.type, String(event.data ?? '').length,
    event.code, event.reason, event.wasClean, socket.readyState, event.target === socket, event.isTrusted])
  const readable = socket => [
    Object.keys(socket).length, Object.getOwnPropertyNames(socket).length, 'send' in socket,
    Object.hasOwn(socket, 'send'), socket.constructor === Mine || socket.constructor === WebSocket,
    WebSocket.prototype.constructor === WebSocket, socket instanceof WebSocket, socket.kind,
    socket.send.name, socket.send.length, socket.close.name, socket.close.length,
    typeof socket.send, Object.prototype.toString.call(socket), socket.extensions,
    [WebSocket, WebSocket.prototype.send, WebSocket.prototype.close]
      .every(f => Function.prototype.toString.call(f).includes('[native code]')),
    WebSocket.name, WebSocket.length, WebSocket.OPEN, Object.keys(WebSocket),
    ...['send', 'close', 'constructor'].map(name => {
      const { value, ...attributes } = Object.getOwnPropertyDescriptor(WebSocket.prototype, name)
      return attributes
    }),
    Object.keys(Object.getOwnPropertyDescriptor(window, 'WebSocket')).join(),
    (() => { const names = []; for (const name in socket) names.push(name); return names.join() })()
  ]
  let socket
  let awaited = 0 // echoes
  const pause = () => new Promise(resolve => setTimeout(resolve, 5))
  const past = async state => {
    while (socket.readyState <= state) await pause()
    await pause()
  }
  const acts = {
    make: ([kind, path, protocols]) => attempt('make', () => {
      socket = new (kind === 'mine' ? Mine : WebSocket)(path.includes(':') ? path : url + path, ...protocols)
      socket.addEventListener('message', () => awaited--)
      return socket
    }),
    listen: type => socket.addEventListener(type, note('listener', socket)),
    handle: type => { socket['on' + type] = note('handler', socket) },
    stop: type => socket.addEventListener(type, event => event.stopImmediatePropagation()),
    throwing: type => socket.addEventListener(type, { handleEvent () { log.push(['object']) } }),
    binary: type => { socket.binaryType = type },
    send: async name => {
      attempt('send', () => {
        const { readyState } = socket
        const returned = name === 'none' ? socket.send() : socket.send(payloads[name])
        awaited += readyState === 1 ? 1 : 0
        return returned
      })
      while (socket.readyState === 1 && awaited > 0) await pause()
    },
    borrowed: () => attempt('borrowed', () => WebSocket.prototype.send.call({}, 'x')),
    order: text => {
      attempt('order', () => socket.readyState === 1 ? socket.send(text) : 'not open')
      return socket.readyState === 1 ? past(2) : undefined
    },
    close: parameters => attempt('close', () => socket.close(...parameters)),
    read: () => log.push([socket.readyState, socket.bufferedAmount, socket.binaryType, socket.protocol, readable(socket)]),
    opened: () => socket.readyState === 0 ? past(0) : undefined
  }
  attempt('bare', () => WebSocket(url))
  for (const [act, value] of steps) {
    if (!socket && act !== 'make') continue
    log.push(act)
    await acts[act](value)
  }
  if (socket) await past(0)
  if (socket && socket.readyState < 3) {
    socket.readyState === 1 && socket.send('close 4000')
    await past(2)
  }
  if (socket) log.push([socket.readyState, socket.bufferedAmount])
  return JSON.stringify(log)
}
