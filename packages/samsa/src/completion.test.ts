import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { World } from '@samsa/base'
import { kafkaTools, testIo } from '@samsa/cli'
import { describe, expect, it } from 'vitest'
import { runSamsa } from './program.ts'
import { serverTools } from './server-tools/index.ts'
import type { StartParts } from './start/run-start.ts'

async function scriptFor(shell: string) {
  const io = testIo()
  const parts = { version: '1.2.3', world: {} as World } as StartParts
  const code = await runSamsa(parts, ['completion', shell], io)
  return { code, script: io.output(), errors: io.errors() }
}

const isHere = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0

/** What bash proposes at the end of a line. */
function proposed(script: string, line: string): string[] {
  const words = line.split(' ')
  const call = `COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _samsa; printf '%s\\n' "\${COMPREPLY[@]}"`
  const done = spawnSync('bash', ['-c', `${script}\n${call}`], { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(done.stderr)
  return done.stdout.split('\n').filter(Boolean)
}

describe('samsa completion', () => {
  it.each(['bash', 'zsh', 'fish'])('%s knows every command and every tool by all names', async shell => {
    const { code, script, errors } = await scriptFor(shell)
    expect([code, errors]).toEqual([0, ''])
    for (const name of Object.keys({ ...kafkaTools, ...serverTools })) expect(script).toContain(`${name}.sh`)
    for (const word of ['start', 'doctor', 'explain', 'override', 'bootstrap-server'])
      expect(script).toContain(word)
    // What no help tells of is not proposed either.
    expect(script).not.toMatch(/--zookeeper |-l zookeeper /)
  })

  it('refuses other shells', async () => {
    expect(await scriptFor('tcsh')).toMatchObject({ code: 2, script: '' })
  })

  it.runIf(isHere('bash'))('completes in bash: words, options, choices, verbs of tools', async () => {
    const { script } = await scriptFor('bash')
    expect(proposed(script, 'samsa do')).toEqual(['doctor'])
    expect(proposed(script, 'samsa completion ')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']))
    expect(proposed(script, '/usr/bin/samsa start --log-f')).toEqual(['--log-format'])
    expect(proposed(script, 'samsa start --log-level ')).toEqual(['debug', 'info', 'warn', 'error', 'silent'])
    expect(proposed(script, 'samsa start --data ')).toEqual([])
    expect(proposed(script, 'kafka-topics.sh --cre')).toEqual(['--create'])
    expect(proposed(script, 'kafka-storage format --ig')).toEqual(['--ignore-formatted'])
  })

  for (const shell of ['zsh', 'fish']) {
    it.runIf(isHere(shell))(`is read by ${shell}`, async () => {
      const { script } = await scriptFor(shell)
      const directory = mkdtempSync(join(tmpdir(), 'samsa-completion-'))
      const path = join(directory, 'script')
      writeFileSync(path, script)
      expect(spawnSync(shell, ['-n', path], { encoding: 'utf8' }).stderr).toBe('')
      rmSync(directory, { recursive: true })
    })
  }
})
