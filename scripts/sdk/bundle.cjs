/* Bundles the browser monitor: node bundle.cjs FOLDER OF THE MODULES, FOLDER OF THE BUILT FILES. */

const { build } = require('esbuild')
const path = require('node:path')

const NAME = 'websocket-client-monitor'
const [modules, output] = process.argv.slice(2)

const script = {
  contents: `import { WebSocketClientMonitor } from './${NAME}.js'
    globalThis.WebSocketClientMonitor = WebSocketClientMonitor`,
  resolveDir: modules
}
const module_ = { contents: `export * from './${NAME}.js'`, resolveDir: modules }

/* The variant without readers: nothing is recognised. */
const withoutReaders = {
  name: 'without-readers',
  setup: ({ onLoad }) => onLoad({ filter: /[/]protocols[/]recognise\.js$/ }, () => ({
    contents: 'export const recognise = () => undefined'
  }))
}

const bundle = (name, format, stdin, plugins = []) => build({
  stdin,
  plugins,
  format,
  outfile: path.join(output, name),
  bundle: true,
  minify: true,
  target: 'es2020',
  logLevel: 'warning'
})

const all = [
  bundle(`${NAME}.js`, 'iife', script),
  bundle(`${NAME}.mjs`, 'esm', module_),
  bundle(`${NAME}-core.js`, 'iife', script, [withoutReaders]),
  bundle(`${NAME}-core.mjs`, 'esm', module_, [withoutReaders])
]
Promise.all(all).catch(() => process.exit(1))
