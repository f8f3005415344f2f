import { describe, expect, it } from 'vitest'
import { createReservations } from '../../../src/budget/reservations.ts'

const GRACE_MS = 1000

describe('a reservation', () => {
  it('counts until a grace time after its time, and then no more', () => {
    const reservations = createReservations(GRACE_MS)
    reservations.add('call', 5000, 0)

    expect([reservations.reservedAt('call', 6000), reservations.count(6000)]).toEqual([5000, 1])
    expect([reservations.reservedAt('call', 6001), reservations.count(6001)]).toEqual([null, 0])
  })

  it('ends when it is removed, and another call has none', () => {
    const reservations = createReservations(GRACE_MS)
    reservations.add('call', 5000, 0)
    expect(reservations.reservedAt('other', 0)).toBeNull()

    reservations.remove('call')
    expect([reservations.reservedAt('call', 0), reservations.count(0)]).toEqual([null, 0])
  })

  it('is one of a thousand at most, and takes the place of one that is over', () => {
    const reservations = createReservations(GRACE_MS)
    for (let index = 0; index < 1000; index += 1) reservations.add(`call ${index}`, 5000, 0)

    reservations.add('one more', 5000, 6000)
    expect(reservations.reservedAt('one more', 6000)).toBeNull()
    reservations.add('later', 9000, 6001)
    expect([reservations.reservedAt('later', 6001), reservations.count(6001)]).toEqual([9000, 1])
  })
})
