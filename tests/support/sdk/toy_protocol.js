/* A reader of a toy protocol, JSON arrays of events, and a life and endpoint around it. */
const frames = []
const reader = {
  name: 'toy',
  begin: place => ({ place }),
  nameOf: ({ place }) => `toy ${place.path}`,
  recognises: (_, frame) => frame === 'hello' || frame[0] === 7,
  read: (frame, isSent, tell, state, length) => {
    frames.push([frame.length, length, isSent])
    if (frame[0] === '[') JSON.parse(frame).forEach(([name, ...rest]) => tell[name](...rest))
  }
}
let asked = 0
const recognise = (place, frame, isSent) => {
  asked++
  return reader.recognises(place, frame, isSent) ? reader : undefined
}
const life = { at: 0, epoch: 0, isHidden: false, now: () => life.at }
Date.now = () => life.at
const endpoint = { tally: newTally() }
const trips = (options = {}) =>
  createRoundTrips({ endpoint, life, opening: () => ({ path: '/p', subprotocol: '' }), ...options })
const say = (trip, direction, ...calls) => trip.message(JSON.stringify(calls), direction === 'sent', 10)
const { latency, reply, messages } = endpoint.tally
