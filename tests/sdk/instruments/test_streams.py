"""WebSocketStream and EventSource are counted as connections, and work as they did."""

from tests.support.servers.monitored_page import MonitoredPage

OPEN = "const stream = new WebSocketStream(ADDRESS)"


def run(real: MonitoredPage, script: str) -> object:
    return real.run("const ADDRESS = location.origin.replace('http', 'ws') + '/stream';" + script)


def test_a_stream_is_counted_with_its_messages(real: MonitoredPage) -> None:
    outcome = run(real, f"""
        monitor.install()
        {OPEN}
        const {{ readable, writable, protocol, extensions }} = await stream.opened
        const [reader, writer] = [readable.getReader(), writable.getWriter()]
        writer.write('é'); writer.write(new Uint8Array([1, 2, 3]))
        const [first, second] = [await reader.read(), await reader.read()]
        stream.close({{ closeCode: 4001, reason: 'bye' }})
        const {{ closeCode, reason }} = await stream.closed
        const end = await reader.read()
        return [first.value, second.value.byteLength, closeCode, reason, end.done, protocol,
                extensions, stream.opened === stream.opened, stream.constructor === WebSocketStream]
    """)  # fmt: skip
    assert outcome == ["é", 3, 4001, "bye", True, "", "", True, True]
    real.pass_time()
    report = real.flush()
    messages, connection = report["messages"], report["connection"]
    assert (messages["sent"], messages["received"]) == (2, 2)
    assert (messages["bytes_sent"], messages["bytes_received"]) == (5, 5)
    assert (connection["attempts"], connection["opened"], connection["drops"]) == (1, 1, 0)
    assert connection["close_codes"] == connection["close_codes_given"] == {"4001": 1}
    assert report["endpoint"] == "/stream"


def test_a_stream_reset_by_the_server_is_lost(real: MonitoredPage) -> None:
    outcome = run(real, f"""
        monitor.install()
        {OPEN}
        const {{ readable, writable }} = await stream.opened
        const reader = readable.getReader()
        writable.getWriter().write('reset').catch(() => undefined)
        const faults = [reader.read(), stream.closed].map(promise => promise.catch(fault => fault))
        return (await Promise.all(faults)).map(fault => fault.constructor.name)
    """)  # fmt: skip
    assert outcome == ["WebSocketError", "WebSocketError"]
    real.pass_time()
    connection = real.flush()["connection"]
    assert (connection["lost"], connection["open_losses"]) == (1, 1)


def test_a_refused_stream_is_failed_and_a_cancelled_stream_abandoned(real: MonitoredPage) -> None:
    run(real, """
        monitor.install()
        const refused = new WebSocketStream(ADDRESS.replace('stream', 'refuse'))
        await refused.opened.catch(() => undefined)
        const cancelled = new WebSocketStream(ADDRESS.replace('stream', 'slow'))
        cancelled.close()
        await cancelled.closed.catch(() => undefined)
    """)  # fmt: skip
    real.pass_time()
    assert (real.total("failed"), real.total("abandoned"), real.total("attempts")) == (1, 1, 2)
    real.watch.console_errors.clear()  # the browser logs refused sockets


def test_an_event_source_is_counted_on_demand(real: MonitoredPage) -> None:
    events = "retry: 60000\ndata: one\n\ndata: two\n\n"
    real.page.route("**/feed.events", lambda route: route.fulfill(
        content_type="text/event-stream", body=events))  # fmt: skip
    real.run("""
        monitor.install({ eventSource: true })
        const source = window.source = new EventSource('/feed.events')
        await new Promise(resolve => source.addEventListener('error', resolve))
    """)
    real.pass_time()
    report = real.flush()
    connection, messages = report["connection"], report["messages"]
    assert (report["endpoint"], report["protocol"]) == ("/feed.events", "eventsource")
    assert (connection["opened"], connection["lost"], messages["received"]) == (1, 1, 2)
    real.run("source.close()")
    assert real.total("abandoned") == 1


def test_an_event_source_is_otherwise_left_alone(real: MonitoredPage) -> None:
    assert real.run("const native = EventSource; monitor.install(); return EventSource === native")
