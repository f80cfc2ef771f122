import { ByteReader, ByteWriter } from '@samsa/base'
import { ApiVersions, Metadata, decodeResponse } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { TestBroker } from '../testing/test-broker.ts'

const client = { clientSoftwareName: 'test', clientSoftwareVersion: '1.0' }

/** A request of a version that no schema has; nobody reads what follows the header. */
function frameOf(apiKey: number, apiVersion: number, correlationId: number): Uint8Array {
  const writer = new ByteWriter()
  writer.int16(apiKey)
  writer.int16(apiVersion)
  writer.int32(correlationId)
  writer.int16(-1)
  writer.uint8(0)
  return writer.toBytes()
}

describe('ApiVersions', () => {
  it('names the same APIs in every version, itself among them', async () => {
    const broker = await TestBroker.start()
    const answers = []
    for (let version = 0; version <= 4; version++)
      answers.push(await broker.ask(ApiVersions, version, client))
    for (const { errorCode, apiKeys } of answers) {
      expect(errorCode).toBe('NONE')
      expect(apiKeys).toEqual(answers[0]!.apiKeys)
    }
    expect(answers[0]!.apiKeys).toContainEqual({ apiKey: 18, minVersion: 0, maxVersion: 4 })
    expect(answers[0]!.apiKeys.find(({ apiKey }) => apiKey === 1)).toEqual({
      apiKey: 1,
      minVersion: 0,
      maxVersion: 18,
    })
  })

  it('of a version from the future is answered in version 0, with the versions to choose from', async () => {
    const broker = await TestBroker.start()
    const connection = await broker.connect()
    const bytes = await broker.finish(connection.askRaw(7, frameOf(18, 99, 7)))
    const reader = new ByteReader(bytes as Uint8Array)
    expect(reader.int32()).toBe(7)
    expect(decodeResponse(ApiVersions, 0, reader)).toMatchObject({
      errorCode: 'UNSUPPORTED_VERSION',
      apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }],
    })
    expect((await broker.finish(connection.ask(ApiVersions, 4, client))).errorCode).toBe('NONE')
  })

  it('refuses a name of the client software that is none, from version 3 on', async () => {
    const broker = await TestBroker.start()
    for (const clientSoftwareName of ['', '-x', 'a b', 'ä', 'x.']) {
      const { errorCode } = await broker.ask(ApiVersions, 3, { ...client, clientSoftwareName })
      expect(errorCode, clientSoftwareName).toBe('INVALID_REQUEST')
    }
    const { errorCode } = await broker.ask(ApiVersions, 3, { ...client, clientSoftwareVersion: '' })
    expect(errorCode).toBe('INVALID_REQUEST')
  })
})

describe('a request that cannot be answered', () => {
  it.each([
    ['an API that does not exist', 9999, 0],
    ['an API that is not served', 68, 0],
    ['a version of Metadata from the future', 3, 99],
    ['a negative version', 3, -1],
  ])('%s closes its connection and no other', async (_, apiKey, apiVersion) => {
    const broker = await TestBroker.start()
    const [asking, other] = [await broker.connect(), await broker.connect()]
    await expect(broker.finish(asking.askRaw(1, frameOf(apiKey, apiVersion, 1)))).rejects.toThrow(/closed/)
    expect(asking.isClosed).toBe(true)
    expect((await broker.finish(other.ask(Metadata, 12, { topics: [] }))).brokers).toHaveLength(1)
  })

  it('a frame that is cut short closes its connection and no other', async () => {
    const broker = await TestBroker.start()
    const [asking, other] = [await broker.connect(), await broker.connect()]
    await expect(broker.finish(asking.askRaw(1, frameOf(3, 12, 1).subarray(0, 9)))).rejects.toThrow(/closed/)
    expect((await broker.finish(other.ask(Metadata, 12, { topics: [] }))).brokers).toHaveLength(1)
  })
})
