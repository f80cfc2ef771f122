// Makes what `import … from 'samsa'` and `require('samsa')` load in Node.js: dist/index.js and dist/index.cjs. The latter
// runs dist/library-<hash>.cjs and keeps what V8 made of it (see src/compiled/load-compiled.ts): one file, because only a
// whole script can be kept; and one library, however it was loaded, so that its classes are the same everywhere. Bundlers,
// which could not follow that, get dist/plain.js by the condition "module".
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const pathOf = name => fileURLToPath(new URL(name, import.meta.url))

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  legalComments: 'none',
  outdir: pathOf('dist'),
  outExtension: { '.js': '.cjs' },
}

/** @param external packages that are not bundled */
export async function bundleLibrary(external) {
  for (const name of readdirSync(pathOf('dist'))) {
    if (name.startsWith('library-')) rmSync(pathOf(`dist/${name}`))
  }
  const library = await bundleExports(external)
  const names = Object.keys(await import('./dist/embed/index.js'))
    .sort()
    .join(', ')
  await build({
    ...common,
    stdin: {
      contents: `import { loadCompiled } from './dist/compiled/load-compiled.js'
export const { ${names} } = loadCompiled(\`\${__dirname}/${library}\`, require)`,
      resolveDir: pathOf('.'),
      sourcefile: 'index.cjs',
    },
    entryNames: 'index',
  })
  writeFileSync(
    pathOf('dist/index.js'),
    // Importing node:module would take a millisecond: of a built-in that is imported, every export is read.
    `const { createRequire } = process.getBuiltinModule('node:module')
export const { ${names} } = createRequire(import.meta.url)('./index.cjs')
`,
  )
}

/** All that the package exports, as one expression, which is what `loadCompiled` wants. Answers the file's name. */
async function bundleExports(external) {
  const { metafile } = await build({
    ...common,
    entryPoints: { library: pathOf('dist/embed/index.js') },
    entryNames: '[name]-[hash]',
    external,
    minifySyntax: true,
    minifyWhitespace: true,
    define: { 'import.meta.url': '__samsaUrl' },
    banner: { js: '(function (exports, require, module, __samsaUrl) {' },
    footer: { js: '})' },
    metafile: true,
  })
  return basename(Object.keys(metafile.outputs)[0])
}
