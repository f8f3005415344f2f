// Moments as Aurora may write them: either the moment that was meant comes out, or a typed error.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isGatewayError } from '../../src/errors/errors.ts'
import { formatDateTime } from '../../src/graphql/date-time.ts'

/** What the DateTime scalar promises: RFC 3339 in UTC, with milliseconds. */
const SHOWN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

function read(value: unknown): string | null {
  try {
    return formatDateTime(value)
  } catch (error) {
    if (isGatewayError(error) && error.code === 'UPSTREAM_INVALID') return null
    throw error
  }
}

const twoDigits = (given: number): string => String(given).padStart(2, '0')

/** Years with four digits. */
const moment = fc.date({
  min: new Date('0100-01-01T00:00:00.000Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
})
/** Minutes east of Greenwich that are in use, and then some. */
const offset = fc.integer({ min: -14 * 60, max: 14 * 60 })

it('a moment comes out the same, in whichever form and zone it was written', () => {
  fc.assert(
    fc.property(moment, offset, (at, eastMin) => {
      const iso = at.toISOString()
      const seconds = `${iso.slice(0, 19)}.000Z`
      const [day, time] = [iso.slice(0, 10), iso.slice(11, 23)]
      const local = new Date(at.getTime() + eastMin * 60_000).toISOString()
      const sign = eastMin < 0 ? '-' : '+'
      const hours = twoDigits(Math.floor(Math.abs(eastMin) / 60))
      const minutes = twoDigits(Math.abs(eastMin) % 60)

      for (const form of [iso, `${day}T${time}`, `${day} ${time} UTC`, `${day} ${time}`, ` ${iso}\n`]) {
        expect(read(form)).toBe(iso)
      }
      for (const form of [`${day}T${time.slice(0, 8)}Z`, `${day} ${time.slice(0, 8)} UTC`]) {
        expect(read(form)).toBe(seconds)
      }
      // Elsewhere it may be another year already, of five digits.
      fc.pre(/^\d{4}-/.test(local))
      for (const zone of [`${hours}:${minutes}`, `${hours}${minutes}`]) {
        expect(read(`${local.slice(0, 23)}${sign}${zone}`)).toBe(iso)
        expect(read(`${local.slice(0, 23).replace('T', ' ').replace('.', ',')} ${sign}${zone}`)).toBe(iso)
      }
      for (const form of [
        iso.toLowerCase(),
        `${day} ${time}Z`,
        `${day} ${time} GMT`,
        `${day}t${time.replace('.', ',')}z`,
      ]) {
        expect(read(form)).toBe(iso)
      }
      expect(read(`${day} ${time.slice(0, 5)}`)).toBe(`${iso.slice(0, 17)}00.000Z`)
      expect(read(day)).toBe(`${day}T00:00:00.000Z`)
    }),
    { numRuns: 500 },
  )
})

const figures = (max: number) => fc.oneof(fc.integer({ min: 0, max }), fc.constantFrom(0, 24, 31, 59, 60, 99))

it('what has the form of a moment is one of four-digit years, or refused', () => {
  const day = fc.tuple(fc.oneof(fc.constantFrom(0, 1, 99, 9999), fc.nat(9999)), figures(13), figures(32))
  const borders = fc.constantFrom([0, 1, 1], [9999, 12, 31])
  const time = fc.tuple(figures(25), figures(61), figures(61))
  const ending = fc.oneof(
    fc.constantFrom('', 'Z', ' UTC', 'UTC', '.5Z', '.999999999 UTC'),
    fc
      .tuple(fc.constantFrom('+', '-'), figures(99), figures(99))
      .map(([sign, hours, minutes]) => `${sign}${twoDigits(hours)}:${twoDigits(minutes)}`),
  )
  fc.assert(
    fc.property(
      fc.oneof(day, borders),
      time,
      fc.constantFrom('T', ' '),
      ending,
      ([year, month, date], clock, between, end) => {
        const days = [String(year).padStart(4, '0'), twoDigits(month), twoDigits(date)].join('-')
        const shown = read(`${days}${between}${clock.map(twoDigits).join(':')}${end}`)
        const [hours, minutes, seconds] = clock
        const isClock =
          (hours < 24 && minutes < 60 && seconds < 60) || (hours === 24 && minutes + seconds === 0)

        if (shown !== null) expect(shown).toMatch(SHOWN)
        if (!isClock || month === 0 || month > 12 || date === 0 || date > 31) expect(shown).toBeNull()
      },
    ),
    { numRuns: 3000 },
  )
})

it('anything else is refused', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789-:. TZUC+'.split('')), maxLength: 30 })
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), digits, fc.string({ unit: 'binary' })), (value) => {
      const shown = read(value)

      if (shown !== null) expect(shown).toMatch(SHOWN)
    }),
    { numRuns: 1000 },
  )
})
