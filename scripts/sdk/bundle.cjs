/* Bundles the browser monitor: node bundle.cjs FOLDER OF THE MODULES, FOLDER OF THE BUILT FILES.
 *
 * esbuild joins the modules, terser makes them small: it also shortens the names of properties,
 * all but those of public_names.cjs and of the platform. */

const { build } = require('esbuild')
const { writeFile } = require('node:fs/promises')
const path = require('node:path')
const { minify } = require('terser')
const publicNames = require('./public_names.cjs')

const NAME = 'websocket-client-monitor'
const TARGET = 2020
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
  setup: ({ onLoad }) => onLoad({ filter: /[/]instruments[/]reading\.js$/ }, () => ({
    contents: 'export const createReading = () => ({ asks: new Map(), read () {} })'
  }))
}

const smaller = code => minify(code, {
  ecma: TARGET,
  toplevel: true,
  compress: { passes: 5, inline: 0 },
  mangle: { properties: { keep_quoted: true, reserved: publicNames } }
})

const bundle = async (name, format, stdin, plugins = []) => {
  const options = { stdin, plugins, format, bundle: true, minifySyntax: true, target: `es${TARGET}` }
  const { outputFiles: [joined] } = await build({ ...options, write: false, logLevel: 'warning' })
  const { code } = await smaller(joined.text)
  await writeFile(path.join(output, name), `${code}\n`)
}

const all = [
  bundle(`${NAME}.js`, 'iife', script),
  bundle(`${NAME}.mjs`, 'esm', module_),
  bundle(`${NAME}-core.js`, 'iife', script, [withoutReaders]),
  bundle(`${NAME}-core.mjs`, 'esm', module_, [withoutReaders])
]
Promise.all(all).catch(fault => {
  console.error(fault)
  process.exit(1)
})
