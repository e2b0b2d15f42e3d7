/** The value at a share of the way from the smallest to the largest, between two of them if need be. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]
  const above = sorted[Math.ceil(place)]
  if (below === undefined || above === undefined) throw new RangeError('There is no quantile of nothing.')
  return below + (above - below) * (place - Math.floor(place))
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5)
}

/** What many rounds say: the middle, and the half of them around it. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function spread(numbers: readonly number[]): Spread {
  return { median: median(numbers), low: quantile(numbers, 0.25), high: quantile(numbers, 0.75) }
}

/**
 * Compares round by round: what slows the machine down for a while slows both sides of a round down, and falls out.
 */
export function compared(
  side: readonly number[],
  base: readonly number[],
  compare: (side: number, base: number) => number,
): Spread {
  if (side.length !== base.length) throw new RangeError('Both sides need the same rounds.')
  return spread(side.map((number, round) => compare(number, base[round] ?? Number.NaN)))
}

export function ratio(side: number, base: number): number {
  return side / base
}

export function difference(side: number, base: number): number {
  return side - base
}
