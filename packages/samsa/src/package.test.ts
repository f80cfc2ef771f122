import { readFileSync } from 'node:fs'
import { kafkaTools } from '@samsa/cli'
import { describe, expect, it } from 'vitest'
import { serverTools } from './server-tools/index.ts'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  bin: Record<string, string>
  files: string[]
}

describe('the published package', () => {
  it('has an executable for each of Kafka’s tools, by both of its names, and for nothing else', () => {
    const names = Object.keys({ ...kafkaTools, ...serverTools })
    const tools = names.flatMap(name => [name, `${name}.sh`].map(bin => [bin, `dist/tools/${name}.js`]))
    expect(manifest.bin).toEqual({ samsa: 'dist/samsa.js', ...Object.fromEntries(tools) })
  })

  it('names its executables in order, samsa first', () => {
    const [first, ...others] = Object.keys(manifest.bin)
    expect(first).toBe('samsa')
    expect(others).toEqual([...others].sort())
  })

  it('holds the executables and what they load', () => {
    const needed = ['dist/samsa.js', 'dist/kafka-tool.js', 'dist/tools', 'dist/chunk-*.js']
    expect(manifest.files).toEqual(expect.arrayContaining(needed))
  })

  it('loads each tool under its own name', async () => {
    const loaded = Object.entries(kafkaTools).map(async ([name, load]) => [name, (await load()).name])
    for (const [name, own] of await Promise.all(loaded)) expect(own).toBe(name)
  })
})
