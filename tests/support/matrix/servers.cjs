/* The servers of the client libraries in one process: those on npm themselves, of the others what
 * the client needs of the protocol. Prints {name: port} and ends with its standard input. */

const http = require('node:http')
const { WebSocketServer, createWebSocketStream } = require('ws')

const BEAT_MS = 1000
const allowed = {
  'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*', 'Access-Control-Allow-Methods': '*'
}

/* A WebSocket server where `speak(socket, request)` gives what becomes of a text message. */
const speaking = (speak, { protocols = [], onRequest } = {}) => () => {
  const server = http.createServer((request, response) => {
    response.writeHead(200, { ...allowed, 'Content-Type': 'application/json' })
    response.end(onRequest ? onRequest(request) : '{}')
  })
  const handleProtocols = offered => protocols.find(name => offered.has(name)) ?? false
  new WebSocketServer({ server, handleProtocols }).on('connection', (socket, request) => {
    socket.on('error', () => {})
    const read = speak(socket, request)
    socket.on('message', data => read(data.toString()))
  })
  return server
}

const beating = (socket, frame) => {
  const timer = setInterval(() => socket.readyState === 1 && socket.send(frame()), BEAT_MS)
  socket.on('close', () => clearInterval(timer))
}

const plain = speaking(socket => text => socket.send(text))

const signalr = speaking(socket => {
  const send = message => socket.send(JSON.stringify(message) + '\x1e')
  const read = message => {
    if (message.protocol) {
      send({})
      beating(socket, () => '{"type":6}\x1e')
    } else if (message.type === 1) send({ type: 3, invocationId: message.invocationId, result: message.arguments[0] })
  }
  return text => text.split('\x1e').filter(Boolean).map(JSON.parse).forEach(read)
}, {
  onRequest: () => JSON.stringify({
    connectionId: 'a', connectionToken: 'b', negotiateVersion: 1, availableTransports: [{ transport: 'WebSockets', transferFormats: ['Text'] }]
  })
})

const phoenix = speaking(socket => text => {
  const [joinRef, ref, topic, , payload] = JSON.parse(text)
  socket.send(JSON.stringify([joinRef, ref, topic, 'phx_reply', { status: 'ok', response: payload }]))
})

const actioncable = speaking(socket => {
  const send = message => socket.send(JSON.stringify(message))
  send({ type: 'welcome' })
  beating(socket, () => JSON.stringify({ type: 'ping', message: Math.round(Date.now() / 1000) }))
  return text => {
    const { command, identifier, data } = JSON.parse(text)
    if (command === 'subscribe') send({ identifier, type: 'confirm_subscription' })
    if (command === 'message') send({ identifier, message: JSON.parse(data) })
  }
}, { protocols: ['actioncable-v1-json'] })

const centrifuge = speaking(socket => {
  beating(socket, () => '{}')
  const answer = ({ id, connect, rpc }) => {
    if (connect) return { id, connect: { client: 'a', version: '1', ping: BEAT_MS / 1000, pong: true } }
    return rpc && { id, rpc: { data: rpc.data } }
  }
  return text => {
    const answers = text.split('\n').map(JSON.parse).map(answer).filter(Boolean)
    if (answers.length) socket.send(answers.map(JSON.stringify).join('\n'))
  }
})

const stomp = speaking(socket => {
  const frame = (command, headers) => socket.send(`${command}\n${headers.join('\n')}\n\n\0`)
  return text => {
    const [command, ...headers] = text.split('\n\n')[0].split('\n')
    const receipt = headers.find(header => header.startsWith('receipt:'))
    if (command === 'CONNECT' || command === 'STOMP') {
      frame('CONNECTED', ['version:1.2', `heart-beat:${BEAT_MS},${BEAT_MS}`])
      beating(socket, () => '\n')
    } else if (receipt) frame('RECEIPT', [`receipt-id:${receipt.slice(8)}`])
  }
}, { protocols: ['v12.stomp'] })

const pusher = speaking(socket => {
  const send = (event, data, channel) => socket.send(JSON.stringify({ event, channel, data: JSON.stringify(data) }))
  send('pusher:connection_established', { socket_id: '1.1', activity_timeout: BEAT_MS / 1000 })
  return text => {
    const { event, data, channel } = JSON.parse(text)
    if (event === 'pusher:ping') send('pusher:pong', {})
    else if (event === 'pusher:subscribe') send('pusher_internal:subscription_succeeded', {}, data.channel)
    else if (event.startsWith('client-')) send(event, data, channel)
  }
})

const socketio = () => {
  const server = http.createServer()
  const { Server } = require('socket.io')
  const io = new Server(server, { cors: { origin: '*' }, pingInterval: BEAT_MS, pingTimeout: 2.5 * BEAT_MS })
  io.on('connection', socket => socket.on('ask', (text, acknowledge) => acknowledge(text)))
  return server
}

const graphql = () => {
  const { GraphQLObjectType, GraphQLSchema, GraphQLString } = require('graphql')
  const { useServer } = require('graphql-ws/use/ws')
  const echo = { type: GraphQLString, args: { text: { type: GraphQLString } }, resolve: (_, { text }) => text }
  const query = new GraphQLObjectType({ name: 'Query', fields: { echo } })
  const server = http.createServer()
  useServer({ schema: new GraphQLSchema({ query }) }, new WebSocketServer({ server, path: '/graphql' }))
  return server
}

const mqtt = async () => {
  const { Aedes } = require('aedes')
  const broker = await Aedes.createBroker()
  broker.on('clientError', () => {})
  broker.on('connectionError', () => {})
  const server = http.createServer()
  new WebSocketServer({ server, handleProtocols: () => 'mqtt' }).on('connection', (socket, request) => {
    const stream = createWebSocketStream(socket)
    stream.on('error', () => {})
    broker.handle(stream, request)
  })
  return server
}

const sockjs = () => {
  const server = http.createServer()
  const echo = require('sockjs').createServer({ heartbeat_delay: BEAT_MS, log: () => {} })
  echo.on('connection', connection => connection.on('data', data => connection.write(data)))
  echo.installHandlers(server, { prefix: '/echo' })
  return server
}

const makers = {
  plain, signalr, phoenix, actioncable, centrifuge, stomp, pusher, socketio, graphql, mqtt, sockjs
}

const listen = async ([name, make]) => {
  const server = await make()
  server.maxRequestsPerSocket = 1 // the next one is on a connection of its own, which no stall holds up
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return [name, server.address().port]
}

Promise.all(Object.entries(makers).map(listen)).then(entries => console.log(JSON.stringify(Object.fromEntries(entries))))
process.stdin.resume().on('end', () => process.exit(0))
process.on('uncaughtException', fault => console.error(fault))
