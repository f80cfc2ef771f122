// Bundles the whole platform into dist/samsa.js: one file loads in a third of the time of some hundred, and the
// published package needs none of the private workspaces. Third-party packages stay outside, as dependencies.
import { readFileSync } from 'node:fs'
import { build } from 'esbuild'

const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

await build({
  entryPoints: [new URL('dist/main.js', import.meta.url).pathname],
  outfile: new URL('dist/samsa.js', import.meta.url).pathname,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'linked',
  legalComments: 'none',
  external: Object.keys(manifest.dependencies),
  banner: { js: '#!/usr/bin/env node' },
  logLevel: 'warning',
})
