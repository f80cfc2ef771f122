import { spawn } from 'node:child_process'

export interface Ended {
  readonly code: number | null
  readonly output: string
}

export interface ProgramOptions {
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>>
  /** Ends it well as soon as it has printed this. */
  readonly until?: string
  readonly timeoutMs?: number
}

/** Runs a program to its end and gathers all it prints. A program that takes too long has failed. */
export function run(program: string, args: readonly string[], options: ProgramOptions): Promise<Ended> {
  const child = spawn(program, args, {
    cwd: options.folder,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let isEnough = false
  const take = (chunk: Buffer) => {
    output += chunk
    if (options.until === undefined || isEnough || !output.includes(options.until)) return
    isEnough = true
    child.kill('SIGKILL')
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  const late = setTimeout(() => {
    output += '\nIt took too long.'
    child.kill('SIGKILL')
  }, options.timeoutMs ?? 60_000)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => {
      clearTimeout(late)
      resolve({ code: isEnough ? 0 : code, output })
    })
  })
}

/** Like `run`; rejects with what was printed when it ends badly. */
export async function runWell(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<string> {
  const { code, output } = await run(program, args, options)
  if (code !== 0) throw new Error(`${args.slice(-1)} ended with ${code}: ${output.trim().slice(-1500)}`)
  return output
}
