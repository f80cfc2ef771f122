import { constants, accessSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { arch, pid, version } from 'node:process'
import { fileURLToPath } from 'node:url'
import { Script, runInThisContext, constants as vmConstants } from 'node:vm'

// Compiling the platform takes longer than running a short test against it. What V8 made of it is therefore kept beside
// the program, by those who may write there, and taken from there the next time. V8 refuses what another version of it
// made; the program's own name changes with its content.

type Exports = Record<string, unknown>
type Program = (exports: Exports, require: NodeJS.Require, module: { exports: Exports }, url: string) => void

/** Long enough for a test to have run most of what it needs: the cache holds what was compiled until then. */
const KEEP_AFTER_MS = 1000

/**
 * Runs a CommonJS program and answers its exports. Compiled code is kept beside it as `<name>-<Node's version>.cache`,
 * unless NODE_DISABLE_COMPILE_CACHE is set.
 */
export function loadCompiled(url: URL): Exports {
  const path = fileURLToPath(url)
  const source = `(function (exports, require, module, __samsaUrl) {${readFileSync(path, 'latin1')}\n})`
  const module = { exports: {} }
  compile(source, path)(module.exports, createRequire(path), module, url.href)
  return module.exports
}

function compile(source: string, path: string): Program {
  // Some test runners give each test file globals of its own, which are then the ones to run with.
  // biome-ignore lint/security/noGlobalEval: it is our own program, in the caller's realm.
  if (runInThisContext('Object') !== Object) return globalThis.eval(source) as Program
  const cachePath = path.replace(/\.cjs$/, `-${version}-${arch}.cache`)
  const cachedData = bytesOf(cachePath)
  const script = new Script(source, {
    filename: path,
    importModuleDynamically: vmConstants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData !== undefined && { cachedData }),
  })
  if (cachedData === undefined || script.cachedDataRejected === true) keepLater(script, cachePath)
  return script.runInThisContext() as Program
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return isWanted() && existsSync(path) ? readFileSync(path) : undefined
  } catch {
    return undefined
  }
}

const isWanted = () => (process.env['NODE_DISABLE_COMPILE_CACHE'] ?? '') === ''

function keepLater(script: Script, path: string): void {
  if (!isWanted() || !mayWriteIn(dirname(path))) return
  let isKept = false
  const keep = () => {
    if (isKept) return
    isKept = true
    process.off('exit', keep)
    write(path, script.createCachedData())
  }
  process.once('exit', keep)
  setTimeout(keep, KEEP_AFTER_MS).unref()
}

function mayWriteIn(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Whole or not at all, whoever else writes it: other processes, other threads. */
function write(path: string, bytes: Uint8Array): void {
  const draft = `${path}.${pid}-${Math.random().toString(36).slice(2)}`
  try {
    writeFileSync(draft, bytes)
    renameSync(draft, path)
  } catch {
    rmSync(draft, { force: true })
  }
}
