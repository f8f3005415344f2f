// The page of a list that a query asks for, as Aurora counts pages: from 1, with no total and no next link.

/** The page size of a request that names none. */
const DEFAULT_PER_PAGE = 100

/** Aurora's maximum. Its answer to more is not public; the simulator answers with the maximum. */
const MAX_PER_PAGE = 250

export function createPage<T>(list: readonly T[], query: URLSearchParams): readonly T[] {
  const page = Number(query.get('page') ?? 1)
  const perPage = Math.min(Number(query.get('per_page') ?? DEFAULT_PER_PAGE), MAX_PER_PAGE)
  return list.slice((page - 1) * perPage, page * perPage)
}

export function hasBadPaging(query: URLSearchParams): boolean {
  return ['page', 'per_page'].some((name) => !/^[1-9]\d*$/.test(query.get(name) ?? '1'))
}
