import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The program as a process of its own, bundled from the sources as it is published.

const home = new URL('..', import.meta.url).pathname
const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
const bundle = join(home, 'dist/process-test.js')
let directory: string

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'samsa-process-'))
  await build({
    entryPoints: [join(home, 'src/main.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['samsa-source'],
    external: Object.keys(manifest.dependencies),
    logLevel: 'error',
  })
})

afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
  rmSync(bundle, { force: true })
})

interface Run {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  output(): string
  errors(): string
  /** Waits until the output holds this. */
  saw(text: string): Promise<void>
}

function samsa(...line: string[]): Run {
  const child = spawn(process.execPath, [bundle, ...line], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '' },
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', chunk => {
    output += chunk
  })
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  const ended = new Promise<number | null>(resolve => child.on('close', resolve))
  const saw = async (text: string) => {
    while (!output.includes(text)) {
      const next = new Promise<'more'>(resolve => child.stdout.once('data', () => resolve('more')))
      if ((await Promise.race([next, ended])) !== 'more' && !output.includes(text)) {
        throw new Error(`ended without '${text}': ${output}${errors}`)
      }
    }
  }
  return { child, ended, output: () => output, errors: () => errors, saw }
}

describe('the program', () => {
  it('prints the version of its package', async () => {
    const { ended, output } = samsa('--version')
    expect(await ended).toBe(0)
    expect(output()).toBe(`${manifest.version}\n`)
  })

  it('starts a node on a free port, which a signal stops in order', async () => {
    const run = samsa('start', '--port', '0', '--data', 'stopped')
    await run.saw('It keeps its data in')
    run.child.kill('SIGTERM')
    expect(await run.ended).toBe(0)
    expect(run.errors()).toBe('')
    expect(run.output()).toContain(join(directory, 'stopped'))
    expect(run.output()).toContain('Stopped. Everything acknowledged is on disk.')
  })

  it('says in two lines that the port is in use, and leaves nothing running', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const { ended, errors } = samsa('start', '--port', String(port), '--data', 'taken-port')
    expect(await ended).toBe(1)
    expect(errors()).toBe(
      `samsa: Another program is listening already (127.0.0.1, port ${port}), perhaps another Samsa or Kafka.\nStop that program, or take another port: samsa start --port ${port + 100}\n`,
    )
    await new Promise(resolve => server.close(resolve))
  })

  it('says that a data directory is in use by another node', async () => {
    const first = samsa('start', '--port', '0', '--data', 'shared')
    await first.saw('It keeps its data in')
    const second = samsa('start', '--port', '0', '--data', 'shared')
    expect(await second.ended).toBe(1)
    expect(second.errors()).toMatch(/^samsa: The data directory shared is in use by another process\. .*\n$/)
    first.child.kill('SIGINT')
    expect(await first.ended).toBe(0)
  })

  it('runs on when nobody reads its output any more', async () => {
    const run = samsa('start', '--port', '0', '--data', 'unread', '--log-level', 'debug')
    await run.saw('It keeps its data in')
    run.child.stdout!.destroy()
    run.child.kill('SIGTERM')
    expect(await run.ended).toBe(0)
  })
})
