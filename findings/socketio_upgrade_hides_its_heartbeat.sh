#!/usr/bin/env bash
# Socket.IO: who watches only the WebSocket never learns its heartbeat
#
# Believed: the first frame of a Socket.IO WebSocket is Engine.IO's "open" packet with pingInterval and
#   pingTimeout, so an observer of the socket knows from when on silence means a dead link.
# True: with the client's default transports the open packet goes over HTTP long-polling. The
#   WebSocket comes later, as an upgrade: it begins with "2probe" / "3probe" and "5", and neither
#   number ever passes it. Only with transports: ['websocket'] is "0{...}" its first frame.
#   So a monitor beneath the library has to measure the beats of an upgraded socket, or ask nothing
#   of silence; taking the default of 25 s + 20 s would be wrong for every server that sets its own.
# Seen with socket.io and socket.io-client 4.8.4 (Engine.IO protocol 4), Node.js 20, on 2026-11-28.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund socket.io@4.8.4 socket.io-client@4.8.4 >/dev/null

cat > run.cjs <<'JS'
const { createServer } = require('node:http')
const { createRequire } = require('node:module')
const { Server } = require('socket.io')
const { io } = require('socket.io-client')

// The WebSocket class that the client uses, watched from beneath.
const client = createRequire(require.resolve('socket.io-client'))
const WebSocket = createRequire(client.resolve('engine.io-client'))('ws')
const frames = []
const { emit } = WebSocket.prototype
const { send } = WebSocket.prototype
WebSocket.prototype.emit = function (name, data, ...rest) {
  if (name === 'message' && !this._isServer) frames.push('< ' + data)
  return emit.call(this, name, data, ...rest)
}
WebSocket.prototype.send = function (data, ...rest) {
  if (!this._isServer) frames.push('> ' + data)
  return send.call(this, data, ...rest)
}

const http = createServer()
new Server(http, { pingInterval: 300, pingTimeout: 7000 })

const watch = (url, options) => new Promise(resolve => {
  frames.length = 0
  const socket = io(url, { forceNew: true, ...options })
  setTimeout(() => {
    const told = frames.filter(frame => frame.includes('pingInterval')).length
    const beats = frames.filter(frame => frame === '< 2').length
    const first = frames[0].replace(/"sid":"[^"]*"/, '"sid":"..."')
    resolve({ transport: socket.io.engine.transport.name, first, told, beats: beats > 0 })
    socket.close()
  }, 1500)
})

http.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${http.address().port}`
  console.log('default  ', JSON.stringify(await watch(url, {})))
  console.log('websocket', JSON.stringify(await watch(url, { transports: ['websocket'] })))
  process.exit(0)
})
JS

node run.cjs | tee output
grep -Fq 'default   {"transport":"websocket","first":"> 2probe","told":0,"beats":true}' output
grep -Eq '^websocket \{"transport":"websocket","first":"< 0\{.*pingInterval.*300.*7000.*","told":1,"beats":true\}$' output
echo "As described."
