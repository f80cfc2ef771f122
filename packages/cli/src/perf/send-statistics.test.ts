import { describe, expect, it } from 'vitest'
import { SendStatistics } from './send-statistics.ts'

describe('statistics of sent records', () => {
  it('print a line each interval, and percentiles at the end', () => {
    let printed = ''
    let nowMs = 1000
    const statistics = new SendStatistics({
      recordCount: 100,
      reportingIntervalMs: 500,
      isSteadyState: true,
      print: text => {
        printed += text
      },
      now: () => nowMs,
    })
    for (let latencyMs = 1; latencyMs <= 100; latencyMs++) {
      nowMs += 10
      statistics.record(latencyMs, 1024 * 1024, nowMs)
    }
    statistics.printTotal()
    expect(printed.split('\n')).toEqual([
      'In steady state.',
      '50 records sent, 100.0 records/sec (100.00 MB/sec), 25.5 ms avg latency, 50.0 ms max latency.',
      '50 records sent, 100.0 records/sec (100.00 MB/sec), 75.5 ms avg latency, 100.0 ms max latency.',
      '100 steady state records sent, 100.000000 records/sec (100.00 MB/sec), 50.50 ms avg latency, 100.00 ms max latency, 51 ms 50th, 96 ms 95th, 100 ms 99th, 100 ms 99.9th.',
      '',
    ])
  })

  it('leave intervals to others when told to', () => {
    let printed = ''
    const print = (text: string) => {
      printed += text
    }
    const statistics = new SendStatistics({
      recordCount: 2,
      reportingIntervalMs: 1,
      isSteadyState: false,
      print,
      now: () => 0,
    })
    statistics.quieten()
    statistics.record(1, 1, 10)
    statistics.record(1, 1, 20)
    expect(printed).toBe('')
  })
})
