import type { World } from '@samsa/base'
import { runKafkaTool, testIo } from '@samsa/cli'
import { describe, expect, it } from 'vitest'
import { kafkaServerStart } from './kafka-server-start.ts'
import { kafkaServerStop } from './kafka-server-stop.ts'
import type { BackgroundStart, Processes, RunningProcess } from './processes.ts'
import type { ServerParts } from './server-parts.ts'

interface Given {
  processes?: readonly RunningProcess[]
  start?: Partial<BackgroundStart>
  files?: Record<string, string>
  environment?: Record<string, string>
}

/** A machine made up for a test: what is done to processes is kept. */
function machine(given: Given = {}) {
  const done: string[] = []
  const processes: Processes = {
    list: () => [...(given.processes ?? [])],
    signal: (pid, signal) => {
      done.push(`${signal} ${pid}`)
      return pid < 100 ? 'not-allowed' : 'sent'
    },
    ended: async pid => {
      done.push(`waited for ${pid}`)
      return true
    },
    startInBackground: async (words, outputFile) => {
      done.push(`${words.join(' ')} > ${outputFile}`)
      return { pid: 4711, exitCode: undefined, printed: '', ...given.start }
    },
    tellStarter: () => {},
  }
  const parts = { world: {} as World, version: '1.2.3', processes } as ServerParts
  const run = async (tool: typeof kafkaServerStop, line: string) => {
    const io = testIo({ files: given.files ?? {}, environment: given.environment ?? {} })
    const code = await runKafkaTool(tool(parts), line.split(' ').filter(Boolean), io)
    return { code, output: io.output(), errors: io.errors() }
  }
  return { done, run }
}

const processOf = (pid: number, line: string, directory = '/srv'): RunningProcess => ({
  pid,
  words: line.split(' '),
  directory,
})

describe('kafka-server-start', () => {
  it('wants a properties file', async () => {
    const { code, errors } = await machine().run(kafkaServerStart, '-daemon')
    expect(code).toBe(1)
    expect(errors).toContain('Name a properties file')
  })

  it('-daemon starts in the background, with the same overrides, and says where output goes', async () => {
    const printed =
      '12:00 INFO Samsa 1.2.3 is ready after 30 ms: it listens on x:1.\n12:00 INFO other\n12:00 WARN odd key\n'
    const { done, run } = machine({ start: { printed } })
    const { code, output } = await run(
      kafkaServerStart,
      '-daemon server.properties --override num.partitions=3',
    )
    expect(code).toBe(0)
    expect(done).toEqual(['server.properties --override num.partitions=3 > /home/me/logs/kafkaServer.out'])
    expect(output).toBe(
      '12:00 INFO Samsa 1.2.3 is ready after 30 ms: it listens on x:1.\n12:00 WARN odd key\nIt runs in the background as process 4711 and writes to /home/me/logs/kafkaServer.out.\nkafka-server-stop stops it.\n',
    )
  })

  it('-daemon tells why there is no node, with its exit code', async () => {
    const { run } = machine({ start: { exitCode: 1, printed: 'samsa: no such port\n' } })
    expect(await run(kafkaServerStart, '-daemon server.properties')).toMatchObject({
      code: 1,
      errors: 'samsa: no such port\n',
    })
  })
})

describe('kafka-server-stop', () => {
  const processes = [
    processOf(101, 'node /usr/bin/kafka-server-start.sh config/server.properties'),
    processOf(102, '/usr/bin/node --max-old-space-size=99 /x/dist/samsa.js start --port 1 -o node.id=7'),
    processOf(103, 'node /usr/bin/kafka-server-start.sh -daemon config/server.properties'),
    processOf(104, 'node /usr/bin/kafka-topics.sh --list'),
    processOf(105, 'vi kafka-server-start.sh'),
    processOf(106, 'node /x/dist/samsa.js consume start'),
    processOf(107, 'grep samsa start'),
  ]
  const files = { '/srv/config/server.properties': 'node.id=5\n' }

  it('stops every node, nothing else, and waits for them', async () => {
    const { done, run } = machine({ processes })
    expect(await run(kafkaServerStop, '')).toEqual({ code: 0, output: '', errors: '' })
    expect(done).toEqual(['SIGTERM 101', 'SIGTERM 102', 'waited for 101', 'waited for 102'])
  })

  it.each([
    ['--node-id=5', 101],
    ['--node-id 7', 102],
  ])('%s stops the one of that id, by its file or its command line', async (line, pid) => {
    const { done, run } = machine({ processes, files })
    expect((await run(kafkaServerStop, line)).code).toBe(0)
    expect(done).toEqual([`SIGTERM ${pid}`, `waited for ${pid}`])
  })

  it.each(['--node-id=6', '--process-role=observer'])('%s finds none', async line => {
    const { done, run } = machine({ processes, files })
    expect(await run(kafkaServerStop, line)).toMatchObject({ code: 1, output: 'No kafka server to stop\n' })
    expect(done).toEqual([])
  })

  it('takes the signal that the environment names', async () => {
    const { done, run } = machine({ processes, environment: { SIGNAL: 'KILL' } })
    await run(kafkaServerStop, '')
    expect(done).toContain('SIGKILL 101')
  })

  it('says which process belongs to another user', async () => {
    const { run } = machine({ processes: [processOf(99, 'node /x/samsa start')] })
    expect(await run(kafkaServerStop, '')).toMatchObject({
      code: 1,
      errors: 'Process 99 belongs to another user and was not stopped.\n',
    })
  })
})
