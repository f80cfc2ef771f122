// Bundles the types of what the package exports into dist/index.d.ts, so that the published package mentions none of the
// private workspaces. Does nothing when the declarations that tsc wrote are older than the bundle.
import { copyFileSync, existsSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

const packages = fileURLToPath(new URL('..', import.meta.url)).replaceAll('\\', '/')
const bundle = `${packages}samsa/dist/index.d.ts`
const forRequire = `${packages}samsa/dist/index.d.cts`

/** Packages of this repository are part of the bundle, all others are imported by those who use it. */
const workspaces = {
  name: 'workspaces',
  resolveId(id) {
    const name = /^@samsa\/([a-z-]+)$/.exec(id)?.[1]
    if (name !== undefined) return `${packages}${name}/dist/index.d.ts`
    return /^[./]|^[A-Za-z]:/.test(id) ? null : { id, external: true }
  },
}

if (isStale()) {
  const types = await rollup({
    input: `${packages}samsa/dist/embed/index.d.ts`,
    plugins: [workspaces, dts()],
    onwarn(warning) {
      throw new Error(warning.message)
    },
  })
  // `await using` and its types are newer than what projects' `lib` names by default.
  await types.write({ file: bundle, banner: '/// <reference lib="esnext.disposable" />' })
  // For those who `require`: TypeScript takes a declaration for what its own extension says.
  copyFileSync(bundle, forRequire)
}

function isStale() {
  if (!existsSync(bundle) || !existsSync(forRequire)) return true
  const bundledAt = modifiedAt(bundle)
  const sources = readdirSync(packages)
    .map(name => `${packages}${name}/dist`)
    .filter(folder => existsSync(folder))
    .flatMap(declarationsIn)
  return [fileURLToPath(import.meta.url), ...sources].some(path => modifiedAt(path) > bundledAt)
}

function declarationsIn(folder) {
  return readdirSync(folder, { recursive: true })
    .filter(name => name.endsWith('.d.ts'))
    .map(name => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter(path => path !== bundle)
}

function modifiedAt(path) {
  return statSync(path).mtimeMs
}
