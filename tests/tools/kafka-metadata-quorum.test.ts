import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start()
})
afterAll(() => broker[Symbol.asyncDispose]())

const run = (more: string, files: Record<string, string> = {}) =>
  broker.run(`kafka-metadata-quorum ${more}`, { files })

const controller =
  'node.id=9\nprocess.roles=controller\nlog.dirs=/data\nlisteners=CONTROLLER://:9093\ncontroller.listener.names=CONTROLLER\n'

describe('kafka-metadata-quorum', () => {
  it('says that Samsa has no quorum', async () => {
    const { code, errors } = await run('describe --status')
    expect(code).toBe(1)
    expect(errors).toContain('UnsupportedVersionException: ')
  })

  it('finds what a new controller is in its configuration and its metadata directory', async () => {
    const files = {
      '/c.properties': controller,
      '/data/meta.properties': 'version=1\ndirectory.id=zzzzzzzzzzzzzzzzzzzzzA\n',
    }
    expect(await run('--command-config /c.properties add-controller --dry-run', files)).toEqual({
      code: 0,
      output:
        'DRY RUN of adding controller 9 with directory id zzzzzzzzzzzzzzzzzzzzzA and endpoints: CONTROLLER://localhost:9093\n',
      errors: '',
    })
  })

  it.each([
    ['', 'node.id not found in configuration file.'],
    [
      'node.id=1\nprocess.roles=broker\n',
      "process.roles did not contain 'controller' in configuration file.",
    ],
    ['node.id=1\nprocess.roles=controller\n', 'Neither metadata.log.dir nor log.dirs were found.'],
    [controller, 'Unable to read meta.properties from /data'],
  ])('refuses %j as a controller’s configuration', async (text, problem) => {
    const { code, errors } = await run('--command-config /c.properties add-controller', {
      '/c.properties': text,
    })
    expect([code, errors]).toEqual([1, expect.stringContaining(problem)])
  })

  it('reads the id of a directory', async () => {
    expect((await run('remove-controller -i 9 -d abc --dry-run')).errors).toBe(
      'Failed to parse --controller-directory-id: Input string `abc` decoded as 2 bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID\n',
    )
    expect((await run('remove-controller -i 9 -d zzzzzzzzzzzzzzzzzzzzzA --dry-run')).output).toBe(
      'DRY RUN of removing  KRaft controller 9 with directory id zzzzzzzzzzzzzzzzzzzzzA\n',
    )
  })
})

describe('a properties file for all kinds of clients', () => {
  it('may have what an Admin has no use for', async () => {
    const files = { '/client.properties': 'client.id=me\nacks=all\n' }
    const { code, errors } = await broker.run('kafka-cluster cluster-id -c /client.properties', { files })
    expect([code, errors]).toEqual([0, '/client.properties: of no use here: acks.\n'])
  })
})
