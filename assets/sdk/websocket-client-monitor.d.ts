/* Types of WebSocketClientMonitor 2.1; the same for the classic script and the ES module. */

export interface MonitorOptions {
  /** Where reports go; default: `/api/ws/client-metrics` of the server the file came from. */
  endpoint?: string
  app?: string
  release?: string
  /** The page's name, or a function that gives it; default: the path of the page. */
  page?: string | (() => string)
  /** The ingest key, when the server asks for one. */
  key?: string
  /** Share of page views that report, over 0 and at most 1. */
  sampleRate?: number
  /** Called with the reports of a post and the server's answer to it. */
  onAnswer?: (reports: object[], answer: object) => void
  /** Gives sockets an id in their address (`?wsmon=ID`) by which the server's agent names its end:
   *  true for those to the page's own host, a list of hosts (`chat.example.com:8443`), or a
   *  function of the address. */
  correlate?: boolean | string[] | ((url: string) => boolean)
  /** Says once in the console what cannot be seen, and why. */
  debug?: boolean
}

export type MessageData = string | ArrayBufferLike | Blob | ArrayBufferView
export type MessageId = string | number

export interface Ping {
  everyMs: number
  message: (id: string) => string | ArrayBufferLike | Blob | ArrayBufferView
  id: (data: any) => string | undefined
}

export interface SocketOptions {
  /** The name the socket's figures are reported under, or a function of its address; default: its
   *  path with ids taken out. */
  endpoint?: string | ((url: string) => string)
  /** The id that a reply repeats, or several where one frame holds several messages. */
  messageId?: (data: any, direction: 'sent' | 'received') =>
    MessageId | MessageId[] | null | undefined
  /** Round trips of the monitor's own: true for sockets that speak as `/ws` does. */
  ping?: boolean | Ping
}

export interface InstallOptions {
  /** The options of each socket, or null for one to be left alone. */
  optionsOf?: (url: string) => SocketOptions | null
  /** The endpoint of each socket, unless its own options name one. */
  endpoint?: (url: string) => string
  /** Watches the sockets of frames of the same origin too. */
  frames?: boolean
  /** Counts EventSource streams too, each as a stream of its own. */
  eventSource?: boolean
}

export class WebSocketClientMonitor {
  constructor (options?: MonitorOptions)
  readonly sessionId: string
  readonly isOn: boolean
  /** Opens a socket under observation. Throws what `new WebSocket` throws. */
  connect (url: string | URL, options?: SocketOptions & { protocols?: string | string[] }): WebSocket
  /** Watches every socket that the page opens from now on. */
  install (options?: InstallOptions | ((url: string) => SocketOptions | null)): this
  /** Ends `install()` for further sockets; absent before it. */
  uninstall?: () => void
  /** Watches one socket, and gives it back. */
  observe<S extends WebSocket> (socket: S, options?: SocketOptions): S
  /** Counts a round trip that the page measured itself. */
  roundTrip (ms: number, endpoint?: string): void
  /** Counts messages that the page held back while no socket was open. */
  queued (count?: number, endpoint?: string): void
  /** Ends the period and sends what waits. */
  flush (): Promise<void>
  /** Sends the rest and stops watching. */
  stop (): Promise<void>
}

declare global {
  /** Of a script tag with `data-app`. */
  var webSocketClientMonitor: WebSocketClientMonitor | undefined
}
