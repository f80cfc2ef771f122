import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

/** Runs a program that has `io`, the input and output of its real process, and answers the child. */
async function start(program: string) {
  const contents = `import { endOnUncaughtErrors, processIo } from './process-io.ts'
    const io = processIo('1'); endOnUncaughtErrors(io); ${program}`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    conditions: ['samsa-source'],
  })
  return spawn(process.execPath, ['--input-type=module', '-e', outputFiles[0]!.text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

describe('the output of a real process', () => {
  it('says when its reader has gone away', async () => {
    const child = await start(
      `while (await io.write('line\\n')) await new Promise(done => setTimeout(done, 5)); io.exit(7)`,
    )
    await once(child.stdout, 'data')
    child.stdout.destroy()
    expect(await once(child, 'exit')).toEqual([7, null])
  })
})
