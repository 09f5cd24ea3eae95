#!/usr/bin/env bash
# terser's list of the platform's property names lacks many that occur in option objects alone
#
# Believed: with `mangle.properties` terser shortens a script's own names and leaves those of the
#   platform, which its built-in list holds; APIs as old as streams and PerformanceObserver are safe.
# True: the list holds what objects of a browser have. Names that only occur as members of an
#   options dictionary are no property of any object; many of them are shortened like one's own,
#   though their APIs are listed. Platforms ignore members they do not know: the option is lost
#   without an error. A monitor that observes `event` entries loses `durationThreshold` that way and
#   gets the default of 104 ms; here `preventClose` is lost, and a stream is closed that should stay.
# Seen with terser 5.51.4, Node.js 20.20, on 2026-11-28.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --no-save terser@5.51.4 > /dev/null

cat > run.mjs <<'JS'
import { minify } from 'terser'

const small = async code => (await minify(code, {
  module: true, compress: false, mangle: { properties: true }
})).code
const options = [
  ['PerformanceObserver', 'observe', ['type', 'buffered', 'entryTypes', 'durationThreshold']],
  ['ReadableStream', 'pipeTo', ['signal', 'preventClose', 'preventAbort', 'preventCancel']],
  ['WebSocketStream', 'constructor', ['signal', 'protocols']],
  ['fetchLater', 'call', ['keepalive', 'activateAfter']]
]
for (const [api, method, names] of options) {
  const kept = []
  const lost = []
  for (const name of names) (await small(`f({${name}:1})`) === `f({${name}:1});` ? kept : lost).push(name)
  console.log(`${api} ${method}: kept ${kept.join(' ')}; renamed ${lost.join(' ')}`)
}

const program = `
  let closed = false;
  const target = new WritableStream({ close () { closed = true } });
  const source = new ReadableStream({ start (controller) { controller.close() } });
  await source.pipeTo(target, { preventClose: true });
  console.log(LABEL, closed ? 'closed' : 'still open')`
const run = code => import(`data:text/javascript,${encodeURIComponent(code)}`)
await run(program.replace('LABEL', '"destination, as written:"'))
await run(await small(program.replace('LABEL', '"destination, built:"')))
JS
node run.mjs | tee output

diff output - <<'OUT'
PerformanceObserver observe: kept type buffered; renamed entryTypes durationThreshold
ReadableStream pipeTo: kept signal; renamed preventClose preventAbort preventCancel
WebSocketStream constructor: kept signal; renamed protocols
fetchLater call: kept keepalive; renamed activateAfter
destination, as written: still open
destination, built: closed
OUT
