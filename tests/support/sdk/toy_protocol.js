/* A reader of a toy protocol, JSON arrays of events, and a life and endpoint around it. */
const frames = []
const reader = {
  name: 'toy',
  begin: place => ({ place }),
  nameOf: ({ place }) => `toy ${place.path}`,
  recognises: (_, frame) => frame === 'hello' || frame[0] === 7,
  read: (frame, direction, state, length) => {
    frames.push([frame.length, length, direction])
    return typeof frame === 'string' && frame[0] === '[' ? JSON.parse(frame) : []
  }
}
let asked = 0
const recognise = (place, frame, direction) => {
  asked++
  return reader.recognises(place, frame, direction) ? reader : undefined
}
const life = { at: 0, epoch: 0, isHidden: false, now: () => life.at }
Date.now = () => life.at
const endpoint = { tally: newTally() }
const trips = (options = {}) =>
  createRoundTrips({ endpoint, life, opening: () => ({ path: '/p', subprotocol: '' }), ...options })
const say = (trip, direction, ...events) => trip.message(JSON.stringify(events), direction, 10)
const { latency, reply, messages } = endpoint.tally
