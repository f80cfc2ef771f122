import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ClientName } from './client-under-test.ts'

// The clients that ours is compared with are no dependency of this repository: each is installed into a cache of its
// own, in pinned versions, when the bench first needs it.
const cache =
  process.env['SAMSA_INTEROP_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'samsa-interop')

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

interface Package {
  readonly spec: string
  /** Tried in turn: without prebuilt binaries at hand, librdkafka is built against the machine's own libraries. */
  readonly environments: readonly Record<string, string>[]
}

const packages: Readonly<Record<Exclude<ClientName, 'samsa'>, Package>> = {
  kafkajs: { spec: 'kafkajs@2.2.4', environments: [{}] },
  // From 2.0 on it needs Node 22.22 or newer.
  platformatic: {
    spec:
      major > 22 || (major === 22 && minor >= 22)
        ? '@platformatic/kafka@2.12.1'
        : '@platformatic/kafka@1.34.0',
    environments: [{}],
  },
  confluent: {
    spec: '@confluentinc/kafka-javascript@1.10.1',
    environments: [{}, { CKJS_LINKING: 'dynamic' }],
  },
}

/** Where npm installed a client, and which version; or why it cannot be had on this machine. */
export type Installed =
  | { readonly name: ClientName; readonly folder: string; readonly version: string }
  | { readonly name: ClientName; readonly missing: string }

/** Sees that a client is installed. The first time takes a while: librdkafka's binding may have to be built. */
export function installClient(name: ClientName): Installed {
  if (name === 'samsa') return { name, folder: '', version: 'this repository' }
  const { spec, environments } = packages[name]
  const folder = join(cache, `bench-${spec.replaceAll(/[^\w.-]/g, '_')}`)
  const stamp = join(folder, '.done')
  if (existsSync(stamp)) return { name, folder, version: spec }
  process.stderr.write(`Installing ${spec} into ${folder} …\n`)
  let reason: string | undefined
  for (const environment of environments) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    reason = problemOf(spec, folder, environment)
    if (reason !== undefined) continue
    writeFileSync(stamp, spec)
    return { name, folder, version: spec }
  }
  return { name, missing: `${spec} cannot be installed: ${reason}` }
}

/** Installs, and loads once: a binding may be installed and not work. Undefined when all is well. */
function problemOf(spec: string, folder: string, environment: Record<string, string>): string | undefined {
  const options = {
    cwd: folder,
    encoding: 'utf8',
    timeout: 600_000,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ...environment },
  } as const
  const install = ['install', '--no-audit', '--no-fund', '--prefix', folder, spec]
  const name = spec.slice(0, spec.lastIndexOf('@'))
  const steps = [
    ['npm', install],
    [process.execPath, ['-e', `import(${JSON.stringify(name)})`]],
  ] as const
  for (const [program, line] of steps) {
    const done = spawnSync(program, line, options)
    if (done.status === 0) continue
    const said = `${done.stderr ?? ''}\n${done.error?.message ?? ''}`
      .split('\n')
      .filter(line => /error/i.test(line))
    return [`${program} ended with ${done.status ?? done.signal}`, ...said.slice(0, 2)].join(': ')
  }
  return undefined
}
