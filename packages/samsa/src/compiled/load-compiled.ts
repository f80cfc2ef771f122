import { constants, accessSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script, runInThisContext, constants as vmConstants } from 'node:vm'

// Compiling the platform takes longer than running a short test against it. What V8 made of it is therefore kept beside
// the program, by those who may write there, and taken from there the next time. V8 refuses what another version of it
// made; the program's own name changes with its content.

type Exports = Record<string, unknown>
type Program = (exports: Exports, require: NodeJS.Require, module: { exports: Exports }, url: string) => void

/** Long enough for a test to have run most of what it needs: the cache holds what was compiled until then. */
const KEEP_AFTER_MS = 1000

/**
 * Runs a program and answers its exports: a file that is one expression, a function of `exports`, `require`, `module`
 * and the file's URL. Compiled code is kept beside it as `<name>-<Node's version>.cache`, unless
 * NODE_DISABLE_COMPILE_CACHE is set.
 */
export function loadCompiled(path: string, require: NodeJS.Require): Exports {
  const module = { exports: {} }
  compile(path)(module.exports, require, module, pathToFileURL(path).href)
  return module.exports
}

function compile(path: string): Program {
  const source = readFileSync(path, 'latin1')
  // Some test runners (Jest) give each test file globals of its own, which are then the ones to run with.
  if (runInThisContext('Object') !== Object) return compileHere(source, path)
  const cachePath = path.replace(/\.cjs$/, `-${process.version}-${process.arch}.cache`)
  const cachedData = isWanted() ? bytesOf(cachePath) : undefined
  const script = new Script(source, {
    filename: path,
    importModuleDynamically: vmConstants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData !== undefined && { cachedData }),
  })
  if (cachedData === undefined || script.cachedDataRejected === true) keepLater(script, cachePath)
  return script.runInThisContext() as Program
}

/** With the caller's globals. V8 keeps nothing of it: there is no handle for these globals to compile with. */
function compileHere(source: string, path: string): Program {
  // biome-ignore lint/security/noGlobalEval: it is our own program.
  return globalThis.eval(`${source}\n//# sourceURL=${path}`) as Program
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
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
  const draft = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}`
  try {
    writeFileSync(draft, bytes)
    renameSync(draft, path)
  } catch {
    rmSync(draft, { force: true })
  }
}
