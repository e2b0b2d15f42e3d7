import { describe, expect, it } from 'vitest'
import { compared, difference, median, quantile, ratio, spread } from '../src/statistics.ts'

describe('statistics', () => {
  it('takes the middle of an odd number of rounds, in whatever order they came', () => {
    expect(median([30, 10, 20])).toBe(20)
  })

  it('takes the mean of the two in the middle of an even number', () => {
    expect(median([40, 10, 20, 30])).toBe(25)
  })

  it('sorts by number, and leaves what it was given as it was', () => {
    const rounds = [100, 9, 20]
    expect(median(rounds)).toBe(20)
    expect(rounds).toEqual([100, 9, 20])
  })

  it('gives quantiles between two numbers', () => {
    expect(quantile([0, 10], 0.25)).toBe(2.5)
    expect(spread([1, 2, 3, 4, 5])).toEqual({ median: 3, low: 2, high: 4 })
  })

  it('compares round by round: a machine that slows down slows both sides', () => {
    expect(compared([90, 45, 9], [100, 50, 10], ratio).median).toBeCloseTo(0.9)
    expect(compared([35, 70, 140], [30, 65, 135], difference)).toEqual({ median: 5, low: 5, high: 5 })
  })

  it('refuses what cannot be compared', () => {
    expect(() => median([])).toThrow(RangeError)
    expect(() => compared([1], [1, 2], ratio)).toThrow(RangeError)
  })
})
