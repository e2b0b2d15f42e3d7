/** One page of a list. */
interface Page<T> {
  readonly items: readonly T[]
  readonly totalCount?: number | null | undefined
}

/**
 * Page after page. An entry that a page repeats (the list has grown meanwhile, or the server does not count well) comes
 * once, and a page without anything new is the last: so it ends.
 */
export async function* allPages<T extends { readonly id: string }>(
  limit: number,
  read: (paging: { readonly limit: number; readonly offset: number }) => Promise<Page<T>>,
): AsyncGenerator<T, void> {
  const seen = new Set<string>()
  for (let offset = 0; ;) {
    const { items, totalCount } = await read({ limit, offset })
    const fresh = items.filter(({ id }) => !seen.has(id) && seen.add(id))
    yield* fresh
    offset += items.length
    if (fresh.length === 0 || (typeof totalCount === 'number' && offset >= totalCount)) return
  }
}
