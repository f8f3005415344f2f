// Data that is kept beside values of the cache, without holding the values themselves: some time after a value was dropped, its data is dropped, too.

/** More than the screens of one application show of an object. */
const MAX_OF_VALUE = 16

export interface OfSelection<Each> {
  readonly selection: number
  /** Set by `add`. */
  place: OfValue<Each> | null
}

/** The data that is kept beside one value, the oldest first. */
export interface OfValue<Each> {
  readonly value: WeakRef<object>
  readonly bySelection: Map<number, Each>
}

export interface ByValue<Each> {
  find(value: object, selection: number): Each | undefined
  /** Returns the data that has to leave: that of the same selection, or the oldest if there is too much. */
  add(value: object, kept: Each): Each | undefined
  remove(kept: Each): void
}

/** `onDropped` is called with the data of a value that was garbage collected. */
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
