// Makes what `import … from 'samsa'` loads in Node.js: dist/index.js, which runs dist/library-<hash>.cjs and keeps what V8
// made of it (see src/compiled/load-compiled.ts). One file, because only a whole script can be kept. Bundlers, which could
// not follow that, get dist/plain.js by the condition "module".
import { readdirSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const pathOf = name => fileURLToPath(new URL(name, import.meta.url))

/** @param external packages that are not bundled */
export async function bundleLibrary(external) {
  for (const name of readdirSync(pathOf('dist'))) {
    if (name.startsWith('library-')) rmSync(pathOf(`dist/${name}`))
  }
  const common = { bundle: true, platform: 'node', target: 'node20', legalComments: 'none', external }
  const { metafile } = await build({
    ...common,
    entryPoints: { library: pathOf('dist/embed/index.js') },
    entryNames: '[name]-[hash]',
    outdir: pathOf('dist'),
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    define: { 'import.meta.url': '__samsaUrl' },
    metafile: true,
  })
  const library = basename(Object.keys(metafile.outputs)[0])
  const names = Object.keys(await import('./dist/embed/index.js')).sort()
  await build({
    ...common,
    stdin: {
      contents: `import { loadCompiled } from './dist/compiled/load-compiled.js'
export const { ${names.join(', ')} } = loadCompiled(new URL('./${library}', import.meta.url))`,
      resolveDir: pathOf('.'),
    },
    outfile: pathOf('dist/index.js'),
    format: 'esm',
  })
}
