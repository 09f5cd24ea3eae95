/* The name of an endpoint: the path of its sockets with ids taken out, so that a reconnection
 * finds the loss it makes good, and one endpoint is one line on every chart. */

const ID = ':id'
const SOCKJS = /\/\d{3}\/[a-z0-9_]{8,}\/websocket$/i // its server and session, new at every attempt
const PATTERNS = [
  /^\d+$/,
  /^[\da-f-]{16,}$/i, // UUIDs too
  /^(?=.*\d)[\da-f]{8,}$/i, // with a digit: "facade" and "deadbeef" are words
  /^(?=.*\d)(?=.*[a-z])[\w-]{20,}$/i // ULID, nanoid and other long tokens
]
const NUMBER_AT_END = /([a-z][-_:])\d{2,}$/i // room-4711, user_42

const withoutId = segment => PATTERNS.some(pattern => pattern.test(segment))
  ? ID
  : segment.replace(NUMBER_AT_END, `$1${ID}`)

/* `path`: of a URL, without its query. */
export const endpointName = path =>
  path.replace(SOCKJS, `/${ID}/${ID}/websocket`).split('/').map(withoutId).join('/')
