// Bundles the whole platform into dist/: few files load in a third of the time of some hundred, and the published package
// needs none of the private workspaces. What only some commands need is in files of its own (chunk-*.js), loaded when it
// is called for. Third-party packages stay outside, as dependencies.
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'
import { bundleLibrary } from './bundle-library.mjs'

const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const pathOf = name => new URL(name, import.meta.url).pathname

for (const name of readdirSync(pathOf('dist'))) {
  if (name.startsWith('chunk-')) rmSync(pathOf(`dist/${name}`))
}
await build({
  entryPoints: {
    plain: pathOf('dist/embed/index.js'),
    samsa: pathOf('dist/main.js'),
    'kafka-tool': pathOf('dist/tool-main.js'),
  },
  outdir: pathOf('dist'),
  bundle: true,
  splitting: true,
  chunkNames: 'chunk-[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // A quarter less to parse at each start; names stay, for stack traces.
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  legalComments: 'none',
  external: Object.keys(manifest.dependencies),
  banner: { js: '#!/usr/bin/env node' },
  logLevel: 'warning',
})

await bundleLibrary(Object.keys(manifest.dependencies))

// An executable for each of Kafka's tools; npm makes commands of them by the manifest's "bin".
const { kafkaTools } = await import('@samsa/cli')
const { serverTools } = await import('./dist/server-tools/index.js')
rmSync(pathOf('dist/tools'), { recursive: true, force: true })
mkdirSync(pathOf('dist/tools'))
for (const name of Object.keys({ ...kafkaTools, ...serverTools })) {
  const path = pathOf(`dist/tools/${name}.js`)
  writeFileSync(
    path,
    `#!/usr/bin/env node\nimport { toolMain } from '../kafka-tool.js'\nawait toolMain('${name}')\n`,
  )
  chmodSync(path, 0o755)
}
