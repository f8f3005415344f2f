// What is kept beside values of the cache. It holds no value: some time after a value was dropped, what was kept beside it is over.

/** More than the screens of one application show of an object. */
const MAX_OF_VALUE = 16

export interface OfSelection<Each> {
  readonly selection: number
  /** Set by `add`. */
  place: OfValue<Each> | null
}

/** What is kept beside one value, the oldest first. */
export interface OfValue<Each> {
  readonly value: WeakRef<object>
  readonly bySelection: Map<number, Each>
}

export interface ByValue<Each> {
  find(value: object, selection: number): Each | undefined
  /** Returns what has to leave for it: that of the same selection, or the oldest where there are too many. */
  add(value: object, kept: Each): Each | undefined
  remove(kept: Each): void
}

/** `onDropped` is called for what is kept beside a value that nobody else holds any more. */
export function createByValue<Each extends OfSelection<Each>>(
  onDropped: (kept: Each) => void,
): ByValue<Each> {
  const all = new WeakMap<object, OfValue<Each>>()
  const dropped = new FinalizationRegistry<OfValue<Each>>(({ bySelection }) => {
    for (const kept of bySelection.values()) onDropped(kept)
  })
  const open = (value: object): OfValue<Each> => {
    const place: OfValue<Each> = { value: new WeakRef(value), bySelection: new Map() }
    all.set(value, place)
    dropped.register(value, place, place)
    return place
  }

  return {
    find: (value, selection) => all.get(value)?.bySelection.get(selection),
    add(value, kept) {
      const place = all.get(value) ?? open(value)
      const { bySelection } = place
      const [oldest] = bySelection.size < MAX_OF_VALUE ? [] : bySelection.values()
      const replaced = bySelection.get(kept.selection) ?? oldest
      if (replaced) bySelection.delete(replaced.selection)
      bySelection.set(kept.selection, kept)
      kept.place = place
      return replaced
    },
    remove(kept) {
      const { place, selection } = kept
      if (place?.bySelection.get(selection) !== kept) return
      place.bySelection.delete(selection)
      if (place.bySelection.size > 0) return
      const value = place.value.deref()
      if (value) all.delete(value)
      dropped.unregister(place)
    },
  }
}
