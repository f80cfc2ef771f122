import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { lockFile } from './lock-file.ts'
import { thisProcess } from './lock-owner.ts'

const program = `
  const { lockFile } = await import(process.argv[1])
  console.log(lockFile(process.argv[2]) === undefined ? 'refused' : 'held')
  setInterval(() => {}, 1000)
`

describe('a lock file', () => {
  let directory: string
  let compiled: string
  let path: string
  let round = 0
  const children: ChildProcess[] = []

  beforeAll(() => {
    directory = mkdtempSync(`${tmpdir()}/samsa-lock-`)
    compiled = `${directory}/lock-file.mjs`
    const entryPoints = [fileURLToPath(new URL('./lock-file.ts', import.meta.url))]
    buildSync({ entryPoints, outfile: compiled, bundle: true, platform: 'node', format: 'esm' })
  })

  beforeEach(() => {
    path = `${directory}/.lock-${++round}`
  })

  afterAll(() => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(directory, { recursive: true })
  })

  /** Another process that tries to take the lock; what it got. */
  function contender(): { child: ChildProcess; outcome: Promise<string> } {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, compiled, path])
    children.push(child)
    const outcome = new Promise<string>(resolve =>
      child.stdout!.once('data', data => resolve(String(data).trim())),
    )
    return { child, outcome }
  }

  const exited = (child: ChildProcess) => {
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    return gone
  }

  it('is refused while another process holds it, and free at once after kill -9', async () => {
    const { child, outcome } = contender()
    expect(await outcome).toBe('held')
    expect(lockFile(path)).toBeUndefined()
    await exited(child)
    const lock = lockFile(path)
    expect(lock).toBeDefined()
    lock!.release()
  })

  it('of a dead owner goes to one of many contenders', async () => {
    for (let i = 0; i < 3; i++) {
      const contenders = Array.from({ length: 5 }, contender)
      const outcomes = await Promise.all(contenders.map(({ outcome }) => outcome))
      expect(outcomes.filter(outcome => outcome === 'held').length).toBe(1)
      await Promise.all(contenders.map(({ child }) => exited(child)))
    }
  })

  it('leaves one small file behind, however often it is taken', () => {
    for (let i = 0; i < 5; i++) lockFile(path)!.release()
    const left = readdirSync(directory).filter(name => name.startsWith(`.lock-${round}.`))
    expect(left.length).toBe(1)
  })

  it('does not belong to a process that happens to have the number of a dead one', () => {
    writeFileSync(`${path}.4`, JSON.stringify({ ...thisProcess(), started: '12' }))
    const lock = lockFile(path)
    expect(lock).toBeDefined()
    expect(JSON.parse(readFileSync(`${path}.5`, 'utf8')).pid).toBe(process.pid)
    lock!.release()
  })

  it('of another boot is free; of another container when it was not touched lately', () => {
    writeFileSync(`${path}.1`, JSON.stringify({ ...thisProcess(), boot: 'another' }))
    lockFile(path)!.release()
    writeFileSync(`${path}.9`, JSON.stringify({ ...thisProcess(), pidNamespace: 'another' }))
    utimesSync(`${path}.9`, new Date(), new Date(Date.now() - 10_000))
    expect(lockFile(path)).toBeDefined()
  })

  it('torn by a power cut is free', () => {
    writeFileSync(`${path}.1`, '{"pid":')
    utimesSync(`${path}.1`, new Date(), new Date(Date.now() - 10_000))
    expect(lockFile(path)).toBeDefined()
  })
})
