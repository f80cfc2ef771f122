import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Expectation, Verdict } from './expected.ts'

export interface Outcome {
  readonly verdict: Verdict
  /** What it ended with, in a few words. */
  readonly words: string
  readonly seconds: number
  /** All it printed. */
  readonly output: string
}

/** Numbers of the tests that a built `tests` folder has; those that only talk to the mock broker inside librdkafka left out. */
export function testsIn(folder: string): string[] {
  const files = readdirSync(folder).filter(name => /^\d{4}-.*\.c(pp)?$/.test(name) && !name.includes('mock'))
  return [...new Set(files.map(name => name.slice(0, 4)))].sort()
}

/** Runs one test alone, in quick mode, and with names of topics that no earlier run used. */
export async function runTest(
  folder: string,
  { test, setting }: Pick<Expectation, 'test' | 'setting'>,
  bootstrap: string,
  scratch: string,
  secondsMax: number,
): Promise<Outcome> {
  const settings = join(scratch, 'test.conf')
  writeFileSync(settings, `bootstrap.servers=${bootstrap}\ntest.topic.random=true\n${setting}\n`)
  const libraries = '../src:../src-cpp'
  const begun = Date.now()
  const child = spawn('./test-runner', ['-p1', '-Q'], {
    cwd: folder,
    env: {
      ...process.env,
      TESTS: test,
      RDKAFKA_TEST_CONF: settings,
      TEST_KAFKA_VERSION: '4.2.0',
      LD_LIBRARY_PATH: libraries,
      DYLD_LIBRARY_PATH: libraries,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: some tests fork.
    detached: true,
  })
  let output = ''
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-1_000_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  let isLate = false
  const late = setTimeout(() => {
    isLate = true
    process.kill(-child.pid!, 'SIGKILL')
  }, secondsMax * 1000)
  const [code, signal] = await once(child, 'close').finally(() => clearTimeout(late))
  const seconds = Math.round((Date.now() - begun) / 1000)
  if (isLate) return { verdict: 'fails', words: `not done in ${secondsMax} s`, seconds, output }
  return { ...judged(code, signal, output), seconds, output }
}

function judged(
  code: number | null,
  signal: string | null,
  output: string,
): Pick<Outcome, 'verdict' | 'words'> {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the runner's lines are coloured
  const lines = output.replaceAll(/\x1b\[[0-9;]*m/g, '').split('\n')
  const told = (word: string) =>
    lines.filter(line => line.includes('=== Test ') && line.includes(` ${word} `))
  if (code !== 0) return { verdict: 'fails', words: `${signal ?? `exit ${code}`}: ${complaintOf(lines)}` }
  if (told('PASSED').length > 0) return { verdict: 'passes', words: '' }
  return { verdict: 'skips', words: complaintOf(told('SKIPPED')) }
}

function complaintOf(lines: readonly string[]): string {
  const line = lines.findLast(one => /fail|skip|assert/i.test(one)) ?? lines.at(-1) ?? ''
  return line.replaceAll(/=+/g, '').trim().slice(0, 200)
}
