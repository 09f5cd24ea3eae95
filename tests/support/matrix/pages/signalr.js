import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { RETRY_MS, publish } from './asks.js'

let hub
const start = async () => {
  try {
    await hub.start()
  } catch {
    setTimeout(start, RETRY_MS)
  }
}
publish({
  start: url => {
    hub = new HubConnectionBuilder()
      .withUrl(`${url}/hub`, { transport: HttpTransportType.WebSockets, withCredentials: false })
      .withAutomaticReconnect({ nextRetryDelayInMilliseconds: () => RETRY_MS })
      .configureLogging(LogLevel.None)
      .build()
    hub.serverTimeoutInMilliseconds = 3500
    hub.keepAliveIntervalInMilliseconds = 1000
    start()
  },
  ready: () => hub.state === 'Connected',
  ask: text => hub.invoke('Echo', text),
  end: () => hub.stop()
})
