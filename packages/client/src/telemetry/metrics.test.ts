import { simulatedWorld } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { type Metric, Metrics } from './metrics.ts'

const config = { 'metrics.num.samples': 2, 'metrics.sample.window.ms': 30_000 }

function valuesOf(metrics: Metrics): Record<string, number> {
  return Object.fromEntries(metrics.read().map(({ name, value }: Metric) => [name, value]))
}

describe('metrics', () => {
  it('count in all and per second', async () => {
    const world = simulatedWorld(1)
    const metrics = new Metrics(world.clock, config)
    const counter = metrics.counter({ name: 'request', group: 'g', about: 'Requests' })
    for (let second = 0; second < 60; second++) {
      counter.add(10)
      await world.advance(1000)
    }
    const busy = valuesOf(metrics)
    expect(busy['request-total']).toBe(600)
    expect(busy['request-rate']).toBeGreaterThan(8)
    expect(busy['request-rate']).toBeLessThan(11)
    await world.advance(120_000)
    expect(valuesOf(metrics)).toEqual({ 'request-total': 600, 'request-rate': 0 })
  })

  it('tell average and largest of the last minute, and NaN of nothing', async () => {
    const world = simulatedWorld(1)
    const metrics = new Metrics(world.clock, config)
    const sampler = metrics.sampler({ name: 'latency', group: 'g', about: 'Latency' })
    expect(valuesOf(metrics)).toEqual({ 'latency-avg': Number.NaN, 'latency-max': Number.NaN })
    sampler.record(1)
    sampler.record(5)
    expect(valuesOf(metrics)).toEqual({ 'latency-avg': 3, 'latency-max': 5 })
    await world.advance(61_000)
    expect(valuesOf(metrics)['latency-max']).toBeNaN()
    sampler.record(2)
    expect(valuesOf(metrics)['latency-max']).toBe(2)
  })

  it('are removed by their tags', () => {
    const metrics = new Metrics(simulatedWorld(1).clock, config)
    for (const partition of ['0', '1']) {
      metrics.gauge({ name: 'lag', group: 'g', about: 'Lag.', tags: { topic: 't', partition } }, () => 7)
    }
    metrics.remove({ partition: '0' })
    expect(metrics.read().map(({ tags }) => tags['partition'])).toEqual(['1'])
  })
})
